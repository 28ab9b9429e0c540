using System.Globalization;
using System.Text.Json.Nodes;
using Recollect.Runs;

namespace Recollect.Tests.Experiments;

/// <summary>A user's own tables from training to prediction: what evaluate says of the test file as a whole, predict says of its rows.</summary>
public sealed class TableExperimentTests : IDisposable
{
    private const string Reconstruction = """auxiliary=[{"kind":"reconstruction","length":2,"decoder":{"headUnits":3}}]""";
    private const string Prediction = """auxiliary=[{"kind":"prediction","length":3,"decoder":{"headUnits":3}}]""";

    private readonly SmallTables _tables = new();

    public void Dispose() => _tables.Dispose();

    private static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);

    // Row i: a label of three, the last of them rare, and a wave of its own.
    private static string Label(int row) => row % 7 == 6 ? "rare" : row % 2 == 0 ? "even" : "odd";

    private static double Wave(int row, int step) => 100 + 20 * Math.Sin(row + 0.7 * step * (row % 3 + 1));

    private void Agree(string[] labels, string file, Summary summary)
    {
        var evaluation = _tables.Evaluate();
        Assert.Equal((labels.Length, summary.Test!.Accuracy), (evaluation.Examples, evaluation.Accuracy));
        var rows = _tables.Predict(file);
        Assert.Equal(Enumerable.Range(0, labels.Length), rows.Select(row => row.Index));
        var pairs = labels.Zip(rows).ToArray();
        for (var truth = 0; truth < evaluation.Classes.Count; truth++)
        {
            for (var said = 0; said < evaluation.Classes.Count; said++)
            {
                Assert.Equal(
                    evaluation.Confusion[truth][said],
                    pairs.Count(pair => pair.First == evaluation.Classes[truth] && pair.Second.Label == evaluation.Classes[said]));
            }
        }
        Assert.Equal(evaluation.Loss, pairs.Average(pair => -Math.Log(pair.Second.Probabilities[pair.First])), 1e-6);
        Assert.True(rows.Select(row => row.Probabilities[evaluation.Classes[0]]).Distinct().Count() > 1, "Every row has the same probabilities.");
    }

    [Fact]
    public void Numbers_in_a_CSV_file_standardised_and_with_balanced_classes()
    {
        IEnumerable<string> Rows(int first, int count) => Enumerable.Range(first, count)
            .Select(row => string.Join(',', Enumerable.Range(0, 8).Select(step => Number(Wave(row, step))).Prepend(Label(row))))
            .Prepend("state,t0,t1,t2,t3,t4,t5,t6,t7");
        _tables.Write("train.csv", Rows(0, 30));
        var test = _tables.Write("test.csv", Rows(30, 12));
        var summary = _tables.Train(
            new JsonObject { ["source"] = "csv", ["train"] = "train.csv", ["test"] = "test.csv", ["label"] = "state", ["standardize"] = true, ["validation"] = 0.2 },
            Reconstruction, "training.classWeights=balanced");
        Agree([.. Enumerable.Range(30, 12).Select(Label)], test, summary);
    }

    /// <summary>A row that a Transformer has learned no positions for is refused with its file and line, and before any other is labelled.</summary>
    [Fact]
    public void A_row_longer_than_the_learned_positions_is_named()
    {
        static IEnumerable<string> Rows(params int[] lengths) => lengths.Select((steps, row) =>
            $$"""{"label":"{{Label(row)}}","values":[{{string.Join(',', Enumerable.Range(0, steps).Select(step => Number(Wave(row, step))))}}]}""");
        _tables.Write("train.jsonl", Rows([.. Enumerable.Repeat(5, 20)]));
        _tables.Train(new JsonObject { ["source"] = "jsonl", ["train"] = "train.jsonl" },
            "model.cell=transformer", "model.embedding=null", "bptt.supervised=null", "model.hidden=8", "model.heads=2", "model.feedForward=8", "model.positions=learned", "model.maxSteps=6", "training.epochs=1");
        Assert.Equal(2, _tables.Predict(_tables.Write("fit.jsonl", Rows(6, 5))).Length);
        var far = _tables.Write("far.jsonl", Rows(6, 5, 7));
        Assert.StartsWith($"{far}, line 3: the row has 7 steps; expected at most 6", Assert.Throws<DataException>(() => _tables.Predict(far)).Message);
    }

    [Fact]
    public void Series_of_two_components_and_unequal_lengths_in_JSON_Lines()
    {
        IEnumerable<string> Rows(int first, int count) => Enumerable.Range(first, count).Select(row =>
            $$"""{"label":"{{Label(row)}}","values":[{{string.Join(',', Enumerable.Range(0, 3 + row % 6).Select(step => $"[{Number(Wave(row, step))},{step % 2}]"))}}]}""");
        _tables.Write("train.jsonl", Rows(0, 30));
        var test = _tables.Write("test.jsonl", Rows(30, 12));
        var summary = _tables.Train(
            new JsonObject { ["source"] = "jsonl", ["train"] = "train.jsonl", ["test"] = "test.jsonl", ["standardize"] = true }, Prediction);
        Agree([.. Enumerable.Range(30, 12).Select(Label)], test, summary);
    }

    [Fact]
    public void Text_in_a_CSV_file()
    {
        IEnumerable<string> Rows(int first, int count) => Enumerable.Range(first, count)
            .Select(row => $"\"{string.Concat(Enumerable.Repeat(Label(row)[..2], 1 + row % 5))}, {row}é\",{Label(row)}").Prepend("words,kind");
        _tables.Write("train.csv", Rows(0, 30));
        var test = _tables.Write("test.csv", Rows(30, 12));
        var summary = _tables.Train(
            new JsonObject { ["source"] = "csv", ["train"] = "train.csv", ["test"] = "test.csv", ["text"] = "words", ["label"] = "kind" }, Reconstruction);
        Agree([.. Enumerable.Range(30, 12).Select(Label)], test, summary);
    }
}
