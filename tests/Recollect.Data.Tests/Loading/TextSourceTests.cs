using Recollect.Sequences;

namespace Recollect.Data.Tests.Loading;

public sealed class TextSourceTests
{
    [Fact]
    public void A_vocabulary_that_no_model_file_could_hold_is_refused()
    {
        // A unit: 1,000 letters of 3 bytes, quotes with a backslash each, and a comma.
        var vocabulary = Enumerable.Repeat(new string('語', 1000), 30_000).ToArray();
        var message = Assert.Throws<RecipeException>(() => TextSource.RefuseTooLarge(new TextPreprocessing { Unit = TextUnit.Words, Vocabulary = vocabulary })).Message;
        Assert.StartsWith("data.vocabulary: the 30,000 units that have a token of their own take 90,15", message);
        Assert.Contains("expected at most 90,000,000", message);
        TextSource.RefuseTooLarge(new TextPreprocessing { Unit = TextUnit.Words, Vocabulary = ["語"] });
        TextSource.RefuseTooLarge(new TextPreprocessing());
    }
}
