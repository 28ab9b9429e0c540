using System.Text;

namespace Recollect.Tests.Cli.Commands;

public sealed class ExportCommandTests : IDisposable
{
    private readonly SmallRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    private Ran Export(params string[] more) => Ran.Command(["export", _runs.In("run"), .. more]);

    [Fact]
    public void A_run_becomes_both_kinds_of_file_and_nothing_is_replaced_unasked()
    {
        _runs.Train("run", []);
        var (whole, step) = (_runs.In("whole.onnx"), _runs.In("step.onnx"));
        var ran = Export("--onnx", whole, "--onnx-step", step);
        Assert.Equal(0, ran.Code);
        Assert.Equal($"{whole}: {new FileInfo(whole).Length:N0} bytes{Environment.NewLine}{step}: {new FileInfo(step).Length:N0} bytes{Environment.NewLine}", ran.Out);
        Assert.Contains("hidden_after", Encoding.Latin1.GetString(File.ReadAllBytes(step)));
        Assert.DoesNotContain("hidden_after", Encoding.Latin1.GetString(File.ReadAllBytes(whole)));

        File.WriteAllText(whole, "mine");
        Export("--onnx", whole).Refused(2, $"'{whole}' is there already", "--force");
        Assert.Equal("mine", File.ReadAllText(whole));
        Assert.Equal(0, Export("--onnx", whole, "--force").Code);
        Assert.NotEqual("mine", File.ReadAllText(whole));
        Export("--onnx", _runs.In("nowhere", "a.onnx")).Refused(1, "its folder does not exist; nothing was left behind. Make or mend the folder, or name another file.");
    }

    [Fact]
    public void A_model_file_alone_is_enough()
    {
        _runs.Train("run", []);
        File.Copy(_runs.In("run", "model.safetensors"), _runs.In("alone.safetensors"));
        Assert.Equal(0, Ran.Command("export", _runs.In("alone.safetensors"), "--onnx", _runs.In("a.onnx")).Code);
    }

    [Fact]
    public void What_cannot_be_carried_leaves_nothing_behind()
    {
        _runs.Train("run", ["model.cell=irnn"]);
        Export("--onnx", _runs.In("a.onnx")).Refused(2, "model.cell is irnn", "lstm and gru");
        Assert.False(File.Exists(_runs.In("a.onnx")));
    }

    [Fact]
    public void Files_that_cannot_be_meant_are_refused_before_the_model_is_read()
    {
        Export("--onnx", _runs.Folder).Refused(2, "is a folder");
        Export("--onnx", _runs.In("x"), "--onnx-step", Path.Combine(_runs.Folder, ".", "x")).Refused(2, "both name");
        Export().Refused(2, "--onnx FILE");
        Export("--onnx", _runs.In("x")).Refused(3, "run");
    }
}
