using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Recollect.Tests.Cli;

/// <summary>docs/guide.md followed word for word in an empty folder: files saved under their names, commands done by a POSIX shell, in the page's order.</summary>
[Trait("Tier", "samples")]
public sealed partial class DocumentedGuideTests : IDisposable
{
    private const string Clone = "/path/to/the/clone"; // the one thing that is the reader's own
    private const string Port = "5080";

    // The shell has a group of its own, of which nothing outlives it: the page starts a server. That would hold a pipe open; a file it may.
    private const string Prologue = "exec > output 2>&1\ntrap 'status=$?; trap \"\" TERM; kill 0; wait; exit $status' EXIT\nset -eu\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("recollect-guide-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_guide_goes_from_a_table_to_a_stream_at_work()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/curl") && File.Exists("/usr/bin/awk"), "Needs Linux, curl and awk.");
        var page = MarkdownPage.Open("docs", "guide.md");
        var blocks = page.Headings.SelectMany(page.Blocks).ToList();
        foreach (var file in blocks.Where(block => block.Info.StartsWith("csharp ", StringComparison.Ordinal)))
            File.WriteAllText(Path.Combine(_folder, file.Info.Split(' ')[1]), file.Text);
        var output = Follow(string.Concat(blocks.Where(block => block.Info == "sh").Select(block => block.Text)));

        Assert.Contains("accuracy", output);
        Assert.True(Shown().Count(output) > 100, output); // a line a reading, of the program
        Assert.Contains("\"label\":\"running\"", output); // of the server
    }

    private string Follow(string script)
    {
        script = script.Replace(Clone, Checkout.Folder).Replace(Port, FreePort());
        File.WriteAllText(Path.Combine(_folder, "script"), Prologue + script);
        using var shell = Process.Start(new ProcessStartInfo("setsid", ["--wait", "sh", "script"]) { WorkingDirectory = _folder, Environment = { ["MSBUILDDISABLENODEREUSE"] = "1" } })!;
        if (!shell.WaitForExit(TimeSpan.FromMinutes(5)))
            shell.Kill(entireProcessTree: true);
        var output = File.ReadAllText(Path.Combine(_folder, "output"));
        Assert.True(shell.WaitForExit(TimeSpan.FromMinutes(1)) && shell.ExitCode == 0, output);
        return output;
    }

    private static string FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return $"{((IPEndPoint)listener.LocalEndpoint).Port}";
    }

    [GeneratedRegex(@"^\d+ (standing|walking|running|cycling) [01]\.\d\d$", RegexOptions.Multiline)]
    private static partial Regex Shown();
}
