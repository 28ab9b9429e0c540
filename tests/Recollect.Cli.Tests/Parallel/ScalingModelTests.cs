using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Recollect.Tests.Cli.Parallel;

/// <summary>docs/scaling.md against the script that it names.</summary>
public sealed partial class ScalingModelTests
{
    public ScalingModelTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "The script is for a POSIX shell.");

    [Fact]
    public void The_page_shows_what_the_script_reckons()
    {
        var page = File.ReadAllText(Path.Combine(Checkout.Folder, "docs", "scaling.md"));
        var command = Command().Match(page).Groups[1].Value;
        Assert.Contains(Reckon(command.Split(' ')), page);
    }

    /// <summary>1 MB on 8 machines: 14/8 MB are 1.4 ms at 10 Gbit/s, 0.14 at 100; 26 messages take 0.78 and 0.26 ms. 100 ms for 80 rows, and so for 10 rows between 20 and 0.</summary>
    [Fact]
    public void A_row_is_as_reckoned_by_hand()
    {
        var table = Reckon(["1000000", "80:100", "20:40", "0:20"]);
        Assert.Contains("| 8 | 10 | 30.0 ms | 2.2 ms | 0.4 ms | 3.1 | 3.3 | 39% | 41% |\n", table);
        Assert.Contains("| 8 | 80 | 100.0 ms | 2.2 ms | 0.4 ms | 7.8 | 8.0 | 98% | 100% |\n", table);
    }

    private static string Reckon(string[] words)
    {
        using var process = Process.Start(new ProcessStartInfo("bash", [Path.Combine(Checkout.Folder, "bench", "scaling-model"), .. words]) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }

    [GeneratedRegex("`bench/scaling-model ([^`]+)`")]
    private static partial Regex Command();
}
