using Recollect.Reports.Figures;
using Recollect.Reports.Reading;
using Recollect.Reports.Statistics;
using Recollect.Runs;

namespace Recollect.Reports.Sections;

/// <summary>What runs logged against updates, as the mean and spread over the runs at each update.</summary>
internal static class Curve
{
    /// <summary>The fraction of rows classified rightly, in %.</summary>
    public static double? Accuracy(MetricRecord record) => 100 * record.Accuracy;

    /// <summary>The supervised loss; of the phase that has none, nothing.</summary>
    public static double? Loss(MetricRecord record) => record.Split != DataSplit.Train ? record.Loss : record.Phase == TrainingPhase.Train ? record.Supervised ?? record.Loss : null;

    /// <summary>The auxiliary losses, weighted and summed.</summary>
    public static double? Auxiliary(MetricRecord record) => record.Auxiliary;

    /// <summary>The points of <paramref name="runs"/> on a split.</summary>
    /// <remarks>Failed runs are left out. The line ends where the shortest of the others ends: beyond, fewer would be averaged than before. Lines of whole epochs, which are means over many rows, where every run has two of them; lines of single updates else.</remarks>
    public static IReadOnlyList<ChartPoint> Of(IReadOnlyList<ReportRun> runs, DataSplit split, Func<MetricRecord, double?> value)
    {
        var logs = runs.Where(run => run.Counts).Select(run => run.Metrics.Where(record => record.Split == split && value(record) is not null).ToList()).Where(log => log.Count > 0).ToList();
        if (split == DataSplit.Train)
        {
            var byEpoch = logs.All(log => log.Count(record => record.WholeEpoch == true) >= 2);
            logs = [.. logs.Select(log => log.Where(record => record.WholeEpoch == true == byEpoch).ToList()).Where(log => log.Count > 0)];
        }
        var end = logs.Select(log => log.Max(record => record.Step)).DefaultIfEmpty().Min();
        return [.. logs
            .SelectMany(log => log.GroupBy(record => record.Step, (step, records) => (Step: step, Value: value(records.Last())!.Value)))
            .Where(point => point.Step <= end)
            .GroupBy(point => point.Step, point => point.Value)
            .OrderBy(points => points.Key)
            .Select(points => Point(points.Key, Spread.Of(points)!))];
    }

    /// <summary>The points of <paramref name="runs"/> on a split, against updates of training proper: those of pretraining are not counted.</summary>
    public static IReadOnlyList<ChartPoint> OfTraining(IReadOnlyList<ReportRun> runs, DataSplit split, Func<MetricRecord, double?> value) => Of([.. runs.Select(run =>
    {
        var before = Pretrained(run);
        return run with { Metrics = [.. run.Metrics.Where(record => record.Phase == TrainingPhase.Train).Select(record => record with { Step = record.Step - before })] };
    })], split, value);

    /// <summary>Updates of a run's pretraining, as far as they are logged.</summary>
    public static long Pretrained(ReportRun run) => run.Metrics.Where(record => record.Phase == TrainingPhase.Pretrain).Select(record => record.Step).DefaultIfEmpty().Max();

    private static ChartPoint Point(long step, Spread spread) => new(step, spread.Mean, spread.Deviation);
}
