using Recollect.Reports.Reading;
using Recollect.Reports.Sections;
using Recollect.Reports.Statistics;

namespace Recollect.Reports;

/// <summary>A setting of a sweep, and where it stands.</summary>
/// <param name="Rank">From 1, the best; null where a run of it is not finished, or its measure is not a number.</param>
/// <param name="Name">Its name.</param>
/// <param name="Values">The values of the keys that are varied.</param>
/// <param name="Runs">Its runs, one a seed.</param>
/// <param name="Accuracy">The fraction of validation rows classified rightly, over its runs; null where none has it.</param>
/// <param name="Loss">Mean cross-entropy of the validation rows, over its runs.</param>
/// <param name="TestAccuracy">The fraction of test rows classified rightly: of the best setting alone, once every run is finished, failed or damaged and nothing is left to choose; else null.</param>
public sealed record RankedSetting(int? Rank, string Name, IReadOnlyList<string> Values, IReadOnlyList<ReportRun> Runs, Spread? Accuracy, Spread? Loss, Spread? TestAccuracy);

/// <summary>Ranks the settings of a sweep by their validation rows alone.</summary>
public static class Ranking
{
    /// <summary>The settings, the best first; those without a rank follow in the file's order.</summary>
    /// <remarks>By the mean of the exhibit's measure over a setting's runs; where that is the same, by the other measure, and then in the file's order.</remarks>
    public static IReadOnlyList<RankedSetting> Of(RankingExhibit exhibit, ExhibitSet set)
    {
        List<RankedSetting> settings = [.. exhibit.Rows.Select(row =>
        {
            var runs = set.Of(row.Runs);
            return new RankedSetting(null, row.Name, row.Values, runs, Fraction(Measure.ValidationAccuracy, runs), Measure.ValidationLoss.Over(runs), null);
        })];
        var isChosen = settings.SelectMany(setting => setting.Runs).All(run => run.State is RunState.Finished or RunState.Failed or RunState.Damaged);
        // The less the better. Of as many right rows the last bit of a mean depends on how they fall to the seeds.
        Func<RankedSetting, double> loss = setting => setting.Loss!.Mean, accuracy = setting => -Math.Round(setting.Accuracy!.Mean, 9);
        var (first, second) = Measure.Named(exhibit.Measure) == Measure.ValidationLoss ? (loss, accuracy) : (accuracy, loss);
        var complete = settings.Where(IsComplete).OrderBy(first).ThenBy(second).Select((setting, at) => setting with { Rank = at + 1, TestAccuracy = at == 0 && isChosen ? Fraction(Measure.TestAccuracy, setting.Runs) : null });
        return [.. complete, .. settings.Where(setting => !IsComplete(setting))];
    }

    private static bool IsComplete(RankedSetting setting) =>
        setting.Runs.Count > 0 && setting.Runs.All(run => run.State == RunState.Finished) && setting is { Accuracy: { } accuracy, Loss: { } loss }
        && accuracy.Count == setting.Runs.Count && double.IsFinite(accuracy.Mean) && double.IsFinite(loss.Mean);

    // Measures of accuracy are in per cent.
    private static Spread? Fraction(Measure measure, IReadOnlyList<ReportRun> runs) =>
        measure.Over(runs) is { } spread ? spread with { Mean = spread.Mean / 100, Deviation = spread.Deviation / 100 } : null;
}
