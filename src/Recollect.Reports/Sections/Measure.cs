using System.Text.Json.Nodes;
using Recollect.Reports.Reading;
using Recollect.Reports.Statistics;
using Recollect.Runs;

namespace Recollect.Reports.Sections;

/// <summary>A number of a run that has a summary, and how it is shown.</summary>
/// <param name="Title">Its name with its unit.</param>
/// <param name="Decimals">Decimals that are shown.</param>
/// <param name="Value">Takes it from a run and its summary; null where it is not there.</param>
internal sealed record Measure(string Title, int Decimals, Func<ReportRun, Summary, double?> Value)
{
    public static Measure TestAccuracy { get; } = new("test accuracy, %", 1, (_, summary) => 100 * summary.Test?.Accuracy);

    public static Measure TestLoss { get; } = new("test loss", 3, (_, summary) => summary.Test?.Loss);

    public static Measure ValidationAccuracy { get; } = new("validation accuracy, %", 1, (_, summary) => 100 * summary.Validation?.Accuracy);

    public static Measure ValidationLoss { get; } = new("validation loss", 3, (_, summary) => summary.Validation?.Loss);

    /// <summary>Of training proper, pretraining apart: the median of the updates in the log but the first, which also makes buffers; else its whole time by its updates, over both phases where the log does not tell them apart.</summary>
    public static Measure SecondsAnUpdate { get; } = new("seconds a batch", 3,
        (run, summary) => OfUpdates(run) ?? OfTraining(run) ?? (summary.Updates > 0 ? summary.TrainSeconds / summary.Updates : null));

    public static Measure TrainSeconds { get; } = new("seconds", 0, (_, summary) => summary.TrainSeconds);

    /// <summary>Resident memory of the process; of a run on a GPU nothing, whose memory that is not.</summary>
    public static Measure PeakMegabytes { get; } = new("peak memory, MB", 0, (run, summary) => IsOnGpu(run) ? null : summary.PeakMemory / 1e6);

    /// <summary>The measure that an exhibit names.</summary>
    public static Measure Named(string name) => name switch
    {
        "test.accuracy" => TestAccuracy,
        "test.error" => new("test error, %", 2, (_, summary) => 100 * (1 - summary.Test?.Accuracy)),
        "test.loss" => TestLoss,
        "validation.accuracy" => ValidationAccuracy,
        "validation.loss" => ValidationLoss,
        _ => throw new ArgumentOutOfRangeException(nameof(name)), // the reader lets no other through
    };

    /// <summary>Mean and spread over the runs that have it; null where none has.</summary>
    public Spread? Over(IEnumerable<ReportRun> runs) => Spread.Of(Values(runs).Select(pair => pair.Value));

    /// <summary>The finished runs' values by seed, to be compared; of several with one seed their mean. Runs that were stopped early had fewer updates than what they would be held against.</summary>
    public IReadOnlyDictionary<long, double> BySeed(IEnumerable<ReportRun> runs) => Values(runs).Where(pair => pair.Run is { Seed: not null, State: RunState.Finished })
        .GroupBy(pair => pair.Run.Seed!.Value, pair => pair.Value).ToDictionary(group => group.Key, group => group.Average());

    /// <summary>"70.8 ± 4.4 (5 runs)"; or in place of a number why there is none.</summary>
    public Cell CellOf(IReadOnlyList<ReportRun> runs)
    {
        if (Over(runs) is not { } spread)
            return runs.Count == 0 ? Cell.Nothing : new Cell(Waiting(runs), IsRemark: true);
        var stopped = Values(runs).Count(pair => pair.Run.State == RunState.Stopped);
        var of = spread.Count < runs.Count ? $"{spread.Count} of {runs.Count}" : $"{spread.Count}";
        var note = (runs.Count, stopped) switch
        {
            (1, 0) => "",
            (1, _) => " (stopped early)",
            (_, 0) => $" ({of} runs)",
            _ => $" ({of} runs, {stopped} stopped early)",
        };
        return new Cell(Shown(spread) + note, spread.Mean);
    }

    /// <summary>"70.8 ± 4.4".</summary>
    public string Shown(Spread spread) => Numbers.Fixed(spread.Mean, Decimals) + (spread.Deviation is { } deviation ? $" ± {Numbers.Fixed(deviation, Decimals)}" : "");

    /// <summary>What keeps runs from having a number: "2 runs: no run here yet; 1 run: failed: …".</summary>
    public static string Waiting(IReadOnlyList<ReportRun> runs)
    {
        var states = runs.Where(run => run.State != RunState.Finished).GroupBy(run => run.StateText).ToList();
        if (states.Count == 0)
            return runs.Count == 0 ? "" : "not measured";
        return runs.Count == 1 ? states[0].Key : string.Join("; ", states.Select(state => $"{state.Count()} of {runs.Count}: {state.Key}"));
    }

    private IEnumerable<(ReportRun Run, double Value)> Values(IEnumerable<ReportRun> runs) =>
        runs.Where(run => run.Counts && run.Summary is not null).Select(run => (Run: run, Value: Value(run, run.Summary!)))
            .Where(pair => pair.Value is not null).Select(pair => (pair.Run, pair.Value!.Value));

    private static double? OfUpdates(ReportRun run)
    {
        if ((run.Recipe?["training"] as JsonObject)?["batch"] is not JsonValue value || !value.TryGetValue<int>(out var batch))
            return null;
        var seconds = run.Metrics.Where(record => record is { Split: DataSplit.Train, Phase: TrainingPhase.Train, WholeEpoch: not true, SequencesPerSecond: > 0 })
            .Skip(1).Select(record => batch / record.SequencesPerSecond!.Value).Order().ToList();
        return seconds.Count < 2 ? null : (seconds[(seconds.Count - 1) / 2] + seconds[seconds.Count / 2]) / 2;
    }

    // From the end of pretraining to the last line that has the time.
    private static double? OfTraining(ReportRun run)
    {
        var timed = run.Metrics.Where(record => record.Split == DataSplit.Train && record.Seconds is not null).ToList();
        var (before, last) = (timed.LastOrDefault(record => record.Phase == TrainingPhase.Pretrain), timed.LastOrDefault(record => record.Phase == TrainingPhase.Train));
        if (last is null || (before is null && Curve.Pretrained(run) > 0))
            return null;
        var updates = last.Step - (before?.Step ?? 0);
        return updates > 0 ? (last.Seconds - (before?.Seconds ?? 0)) / updates : null;
    }

    private static bool IsOnGpu(ReportRun run) => run.Manifest?.Sittings.Any(sitting => sitting.Device.StartsWith("cuda", StringComparison.Ordinal)) == true;
}
