using System.Text.Json.Nodes;
using Recollect.Reports.Figures;
using Recollect.Reports.Reading;
using Recollect.Runs;

namespace Recollect.Reports.Sections;

/// <summary>Figures of groups of runs, whatever they were made for: learning curves, confusion, gradients, memory.</summary>
internal static class RunFigures
{
    /// <summary>Lines of a figure that can still be told apart.</summary>
    private const int MostLines = 12;

    // Told in words where a matrix has no room for its classes' names.
    private const int MostConfusions = 10;

    private const string OfGradients =
        "The supervised loss of some test rows, differentiated through all steps whatever the recipe's truncation: the norm of its gradient in the network's whole state (of an LSTM h and c together; of every layer) "
        + "so many steps before the end, mean over rows and runs. At the end itself the loss reads the top layer's h alone; so the table compares with the norm one step before the end.";

    private const string OfMemory =
        "Left, images of the test rows, the first of each class. Beside each, what the auxiliary decoder says of the framed stretch. It starts from the network's state after so many steps, is given the true step just before the stretch "
        + "(just after it, where it speaks backwards), and then reads its own most probable output.";
    private const string OfPredictions =
        " A prediction's decoder also reads the network's further states: the network reads that step and then what was said, so that this is not from one state alone.";

    private static readonly (DataSplit Split, string Name)[] Splits = [(DataSplit.Train, "train"), (DataSplit.Validation, "validation"), (DataSplit.Test, "test")];

    /// <summary>Accuracy and loss against updates; null where nothing was logged.</summary>
    /// <param name="groups">The groups.</param>
    /// <param name="looked">Those among them whose test rows may be shown.</param>
    public static Section? Learning(IReadOnlyList<RunGroup> groups, IReadOnlyList<RunGroup> looked)
    {
        IReadOnlyList<RunGroup> Shown(DataSplit split) => split == DataSplit.Test ? looked : groups;
        List<LineFigure?> figures =
        [
            .. Splits.Select(split => Learning($"{split.Name} accuracy", "%", Shown(split.Split), split.Split, Curve.Accuracy)),
            .. Splits.Select(split => Learning($"{split.Name} loss", "nats", Shown(split.Split), split.Split, Curve.Loss)),
            Learning("auxiliary loss", "weighted", groups, DataSplit.Train, Curve.Auxiliary),
        ];
        return Framed("learning", "Learning curves",
            "Means over a group's runs, as far as the shortest of them goes, each on straight lines between the numbers that it logged; the band, or a bar where there are few points, is one standard deviation to either side. Training is that of whole epochs as they went by, with dropout, or of single updates where there were fewer than two epochs.",
            [.. figures.OfType<LineFigure>().Select(Readable)], MostIn(figures));
    }

    /// <summary>Confusion matrices; null where nothing was evaluated.</summary>
    public static Section? Confusion(IReadOnlyList<RunGroup> groups)
    {
        var (figures, confused) = (new List<Figure>(), new List<IReadOnlyList<Cell>>());
        foreach (var group in groups)
        {
            var evaluations = group.Counting.Select(run => run.Evaluation).OfType<Evaluation>().ToList();
            if (evaluations.Count == 0 || evaluations.Any(other => other.Confusion.Count == 0 || !other.Classes.SequenceEqual(evaluations[0].Classes)))
                continue;
            var classes = evaluations[0].Classes;
            var counts = classes.Select((_, truth) => (IReadOnlyList<long>)[.. classes.Select((_, predicted) => evaluations.Sum(one => one.Confusion[truth][predicted]))]);
            var of = evaluations.Count == 1 ? "" : $", sum of {evaluations.Count} runs";
            var matrix = new MatrixFigure($"confusion-{group.Style + 1}-{Slug.Of(group.Name)}", $"{group.Name}{of}", classes, [.. counts]);
            figures.Add(matrix);
            if (classes.Count > MatrixDrawing.MostNamed)
                confused.AddRange(MostConfused(matrix).Select(row => (IReadOnlyList<Cell>)[group.Name, .. row]));
        }
        Block[] table = confused.Count == 0 ? [] : [new TableBlock($"The {MostConfusions} most frequent confusions of each", ["runs", "true", "predicted", "rows", "of the class"], confused)];
        return Framed("confusion", "Confusion", "Test rows by their true class (row) and the predicted one (column); the colour is the share of the true class.", figures, more: table);
    }

    private static IEnumerable<IReadOnlyList<Cell>> MostConfused(MatrixFigure figure) => figure.Counts
        .SelectMany((row, truth) => row.Select((count, predicted) => (Truth: truth, Predicted: predicted, Count: count, All: row.Sum())))
        .Where(pair => pair.Truth != pair.Predicted && pair.Count > 0).OrderByDescending(pair => pair.Count).Take(MostConfusions)
        .Select(pair => (IReadOnlyList<Cell>)[figure.Classes[pair.Truth], figure.Classes[pair.Predicted], new Cell(Numbers.Whole(pair.Count), pair.Count), new Cell($"{Numbers.Fixed(100.0 * pair.Count / pair.All, 1)}%", (double)pair.Count / pair.All)]);

    /// <summary>How far back learning reaches; null where it was not measured.</summary>
    public static Section? Gradients(IReadOnlyList<RunGroup> groups)
    {
        var lines = groups.Select(group => new Series(group.Name, group.Style, Norms(group))).Where(line => line.Points.Count > 0).ToList();
        var earlier = groups.SelectMany(group => group.Counting).Count(run => run.Gradient?.IsShown() == false);
        var left = earlier == 0 ? "" : $" Not shown: {Numbers.Whole(earlier)} {(earlier == 1 ? "run" : "runs")} measured by an earlier version, in another way.";
        const string Id = "gradient", Title = "How far back learning reaches";
        if (lines.Count == 0)
            return earlier == 0 ? null : new Section(Id, Title, [new TextBlock(left.TrimStart())]);
        var figure = new LineFigure("gradient-reach", "Norm of the loss's gradient by the distance from the end", new Axis("steps before the end, plus 1", true), new Axis("‖∂L/∂s‖", true), lines, []);
        var reach = new TableBlock("How far back the gradient reaches", ["runs", "norm one step before the end", "below 10% of it", "below 1% of it"],
            [.. lines.Select(line => (IReadOnlyList<Cell>)[line.Name, .. Reach(line.Points)])]);
        return Framed(Id, Title, OfGradients + left, [Readable(figure)], MostIn([figure]), reach);
    }

    /// <summary>What the network's state remembers; null where no decoder was asked.</summary>
    public static Section? Memory(IReadOnlyList<RunGroup> groups)
    {
        var (figures, asked) = (new List<Figure>(), new List<ReportRun>());
        foreach (var group in groups)
        {
            if (group.Counting.FirstOrDefault(run => run.Memory is not null) is not { } run)
                continue;
            asked.Add(run);
            figures.AddRange(run.Memory!.Losses.Where(loss => loss.Rows.Count > 0).Select(loss => new MemoryFigure(
                $"memory-{group.Style + 1}-{loss.Index}-{Slug.Of(group.Name)}", $"{run.Name}: {loss.Kind}", run.Memory, loss)));
        }
        var predicts = asked.SelectMany(run => run.Memory!.Losses).Any(loss => loss.Kind == "prediction");
        var apart = asked.Where(run => !IsJoint(run)).Select(run => run.Name).ToList();
        return Framed("memory", "What the network remembers", OfMemory + (predicts ? OfPredictions : "") + (apart.Count == 0 ? "" : OfPretrained(apart)) + " The first run of each group that was asked.", figures);
    }

    private static string OfPretrained(List<string> runs) =>
        $" Without joint training (training.joint is false: {string.Join(", ", runs)}) the decoder is as pretraining left it, and the state is that of the network as it was trained on since: not the one that the decoder learnt to read.";

    private static bool IsJoint(ReportRun run) => (run.Recipe?["training"] as JsonObject)?["joint"] is not JsonValue value || !value.TryGetValue<bool>(out var joint) || joint;

    private static LineFigure? Learning(string name, string unit, IReadOnlyList<RunGroup> groups, DataSplit split, Func<MetricRecord, double?> value)
    {
        var lines = groups.Select(group => new Series(group.Name, group.Style, Curve.Of(group.Runs, split, value))).Where(line => line.Points.Count > 0).ToList();
        // Where each has but its last point, the table says the same.
        return lines.Any(line => line.Points.Count > 1)
            ? new LineFigure($"learning-{Slug.Of(name)}", $"{char.ToUpperInvariant(name[0])}{name[1..]} against updates", new Axis("updates"), new Axis($"{name}, {unit}"), lines, [])
            : null;
    }

    private static IReadOnlyList<ChartPoint> Norms(RunGroup group) => [.. group.Counting.Select(run => run.Gradient).OfType<GradientProbe>().Where(Probes.IsShown)
        .SelectMany(probe => probe.Distances.Zip(probe.Norms)).GroupBy(pair => pair.First, pair => pair.Second).OrderBy(norms => norms.Key)
        .Select(norms => new ChartPoint(norms.Key + 1, norms.Average()))];

    // Points are at distances plus 1. The reference lies one step before the end: at the end itself all of the gradient is in h.
    private static IEnumerable<Cell> Reach(IReadOnlyList<ChartPoint> points)
    {
        List<ChartPoint> before = [.. points.Where(point => point.X > 1)];
        return before is [{ Y: var norm }, ..] ? [new Cell(Numbers.Short(norm), norm), Below(before, 0.1), Below(before, 0.01)] : [Cell.Nothing, Cell.Nothing, Cell.Nothing];
    }

    private static Cell Below(List<ChartPoint> points, double share)
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
