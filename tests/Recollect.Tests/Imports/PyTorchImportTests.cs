using System.IO.Compression;
using System.Text;
using Recollect.Data.Tests;
using Recollect.Experiments;
using Recollect.Imports;
using Recollect.Inference;
using Recollect.Networks;
using Recollect.Randomness;
using Recollect.Runs;
using Recollect.Sequences;

namespace Recollect.Tests.Imports;

/// <summary>What is read, what is refused and how it is told; that it computes the same is <c>ImportedNetworksTests</c>' matter.</summary>
public sealed class PyTorchImportTests : IDisposable
{
    private const long MostAllocated = 8 << 20; // for files of some thousand bytes
    private static readonly NetworkOptions Shape = new() { Embedding = 3, Hidden = 4, HeadUnits = 5 };
    private readonly string _folder = Directory.CreateTempSubdirectory("recollect-import-").FullName;

    public PyTorchImportTests()
    {
        File.WriteAllLines(In("mine.jsonl"), [.. "abcabcabc".Select(label => $$"""{"values": [[0.5, 1], [2, 3]], "label": "{{label}}"}""")]);
        File.WriteAllText(In("mine.json"), """
            {
              "data": { "source": "jsonl", "train": "mine.jsonl", "test": "mine.jsonl", "standardize": true },
              "model": { "embedding": 3, "hidden": 4, "headUnits": 5 },
            }
            """);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string In(string name) => Path.Combine(_folder, name);

    // Weights of a network of three classes over two reals, any numbers, the same every time.
    private static StoredTensor[] Weights(NetworkOptions options)
    {
        var stream = new Seed(1).Stream("weights");
        var tensors = new List<StoredTensor>();
        foreach (var (name, shape) in RecurrentClassifier.Shapes(StepFormat.Reals(2), 3, options))
        {
            var numbers = new float[shape.Aggregate((a, b) => a * b)];
            for (var i = 0; i < numbers.Length; i++)
                numbers[i] = (float)stream.NextNormal();
            tensors.Add(StoredTensor.Of(name, shape, numbers));
        }
        return [.. tensors];
    }

    private string Written(IEnumerable<StoredTensor> tensors, string name = "torch.safetensors", Dictionary<string, string>? metadata = null)
    {
        Safetensors.Write(In(name), metadata ?? [], [.. tensors]);
        return In(name);
    }

    private ImportRequest Request(string file, params string[] edits) => new()
    {
        File = file,
        Recipe = RecipeBook.Open(In("mine.json"), edits),
        Workplace = new Workplace(_folder, DeviceChoice.Cpu, 1),
    };

    private string Refusal(string file, params string[] edits) => Assert.Throws<DataException>(() => PyTorchImport.Read(Request(file, edits))).Message;

    private SequenceModel Imported(ImportRequest request)
    {
        using var import = PyTorchImport.Read(request);
        import.Save(In("model.safetensors"));
        return SequenceModel.Load(In("model.safetensors"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("module.")]
    [InlineData("_orig_mod.model.")]
    public void The_same_weights_under_any_prefix_become_a_model_of_the_recipes_preprocessing_and_classes(string prefix)
    {
        var weights = Weights(Shape);
        var model = Imported(Request(Written(weights.Select(weight => weight with { Name = prefix + weight.Name }))));
        Assert.Equal(["a", "b", "c"], model.Classes);
        var series = Assert.IsType<SeriesPreprocessing>(model.Preprocessing);
        Assert.Equal([1.25, 2], series.Mean!); // of 0.5 and 2, and of 1 and 3
        Assert.Equal(new ModelArchitecture(RecurrentCell.Lstm, 3, 4, 1, 5), model.Architecture);
        var saved = ModelFile.Read(In("model.safetensors"));
        Assert.All(weights, weight => Assert.Equal(weight.Data.ToArray(), saved.Weight(weight.Name).Data.ToArray()));
        using var network = TrainedModel.Load(In("model.safetensors")).Network;
        Assert.Equal(4, network.Options.Hidden);
    }

    [Fact]
    public void How_well_it_labels_the_test_rows_is_told()
    {
        using var import = PyTorchImport.Read(Request(Written(Weights(Shape))));
        var result = import.Measure();
        Assert.Equal((9, 1.0 / 3), (result.Examples, result.Accuracy)); // rows that are all the same: one class of three
    }

    [Fact]
    public void All_that_is_missing_left_over_or_of_another_shape_or_type_is_told_at_once_with_what_to_do()
    {
        var weights = Weights(Shape with { Cell = CellKind.Lstm, Hidden = 6, Layers = 2 }).Where(weight => weight.Name != "embedding.bias").Select(weight => weight.Name switch
        {
            "classifier.2.bias" => StoredTensor.Of(weight.Name, weight.Shape, new long[5]),
            "classifier.5.weight" => weight with { Name = "output.weight" },
            _ => weight,
        });
        var message = Refusal(Written(weights));
        Assert.StartsWith($"'{In("torch.safetensors")}' does not hold the network of the recipe 'mine': ", message);
        Assert.Contains("missing: embedding.bias F32 [3], classifier.5.weight F32 [3, 5]; ", message);
        Assert.Contains("left over: lstm.weight_ih_l1 F32 [24, 6], lstm.weight_hh_l1 F32 [24, 6], lstm.bias_ih_l1 F32 [24], lstm.bias_hh_l1 F32 [24], output.weight F32 [3, 5]; ", message);
        Assert.Contains("of another shape: lstm.weight_ih_l0 F32 [24, 3], expected [16, 3], lstm.weight_hh_l0 F32 [24, 6], expected [16, 4]", message);
        Assert.Contains("of another type: classifier.2.bias I64 [5], expected F32", message);
        Assert.EndsWith(" By its shapes the file asks for --set model.hidden=6 --set model.layers=2. Other names are told by --rename OLD=NEW.", message);
    }

    [Fact]
    public void The_edits_that_a_file_asks_for_are_those_that_it_is_read_with()
    {
        var other = new NetworkOptions { Cell = CellKind.Gru, Input = InputKind.Raw, Hidden = 7, Layers = 3, HeadUnits = 6 };
        var file = Written(Weights(other));
        var message = Refusal(file);
        string[] edits = ["model.cell=gru", "model.hidden=7", "model.layers=3", "model.input=raw", "model.embedding=null", "model.headUnits=6"];
        Assert.Contains($"asks for {string.Join(' ', edits.Select(edit => $"--set {edit}"))}.", message);
        Assert.Equal(new ModelArchitecture(RecurrentCell.Gru, 0, 7, 3, 6), Imported(Request(file, edits)).Architecture);
    }

    [Fact]
    public void Names_of_ones_own_are_told_by_their_parts()
    {
        var weights = Weights(Shape).Select(weight => weight with
        {
            Name = "net." + weight.Name.Replace("embedding.", "project.").Replace("lstm.", "rnn.").Replace("classifier.0.", "fc1.").Replace("classifier.2.", "fc2.").Replace("classifier.5.", "head.out."),
        });
        var file = Written(weights);
        Assert.Contains("such as --rename rnn=lstm.", Refusal(file));
        var names = new Dictionary<string, string> { ["project"] = "embedding", ["rnn"] = "lstm", ["fc1"] = "classifier.0", ["fc2"] = "classifier.2", ["head.out"] = "classifier.5" };
        Imported(Request(file) with { Names = names });
        var message = Assert.Throws<RecipeException>(() => PyTorchImport.Read(Request(file) with { Names = new Dictionary<string, string> { ["f"] = "classifier.0" } })).Message;
        Assert.StartsWith($"--rename f=classifier.0: no tensor of '{file}' has 'f' as a part of its name; it has net.project.weight", message);
        names["fc2"] = "classifier.0";
        message = Assert.Throws<DataException>(() => PyTorchImport.Read(Request(file) with { Names = names })).Message;
        Assert.Contains("'net.fc1.weight' and 'net.fc2.weight' both come to the name 'classifier.0.weight'", message);
    }

    [Fact]
    public void Two_networks_in_one_file_are_refused_by_their_prefixes()
    {
        var weights = Weights(Shape);
        var message = Refusal(Written([.. weights.Select(weight => weight with { Name = $"encoder.{weight.Name}" }), .. weights.Select(weight => weight with { Name = $"decoder.{weight.Name}" })]));
        Assert.Contains("holds several networks, by the beginnings of their names: 'encoder.', 'decoder.'", message);
    }

    [Fact]
    public void The_classes_may_be_in_another_order_than_the_datas()
    {
        var file = Written(Weights(Shape));
        var (own, told) = (Imported(Request(file)), Imported(Request(file) with { Classes = ["c", "a", "b"] }));
        float[] row = [0.1f, 0.2f, 0.3f, 0.4f];
        var (before, after) = (own.ClassifySteps(row).Logits, told.ClassifySteps(row).Logits);
        Assert.Equal([before[1], before[2], before[0]], after); // a is the network's second output, b its third, c its first
        Assert.Equal(["a", "b", "c"], told.Classes);
        var message = Assert.Throws<RecipeException>(() => PyTorchImport.Read(Request(file) with { Classes = ["a", "b"] })).Message;
        Assert.Equal("--classes: found a, b; expected each of the data's classes once, in the order of the network's outputs: a, b, c.", message);
    }

    [Theory]
    [InlineData("b.weight_ih_l0_reverse", "bidirectional")]
    [InlineData("lstm.weight_hr_l0", "proj_size")]
    public void What_layers_can_do_there_and_not_here_is_told(string name, string reason) =>
        Assert.Contains(reason, Refusal(Written([.. Weights(Shape), StoredTensor.Of(name, [1], new float[1])])));

    [Fact]
    public void A_classifier_of_one_layer_asks_for_twice_as_many_units_as_the_network_has()
    {
        var weights = Weights(Shape with { HeadUnits = 4 }).Where(weight => !weight.Name.StartsWith("classifier.0", StringComparison.Ordinal) && !weight.Name.StartsWith("classifier.2", StringComparison.Ordinal));
        var file = Written(weights);
        var message = Refusal(file);
        Assert.Contains("takes model.headUnits of twice model.hidden, 8; found 5", message);
        Assert.EndsWith("--set model.headUnits=8.", message);
        using var import = PyTorchImport.Read(Request(file, "model.headUnits=8"));
        Assert.Contains("one linear layer", Assert.Single(import.Notes));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_number_that_is_not_finite_is_refused_by_its_tensor(float number)
    {
        var weights = Weights(Shape);
        weights[0] = StoredTensor.Of(weights[0].Name, weights[0].Shape, [0, 0, 0, number, 0, 0]);
        Assert.Contains("the tensor 'embedding.weight' holds a number that is not finite; ", Refusal(Written(weights)));
    }

    [Fact]
    public void A_double_beyond_32_bits_is_refused_and_others_are_converted()
    {
        var weights = Weights(Shape);
        weights[0] = StoredTensor.Of(weights[0].Name, weights[0].Shape, [0, 0, 0, 1e300, 0, 0]);
        Assert.Contains("beyond what 32 bits hold", Refusal(Written(weights)));
        weights[0] = StoredTensor.Of(weights[0].Name, weights[0].Shape, [0, 0, 0, 0.1, 0, 0]);
        using var import = PyTorchImport.Read(Request(Written(weights)));
        Assert.Equal("1 tensor(s) are converted from F64 to F32.", Assert.Single(import.Notes));
    }

    [Theory]
    [InlineData("net.pt", "PK\u0003\u0004", "its content")]
    [InlineData("net.pth", "anything", "its name")]
    [InlineData("pytorch_model.bin", "anything", "its name")]
    [InlineData("net.safetensors", "PK\u0003\u0004", "its content")]
    [InlineData("net.safetensors", "\u0080\u0002\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P\u0019.", "its content")]
    public void A_pickle_is_not_read_and_the_way_to_convert_it_is_told(string name, string content, string by)
    {
        File.WriteAllBytes(In(name), Encoding.Latin1.GetBytes(content));
        var message = Refusal(In(name));
        Assert.Contains($"is a pickle of Python's, by {by}", message);
        Assert.Contains($"safetensors.torch.save_file(torch.load(\"{name}\", weights_only=True), \"{Path.GetFileNameWithoutExtension(name)}.safetensors\")", message);
    }

    [Fact]
    public void A_file_that_cannot_be_meant_is_refused()
    {
        Assert.Contains("does not exist", Refusal(In("nowhere.pt")));
        Assert.Contains("is a model of Recollect's already", Refusal(Written(Weights(Shape), metadata: new() { ["kind"] = "recollect-model" })));
        using (var packed = new GZipStream(File.Create(In("packed.safetensors")), CompressionLevel.Fastest))
            packed.Write(new byte[1000]);
        Assert.Contains("packed.safetensors", Refusal(In("packed.safetensors")));
    }

    [Theory]
    [InlineData("model.cell=irnn", "import: model.cell is irnn; networks with lstm or gru are read")]
    [InlineData("model.gates=refined", "import: model.cell is lstm with gates refined; networks with lstm or gru are read. Set the gates: --set model.gates=standard")]
    [InlineData("model.layers=1000000000", "import: model.layers is 1,000,000,000; at most 1,024 are read")]
    public void A_recipe_whose_network_cannot_be_imported_is_refused(string edit, string message) =>
        Assert.Contains(message, Assert.Throws<RecipeException>(() => PyTorchImport.Read(Request(Written(Weights(Shape)), edit))).Message);

    [Fact]
    public void Damaged_files_are_refused() => Fuzz(300);

    [Fact]
    [Trait("Tier", "slow")]
    public void Ten_thousand_damaged_files_are_refused() => Fuzz(10_000);

    // Without a checksum, as another program writes it: changed numbers are read, all else is refused.
    private void Fuzz(int count)
    {
        var file = Written(Weights(Shape), "fuzz.safetensors");
        var whole = WithoutChecksum(File.ReadAllBytes(file));
        File.WriteAllBytes(file, whole);
        using (PyTorchImport.Read(Request(file)))
        {
        }
        Mutations.Try([whole], count, MostAllocated, bytes =>
        {
            File.WriteAllBytes(file, bytes);
            return PyTorchImport.Read(Request(file));
        }, import =>
        {
            using (import)
                Assert.All(import.Model.Network.parameters(), weights => Assert.Equal(1, TensorNumber.Of(weights.isfinite().all())));
        }, placed: false);
    }

    // The metadata's key and the header's length stay as long: a reader knows no such key.
    private static byte[] WithoutChecksum(byte[] bytes) => Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(bytes).Replace("\"sha256\"", "\"sha000\""));
}
