using System.Diagnostics;
using System.Globalization;
using Recollect.Reports.Reading;
using Recollect.Reports.Sections;
using Recollect.Reports.Statistics;

namespace Recollect.Tests.Reports.Statistics;

public class PairedComparisonTests
{
    private static Dictionary<long, double> Seeds(params double[] values) => values.Select((value, at) => (at, value)).ToDictionary(pair => pair.at + 1L, pair => pair.value);

    [Fact]
    public void The_interval_is_Students_t_over_the_differences()
    {
        var compared = PairedComparison.Of(Seeds(72, 70, 75), Seeds(60, 61, 60)); // differences 12, 9, 15: mean 12, deviation 3
        Assert.Equal(3, compared.Pairs);
        Assert.Equal(12, compared.Difference, 9);
        Assert.Equal(4.303 * 3 / Math.Sqrt(3), compared.HalfWidth!.Value, 2);
        Assert.True(compared.IsSeen);
    }

    [Fact]
    public void An_interval_around_0_shows_no_effect() => Assert.False(PairedComparison.Of(Seeds(1, 2, 3), Seeds(3, 2, 1)).IsSeen);

    /// <summary>With it the interval would be no number either, around which no effect is seen.</summary>
    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_loss_that_is_no_number_is_in_no_pair(double lost)
    {
        foreach (var compared in new[] { PairedComparison.Of(Seeds(72, lost, 70, 75), Seeds(60, 62, 61, 60)), PairedComparison.Of(Seeds(72, 74, 70, 75), Seeds(60, lost, 61, 60)) })
        {
            Assert.Equal((3, 12.0), (compared.Pairs, Math.Round(compared.Difference, 9)));
            Assert.Equal(4.303 * 3 / Math.Sqrt(3), compared.HalfWidth!.Value, 2);
        }
    }

    /// <summary>Without a spread the interval would have no width, and any difference would be seen. 100 · 0.72 − 100 · 0.71 is 1 but for its last bits.</summary>
    [Fact]
    public void Differences_that_are_all_equal_have_no_test()
    {
        foreach (var compared in new[] { PairedComparison.Of(Seeds(100 * 0.72, 100 * 0.13, 100 * 0.58), Seeds(100 * 0.71, 100 * 0.12, 100 * 0.57)), PairedComparison.Of(Seeds(0, 0, 0), Seeds(0, 0, 0)) })
        {
            Assert.Equal(3, compared.Pairs);
            Assert.Null(compared.HalfWidth);
            Assert.True(compared.IsWithoutSpread);
            Assert.False(compared.IsSeen);
            Assert.Equal("all differences equal; no test", Comparisons.Row("a", "b", compared, Measure.TestAccuracy)[^1].Text);
        }
        Assert.False(PairedComparison.Of(Seeds(72, 70, 75), Seeds(60, 61, 60)).IsWithoutSpread);
        Assert.False(PairedComparison.Of(Seeds(72, 70), Seeds(71, 69)).IsWithoutSpread); // two seeds are too few to begin with
        Assert.Equal(0.0, PairedComparison.Of(Seeds(80, 70.01, 60), Seeds(80, 70, 60.01)).Difference, 9);
        Assert.NotNull(PairedComparison.Of(Seeds(80, 70.01, 60), Seeds(80, 70, 60)).HalfWidth); // one row of 10,000 is a spread
    }

    [Fact]
    public void Only_seeds_that_both_have_are_compared()
    {
        var compared = PairedComparison.Of(new Dictionary<long, double> { [1] = 5, [2] = 7, [9] = 100 }, new Dictionary<long, double> { [2] = 4, [1] = 3, [8] = 0 });
        Assert.Equal((2, 6.0, 3.5), (compared.Pairs, compared.First, compared.Second));
        Assert.Null(compared.HalfWidth);
        Assert.False(compared.IsSeen);
    }

    [Fact]
    public void Without_a_seed_in_common_there_is_nothing_to_compare() => Assert.Equal(0, PairedComparison.Of(Seeds(1), new Dictionary<long, double> { [7] = 1 }).Pairs);

    /// <summary>results/compare is a program of its own, in Python, with a printed table of Student's t.</summary>
    [Fact]
    public void Real_runs_compare_as_the_script_of_the_results_says()
    {
        const string Plan = "digits-engines", Base = "kernels-twin-of-r";
        var (code, output, _) = Compare(Plan, Base);
        Assert.Equal(0, code);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(2).Select(line => line.Split('|', StringSplitOptions.TrimEntries)).ToList();

        var groups = RunGroup.Of(ReportInput.Read([Path.Combine(Checkout.Folder, "results", Plan)]).Runs).ToDictionary(group => group.Name, group => Measure.TestAccuracy.BySeed(group.Runs));
        Assert.Equal(groups.Keys.Order(), lines.Select(line => line[1]).Order());
        Assert.All(lines.Where(line => line[1] != Base), line =>
        {
            var compared = PairedComparison.Of(groups[line[1]], groups[Base]);
            var (middle, half) = (compared.Difference, compared.HalfWidth!.Value);
            Assert.Equal(line[2], $"{compared.Pairs}");
            Assert.Equal(line[4], Signed(middle) + (compared.IsSeen ? "" : " (no effect seen)"));
            Assert.Equal(line[5], $"{Signed(middle - half)} … {Signed(middle + half)}");
        });
    }

    [Fact]
    public void The_script_takes_no_stopped_run_no_interval_of_two_and_no_seeds_beyond_its_quantiles()
    {
        using var runs = new RunFolders();
        void Write(string name, int seeds, string complete = "true") => Assert.All(Enumerable.Range(1, seeds), seed =>
            runs.Write($"{name}-s{seed}/summary.json", $$$"""{"complete": {{{complete}}}, "test": {"accuracy": 0.{{{(seed * 7) % 90 + 10}}}}}"""));
        Write("base", 3);
        Write("stopped", 3, "false");
        Write("two", 2);
        Write("a", 3);
        Assert.Equal(["base", "a", "two"], Compare(runs.Folder, "base").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(2).Select(line => line.Split('|', StringSplitOptions.TrimEntries)[1]).OrderByDescending(name => name == "base").ThenBy(name => name));
        Assert.Contains("| two | 2 | 20.5 | | |", Compare(runs.Folder, "base").Output);
        Write("base", 16);
        Write("a", 16);
        var refused = Compare(runs.Folder, "base");
        Assert.Equal(1, refused.Code);
        Assert.StartsWith("a: 16 seeds; expected at most 15", refused.Error);
    }

    private static (int Code, string Output, string Error) Compare(string plan, string @base)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/python3"), "There is no /usr/bin/python3.");
        using var script = Process.Start(new ProcessStartInfo("/usr/bin/python3", [Path.Combine(Checkout.Folder, "results", "compare"), plan, @base]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = script.StandardError.ReadToEndAsync();
        var output = script.StandardOutput.ReadToEnd();
        script.WaitForExit();
        return (script.ExitCode, output, error.GetAwaiter().GetResult());
    }

    private static string Signed(double value) => value.ToString("+0.0;-0.0", CultureInfo.InvariantCulture);
}
