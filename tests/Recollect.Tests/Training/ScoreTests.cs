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

    /// <summary>Rows of unequal lengths, in one piece and in several: only a row's rounding may depend on those beside it.</summary>
    [Fact]
    public void A_transformers_score_does_not_depend_on_the_rows_that_are_evaluated_at_once()
    {
        var set = SmallTask.Rows(23);
        using var network = new RecurrentClassifier(set.Format, 3, Transformer, new Seed(1));
        var whole = Score.Of(network, set, DataSplit.Test, 64, () => false)!;
        foreach (var rows in new[] { 1, 4, 22 })
        {
            var score = Score.Of(network, set, DataSplit.Test, rows, () => false)!;
            Assert.Equal(whole.Confusion.ToRows(), score.Confusion.ToRows());
            Assert.Equal(whole.Loss, score.Loss, 1e-6);
        }
    }

    [Theory]
    [InlineData(CellKind.Transformer, 2)]
    [InlineData(CellKind.Gru, 8)]
    public void Of_a_transformer_no_more_rows_are_evaluated_at_once_than_a_piece_of_an_update_has(CellKind cell, int expected)
    {
        var held = new CountedSet(SmallTask.Rows(9, seed: 3));
        var options = Transformer with { Cell = cell, Engine = EngineKind.Libtorch };
        using var network = new RecurrentClassifier(held.Format, 3, options, new Seed(1));
        var task = new TrainingTask(network, [], Truncation.Full, SmallTask.Rows(8), held, []);
        using var trainer = new Trainer(task, new TrainingOptions { Batch = 8, Accumulate = 4, Epochs = 1, PretrainEpochs = 0 }, new Seed(1), new RecordingObserver());
        Assert.True(trainer.Run());
        Assert.Equal(expected, held.Together);
    }

    private static readonly NetworkOptions Transformer = new() { Cell = CellKind.Transformer, Layers = 2, Hidden = 8, Heads = 2, FeedForward = 12, HeadUnits = 6 };

    /// <summary>Knows how many rows were read one after the other, and not asked for anything else in between.</summary>
    private sealed class CountedSet(SequenceSet rows) : SequenceSet(rows.Format, rows.Classes)
    {
        private int _read;

        public int Together { get; private set; }

        public override int Count => rows.Count;

        public override int LengthOf(int row)
        {
            _read = 0;
            return rows.LengthOf(row);
        }

        public override int LabelOf(int row) => rows.LabelOf(row);

        public override void CopyTokens(int row, int start, Span<int> tokens)
        {
            Together = Math.Max(Together, ++_read);
            rows.CopyTokens(row, start, tokens);
        }

        public override void CopyReals(int row, int start, Span<float> reals) => rows.CopyReals(row, start, reals);
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
