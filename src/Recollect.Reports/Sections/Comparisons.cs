using Recollect.Reports.Reading;
using Recollect.Reports.Statistics;

namespace Recollect.Reports.Sections;

/// <summary>Methods seed by seed, with Student's t interval over the pairs (decision 0016).</summary>
internal static class Comparisons
{
    private const int MostNamed = 6; // runs that are left out
    private const int MostInPairs = 6; // groups that are each compared with each other; of more, each with the first

    /// <summary>The section over groups; null where there is nothing to compare.</summary>
    public static Section? Section(IReadOnlyList<RunGroup> groups)
    {
        var measure = Measure.TestAccuracy;
        var measured = groups.Select(group => (group.Name, Values: measure.BySeed(group.Runs))).Where(group => group.Values.Count > 0).ToList();
        var stopped = Stopped(groups.SelectMany(group => group.Runs));
        if (measured.Count < 2)
            return stopped.Length == 0 || groups.Count < 2 ? null : new Section("comparisons", "Comparisons", [new TextBlock($"No two groups have finished runs to compare.{stopped}")]);
        var pairs = measured.Count <= MostInPairs
            ? measured.SelectMany((second, at) => measured.Skip(at + 1).Select(first => (first, second)))
            : measured.Skip(1).Select(first => (first, second: measured[0]));
        var rows = pairs.Select(pair => Row(pair.first.Name, pair.second.Name, PairedComparison.Of(pair.first.Values, pair.second.Values), measure)).ToList();
        if (!measured.Any(one => measured.Count(other => one.Values.Keys.Count(other.Values.ContainsKey) >= PairedComparison.LeastPairs) > 1))
            return new Section("comparisons", "Comparisons", [new TextBlock($"No two groups have {PairedComparison.LeastPairs} seeds in common: their differences cannot be told from chance.{stopped}")]);
        var scope = measured.Count <= MostInPairs ? "" : $" There are more than {MostInPairs} groups: each is compared with the first that was named, {measured[0].Name}.";
        return new Section("comparisons", "Comparisons", [Table("Differences of test accuracy, in points", measure, rows), new TextBlock(Note + scope + stopped)]);
    }

    /// <summary>What every such table needs to be read rightly.</summary>
    public static string Note { get; } =
        $"Runs with the same seed are compared: the interval is Student's t, 95%, over the differences, by n − 1 degrees of freedom; with fewer than {PairedComparison.LeastPairs} seeds in common, "
        + "or where all differences are equal, there is none. Each interval is a 95% one by itself: of twenty comparisons without an effect, one is expected to show one. It is about seeds; that all runs share one set of rows to test on is not in it.";

    /// <summary>Which runs are in no comparison since they were stopped early, as a sentence with a space before it; empty where none is.</summary>
    public static string Stopped(IEnumerable<ReportRun> runs)
    {
        var names = runs.Where(run => run.State == RunState.Stopped).Distinct().Select(run => run.Name).ToList();
        if (names.Count == 0)
            return "";
        var others = names.Count > MostNamed ? $" and {names.Count - MostNamed} others" : "";
        return $" Runs that were stopped early are in no comparison: {string.Join(", ", names.Take(MostNamed))}{others}.";
    }

    /// <summary>The table of <paramref name="rows"/>.</summary>
    public static TableBlock Table(string caption, Measure measure, IReadOnlyList<IReadOnlyList<Cell>> rows) =>
        new(caption, ["first", "second", "seeds in common", $"first, {measure.Title}", $"second, {measure.Title}", "first less second", "95% interval", "reading"], rows);

    /// <summary>One comparison as a row.</summary>
    public static IReadOnlyList<Cell> Row(string first, string second, PairedComparison comparison, Measure measure)
    {
        if (comparison.Pairs == 0)
            return [first, second, new Cell("0", 0), Cell.Nothing, Cell.Nothing, Cell.Nothing, Cell.Nothing, new Cell(Untested(comparison), IsRemark: true)];
        var (middle, half) = (comparison.Difference, comparison.HalfWidth);
        return
        [
            first, second, new Cell($"{comparison.Pairs}", comparison.Pairs),
            new Cell(Numbers.Fixed(comparison.First, measure.Decimals), comparison.First), new Cell(Numbers.Fixed(comparison.Second, measure.Decimals), comparison.Second),
            new Cell(Numbers.Signed(middle, measure.Decimals), middle),
            half is null ? Cell.Nothing : new Cell($"{Numbers.Signed(middle - half.Value, measure.Decimals)} … {Numbers.Signed(middle + half.Value, measure.Decimals)}", middle - half.Value),
            half is null ? new Cell(Untested(comparison), IsRemark: true) : comparison.IsSeen ? "apart" : "no effect seen",
        ];
    }

    /// <summary>Why a comparison has no interval.</summary>
    public static string Untested(PairedComparison comparison) => comparison.Pairs == 0 ? "no seed in common"
        : comparison.IsWithoutSpread ? "all differences equal; no test" : $"no test: fewer than {PairedComparison.LeastPairs} seeds";
}
