using System.Diagnostics;
using Recollect.Tests.Cli;

namespace Recollect.Tests.Server;

/// <summary>The examples of docs/server.md, done as they are written by a POSIX shell, against a server of digits.</summary>
public sealed class DocumentedServerTests
{
    [Fact]
    public async Task Every_example_works()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no POSIX shell.");
        Assert.SkipUnless(File.Exists("/usr/bin/curl"), "There is no curl (apt install curl).");
        await using var served = await ServedModel.Start();
        var page = MarkdownPage.Open("docs", "server.md");
        var script = string.Concat(page.Headings.SelectMany(page.Blocks).Where(block => block.Info == "sh").Select(block => block.Text));
        Assert.Contains("/v1/classify", script);
        script = script.Replace("http://127.0.0.1:5080", served.Server.Address.GetLeftPart(UriPartial.Authority));
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-euc", script]) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = served.Folder })!;
        var error = shell.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(shell.ExitCode == 0, $"{output}\n{await error}");
        Assert.Contains("\"probabilities\"", output);
        Assert.Equal(0, served.Server.Streams);
    }
}
