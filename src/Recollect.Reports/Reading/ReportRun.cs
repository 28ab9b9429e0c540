using System.Text.Json.Nodes;
using Recollect.Runs;

namespace Recollect.Reports.Reading;

/// <summary>What a report knows of one run. What is not there yet is null or empty.</summary>
public sealed record ReportRun
{
    /// <summary>The folder, as it was given.</summary>
    public required string Path { get; init; }

    /// <summary>The folder's own name.</summary>
    public string Name => System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(Path)));

    /// <summary>How far it is.</summary>
    public required RunState State { get; init; }

    /// <summary>Why it failed, or what is damaged; null where it is neither.</summary>
    public string? Failure { get; init; }

    /// <summary>The recipe.</summary>
    public JsonObject? Recipe { get; init; }

    /// <summary>The recipe's seed.</summary>
    public long? Seed { get; init; }

    /// <summary>The recipe's name.</summary>
    public string? RecipeName { get; init; }

    /// <summary>Versions, machine, data and command.</summary>
    public Manifest? Manifest { get; init; }

    /// <summary>The lines of the log.</summary>
    public IReadOnlyList<MetricRecord> Metrics { get; init; } = [];

    /// <summary>What it came to.</summary>
    public Summary? Summary { get; init; }

    /// <summary>The confusion matrix.</summary>
    public Evaluation? Evaluation { get; init; }

    /// <summary>How far back learning reaches.</summary>
    public GradientProbe? Gradient { get; init; }

    /// <summary>What the state remembers.</summary>
    public MemoryProbe? Memory { get; init; }

    /// <summary>Updates that are logged, or done.</summary>
    public long Updates => Summary?.Updates ?? (Metrics.Count == 0 ? 0 : Metrics.Max(record => record.Step));

    /// <summary>Whether its numbers count: those of a failed run do not, nor those of a damaged one (decision 0016).</summary>
    internal bool Counts => State is not (RunState.Failed or RunState.Damaged);

    /// <summary>Its state in words: "not finished, 1,200 updates so far"; empty of a finished run.</summary>
    public string StateText => State switch
    {
        RunState.Missing => "no run here yet",
        RunState.Failed => $"failed: {Failure}",
        RunState.Damaged => $"damaged: {Failure}",
        RunState.Unfinished => $"not finished, {Numbers.Whole(Updates)} updates so far",
        RunState.Stopped => $"stopped by {Summary?.StoppedBy ?? "its end"} after {Numbers.Whole(Updates)} updates",
        _ => "",
    };
}
