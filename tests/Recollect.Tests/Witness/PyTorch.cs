using System.Diagnostics;
using System.Text.Json;

namespace Recollect.Tests.Witness;

/// <summary>Debian's PyTorch in a process that answers all tests of a class: to begin it takes seconds.</summary>
public sealed class PyTorch : IDisposable
{
    private readonly Lazy<Process?> _process = new(Begin);

    /// <summary>Logits of every row, or skips the test where there is no PyTorch.</summary>
    public double[][] Logits(string model, string rows, int[] order)
    {
        Assert.SkipUnless(File.Exists(Python.Program), $"{Python.Program} is not on this machine; the witness needs it and Debian's python3-torch.");
        Assert.SkipWhen(_process.Value is null, $"{Python.Program} has no torch; install Debian's python3-torch.");
        _process.Value.StandardInput.WriteLine(JsonSerializer.Serialize(new object[] { model, rows, order }));
        var answer = _process.Value.StandardOutput.ReadLine();
        Assert.True(answer is not null, answer is null ? _process.Value.StandardError.ReadToEnd() : "");
        return JsonSerializer.Deserialize<double[][]>(answer!)!;
    }

    public void Dispose()
    {
        if (!_process.IsValueCreated || _process.Value is not { } process)
            return;
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }

    // Null where its first import fails. What PyTorch warns of is less than a pipe holds.
    private static Process? Begin()
    {
        var process = Process.Start(new ProcessStartInfo(Python.Program, [Path.Combine(AppContext.BaseDirectory, "Witness", "logits.py")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        if (process.StandardOutput.ReadLine() == "ready")
            return process;
        using (process)
        {
            var error = process.StandardError.ReadToEnd();
            Assert.True(error.Contains("No module named 'torch'", StringComparison.Ordinal), error);
            return null;
        }
    }
}
