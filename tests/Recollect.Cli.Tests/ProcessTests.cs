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

    [Fact]
    public void The_version_reaches_the_shell()
    {
        var (code, output, error) = Processes.Run("--version");
        Assert.Equal((0, ""), (code, error));
        Assert.StartsWith("recollect ", output);
    }
}
