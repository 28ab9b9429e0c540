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

    /// <summary>A benchmark measures memory in processes of its own: they must not go on computing when it is killed.</summary>
    [Fact]
    public void A_killed_benchmark_leaves_no_process_behind()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Reads /proc.");
        using var bench = Processes.Start("bench", "memory", "--only", "M16384", "--threads", "1");
        var children = Until(() => ChildrenOf(bench.Id, "M16384"), ids => ids.Length > 0);
        Assert.NotEmpty(children);
        bench.Kill();
        Assert.Empty(Until(() => Array.FindAll(children, id => Directory.Exists($"/proc/{id}")), ids => ids.Length == 0));
    }

    private static string[] ChildrenOf(int process, string word)
    {
        var tasks = $"/proc/{process}/task";
        if (!Directory.Exists(tasks))
            return [];
        var children = Directory.GetDirectories(tasks).SelectMany(task => File.ReadAllText(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return [.. children.Where(id => File.ReadAllText($"/proc/{id}/cmdline").Split('\0').Contains(word))];
    }

    private static string[] Until(Func<string[]> look, Func<string[], bool> seen)
    {
        var found = look();
        for (var wait = 0; wait < 300 && !seen(found); wait++)
        {
            Thread.Sleep(100);
            found = look();
        }
        return found;
    }
}
