using System.Diagnostics;

namespace Recollect.Tests.Witness;

/// <summary>Debian's Python with PyTorch, which knows nothing of this program.</summary>
internal static class Python
{
    public const string Program = "/usr/bin/python3";
    private static readonly Lazy<bool> HasTorch = new(Import); // seconds

    public static void SkipWithoutTorch()
    {
        if (!File.Exists(Program))
            Assert.Skip($"{Program} is not on this machine; the witness needs it and Debian's python3-torch.");
        if (!HasTorch.Value)
            Assert.Skip($"{Program} has no torch; install Debian's python3-torch.");
    }

    /// <summary>What a script of this folder prints; anything but success fails.</summary>
    public static string Run(string script, params string[] arguments)
    {
        using var process = Start([Path.Combine(AppContext.BaseDirectory, "Witness", script), .. arguments]);
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.Result);
        return output;
    }

    private static bool Import()
    {
        using var probe = Start("-c", "import torch");
        probe.WaitForExit();
        return probe.ExitCode == 0;
    }

    private static Process Start(params string[] arguments) =>
        Process.Start(new ProcessStartInfo(Program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
}
