using Recollect.Networks;
using Recollect.Randomness;
using Recollect.Runs;
using Recollect.Sequences;
using Recollect.Training;

namespace Recollect.Tests.Training;

public sealed class ScoreTests
{
    /// <summary>Accuracy and loss beside each row's own log-probabilities; pairs of so many classes would be more counts than an array has places.</summary>
    [Theory]
    [InlineData(3, 3)]
    [InlineData(50_000, 0)]
    public void A_set_is_scored_whatever_the_number_of_its_classes(int classes, int rowsOfPairs)
    {
        var set = new InMemorySequences(StepFormat.Tokens(3), [.. Enumerable.Range(0, classes).Select(label => $"{label}")]);
        for (var row = 0; row < 7; row++)
            set.AddTokens([row % 3, (row + 1) % 3, 2], (classes - 1) * (row % 2));
        using var network = new RecurrentClassifier(set.Format, classes, new NetworkOptions { Hidden = 4, Embedding = 3, HeadUnits = 4 }, new Seed(1));
        var rows = Classification.Of(network, set, 4).ToList();

        var score = Score.Of(network, set, DataSplit.Test, 4, () => false)!;
        var result = Score.ResultOf(network, set, DataSplit.Test, 4, () => false)!;

        Assert.Equal(result, score.Result);
        Assert.Equal((rows.Count(row => Array.IndexOf(row.LogProbabilities, row.LogProbabilities.Max()) == set.LabelOf(row.Row)) / 7.0, 7L), (result.Accuracy, result.Examples));
        Assert.Equal(rows.Average(row => -row.LogProbabilities[set.LabelOf(row.Row)]), result.Loss, 1e-6);
        Assert.Equal(rowsOfPairs, score.Confusion.ToRows().Count);
        Assert.Equal((4L, 3L), (score.Confusion.Occurring(0), score.Confusion.Occurring(classes - 1)));
    }

    [Fact]
    public void Whoever_breaks_in_gets_neither_a_score_nor_a_result()
    {
        var set = SmallTask.Rows(5);
        using var network = new RecurrentClassifier(set.Format, 3, new NetworkOptions { Hidden = 4, Embedding = 3, HeadUnits = 4 }, new Seed(1));
        Assert.Null(Score.Of(network, set, DataSplit.Validation, 2, () => true));
        Assert.Null(Score.ResultOf(network, set, DataSplit.Validation, 2, () => true));
    }
}
