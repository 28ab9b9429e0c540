using System.Diagnostics;

namespace Recollect.Tests.Cli;

/// <summary>The program as a process of its own, as a shell sees it.</summary>
public class ProcessTests
{
    [Fact]
    public void The_exit_code_and_the_streams_reach_the_shell()
    {
        var (code, output, error) = Processes.Run("train", "didgits");
        Assert.Equal((2, ""), (code, output));
        Assert.StartsWith("recollect: There is no recipe 'didgits'. Nearest: digits.", error);
        Assert.DoesNotContain("\u001b", error);
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public void A_signal_ends_a_training_after_saving(string signal, int code)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such signals to send.");
        using var runs = new SmallRuns();
        var run = runs.In("run");
        using var process = Processes.Start("train", "digits-lstm", "--out", run,
            "--set", "model.hidden=4", "--set", "data.limit=64", "--set", "training.epochs=100000");
        process.StandardError.ReadLine(); // an epoch is done, so that it is well under way
        using (var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]))
            kill.WaitForExit();
        var error = process.StandardError.ReadToEnd(); // some lines; what comes on standard output fits its pipe
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(code, process.ExitCode);
        Assert.Contains($"stopped by  SIG{signal}; go on with: recollect train --resume", output);
        Assert.Contains("a second signal ends at once", error);
        Assert.NotEmpty(Directory.EnumerateFileSystemEntries(Path.Combine(run, "checkpoint")));
    }

    [Fact]
    public void The_version_reaches_the_shell()
    {
        var (code, output, error) = Processes.Run("--version");
        Assert.Equal((0, ""), (code, error));
        Assert.StartsWith("recollect ", output);
    }
}
