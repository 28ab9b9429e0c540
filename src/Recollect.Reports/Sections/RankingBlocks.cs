using Recollect.Reports.Reading;

namespace Recollect.Reports.Sections;

/// <summary>The ranking of a sweep's settings as a table.</summary>
internal static class RankingBlocks
{
    /// <summary>What was chosen and how, and every setting with its rank.</summary>
    public static List<Block> Of(RankingExhibit ranking, ExhibitSet set)
    {
        var settings = Ranking.Of(ranking, set);
        var (accuracy, loss) = (Measure.ValidationAccuracy, Measure.ValidationLoss);
        Cell Shown(Measure measure, RankedSetting setting) => measure.Over(setting.Runs) is { } spread ? new Cell(measure.Shown(spread), spread.Mean) : Cell.Nothing;
        return
        [
            new TextBlock(Rule(ranking)), new TextBlock(Best(settings)),
            new TableBlock(ranking.Title, ["rank", .. ranking.Keys, accuracy.Title, loss.Title, Measure.TrainSeconds.Title, "state"], [.. settings.Select(setting => (IReadOnlyList<Cell>)[
                setting.Rank is { } rank ? new Cell($"{rank}", rank) : new Cell(Cell.Nothing.Text, settings.Count + 1),
                .. setting.Values.Select(Cell.OfSetting),
                Shown(accuracy, setting), Shown(loss, setting), Shown(Measure.TrainSeconds, setting),
                setting.Rank is not null ? Counted(setting.Runs.Count) : new Cell(Measure.Waiting(setting.Runs), IsRemark: true),
            ])]),
        ];
    }

    private static string Rule(RankingExhibit ranking)
    {
        var (first, second) = Measure.Named(ranking.Measure) == Measure.ValidationLoss ? ("validation loss", "validation accuracy") : ("validation accuracy", "validation loss");
        return $"Ranked by {first} at the end of the training, the mean over a setting's runs; where that is the same, by {second}. The test rows have no part in it. A setting has a rank once all of its runs are finished. "
            + "The best of many is partly the luckiest: what it reaches on the test rows is the number to give.";
    }

    private static string Best(IReadOnlyList<RankedSetting> settings)
    {
        var ranked = settings.Count(setting => setting.Rank is not null);
        if (ranked == 0)
            return "No setting has all of its runs finished yet.";
        var (best, measure) = (settings[0], Measure.TestAccuracy);
        return best.TestAccuracy is null
            ? $"The best of {ranked} so far, of {settings.Count}, is {best.Name}. No test row is shown while a run is open: nothing is to be chosen by them."
            : $"The best of {ranked}{(ranked < settings.Count ? $", of {settings.Count}," : "")} is {best.Name}. Its {measure.Title}: {measure.CellOf(best.Runs).Text}.";
    }

    private static string Counted(int runs) => runs == 1 ? "1 run finished" : $"{runs} runs finished";
}
