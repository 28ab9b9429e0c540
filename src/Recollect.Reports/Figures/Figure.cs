using Recollect.Reports.Reading;
using Recollect.Runs;

namespace Recollect.Reports.Figures;

/// <summary>A picture that is drawn as SVG.</summary>
/// <param name="Id">Its name within the report, unique, of lower-case letters, digits and hyphens.</param>
/// <param name="Title">What it shows.</param>
public abstract record Figure(string Id, string Title)
{
    /// <summary>The same in words, for whoever does not see it.</summary>
    public abstract string Description { get; }
}

/// <summary>Lines over two axes.</summary>
/// <param name="Id">As of any figure.</param>
/// <param name="Title">As of any figure.</param>
/// <param name="X">The axis across.</param>
/// <param name="Y">The axis upwards.</param>
/// <param name="Series">The lines.</param>
/// <param name="Levels">Levels to stand beside, drawn across the whole width.</param>
public sealed record LineFigure(string Id, string Title, Axis X, Axis Y, IReadOnlyList<Series> Series, IReadOnlyList<Level> Levels) : Figure(Id, Title)
{
    /// <inheritdoc/>
    public override string Description => string.Join(' ', Series.Where(series => series.Points.Count > 0).Select(Described)
        .Concat(Levels.Select(level => $"{level.Name}: {Numbers.Short(level.Value)}."))
        .Prepend($"{Y.Title} against {X.Title}."));

    private static string Described(Series series)
    {
        var (first, last) = (series.Points[0], series.Points[^1]);
        return $"{series.Name}: from {Numbers.Short(first.Y)} at {Numbers.Short(first.X)} to {Numbers.Short(last.Y)} at {Numbers.Short(last.X)}.";
    }
}

/// <summary>An axis.</summary>
/// <param name="Title">What it measures, with its unit.</param>
/// <param name="Logarithmic">Whether it shows logarithms; what is not above 0 is then left out.</param>
public sealed record Axis(string Title, bool Logarithmic = false);

/// <summary>One line.</summary>
/// <param name="Name">What it is of.</param>
/// <param name="Style">The number of its colour, dash and marker.</param>
/// <param name="Points">Its points, by rising x. One that is not finite breaks the line.</param>
/// <param name="IsPublished">Whether the numbers are the paper's: drawn dotted, with hollow markers.</param>
public sealed record Series(string Name, int Style, IReadOnlyList<ChartPoint> Points, bool IsPublished = false);

/// <summary>A point.</summary>
/// <param name="X">Across.</param>
/// <param name="Y">Upwards: a number, or a mean.</param>
/// <param name="Deviation">The standard deviation around it; null of a single number.</param>
public readonly record struct ChartPoint(double X, double Y, double? Deviation = null);

/// <summary>A level.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Value">Where it lies.</param>
/// <param name="Style">As of a series.</param>
/// <param name="IsPublished">As of a series.</param>
public sealed record Level(string Name, double Value, int Style, bool IsPublished);

/// <summary>Our numbers and the paper's, a row a method.</summary>
/// <param name="Id">As of any figure.</param>
/// <param name="Title">As of any figure.</param>
/// <param name="X">The axis across.</param>
/// <param name="Rows">The rows, from above.</param>
/// <param name="Levels">Known values.</param>
public sealed record DotFigure(string Id, string Title, Axis X, IReadOnlyList<DotRow> Rows, IReadOnlyList<Level> Levels) : Figure(Id, Title)
{
    /// <summary>Whether the paper has a number in it.</summary>
    internal bool HasPaper => Rows.Any(row => row.Paper is not null);

    /// <inheritdoc/>
    public override string Description => string.Join(' ', Rows.Select(row => HasPaper ? $"{row.Name}: ours {Shown(row.Ours)}, paper {Shown(row.Paper)}." : $"{row.Name}: {Shown(row.Ours)}.")
        .Concat(Levels.Select(level => $"{level.Name}: {Numbers.Short(level.Value)}.")).Prepend($"{X.Title}."));

    private static string Shown(double? value) => value is { } number ? Numbers.Short(number) : "none";
}

/// <summary>A method's numbers; null where there is none.</summary>
public sealed record DotRow(string Name, double? Ours, double? Deviation, double? Paper);

/// <summary>A confusion matrix.</summary>
/// <param name="Id">As of any figure.</param>
/// <param name="Title">As of any figure.</param>
/// <param name="Classes">The class names.</param>
/// <param name="Counts">Rows are true classes, columns predicted ones. // [C][C]</param>
public sealed record MatrixFigure(string Id, string Title, IReadOnlyList<string> Classes, IReadOnlyList<IReadOnlyList<long>> Counts) : Figure(Id, Title)
{
    /// <inheritdoc/>
    public override string Description => $"{Classes.Count} classes; the row is the true one, the column the predicted one. "
        + string.Join(' ', Classes.Zip(Counts, (name, row) => row.Sum()).Zip(Classes, (all, name) => (all, name)).Select((row, label) => $"{row.name}: {Counts[label][label]} of {row.all} right."));
}

/// <summary>Images, and at several anchors what is decoded of them from the network's state.</summary>
/// <param name="Id">As of any figure.</param>
/// <param name="Title">As of any figure.</param>
/// <param name="Probe">The images' shape and the steps' order.</param>
/// <param name="Loss">The images and what is decoded.</param>
public sealed record MemoryFigure(string Id, string Title, MemoryProbe Probe, MemoryLoss Loss) : Figure(Id, Title)
{
    /// <inheritdoc/>
    public override string Description => string.Join(' ', Loss.Rows.Select(row =>
        $"Row {row.Row}, class {row.Label}, decoded after {string.Join(", ", row.Anchors.Select(anchor => anchor.Anchor))} of {Probe.Steps()} steps."));
}
