using Recollect.Runs;

namespace Recollect.Tests.Cli.Commands;

public sealed class ImportCommandTests : IDisposable
{
    private readonly SmallRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    // What somebody else's network of the same weights would be saved as.
    private string Foreign()
    {
        var run = _runs.Train("run", ["model.cell=gru"]);
        Safetensors.Write(_runs.In("theirs.safetensors"), new Dictionary<string, string>(), [.. Safetensors.Read(Path.Combine(run, "model.safetensors")).Tensors.Select(tensor => tensor with { Name = $"net.{tensor.Name}" })]);
        return _runs.In("theirs.safetensors");
    }

    private Ran Import(string file, params string[] more) => Ran.Command(
        [
            "import", file, "--recipe", "digits-lstm", "-o", _runs.In("model.safetensors"), "--threads", "1", "--set", "model.cell=gru", "--set", "model.hidden=8", "--set", "model.embedding=6",
            "--set", "model.headUnits=9", "--set", "data.testLimit=30", .. more,
        ]);

    [Fact]
    public void A_file_of_weights_alone_becomes_a_model_that_predicts_and_is_exported()
    {
        var foreign = Foreign();
        var ran = Import(foreign);
        Assert.True(ran.Code == 0, ran.Error);
        var model = _runs.In("model.safetensors");
        var test = SmallRuns.Key(_runs.In("run"), "summary.json", "test")!;
        Assert.Equal(
            [
                $"{model}: {new FileInfo(model).Length:N0} bytes; 1 layer(s) of 8 units over tokens 0…16",
                "classes: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9",
                $"test: {(double)test["accuracy"]!:0.00%} of 30, loss {(double)test["loss"]!:0.0000}",
                "",
            ],
            ran.Out.Split(Environment.NewLine));
        var image = string.Join(',', Enumerable.Range(0, 64).Select(i => i * 7 % 17));
        var rows = _runs.Write("rows.csv", $"{string.Join(',', Enumerable.Range(0, 64).Select(i => $"p{i}"))}\n{image}\n");
        Assert.Equal(Ran.Command("predict", _runs.In("run"), rows, "--json", "--threads", "1").Out, Ran.Command("predict", model, rows, "--json", "--threads", "1").Out);
        Assert.Equal(0, Ran.Command("export", model, "--onnx", _runs.In("a.onnx")).Code);
        Import(foreign).Refused(2, $"'{model}' is there already", "--force");
        Assert.Equal(0, Import(foreign, "--force").Code);
    }

    [Fact]
    public void What_cannot_be_imported_leaves_nothing_behind()
    {
        var foreign = Foreign();
        Import(foreign, "--set", "model.hidden=9").Refused(3, "does not hold the network of the recipe 'digits-lstm'", "--set model.hidden=8");
        Import(_runs.Write("net.pt", "anything")).Refused(3, "is a pickle", "weights_only=True");
        Import(foreign, "--rename", "fc1").Refused(2, "--rename is 'fc1'", "OLD=NEW");
        Import(foreign, "--rename", "a=b", "--rename", "a=c").Refused(2, "'a' is renamed to 'b' already");
        Import(foreign, "--rename", "a=b").Refused(2, "no tensor of", "net.gru.weight_ih_l0");
        Import(foreign, "--classes", "0,1").Refused(2, "--classes is '0,1'", "JSON list");
        Import(foreign, "--classes", """["0","1"]""").Refused(2, "--classes: found 0, 1; expected each of the data's classes once");
        Import(foreign, "--set", "training.from=x").Refused(2, "from");
        Assert.False(File.Exists(_runs.In("model.safetensors")));
    }
}
