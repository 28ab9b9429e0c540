using Recollect.Reports.Reading;
using Recollect.Reports.Statistics;

namespace Recollect.Reports.Sections;

/// <summary>Two sides of an exhibit, seed by seed.</summary>
/// <param name="First">What the first is called.</param>
/// <param name="Second">What the second is called.</param>
/// <param name="Result">Ours.</param>
/// <param name="FirstPaper">The paper's number of the first.</param>
/// <param name="SecondPaper">The paper's number of the second.</param>
/// <param name="Order">The paper's order, where somebody declared it.</param>
internal sealed record ComparedPair(string First, string Second, PairedComparison Result, double? FirstPaper, double? SecondPaper, string? Order);

/// <summary>What an exhibit compares: the paired tests, and beneath them whether the paper's order appears.</summary>
internal static class ExhibitComparisons
{
    /// <summary>The blocks of a table's comparisons; none where it has none.</summary>
    public static IEnumerable<Block> Of(TableExhibit table, ExhibitSet set)
    {
        var measure = Measure.Named(table.Measure);
        IReadOnlyList<ReportRun> Runs(string row, string column) => set.Of(PairsOf.Runs(table, row, column));
        return Blocks(set, measure, [.. (table.Comparisons ?? []).Select(pair => (Runs(pair.First, pair.Column), Runs(pair.Second, pair.Column), new ComparedPair(
            table.Columns.Count == 1 ? pair.First : $"{pair.First}, {pair.Column}", pair.Second, None,
            PairsOf.Paper(table, pair.First, pair.Column), PairsOf.Paper(table, pair.Second, pair.Column), pair.Paper)))]);
    }

    /// <summary>The blocks of a curve's comparisons; none where it has none.</summary>
    public static IEnumerable<Block> Of(CurveExhibit curve, ExhibitSet set) => Blocks(set, Measure.Named(curve.Measure),
        [.. (curve.Comparisons ?? []).SelectMany(pair => PairsOf.Places(curve, pair).Select(place =>
        {
            var (first, second) = (PairsOf.Point(curve, pair.First, place.First), PairsOf.Point(curve, pair.Second, place.Second));
            return (set.Of(first?.Runs), set.Of(second?.Runs), new ComparedPair(
                Named(curve, pair.First, place.First), Named(curve, pair.Second, place.Second), None, first?.Paper, second?.Paper, pair.Paper));
        }))]);

    private static PairedComparison None { get; } = new(0, double.NaN, double.NaN, null);

    // A level is the same everywhere.
    private static string Named(CurveExhibit curve, string name, double x) => curve.Series.Any(series => series.Name == name) ? $"{name}, {Numbers.Exactly(x)}" : name;

    private static List<Block> Blocks(ExhibitSet set, Measure measure, IReadOnlyList<(IReadOnlyList<ReportRun> First, IReadOnlyList<ReportRun> Second, ComparedPair Named)> declared)
    {
        if (declared.Count == 0)
            return [];
        List<ComparedPair> pairs = [.. declared.Select(pair => pair.Named with { Result = PairedComparison.Of(measure.BySeed(pair.First), measure.BySeed(pair.Second)) })];
        List<Block> blocks =
        [
            Comparisons.Table($"Compared seed by seed: {measure.Title}", measure, [.. pairs.Select(pair => Comparisons.Row(pair.First, pair.Second, pair.Result, measure))]),
            new TextBlock(Comparisons.Note + Comparisons.Stopped(declared.SelectMany(pair => pair.First.Concat(pair.Second)))),
        ];
        return set.IsSmoke ? blocks : [.. blocks, .. PaperOrder.Of(pairs, measure)]; // two updates order nothing
    }
}
