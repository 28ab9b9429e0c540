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
    /// <remarks>Failed runs are left out. The line begins where all of the others have begun and ends where the shortest ends, and every point is of all of them: one that logged nothing there is on the straight line between its points around. Lines of whole epochs, which are means over many rows, where every run has two of them; lines of single updates else.</remarks>
    public static IReadOnlyList<ChartPoint> Of(IReadOnlyList<ReportRun> runs, DataSplit split, Func<MetricRecord, double?> value)
    {
        var logs = runs.Where(run => run.Counts).Select(run => run.Metrics.Where(record => record.Split == split && value(record) is not null).ToList()).Where(log => log.Count > 0).ToList();
        if (split == DataSplit.Train)
        {
            var byEpoch = logs.All(log => log.Count(record => record.WholeEpoch == true) >= 2);
            logs = [.. logs.Select(log => log.Where(record => record.WholeEpoch == true == byEpoch).ToList()).Where(log => log.Count > 0)];
        }
        var lines = logs.Select(log => log.GroupBy(record => record.Step, (step, records) => new ChartPoint(step, value(records.Last())!.Value)).OrderBy(point => point.X).ToList()).ToList();
        if (lines.Count == 0)
            return [];
        var (begin, end) = (lines.Max(line => line[0].X), lines.Min(line => line[^1].X));
        return [.. lines.SelectMany(line => line.Select(point => point.X)).Where(step => step >= begin && step <= end).Distinct().Order()
            .Select(step => Point(step, Spread.Of(lines.Select(line => At(line, step)!.Value))!))];
    }

    /// <summary>What lies at <paramref name="x"/> on the straight line between the points around it; null outside of them.</summary>
    /// <param name="points">The points, by rising x.</param>
    /// <param name="x">Where.</param>
    public static double? At(IReadOnlyList<ChartPoint> points, double x)
    {
        var (after, end) = (0, points.Count); // the first point that does not lie before it, by halves
        while (after < end)
        {
            var middle = (after + end) / 2;
            (after, end) = points[middle].X < x ? (middle + 1, end) : (after, middle);
        }
        if (after == points.Count || (after == 0 && points[0].X > x))
            return null;
        var to = points[after];
        if (to.X == x)
            return to.Y;
        var from = points[after - 1];
        return from.Y + (to.Y - from.Y) * (x - from.X) / (to.X - from.X);
    }

    /// <summary>The points of <paramref name="runs"/> on a split, against updates of training proper: those of pretraining are not counted.</summary>
    public static IReadOnlyList<ChartPoint> OfTraining(IReadOnlyList<ReportRun> runs, DataSplit split, Func<MetricRecord, double?> value) => Of([.. runs.Select(run =>
    {
        var before = Pretrained(run);
        return run with { Metrics = [.. run.Metrics.Where(record => record.Phase == TrainingPhase.Train).Select(record => record with { Step = record.Step - before })] };
    })], split, value);

    /// <summary>Updates of a run's pretraining, as far as they are logged.</summary>
    public static long Pretrained(ReportRun run) => run.Metrics.Where(record => record.Phase == TrainingPhase.Pretrain).Select(record => record.Step).DefaultIfEmpty().Max();

    private static ChartPoint Point(double step, Spread spread) => new(step, spread.Mean, spread.Deviation);
}
