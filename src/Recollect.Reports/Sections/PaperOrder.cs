using Recollect.Reports.Reading;
using Recollect.Reports.Statistics;

namespace Recollect.Reports.Sections;

/// <summary>Whether the order in which the paper has two methods appears in our runs.</summary>
internal static class PaperOrder
{
    private const string Meaning = "Ours is the order of the means over the seeds in common, as they are shown; means that the test does not tell apart may stand in either order by chance.";
    private const string Yes = "yes", No = "no", Open = "open";

    /// <summary>The table and what it comes to; nothing where the paper orders none of <paramref name="pairs"/>.</summary>
    public static IEnumerable<Block> Of(IReadOnlyList<ComparedPair> pairs, Measure measure)
    {
        var ordered = pairs.Select(pair => (Pair: pair, Paper: PapersOf(pair), Ours: OursOf(pair.Result, measure))).Where(entry => entry.Paper is not null).ToList();
        if (ordered.Count == 0)
            return [];
        var table = new TableBlock("The paper's order", ["first", "second", "the paper's order", "ours, by means", "the same", "ours apart by the paired test"],
            [.. ordered.Select(entry => Row(entry.Pair, entry.Paper!, entry.Ours, measure))]);
        var had = ordered.Where(entry => entry.Ours is not null).Select(entry => (Verdict: Verdict(entry.Ours!, entry.Paper!, entry.Pair.Result), entry.Pair.Result.IsSeen)).ToList();
        int Count(string verdict) => had.Count(entry => entry.Verdict == verdict);
        int Apart(string verdict) => had.Count(entry => entry.Verdict == verdict && entry.IsSeen);
        var came = had.Count == 0 ? "None of them has runs here to compare yet." : $"{had.Count} of them {(had.Count == 1 ? "has" : "have")} runs here to compare. Our order is the paper's in {Count(Yes)}, and another in {Count(No)}; "
            + $"the paired test tells ours apart in {Apart(Yes)} and in {Apart(No)} of these. {(Count(Open) == 0 ? "" : $"{Count(Open)} that the paper has equal, and no test here tells apart, are open. ")}{Meaning}";
        return [table, new TextBlock($"The paper orders {ordered.Count} of these pairs. {came}")];
    }

    private static string? PapersOf(ComparedPair pair) =>
        (pair.FirstPaper, pair.SecondPaper) is ({ } first, { } second) ? ComparisonFaults.OrderOf(first, second) : pair.Order;

    // Means that are shown as one number are equal.
    private static string? OursOf(PairedComparison ours, Measure measure) => ours.Pairs == 0 ? null
        : Numbers.Fixed(ours.First, measure.Decimals) == Numbers.Fixed(ours.Second, measure.Decimals) ? "=" : ComparisonFaults.OrderOf(ours.First, ours.Second);

    // Means of several seeds are hardly ever equal: where the paper's numbers are, only a test that tells ours apart speaks against it, and none speaks for it.
    private static string Verdict(string ours, string paper, PairedComparison result) =>
        paper == "=" && result.IsSeen ? No : ours == paper ? Yes : paper == "=" ? Open : No;

    private static IReadOnlyList<Cell> Row(ComparedPair pair, string paper, string? ours, Measure measure) =>
    [
        pair.First, pair.Second,
        (pair.FirstPaper, pair.SecondPaper) is ({ } first, { } second) ? Papers(first, paper, second, measure) : $"first {paper} second",
        ours is null ? Cell.Nothing : $"{Numbers.Fixed(pair.Result.First, measure.Decimals)} {ours} {Numbers.Fixed(pair.Result.Second, measure.Decimals)}",
        ours is null ? Cell.Nothing : Verdict(ours, paper, pair.Result),
        pair.Result.HalfWidth is null ? new Cell(Comparisons.Untested(pair.Result), IsRemark: true) : pair.Result.IsSeen ? "yes" : "not told apart",
    ];

    // As in the table, unless that would order two numbers that look alike.
    private static string Papers(double first, string order, double second, Measure measure)
    {
        var (one, other) = (Numbers.Fixed(first, measure.Decimals), Numbers.Fixed(second, measure.Decimals));
        return order != "=" && one == other ? $"{Numbers.Exactly(first)} {order} {Numbers.Exactly(second)}" : $"{one} {order} {other}";
    }
}
