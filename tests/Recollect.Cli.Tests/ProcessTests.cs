using System.Diagnostics;

namespace Recollect.Tests.Cli;

/// <summary>The program as a process of its own, as a shell sees it.</summary>
public class ProcessTests
{
    private static (int Code, string Out, string Error) Start(params string[] arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Recollect.Cli.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        })!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    [Fact]
    public void The_exit_code_and_the_streams_reach_the_shell()
    {
        var (code, output, error) = Start("train", "didgits");
        Assert.Equal((2, ""), (code, output));
        Assert.StartsWith("recollect: There is no recipe 'didgits'. Nearest: digits.", error);
        Assert.DoesNotContain("\u001b", error);
    }

    [Fact]
    public void The_version_reaches_the_shell()
    {
        var (code, output, error) = Start("--version");
        Assert.Equal((0, ""), (code, error));
        Assert.StartsWith("recollect ", output);
    }
}
