using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Recollect.Tests.Cli;

/// <summary>The program as a process of its own, as a shell sees it.</summary>
public class ProcessTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2); // four processes begin before the one that is looked for

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

    /// <summary>TorchSharp tells at length how it looked for libtorch: that is no part of a result.</summary>
    [Fact]
    public void Results_stay_whole_where_libtorch_does_not_load()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Knows the libraries' names on Linux.");
        using var runs = new SmallRuns();
        var program = Directory.CreateDirectory(runs.In("program")).FullName;
        foreach (var file in Directory.GetFiles(AppContext.BaseDirectory).Where(file => Path.GetExtension(file) is ".dll" or ".json"))
            File.Copy(file, Path.Combine(program, Path.GetFileName(file)));
        var (code, output, error) = Processes.RunFrom(program, runs.Folder, "doctor", "--json");
        Assert.Equal(1, code);
        Assert.False(JsonNode.Parse(output)!["canTrain"]!.GetValue<bool>());
        Assert.Contains("libtorch-cpu-linux-x64", error); // what would else have stood before the document
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
        Assert.Empty(Until(() => Array.FindAll(children, Runs), ids => ids.Length == 0));
    }

    // Threads come and go, and processes end, while they are looked at: what is gone has nothing to tell.
    private static string[] ChildrenOf(int process, string word) =>
    [
        .. Entries($"/proc/{process}/task").SelectMany(task => Text(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(id => Text($"/proc/{id}/cmdline").Split('\0').Contains(word)),
    ];

    // One that has ended and waits for a parent to be told ("Z", after the name in brackets) computes no more.
    private static bool Runs(string process) => Text($"/proc/{process}/stat") is { Length: > 0 } stat && stat[(stat.LastIndexOf(')') + 2)..][0] is not ('Z' or 'X');

    private static string[] Entries(string folder)
    {
        try
        {
            return Directory.GetDirectories(folder);
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static string Text(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static string[] Until(Func<string[]> look, Func<string[], bool> seen)
    {
        var found = look();
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < Patience && !seen(found); found = look())
            Thread.Sleep(50);
        return found;
    }
}
