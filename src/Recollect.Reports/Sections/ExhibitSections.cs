using Recollect.Reports.Figures;
using Recollect.Reports.Reading;

namespace Recollect.Reports.Sections;

/// <summary>The exhibits of a target: our numbers, the paper's, and the difference.</summary>
internal static class ExhibitSections
{
    private const string OfSmoke = "A smoke test: a few updates on a few rows, to see that everything runs. No number here means anything.";
    private const string OfCost =
        "Seconds a batch are those of training proper, pretraining and evaluation apart: the median of the updates in a run's log, the first left out; of a log of fewer than three, its time by its updates, over both phases where it does not tell them apart. "
        + "Peak memory is the process's resident memory; of a run on a GPU, whose own memory that is not, none is shown.";
    private const string Updates = "updates after pretraining";
    private const string OfShort = "A short scale: fewer updates than the full one and, as the recipes say, smaller data and networks.";
    private const string OfShortBesidePaper =
        "A short scale: fewer updates and, as the recipes say, smaller data and networks than the paper's. The paper's numbers beside these are for orientation; this is no reproduction of them.";

    /// <summary>A section an exhibit.</summary>
    /// <param name="set">The exhibits and their runs.</param>
    /// <param name="number">The target's place in the report, from 1.</param>
    public static IEnumerable<Section> Of(ExhibitSet set, int number) => set.File.Exhibits.Zip(SeriesStyles.Of(set.File.Exhibits)).Select((pair, at) =>
    {
        var (exhibit, styles) = pair;
        var id = $"exhibit-{number}-{at + 1}";
        var blocks = exhibit switch
        {
            TableExhibit table => Blocks(table, set, id),
            CurveExhibit curve => Blocks(curve, styles, set, id),
            LearningExhibit learning => Blocks(learning, styles, set, id),
            CostExhibit cost => Blocks(cost, styles, set, id),
            RankingExhibit ranking => RankingBlocks.Of(ranking, set),
            _ => throw new ArgumentOutOfRangeException(nameof(set)),
        };
        return new Section(id, exhibit.Title, [.. new[] { WorthOf(exhibit, set), exhibit.Note }.OfType<string>().Select(text => new TextBlock(text)), .. blocks]);
    });

    private static string? WorthOf(Exhibit exhibit, ExhibitSet set) =>
        set.IsSmoke ? OfSmoke : set.File.Scale != "short" ? null : HasPaper(exhibit) ? OfShortBesidePaper : OfShort;

    private static bool HasPaper(Exhibit exhibit) => exhibit switch
    {
        TableExhibit table => table.Rows.SelectMany(row => row.Cells).Any(cell => cell.Paper is not null),
        CurveExhibit curve => HasPaper(curve.Series) || curve.References?.Any(reference => reference.Paper is not null) == true,
        LearningExhibit learning => learning.Series.Any(series => series.Paper is { Count: > 0 }),
        CostExhibit cost => HasPaper(cost.Series),
        _ => false,
    };

    private static bool HasPaper(IReadOnlyList<PointSeries> series) => series.SelectMany(one => one.Points).Any(point => point.Paper is not null);

    private static List<Block> Blocks(TableExhibit table, ExhibitSet set, string id)
    {
        var measure = Measure.Named(table.Measure);
        TableCell At(TableRow row, string column) => row.Cells.FirstOrDefault(cell => cell.Column == column) ?? new TableCell(column);
        var rows = table.Rows.Select(row => (row.Name, Cells: table.Columns.Select(column => new Beside(At(row, column).Paper, set.Of(At(row, column).Runs))).ToList())).ToList();
        List<Block> blocks = [BesideTable(Captioned(table.Title, measure), "method", table.Columns, [.. rows.Select(row => (new Cell(row.Name), row.Cells))], measure)];
        if (table.References is { Count: > 0 } references)
            blocks.Add(new TextBlock($"To compare with: {string.Join("; ", references.Select(reference => $"{reference.Name}, {reference.Column}: {Numbers.Fixed(reference.Value, measure.Decimals)}"))}."));
        List<Figure> figures = [.. table.Columns.Select((column, at) => new DotFigure(
            $"{id}-{Slug.Of(column)}-{at + 1}", table.Columns.Count == 1 ? table.Title : $"{table.Title}: {column}", new Axis(measure.Title),
            [.. rows.Where(row => !row.Cells[at].IsEmpty(measure)).Select(row => row.Cells[at].Dots(row.Name, measure))],
            [.. (table.References ?? []).Where(reference => reference.Column == column).Select((reference, style) => new Level(reference.Name, reference.Value, style, false))]))
            .Where(figure => figure.Rows.Count > 0)];
        if (figures.Count > 0)
            blocks.Add(new FigureBlock(figures));
        blocks.AddRange(ExhibitComparisons.Of(table, set));
        return blocks;
    }

    private static List<Block> Blocks(CurveExhibit curve, SeriesStyles styles, ExhibitSet set, string id)
    {
        var measure = Measure.Named(curve.Measure);
        var levels = (curve.References ?? []).SelectMany(reference => new Level?[]
        {
            measure.Over(set.Of(reference.Runs)) is { } ours ? new Level(reference.Name, ours.Mean, styles[reference.Name], false) : null,
            reference.Value is { } value ? new Level(reference.Name, value, styles[reference.Name], false) : null,
            reference.Paper is { } paper ? new Level($"{reference.Name} (paper)", paper, styles[reference.Name], true) : null,
        }).OfType<Level>().ToList();
        List<Block> blocks = [];
        if (Figure($"{id}-curve", curve.Title, new Axis(curve.X, curve.Logarithmic), measure, curve.Series, styles, set, levels, withPaper: true) is { } figure)
            blocks.Add(new FigureBlock([figure]));
        blocks.Add(ByX(Captioned(curve.Title, measure), curve.X, curve.Series, set, measure));
        var measured = (curve.References ?? []).Where(reference => reference.Paper is not null || reference.Runs is not null).ToList();
        if (measured.Count > 0)
        {
            blocks.Add(BesideTable($"To compare with: {measure.Title}", "method", [measure.Title],
                [.. measured.Select(reference => (new Cell(reference.Name), new List<Beside> { new(reference.Paper, set.Of(reference.Runs)) }))], measure));
        }
        var known = (curve.References ?? []).Where(reference => reference.Value is not null).Select(reference => $"{reference.Name}: {Numbers.Fixed(reference.Value!.Value, measure.Decimals)}").ToList();
        if (known.Count > 0)
            blocks.Add(new TextBlock($"To compare with: {string.Join("; ", known)}."));
        blocks.AddRange(ExhibitComparisons.Of(curve, set));
        return blocks;
    }

    private static List<Block> Blocks(LearningExhibit learning, SeriesStyles styles, ExhibitSet set, string id)
    {
        // The paper's, far to the right of ours, would press ours against the axis.
        bool IsDrawn(string split) => learning.Series.Any(series => EqualUpdates.Papers(series, split).Count > 0);
        var figures = learning.Splits.Select(split => new LineFigure($"{id}-{split}", $"{learning.Title}: {split}", new Axis(Updates, IsDrawn(split)), new Axis($"{split} accuracy, %"),
        [
            .. learning.Series.Select(series => new Series(series.Name, styles[series.Name], EqualUpdates.Ours(series, set, split))).Where(line => line.Points.Count > 0),
            .. learning.Series.Select(series => new Series($"{series.Name} (paper)", styles[series.Name], EqualUpdates.Papers(series, split), true)).Where(line => line.Points.Count > 0),
        ], [])).Where(figure => figure.Series.Count > 0).ToList();
        List<Block> blocks = figures.Count > 0 ? [new FigureBlock(figures)] : [];
        blocks.AddRange(EqualUpdates.Of(learning, set, Updates));
        blocks.Add(new TableBlock("Runs", ["method", Measure.TestAccuracy.Title, Updates], [.. learning.Series.Select(series =>
        {
            var runs = set.Of(series.Runs);
            var updates = runs.Select(run => Math.Max(0, run.Updates - Curve.Pretrained(run))).DefaultIfEmpty().Max();
            return (IReadOnlyList<Cell>)[series.Name, Measure.TestAccuracy.CellOf(runs), runs.Count == 0 ? Cell.Nothing : new Cell(Numbers.Whole(updates), updates)];
        })]));
        blocks.Add(new TextBlock($"Updates are counted from the end of pretraining{(HasPaper(learning) ? ", as the paper counts them" : "")}: those of pretraining are before 0, and not drawn."
            + (figures.Any(figure => figure.X.Logarithmic) ? " Where the paper's curves stand beside ours, the axis of updates is logarithmic, and has no 0." : "")));
        return blocks;
    }

    private static List<Block> Blocks(CostExhibit cost, SeriesStyles styles, ExhibitSet set, string id)
    {
        var x = new Axis(cost.X, Logarithmic: true);
        List<Figure> figures =
        [
            .. new[]
            {
                Figure($"{id}-seconds", $"Seconds a batch against {cost.X}", x, Measure.SecondsAnUpdate, cost.Series, styles, set, [], withPaper: true),
                Figure($"{id}-memory", $"Peak memory against {cost.X}", x, Measure.PeakMegabytes, cost.Series, styles, set, [], withPaper: false),
            }.OfType<Figure>(),
        ];
        List<Block> blocks = figures.Count > 0 ? [new FigureBlock(figures)] : [];
        blocks.Add(ByX("Seconds a batch", cost.X, cost.Series, set, Measure.SecondsAnUpdate));
        blocks.Add(ByX("Peak memory, MB", cost.X, [.. cost.Series.Select(series => series with { Points = [.. series.Points.Select(point => point with { Paper = null })] })], set, Measure.PeakMegabytes));
        blocks.Add(new TextBlock(OfCost));
        return blocks;
    }

    private static LineFigure? Figure(string id, string title, Axis x, Measure measure, IReadOnlyList<PointSeries> all, SeriesStyles styles, ExhibitSet set, List<Level> levels, bool withPaper)
    {
        var ours = all.Select(series => new Series(series.Name, styles[series.Name], [.. series.Points.OrderBy(point => point.X)
            .Select(point => (point.X, Spread: measure.Over(set.Of(point.Runs)))).Where(point => point.Spread is not null)
            .Select(point => new ChartPoint(point.X, point.Spread!.Mean, point.Spread.Deviation))]));
        var papers = all.Select(series => new Series($"{series.Name} (paper)", styles[series.Name],
            [.. series.Points.Where(point => withPaper && point.Paper is not null).OrderBy(point => point.X).Select(point => new ChartPoint(point.X, point.Paper!.Value))], true));
        List<Series> lines = [.. ours.Concat(papers).Where(line => line.Points.Count > 0)];
        var isCost = measure == Measure.SecondsAnUpdate || measure == Measure.PeakMegabytes;
        return lines.Count == 0 ? null : new LineFigure(id, title, x, new Axis(measure.Title, isCost), lines, levels);
    }

    // Once is enough where the title names the measure already.
    private static string Captioned(string title, Measure measure) =>
        title.Contains(measure.Title.Split(',')[0], StringComparison.OrdinalIgnoreCase) ? title : $"{title}: {measure.Title}";

    private static TableBlock ByX(string caption, string x, IReadOnlyList<PointSeries> series, ExhibitSet set, Measure measure)
    {
        var rows = series.SelectMany(one => one.Points).Select(point => point.X).Distinct().Order();
        return BesideTable(caption, x, [.. series.Select(one => one.Name)], [.. rows.Select(at => (new Cell(Numbers.Exactly(at), at),
            series.Select(one => one.Points.FirstOrDefault(point => point.X == at) is { } point ? new Beside(point.Paper, set.Of(point.Runs)) : new Beside(null, [])).ToList()))], measure);
    }

    /// <summary>A table of which every column is ours and, where the paper says anything in it, the paper's and the difference.</summary>
    private static TableBlock BesideTable(string caption, string head, IReadOnlyList<string> columns, IReadOnlyList<(Cell Head, List<Beside> Cells)> rows, Measure measure)
    {
        var published = columns.Select((_, at) => rows.Any(row => row.Cells[at].Paper is not null)).ToList();
        return new TableBlock(caption, [head, .. columns.SelectMany((column, at) => published[at] ? new[] { column, $"{column}: paper", $"{column}: ours less paper" } : [column])],
            [.. rows.Select(row => (IReadOnlyList<Cell>)[row.Head, .. row.Cells.SelectMany((cell, at) => cell.Cells(published[at], measure))])]);
    }

    /// <summary>Our runs beside the paper's number.</summary>
    private sealed record Beside(double? Paper, IReadOnlyList<ReportRun> Runs)
    {
        public bool IsEmpty(Measure measure) => Paper is null && measure.Over(Runs) is null;

        public DotRow Dots(string name, Measure measure)
        {
            var spread = measure.Over(Runs);
            return new DotRow(name, spread?.Mean, spread?.Deviation, Paper);
        }

        public IEnumerable<Cell> Cells(bool withPaper, Measure measure)
        {
            yield return measure.CellOf(Runs);
            if (!withPaper)
                yield break;
            yield return Paper is { } paper ? new Cell(Numbers.Fixed(paper, measure.Decimals), paper) : Cell.Nothing;
            yield return Paper is { } published && measure.Over(Runs) is { } ours ? new Cell(Numbers.Signed(ours.Mean - published, measure.Decimals), ours.Mean - published) : Cell.Nothing;
        }
    }
}
