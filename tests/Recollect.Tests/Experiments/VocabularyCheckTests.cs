using Recollect.Data;
using Recollect.Experiments;
using Recollect.Sequences;
using Recollect.Training;
using TorchSharp;

namespace Recollect.Tests.Experiments;

public sealed class VocabularyCheckTests
{
    [Fact]
    public void A_vocabulary_that_no_model_file_could_hold_is_refused_before_anything_is_made()
    {
        // A unit: 1,000 letters of 3 bytes, quotes with a backslash each, and a comma.
        var vocabulary = Enumerable.Repeat(new string('語', 1000), 30_000).ToArray();
        var preprocessing = new TextPreprocessing { Unit = TextUnit.Words, Vocabulary = vocabulary };
        var rows = new InMemorySequences(preprocessing.Format, ["a", "b"]);
        using var data = new DataSets { Train = rows, Test = rows, Preprocessing = preprocessing, Classes = rows.Classes, Hashes = new Dictionary<string, string>() };
        var message = Assert.Throws<RecipeException>(() => PreparedTraining.Planned(new Recipe(), data, torch.CPU, Peers.Alone, sharing: 1)).Message;
        Assert.StartsWith("data.vocabulary: the 30,000 units that have a token of their own take 90,15", message);
        Assert.Contains("expected at most 90,000,000", message);
    }

    [Fact]
    public void Any_other_one_is_not() => VocabularyCheck.Refuse(new TextPreprocessing { Unit = TextUnit.Words, Vocabulary = ["語"] });
}
