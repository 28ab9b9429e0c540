using System.Text.Json.Nodes;
using Recollect.Experiments;
using Recollect.Imports;
using Recollect.Inference;

namespace Recollect.Tests.Witness;

/// <summary>Networks that PyTorch made and saved say here what they say there.</summary>
public sealed class ImportedNetworksTests : IDisposable
{
    private const double Tolerance = 1e-5;
    private readonly string _folder = Directory.CreateTempSubdirectory("recollect-imported-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>One fact, since each start of the other library takes seconds.</summary>
    [Fact]
    public void Networks_of_the_other_librarys_own_layers_say_the_same_here()
    {
        Python.SkipWithoutTorch();
        File.WriteAllLines(Path.Combine(_folder, "text.csv"), ["text,label", "one,a", "two,b", "three,c", "four,a", "five,b", "six,c"]);
        File.WriteAllLines(Path.Combine(_folder, "series.jsonl"), [.. "abcabc".Select(label => $$"""{"values": [[0.5, 1], [2, 3]], "label": "{{label}}"}""")]);
        var cases = JsonNode.Parse(Python.Run("networks.py", _folder))!.AsArray();
        Assert.Equal(17, cases.Count);
        Assert.All(cases, network => Agree(network!));
    }

    private void Agree(JsonNode network)
    {
        var (file, tokens) = ((string)network["file"]!, (bool)network["tokens"]!);
        var head = (int)network["head"]!;
        var recipe = Path.Combine(_folder, "mine.json");
        File.WriteAllText(recipe, tokens
            ? """{"data": {"source": "csv", "train": "text.csv", "test": "text.csv", "text": "text"}}"""
            : """{"data": {"source": "jsonl", "train": "series.jsonl", "test": "series.jsonl"}}""");
        using var import = PyTorchImport.Read(new ImportRequest
        {
            File = file,
            Recipe = RecipeBook.Open(recipe, [$"model.cell={network["cell"]}", $"model.layers={network["layers"]}", "model.embedding=6", "model.hidden=9", $"model.headUnits={(head == 1 ? 18 : 11)}"]),
            Names = network["names"]!.AsObject().ToDictionary(name => name.Key, name => (string)name.Value!),
            Workplace = new Workplace(_folder, DeviceChoice.Cpu, 1),
        });
        import.Save(Path.Combine(_folder, "model.safetensors"));
        var model = SequenceModel.Load(Path.Combine(_folder, "model.safetensors"));
        Assert.Equal(["a", "b", "c"], model.Classes);
        foreach (var (row, logits) in network["rows"]!.AsArray().Zip(network["logits"]!.AsArray()))
        {
            var ours = tokens
                ? model.ClassifySteps([.. row!.AsArray().Select(token => (int)token!)]).Logits
                : model.ClassifySteps([.. row!.AsArray().SelectMany(step => step!.AsArray()).Select(number => (float)number!)]).Logits;
            Assert.All(logits!.AsArray().Zip(ours), pair => Assert.True(Math.Abs((double)pair.First! - pair.Second) <= Tolerance, $"{Path.GetFileName(file)}: {pair.First} there, {pair.Second} here"));
        }
    }
}
