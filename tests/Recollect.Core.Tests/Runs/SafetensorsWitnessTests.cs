using System.Diagnostics;
using System.Text.Json;

namespace Recollect.Runs;

/// <summary>The format, against a few lines of another language.</summary>
public sealed class SafetensorsWitnessTests : IDisposable
{
    private const string Python = "/usr/bin/python3";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Run(string verb)
    {
        Assert.SkipUnless(File.Exists(Python), $"needs {Python}");
        var script = Path.Combine(AppContext.BaseDirectory, "Runs", "safetensors_witness.py");
        using var python = Process.Start(new ProcessStartInfo(Python, [script, verb, _folder.File("m")]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = python.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = python.StandardOutput.ReadToEnd();
        python.WaitForExit();
        Assert.True(python.ExitCode == 0, errors.Result);
        return output;
    }

    [Fact]
    public void Python_reads_what_is_written_here()
    {
        Safetensors.Write(_folder.File("m"), new Dictionary<string, string> { ["näme"] = "a \"quoted\" text" },
            [StoredTensor.Of("w", [2, 2], [1f, 0.1f, -3f, 1e-30f]), StoredTensor.Of("d", [1], [1.0 / 3]), StoredTensor.Of("i", [], [-5L]), StoredTensor.Of("u", [3], [(byte)1, 2, 255])]);
        using var read = JsonDocument.Parse(Run("read"));
        var metadata = read.RootElement.GetProperty("metadata");
        Assert.Equal("a \"quoted\" text", metadata.GetProperty("näme").GetString());
        Assert.Equal(read.RootElement.GetProperty("hash").GetString(), metadata.GetProperty("sha256").GetString());
        var tensors = read.RootElement.GetProperty("tensors");
        Assert.Equal([2, 2], Numbers(tensors.GetProperty("w").GetProperty("shape")));
        Assert.Equal([1, 0.1f, -3, 1e-30f], Numbers(tensors.GetProperty("w").GetProperty("values")));
        Assert.Equal([1.0 / 3], Numbers(tensors.GetProperty("d").GetProperty("values")));
        Assert.Equal([-5], Numbers(tensors.GetProperty("i").GetProperty("values")));
        Assert.Equal([1, 2, 255], Numbers(tensors.GetProperty("u").GetProperty("values")));
    }

    [Fact]
    public void What_Python_writes_is_read_here()
    {
        Run("write");
        var read = Safetensors.Read(_folder.File("m"));
        Assert.Equal("über", read.GetMetadata("note"));
        Assert.Equal(["second", "lstm.weight_ih_l0", "empty", "scalar"], read.Tensors.Select(tensor => tensor.Name));
        Assert.Equal([0.5f, -1, 2, 3.25f, 1e-3f, -0f], read.Get("lstm.weight_ih_l0", StoredType.F32, 2, 3).Floats.ToArray());
        Assert.Equal([1.0 / 3, -2e300], read.Get("second", StoredType.F64, 2).Doubles.ToArray());
        Assert.Equal([-(1L << 62)], read.Get("scalar", StoredType.I64).Longs.ToArray());
        Assert.Equal(0, read.Get("empty", StoredType.U8, 0, 7).Count);
    }

    private static double[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(number => number.GetDouble())];
}
