using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Recollect.Runs;

namespace Recollect.Reports.Reading;

/// <summary>Reads <c>exhibits.json</c> and the runs that it names.</summary>
internal static partial class ExhibitReader
{
    /// <summary>The file's name in a target's folder.</summary>
    public const string Name = "exhibits.json";

    private const string Kinds = "table, curve, learning, cost or ranking";
    private const string Again = "The file is damaged or of another version; `recollect reproduce` or `recollect sweep` writes it anew.";
    private static readonly string[] OfValidation = ["validation.accuracy", "validation.loss"];
    private static readonly string[] Measures = ["test.accuracy", "test.error", "test.loss", .. OfValidation];
    private static readonly string[] Splits = ["train", "validation", "test"];
    private static readonly JsonTypeInfo<Exhibit> Strict = (JsonTypeInfo<Exhibit>)new JsonSerializerOptions(ReportsJson.Default.Options)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    }.GetTypeInfo(typeof(Exhibit));

    /// <summary>Reads the exhibits in <paramref name="folder"/>.</summary>
    /// <param name="folder">The folder that holds the file.</param>
    /// <param name="readRun">Reads a run by its folder.</param>
    /// <exception cref="DataException">The file, or a run's, is damaged.</exception>
    public static ExhibitSet Read(string folder, Func<string, ReportRun> readRun)
    {
        var path = Path.Combine(folder, Name);
        var file = Parsed(path);
        if (Fault(file) is { } fault)
            throw new DataException($"'{path}': {fault}. {Again}");
        var names = file.Exhibits.SelectMany(RunsOf).Distinct().ToList();
        return new ExhibitSet(file, names.ToDictionary(name => name, name => readRun(Path.Combine(folder, name))));
    }

    /// <summary>What keeps exhibits that are about to be written from being shown, as a clause; null where nothing does.</summary>
    /// <remarks>Unlike <see cref="Read"/> it takes no key that nothing reads: that is a slip of whoever wrote the target.</remarks>
    /// <param name="file">What is to be written.</param>
    public static string? FaultIn(JsonObject file)
    {
        foreach (var (place, node) in file["exhibits"]!.AsArray().Index())
        {
            try
            {
                node.Deserialize(Strict);
            }
            catch (NotSupportedException) // so the library says that an object does not tell which record it is
            {
                return $"exhibit {place + 1} is without a 'kind'; expected {Kinds}";
            }
            catch (JsonException cause)
            {
                return $"exhibit {place + 1}{(cause.Path is ['$', '.', .. var path] ? $", at {path}" : "")}: {Clause(cause.Message, At(node, cause.Path))}";
            }
        }
        return Fault(file.Deserialize(ReportsJson.Default.ExhibitsFile)!);
    }

    // The library's own words name records of ours.
    private static string Clause(string message, JsonNode? value) => message switch
    {
        _ when UnknownKey().Match(message) is { Success: true } found => $"unknown key '{found.Groups[1].Value}'; docs/reproduction.md describes what a target holds",
        _ when MissingKeys().Match(message) is { Success: true } found => $"without {found.Groups[1].Value}; docs/reproduction.md describes what a target holds",
        _ when UnknownKind().Match(message) is { Success: true } found => $"kind '{found.Groups[1].Value}'; expected {Kinds}",
        _ when value is not null => $"found {value.ToJsonString()}, which does not belong there; docs/reproduction.md describes what a target holds",
        _ => "something else than belongs there; docs/reproduction.md describes what a target holds",
    };

    // What stands at a path of the library's, such as $.series[0].points[1].x.
    private static JsonNode? At(JsonNode? node, string? path) => Steps().Matches(path ?? "").Aggregate(node, (at, step) => (at, step.Groups[1].Value, step.Groups[2].Value) switch
    {
        (JsonArray list, _, { Length: > 0 } index) when int.Parse(index, CultureInfo.InvariantCulture) < list.Count => list[int.Parse(index, CultureInfo.InvariantCulture)],
        (JsonObject section, { Length: > 0 } key, _) => section[key],
        _ => null,
    });

    [GeneratedRegex(@"\.(\w+)|\[(\d+)\]")]
    private static partial Regex Steps();

    [GeneratedRegex("The JSON property '(.+?)' could not be mapped")]
    private static partial Regex UnknownKey();

    [GeneratedRegex(@"missing required properties including: (.+?)\.")]
    private static partial Regex MissingKeys();

    [GeneratedRegex("type discriminator id '(.*?)'")]
    private static partial Regex UnknownKind();

    private static ExhibitsFile Parsed(string path)
    {
        try
        {
            return JsonFile.Read(path, ReportsJson.Default.ExhibitsFile);
        }
        catch (NotSupportedException cause) // so the library says that an object does not tell which record it is
        {
            throw new DataException($"'{path}': an exhibit without a 'kind'; expected {Kinds}. {Again}", cause);
        }
    }

    /// <summary>The folders of an exhibit's runs.</summary>
    public static IEnumerable<string> RunsOf(Exhibit exhibit) => exhibit switch
    {
        TableExhibit table => table.Rows.SelectMany(row => row.Cells).SelectMany(cell => cell.Runs ?? []),
        CurveExhibit curve => RunsOf(curve.Series).Concat((curve.References ?? []).SelectMany(reference => reference.Runs ?? [])),
        LearningExhibit learning => learning.Series.SelectMany(series => series.Runs ?? []),
        CostExhibit cost => RunsOf(cost.Series),
        RankingExhibit ranking => ranking.Rows.SelectMany(row => row.Runs),
        _ => throw new ArgumentOutOfRangeException(nameof(exhibit)),
    };

    private static IEnumerable<string> RunsOf(IEnumerable<PointSeries> series) => series.SelectMany(one => one.Points).SelectMany(point => point.Runs ?? []);

    private static string? Fault(ExhibitsFile file)
    {
        if (file.Format != 1)
            return $"format {file.Format}; expected 1";
        if (file.Sweep is null && (file.Target is null || file.Scale is null))
            return "neither 'target' and 'scale' nor 'sweep'; expected what it is of";
        if (file.Exhibits.Any(exhibit => exhibit is null))
            return "null for an exhibit; expected an object";
        return file.Exhibits.Select(exhibit => exhibit switch
        {
            TableExhibit table => Fault(table),
            CurveExhibit curve => MeasureFault(curve.Measure) ?? Fault(curve.Series) ?? (HasNull(curve.References) ? "null for a reference" : null) ?? ComparisonFaults.In(curve),
            LearningExhibit learning => Fault(learning),
            CostExhibit cost => Fault(cost.Series),
            RankingExhibit ranking => Fault(ranking),
            _ => null,
        } is { } fault ? $"exhibit '{exhibit.Title}': {fault}" : null).FirstOrDefault(fault => fault is not null)
            ?? (file.Exhibits.SelectMany(RunsOf).Any(run => string.IsNullOrEmpty(run)) ? "a run without a folder; expected its path" : null);
    }

    private static string? Fault(TableExhibit table)
    {
        if (HasNull(table.Rows) || table.Rows.Any(row => HasNull(row.Cells)) || HasNull(table.References) || HasNull(table.Comparisons) || HasNull(table.Columns))
            return "null in a list; expected objects, and names as columns";
        var named = table.Rows.SelectMany(row => row.Cells.Select(cell => cell.Column))
            .Concat((table.References ?? []).Select(reference => reference.Column)).Concat((table.Comparisons ?? []).Select(pair => pair.Column));
        if (named.FirstOrDefault(column => !table.Columns.Contains(column)) is { } unknown)
            return $"column '{unknown}'; expected one of {string.Join(", ", table.Columns)}";
        return ComparisonFaults.In(table) ?? MeasureFault(table.Measure);
    }

    private static string? Fault(LearningExhibit learning)
    {
        if (HasNull(learning.Series) || HasNull(learning.Splits))
            return "null in a list; expected objects, and words as splits";
        var named = learning.Splits.Concat(learning.Series.SelectMany(series => series.Paper?.Keys ?? []));
        if (named.FirstOrDefault(split => !Splits.Contains(split)) is { } unknown)
            return $"split '{unknown}'; expected one of {string.Join(", ", Splits)}";
        return learning.Series.SelectMany(series => series.Paper?.Values ?? []).Any(points => points is null || points.Any(point => point?.Count != 2))
            ? "one of the paper's points is no pair; expected [updates, accuracy in %]"
            : Repeated(learning.Series.Select(series => series.Name));
    }

    private static string? Fault(RankingExhibit ranking)
    {
        if (HasNull(ranking.Keys) || HasNull(ranking.Rows))
            return "null in a list; expected keys, and objects as rows";
        if (ranking.Rows.FirstOrDefault(row => row.Values.Count != ranking.Keys.Count || HasNull(row.Values)) is { } wrong)
            return $"the row '{wrong.Name}' has {wrong.Values.Count} values; expected {ranking.Keys.Count}, one a key";
        return OfValidation.Contains(ranking.Measure) ? null : $"measure '{ranking.Measure}' of a ranking; expected one of {string.Join(", ", OfValidation)}";
    }

    private static string? Fault(IReadOnlyList<PointSeries> series) =>
        HasNull(series) || series.Any(one => HasNull(one.Points)) ? "null in a list; expected objects" : Repeated(series.Select(one => one.Name));

    private static string? Repeated(IEnumerable<string> names) =>
        names.GroupBy(name => name).FirstOrDefault(same => same.Count() > 1) is { Key: var twice } ? $"two series are called '{twice}'; expected a name of its own for each" : null;

    private static string? MeasureFault(string measure) =>
        Measures.Contains(measure) ? null : $"measure '{measure}'; expected one of {string.Join(", ", Measures)}";

    private static bool HasNull<T>(IEnumerable<T>? list) where T : class => list?.Any(entry => entry is null) == true;
}

/// <summary>Exhibits and the runs behind them.</summary>
/// <param name="File">What the file says.</param>
/// <param name="Runs">The runs by their folder as the file names it.</param>
public sealed record ExhibitSet(ExhibitsFile File, IReadOnlyDictionary<string, ReportRun> Runs)
{
    /// <summary>Whether its runs are of a few updates, to see that they work.</summary>
    internal bool IsSmoke => File.Scale == "smoke";

    /// <summary>The runs that show nothing but their cost.</summary>
    internal IEnumerable<ReportRun> Timed => Runs.Keys.Except(File.Exhibits.Where(exhibit => exhibit is not CostExhibit).SelectMany(ExhibitReader.RunsOf)).Select(name => Runs[name]);

    /// <summary>Whether its runs are those of a sweep, among which validation rows choose.</summary>
    internal bool IsSweep => File.Sweep is not null;

    /// <summary>The runs of <paramref name="names"/>, missing and failed ones included.</summary>
    internal IReadOnlyList<ReportRun> Of(IReadOnlyList<string>? names) => [.. (names ?? []).Select(name => Runs[name])];
}
