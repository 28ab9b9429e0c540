using Recollect.Reports.Figures;
using Recollect.Runs;

namespace Recollect.Reports.Sections;

/// <summary>Figures of groups of runs, whatever they were made for: learning curves, confusion, gradients, memory.</summary>
internal static class RunFigures
{
    /// <summary>Lines of a figure that can still be told apart.</summary>
    private const int MostLines = 12;

    private static readonly (DataSplit Split, string Name)[] Splits = [(DataSplit.Train, "train"), (DataSplit.Validation, "validation"), (DataSplit.Test, "test")];

    /// <summary>Accuracy and loss against updates; null where nothing was logged.</summary>
    public static Section? Learning(IReadOnlyList<RunGroup> groups)
    {
        List<LineFigure?> figures =
        [
            .. Splits.Select(split => Learning($"{split.Name} accuracy", "%", groups, split.Split, Curve.Accuracy)),
            .. Splits.Select(split => Learning($"{split.Name} loss", "nats", groups, split.Split, Curve.Loss)),
            Learning("auxiliary loss", "weighted", groups, DataSplit.Train, Curve.Auxiliary),
        ];
        return Framed("learning", "Learning curves",
            "Means over a group's runs, as far as the shortest of them goes; the band is one standard deviation to either side. Training is that of whole epochs as they went by, with dropout, or of single updates where there were fewer than two epochs.",
            [.. figures.OfType<LineFigure>().Select(Readable)], MostIn(figures));
    }

    /// <summary>Confusion matrices; null where nothing was evaluated.</summary>
    public static Section? Confusion(IReadOnlyList<RunGroup> groups)
    {
        var figures = new List<Figure>();
        foreach (var group in groups)
        {
            var evaluations = group.Counting.Select(run => run.Evaluation).OfType<Evaluation>().ToList();
            if (evaluations.Count == 0 || evaluations.Any(other => other.Confusion.Count == 0 || !other.Classes.SequenceEqual(evaluations[0].Classes)))
                continue;
            var classes = evaluations[0].Classes;
            var counts = classes.Select((_, truth) => (IReadOnlyList<long>)[.. classes.Select((_, predicted) => evaluations.Sum(one => one.Confusion[truth][predicted]))]);
            var of = evaluations.Count == 1 ? "" : $", sum of {evaluations.Count} runs";
            figures.Add(new MatrixFigure($"confusion-{group.Style + 1}-{Slug.Of(group.Name)}", $"{group.Name}{of}", classes, [.. counts]));
        }
        return Framed("confusion", "Confusion", "Test rows by their true class (row) and the predicted one (column); the colour is the share of the true class.", figures);
    }

    /// <summary>How far back learning reaches; null where it was not measured.</summary>
    public static Section? Gradients(IReadOnlyList<RunGroup> groups)
    {
        var lines = groups.Select(group => new Series(group.Name, group.Style, Norms(group))).Where(line => line.Points.Count > 0).ToList();
        if (lines.Count == 0)
            return null;
        var figure = new LineFigure("gradient-reach", "Norm of the loss's gradient by the distance from the end", new Axis("steps before the end, plus 1", true), new Axis("‖∂L/∂h‖", true), lines, []);
        var reach = new TableBlock("How far back the gradient reaches", ["runs", "norm at the end", "below 10% of it", "below 1% of it"],
            [.. lines.Select(line => (IReadOnlyList<Cell>)[line.Name, new Cell(Numbers.Short(line.Points[0].Y), line.Points[0].Y), Below(line.Points, 0.1), Below(line.Points, 0.01)])]);
        return Framed("gradient", "How far back learning reaches",
            "The supervised loss of some test rows, differentiated through all steps whatever the recipe's truncation: the norm at each step's state, mean over rows and runs.", [Readable(figure)], MostIn([figure]), reach);
    }

    /// <summary>What the network's state remembers; null where no decoder was asked.</summary>
    public static Section? Memory(IReadOnlyList<RunGroup> groups)
    {
        var figures = new List<Figure>();
        foreach (var group in groups)
        {
            if (group.Counting.FirstOrDefault(run => run.Memory is not null) is not { } run)
                continue;
            figures.AddRange(run.Memory!.Losses.Where(loss => loss.Rows.Count > 0).Select(loss => new MemoryFigure(
                $"memory-{group.Style + 1}-{loss.Index}-{Slug.Of(group.Name)}", $"{run.Name}: {loss.Kind}", run.Memory, loss)));
        }
        return Framed("memory", "What the network remembers",
            "Left, the image. Beside it, what the auxiliary decoder makes of the network's state alone after so many steps: it reads the first true step of the framed stretch, and then its own most probable output. The first run of each group that was asked.",
            figures);
    }

    private static LineFigure? Learning(string name, string unit, IReadOnlyList<RunGroup> groups, DataSplit split, Func<MetricRecord, double?> value)
    {
        var lines = groups.Select(group => new Series(group.Name, group.Style, Curve.Of(group.Runs, split, value))).Where(line => line.Points.Count > 0).ToList();
        // Where each has but its last point, the table says the same.
        return lines.Any(line => line.Points.Count > 1)
            ? new LineFigure($"learning-{Slug.Of(name)}", $"{char.ToUpperInvariant(name[0])}{name[1..]} against updates", new Axis("updates"), new Axis($"{name}, {unit}"), lines, [])
            : null;
    }

    private static IReadOnlyList<ChartPoint> Norms(RunGroup group) => [.. group.Counting.Select(run => run.Gradient).OfType<GradientProbe>()
        .SelectMany(probe => probe.Distances.Zip(probe.Norms)).GroupBy(pair => pair.First, pair => pair.Second).OrderBy(norms => norms.Key)
        .Select(norms => new ChartPoint(norms.Key + 1, norms.Average()))];

    private static Cell Below(IReadOnlyList<ChartPoint> points, double share)
    {
        if (points[0].Y == 0)
            return "no gradient";
        var first = points.FirstOrDefault(point => point.Y < share * points[0].Y);
        return first.X > 0 ? new Cell($"{Numbers.Whole(first.X - 1)} steps", first.X - 1) : new Cell($"not within {Numbers.Whole(points[^1].X - 1)} steps", points[^1].X);
    }

    private static LineFigure Readable(LineFigure figure) => figure with { Series = [.. figure.Series.Take(MostLines)] };

    private static int MostIn(IEnumerable<LineFigure?> figures) => figures.Select(figure => figure?.Series.Count ?? 0).DefaultIfEmpty().Max();

    /// <summary>The section of figures; null where there is none.</summary>
    /// <param name="id">The section's name.</param>
    /// <param name="title">Its title.</param>
    /// <param name="text">What the figures show.</param>
    /// <param name="figures">The figures.</param>
    /// <param name="lines">Groups that one of them would show if lines without end could be told apart; of figures of a group each, 0.</param>
    /// <param name="more">What stands beneath them.</param>
    private static Section? Framed(string id, string title, string text, List<Figure> figures, int lines = 0, params ReadOnlySpan<Block> more)
    {
        if (figures.Count == 0)
            return null;
        var left = lines > MostLines ? $" A figure draws the first {MostLines} of at most {lines} groups that have anything in it; name fewer runs to see the others." : "";
        return new Section(id, title, [new TextBlock(text + left), new FigureBlock(figures), .. more]);
    }
}
