using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Recollect.Runs;

namespace Recollect.Reports.Reading;

/// <summary>Reads a run's folder as it is, finished or not.</summary>
public static class RunReader
{
    private const string GradientName = "gradient.json", MemoryName = "memory.json", FailureEnding = ".failure.json", LogEnding = ".log";

    /// <summary>Reads the run at <paramref name="path"/>; where there is none, its state says so.</summary>
    /// <exception cref="DataException">A file is damaged; the message names it.</exception>
    public static ReportRun Read(string path)
    {
        var failure = Optional(Path.TrimEndingDirectorySeparator(path) + FailureEnding, ReportsJson.Default.RunFailure)?.Message;
        if (!IsRun(path))
            return new ReportRun { Path = path, State = failure is null ? RunState.Missing : RunState.Failed, Failure = failure };
        var run = RunDirectory.Open(path);
        var recipe = JsonFile.Read(run.RecipeFile, ReportsJson.Default.JsonObject);
        var summary = Optional(run.SummaryFile, RunJson.Default.Summary);
        return new ReportRun
        {
            Path = path,
            State = StateOf(summary, failure),
            Failure = failure,
            Recipe = recipe,
            Seed = Number(recipe, "seed", run.RecipeFile),
            RecipeName = (recipe["name"] as JsonValue)?.TryGetValue<string>(out var name) == true ? name : null,
            Manifest = Checked(Optional(run.ManifestFile, RunJson.Default.Manifest), Fault, run.ManifestFile),
            Metrics = File.Exists(run.MetricsFile) ? MetricsLog.Read(run.MetricsFile) : [],
            Summary = summary,
            Evaluation = Checked(Optional(run.EvaluationFile, RunJson.Default.Evaluation), Fault, run.EvaluationFile),
            Gradient = Probe(run, GradientName, RunJson.Default.GradientProbe, probe => probe.Fault()),
            Memory = Probe(run, MemoryName, RunJson.Default.MemoryProbe, probe => probe.Fault()),
        };
    }

    /// <summary>Reads it for a report of several: a damaged file is its state, and withholds no other run.</summary>
    /// <param name="path">The run's folder.</param>
    internal static ReportRun ReadBesideOthers(string path)
    {
        try
        {
            return Read(path);
        }
        catch (DataException damage)
        {
            return new ReportRun { Path = path, State = RunState.Damaged, Failure = damage.Message };
        }
    }

    /// <summary>Whether a run lies in the folder, or was begun there.</summary>
    public static bool IsRun(string path) => File.Exists(Path.Combine(path, RunDirectory.RecipeName));

    /// <summary>Whether a run lies in the folder, or a file beside it says why there is none.</summary>
    internal static bool IsRunOrFailure(string path) => IsRun(path) || File.Exists(Path.TrimEndingDirectorySeparator(path) + FailureEnding);

    /// <summary>The run's folder beside which <c>recollect reproduce</c> wrote <paramref name="path"/>, <c>NAME.log</c> or <c>NAME.failure.json</c>; null of all else.</summary>
    internal static string? FolderBeside(string path) => new[] { LogEnding, FailureEnding }
        .Where(ending => path.EndsWith(ending, StringComparison.Ordinal) && File.Exists(path)).Select(ending => path[..^ending.Length]).FirstOrDefault(IsRunOrFailure);

    private static RunState StateOf(Summary? summary, string? failure) => (summary, failure) switch
    {
        (_, not null) => RunState.Failed,
        ({ Complete: true }, _) => RunState.Finished,
        (not null, _) => RunState.Stopped,
        _ => RunState.Unfinished,
    };

    private static T? Optional<T>(string file, JsonTypeInfo<T> type) where T : class
    {
        try
        {
            return File.Exists(file) ? JsonFile.Read(file, type) : null;
        }
        catch (DataException missing) when (missing.InnerException is FileNotFoundException or DirectoryNotFoundException)
        {
            return null; // a training that goes on has just removed what it will make anew
        }
    }

    private static T? Probe<T>(RunDirectory run, string name, JsonTypeInfo<T> type, Func<T, string?> fault) where T : class
    {
        var file = Path.Combine(run.ProbesFolder, name);
        return Checked(Optional(file, type), fault, file);
    }

    private static T? Checked<T>(T? value, Func<T, string?> fault, string file) where T : class => value is not null && fault(value) is { } found
        ? throw new DataException($"'{file}': {found}. The file is damaged or of another version; remove it, or bring it back from a copy.")
        : value;

    private static long? Number(JsonObject recipe, string key, string file) => recipe[key] switch
    {
        null => null,
        JsonValue value when value.TryGetValue<long>(out var number) => number,
        var other => throw new DataException($"'{file}': '{key}' is {other.ToJsonString()}; expected a whole number. The file is damaged."),
    };

    private static string? Fault(Manifest manifest) =>
        manifest.Sittings.Any(sitting => sitting?.Device is null) ? "null for a sitting or its device; expected an object with a device" : null;

    private static string? Fault(Evaluation evaluation)
    {
        var (classes, rows) = (evaluation.Classes?.Count ?? 0, evaluation.Confusion?.Count ?? 0);
        var kept = classes <= ConfusionMatrix.MostPaired || evaluation.Confusion is not { Count: 0 };
        if (classes == 0 || (kept && (rows != classes || evaluation.Confusion!.Any(row => row?.Count != classes))))
            return $"{classes} classes and a confusion matrix of {rows} rows; expected as many rows and columns as classes";
        if (evaluation.Classes!.Any(name => name is null))
            return "null for a class; expected a name";
        return kept && evaluation.Confusion!.Any(row => row.Any(count => count < 0)) ? "a count below 0 in the confusion matrix; expected 0 or more" : null;
    }
}

/// <summary>Why a run of a target failed: <c>NAME.failure.json</c> beside its folder.</summary>
/// <param name="Message">What the training said.</param>
internal sealed record RunFailure(string Message);
