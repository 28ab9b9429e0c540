using System.Text.Json.Nodes;
using Recollect.Experiments;
using Recollect.Networks;
using Recollect.Randomness;
using Recollect.Runs;
using Recollect.Sequences;
using Recollect.Training;

namespace Recollect.Tests.Experiments;

/// <summary>Model files whose header does not say the truth.</summary>
public sealed class TrainedModelTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recollect-model-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // A model of a few numbers, with changed metadata and tensors, under a right checksum.
    private string Model(Action<Dictionary<string, string>>? metadata = null, Func<IEnumerable<StoredTensor>, IEnumerable<StoredTensor>>? tensors = null)
    {
        var path = Path.Combine(_folder, "model.safetensors");
        var options = new NetworkOptions { Embedding = 2, Hidden = 3, HeadUnits = 4 };
        var preprocessing = Preprocessing.FromJson("""{"kind":"text"}""", "test");
        using var network = new RecurrentClassifier(preprocessing.Format, 2, options, new Seed(1));
        var task = new TrainingTask(network, [], new Truncation(0), new InMemorySequences(preprocessing.Format, ["a", "b"]), null, []);
        new TrainedModel(network, preprocessing, null, ["a", "b"]).Save(path, task, new Recipe());
        var file = Safetensors.Read(path);
        var changed = file.Metadata.ToDictionary();
        metadata?.Invoke(changed);
        Safetensors.Write(path, changed, [.. tensors?.Invoke(file.Tensors) ?? file.Tensors]);
        return path;
    }

    private static Action<Dictionary<string, string>> Architecture(string key, int value) => metadata =>
    {
        var node = JsonNode.Parse(metadata["architecture"])!;
        node[key] = value;
        metadata["architecture"] = node.ToJsonString();
    };

    private static string Refusal(string path) => Assert.Throws<DataException>(() => TrainedModel.Load(path)).Message;

    [Fact]
    public void A_model_that_is_true_is_read() => Assert.Equal(["a", "b"], TrainedModel.Load(Model()).Classes);

    [Theory]
    [InlineData("headUnits", 3_000_000, "classifier.0.weight")]
    [InlineData("layers", 1_000_000_000, "lstm.weight_ih_l1")]
    [InlineData("hidden", 2_000_000_000, "lstm.weight_ih_l0")]
    [InlineData("embedding", 2_000_000_000, "embedding.weight")]
    public void A_size_that_no_tensor_has_is_refused_before_anything_is_made(string key, int value, string tensor) =>
        Assert.Contains($"'{tensor}'", Refusal(Model(Architecture(key, value))));

    [Fact]
    public void The_last_of_many_layers_does_not_stand_for_the_others() => Assert.Contains("'lstm.weight_ih_l1'", Refusal(Model(
        Architecture("layers", 1_000_000_000),
        tensors => tensors.Append(new StoredTensor("lstm.weight_hh_l999999999", StoredType.F32, [12, 3], new byte[12 * 3 * 4])))));

    [Fact]
    public void The_middle_of_the_head_must_be_there_although_its_ends_claim_any_width()
    {
        const int claimed = 100_000; // a middle of that width would take 40 GB
        var message = Refusal(Model(Architecture("headUnits", claimed), tensors => tensors.Select(tensor => tensor.Name switch
        {
            "classifier.0.weight" => new StoredTensor(tensor.Name, StoredType.F32, [claimed, 3], new byte[claimed * 3 * 4]),
            "classifier.0.bias" => new StoredTensor(tensor.Name, StoredType.F32, [claimed], new byte[claimed * 4]),
            "classifier.5.weight" => new StoredTensor(tensor.Name, StoredType.F32, [2, claimed], new byte[claimed * 2 * 4]),
            _ => tensor,
        })));
        Assert.Contains("'classifier.2.weight'", message);
    }

    [Fact]
    public void Another_activation_is_refused() =>
        Assert.Contains("'activation' is 'gelu'; expected relu", Refusal(Model(metadata => metadata["activation"] = "gelu")));

    [Fact]
    public void A_file_that_is_no_model_is_refused_before_its_tensors_are_read()
    {
        var path = Model(metadata => metadata["kind"] = "another");
        var bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1; // which whoever reads them finds
        File.WriteAllBytes(path, bytes);
        Assert.Contains("no model of Recollect's", Refusal(path));
    }

    [Fact]
    public void A_weight_that_is_not_finite_is_refused_by_its_tensor() => Assert.Contains(
        "the tensor 'classifier.5.bias' holds the number NaN", Refusal(Model(tensors: tensors => tensors.Select(tensor => Filled(tensor, "classifier.5.bias", float.NaN)))));

    [Fact]
    public void What_is_not_finite_is_no_label()
    {
        // 1e3 · 3e38: a logit that overflows.
        var path = Model(tensors: tensors => tensors.Select(tensor => Filled(Filled(tensor, "classifier.2.bias", 1e3f), "classifier.5.weight", 3e38f)));
        var rows = Path.Combine(_folder, "rows.txt");
        File.WriteAllLines(rows, ["some words", "and others"]);
        var request = new PredictRequest(path, rows, () => Stream.Null, new Workplace(_folder, DeviceChoice.Cpu, 1));
        var message = Assert.Throws<DataException>(() => Experiment.Predict(request).ToList()).Message;
        Assert.StartsWith($"{rows}, line 1: what the model says is not finite", message);
    }

    private static StoredTensor Filled(StoredTensor tensor, string name, float number) => tensor.Name == name
        ? StoredTensor.Of(name, tensor.Shape, [.. Enumerable.Repeat(number, (int)tensor.Count)])
        : tensor;

    [Fact]
    public void Two_classes_of_one_name_are_refused() =>
        Assert.Contains("names the class \"a\" 2 times", Refusal(Model(metadata => metadata["classes"] = """["a","a"]""")));
}
