using System.Text.Json.Nodes;
using Recollect.Data;
using Recollect.Experiments;
using Recollect.Runs;

namespace Recollect.Tests.Experiments;

/// <summary>A training from a packed file beside one from the tables that were packed.</summary>
public sealed class PackedExperimentTests : IDisposable
{
    private const string Losses = """
        auxiliary=[{"kind":"reconstruction","length":2,"decoder":{"headUnits":3}},{"kind":"prediction","length":3,"decoder":{"headUnits":3}}]
        """;

    private readonly SmallTables _source = new(), _packed = new();

    public void Dispose()
    {
        _source.Dispose();
        _packed.Dispose();
    }

    private static JsonObject Packed(string file) => new() { ["source"] = "packed", ["train"] = file };

    [Theory]
    [InlineData("words", "shuffled")]
    [InlineData("words", "byLength")]
    [InlineData("values", "byLength")]
    public void The_model_is_the_same_byte_for_byte(string column, string batching)
    {
        var rows = _source.Write("a.jsonl", Enumerable.Range(0, 40).Select(row =>
            $$"""{"label":{{row % 3}},"words":"{{string.Join(' ', Enumerable.Range(0, 2 + row % 5).Select(word => $"w{(row + word) % 9}"))}}","values":[{{string.Join(',', Enumerable.Range(0, 3 + row % 6).Select(step => row * 0.5 + step))}}]}"""));
        var data = new JsonObject { ["source"] = "jsonl", ["train"] = "a.jsonl", ["validation"] = 0.2 };
        if (column == "words")
            (data["text"], data["unit"], data["vocabulary"], data["maxLength"]) = ("words", "words", 6, 4);
        else
            data["standardize"] = true;
        string[] edits = [Losses, "training.pretrainEpochs=1", $"training.batching={batching}", "seed=3"];
        var expected = _source.Train(data, edits);

        var file = _packed.In("a.packed");
        var options = RecipeBook.Open(_source.In("mine.json")).Data;
        DataPacker.Pack(options, _source.In(), file, TestContext.Current.CancellationToken);
        var summary = _packed.Train(Packed(file), edits);

        Assert.Equal(File.ReadAllBytes(_source.In("run", "model.safetensors")), File.ReadAllBytes(_packed.In("run", "model.safetensors")));
        Assert.Equal((expected.Test, expected.Validation), (summary.Test, summary.Validation));
        foreach (var split in Enum.GetValues<DataSplit>())
            Assert.Equal(_source.Evaluate(split).Loss, _packed.Evaluate(split).Loss);
        Assert.Equal(_source.Predict(rows).Select(row => row.Label), _packed.Predict(rows).Select(row => row.Label));
    }

    [Fact]
    public void Another_packing_is_not_the_data_of_a_run()
    {
        _source.Write("a.csv", Enumerable.Range(0, 40).Select(row => $"{row % 2},t{row}").Prepend("label,text"));
        var (file, options) = (_packed.In("a.packed"), new DataOptions { Source = "csv", Train = "a.csv", Text = "text" });
        DataPacker.Pack(options, _source.In(), file, TestContext.Current.CancellationToken);
        _packed.Train(Packed(file));
        DataPacker.Pack(options with { SplitSeed = 1 }, _source.In(), file, TestContext.Current.CancellationToken); // the same rows in other parts
        Assert.Contains("a.packed' is not the one that", Assert.Throws<DataException>(() => _packed.Evaluate()).Message, StringComparison.Ordinal);
    }
}
