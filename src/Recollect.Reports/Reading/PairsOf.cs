namespace Recollect.Reports.Reading;

/// <summary>What a comparison names: cells of a table, points and levels of a curve.</summary>
internal static class PairsOf
{
    /// <summary>The paper's number of a row in a column; null where it gives none.</summary>
    public static double? Paper(TableExhibit table, string row, string column) => Cells(table, row, column).Select(cell => cell.Paper).FirstOrDefault(paper => paper is not null);

    /// <summary>The runs of a row in a column.</summary>
    public static IReadOnlyList<string> Runs(TableExhibit table, string row, string column) => [.. Cells(table, row, column).SelectMany(cell => cell.Runs ?? [])];

    /// <summary>The point of a series at <paramref name="x"/>, or a level, which is the same everywhere; null where there is none.</summary>
    public static RunPoint? Point(CurveExhibit curve, string name, double x) => curve.Series.FirstOrDefault(series => series.Name == name) is { } series
        ? series.Points.FirstOrDefault(point => point.X == x)
        : (curve.References ?? []).Where(level => level.Name == name).Select(level => new RunPoint(x, level.Paper, level.Runs)).FirstOrDefault();

    /// <summary>Where a comparison holds the first and the second against each other: where it says, or wherever both have runs.</summary>
    public static IEnumerable<(double First, double Second)> Places(CurveExhibit curve, CurveComparison pair)
    {
        if (pair.X is { } x)
            return [(x, pair.SecondX ?? x)];
        bool HasRuns(string name, double at) => Point(curve, name, at)?.Runs is { Count: > 0 };
        var all = curve.Series.SelectMany(series => series.Points).Select(point => point.X).Distinct().Where(at => HasRuns(pair.First, at) && HasRuns(pair.Second, at));
        return all.Select(at => (at, at));
    }

    private static IEnumerable<TableCell> Cells(TableExhibit table, string row, string column) =>
        table.Rows.Where(one => one.Name == row).SelectMany(one => one.Cells.Where(cell => cell.Column == column).Take(1));
}
