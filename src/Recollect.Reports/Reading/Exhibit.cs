using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Recollect.Reports.Reading;

/// <summary>What a target or a sweep shows, with the folders of its runs: <c>exhibits.json</c> (decision 0016).</summary>
public sealed record ExhibitsFile
{
    /// <summary>The format's version, 1.</summary>
    public required int Format { get; init; }

    /// <summary>The target's name; absent of a sweep.</summary>
    public string? Target { get; init; }

    /// <summary>The scale at which a target's runs were made.</summary>
    public string? Scale { get; init; }

    /// <summary>The sweep's name; absent of a target.</summary>
    public string? Sweep { get; init; }

    /// <summary>The exhibits, in the order in which they are shown.</summary>
    public required IReadOnlyList<Exhibit> Exhibits { get; init; }

    /// <inheritdoc cref="ExhibitReader.FaultIn"/>
    public static string? FaultIn(JsonObject file) => ExhibitReader.FaultIn(file);
}

/// <summary>One table or figure of a target.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(TableExhibit), "table")]
[JsonDerivedType(typeof(CurveExhibit), "curve")]
[JsonDerivedType(typeof(LearningExhibit), "learning")]
[JsonDerivedType(typeof(CostExhibit), "cost")]
[JsonDerivedType(typeof(RankingExhibit), "ranking")]
public abstract record Exhibit
{
    /// <summary>What it is.</summary>
    public required string Title { get; init; }

    /// <summary>A sentence about its numbers, such as where the paper's come from; shown above them.</summary>
    public string? Note { get; init; }
}

/// <summary>Methods by data sets, the paper's number beside ours.</summary>
public sealed record TableExhibit : Exhibit
{
    /// <summary>What a cell shows: <c>test.accuracy</c>, <c>test.error</c>, <c>test.loss</c>, <c>validation.accuracy</c> or <c>validation.loss</c>.</summary>
    public required string Measure { get; init; }

    /// <summary>The columns' names.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>The rows.</summary>
    public required IReadOnlyList<TableRow> Rows { get; init; }

    /// <summary>Known values to stand beside, such as chance.</summary>
    public IReadOnlyList<TableReference>? References { get; init; }

    /// <summary>Rows that are compared seed by seed.</summary>
    public IReadOnlyList<TableComparison>? Comparisons { get; init; }
}

/// <summary>A method.</summary>
public sealed record TableRow(string Name, IReadOnlyList<TableCell> Cells);

/// <summary>A method on one data set: the paper's number, where it gives one, and our runs.</summary>
public sealed record TableCell(string Column, double? Paper = null, IReadOnlyList<string>? Runs = null);

/// <summary>A value that is known without a run.</summary>
public sealed record TableReference(string Name, string Column, double Value);

/// <summary>Two rows of one column.</summary>
/// <param name="Column">The column.</param>
/// <param name="First">A row's name.</param>
/// <param name="Second">Another's.</param>
/// <param name="Paper">How the paper orders the two on data of its own: <c>&gt;</c> (the first's number is above the second's), <c>&lt;</c> or <c>=</c>; null where its numbers say so, or nothing does.</param>
public sealed record TableComparison(string Column, string First, string Second, string? Paper = null);

/// <summary>A measure against something that is varied.</summary>
public sealed record CurveExhibit : Exhibit
{
    /// <summary>As of a table.</summary>
    public required string Measure { get; init; }

    /// <summary>What is varied.</summary>
    public required string X { get; init; }

    /// <summary>Whether it is shown by its logarithm.</summary>
    public bool Logarithmic { get; init; }

    /// <summary>The curves.</summary>
    public required IReadOnlyList<PointSeries> Series { get; init; }

    /// <summary>Levels to stand beside: a known number, runs, or both.</summary>
    public IReadOnlyList<CurveReference>? References { get; init; }

    /// <summary>Points that are compared seed by seed.</summary>
    public IReadOnlyList<CurveComparison>? Comparisons { get; init; }
}

/// <summary>Two points of a curve, or a point and a level.</summary>
/// <param name="First">A series' name, or that of a level with runs.</param>
/// <param name="Second">Another's; or the same, at another place.</param>
/// <param name="X">Where; null: wherever both have runs.</param>
/// <param name="SecondX">Where the second is, if it is elsewhere.</param>
/// <param name="Paper">As of a table.</param>
public sealed record CurveComparison(string First, string Second, double? X = null, double? SecondX = null, string? Paper = null);

/// <summary>One method along what is varied.</summary>
public sealed record PointSeries(string Name, IReadOnlyList<RunPoint> Points);

/// <summary>One value of what is varied, with the paper's number and our runs.</summary>
public sealed record RunPoint(double X, double? Paper = null, IReadOnlyList<string>? Runs = null);

/// <summary>A level that does not vary: a known value, the paper's number, our runs.</summary>
public sealed record CurveReference(string Name, double? Paper = null, IReadOnlyList<string>? Runs = null, double? Value = null);

/// <summary>Accuracy against updates.</summary>
public sealed record LearningExhibit : Exhibit
{
    /// <summary>The splits that are shown: <c>train</c>, <c>validation</c>, <c>test</c>.</summary>
    public required IReadOnlyList<string> Splits { get; init; }

    /// <summary>The methods.</summary>
    public required IReadOnlyList<LearningSeries> Series { get; init; }
}

/// <summary>A method: its runs, and for splits the paper's points, updates and accuracy in %.</summary>
public sealed record LearningSeries(
    string Name, IReadOnlyList<string>? Runs = null, IReadOnlyDictionary<string, IReadOnlyList<IReadOnlyList<double>>>? Paper = null);

/// <summary>Seconds a batch and peak memory against something that is varied.</summary>
public sealed record CostExhibit : Exhibit
{
    /// <summary>What is varied.</summary>
    public required string X { get; init; }

    /// <summary>The methods; the paper's numbers are seconds a batch.</summary>
    public required IReadOnlyList<PointSeries> Series { get; init; }
}

/// <summary>The settings of a sweep, to be ranked.</summary>
public sealed record RankingExhibit : Exhibit
{
    /// <summary>What ranks: <c>validation.accuracy</c> or <c>validation.loss</c>.</summary>
    public required string Measure { get; init; }

    /// <summary>The recipe's keys that are varied.</summary>
    public required IReadOnlyList<string> Keys { get; init; }

    /// <summary>The settings.</summary>
    public required IReadOnlyList<RankingRow> Rows { get; init; }
}

/// <summary>A setting: its values, one a key, and its runs, one a seed.</summary>
public sealed record RankingRow(string Name, IReadOnlyList<string> Values, IReadOnlyList<string> Runs);
