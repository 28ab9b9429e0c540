using Recollect.Reports.Reading;
using Recollect.Reports.Sections;

namespace Recollect.Reports;

/// <summary>Makes a report of what was read: the same files give the same report.</summary>
public static class ReportBuilder
{
    /// <summary>The report of <paramref name="input"/>.</summary>
    public static Report Of(ReportInput input)
    {
        var groups = RunGroup.Of(input.Runs);
        var timed = input.Exhibits.SelectMany(set => set.Timed).ToHashSet();
        var smoke = input.Exhibits.Where(set => set.IsSmoke).SelectMany(set => set.Runs.Values).ToHashSet();
        var swept = input.Exhibits.Where(set => set.IsSweep).SelectMany(set => set.Runs.Values).ToHashSet();
        var chosen = Chosen(input);
        var open = groups.Where(group => group.Runs.Any(chosen.Contains) || !group.Runs.Any(swept.Contains)).ToHashSet(); // whose test rows may be shown
        var trained = groups.Where(group => !group.Runs.All(timed.Contains)).ToList();
        var looked = trained.Where(open.Contains).ToList(); // at in detail
        List<Section?> sections =
        [
            .. input.Exhibits.SelectMany((set, at) => ExhibitSections.Of(set, at + 1)),
            SummarySection.Of(groups, open, AreAll(smoke), AreAll(swept)),
            input.Exhibits.Count == 0 ? Comparisons.Section(groups) : null, // a target says what is to be compared
            RunFigures.Learning(trained, looked),
            RunFigures.Confusion([.. looked.Where(group => !group.Runs.All(smoke.Contains))]), // of two updates
            RunFigures.Gradients(looked),
            RunFigures.Memory(looked),
            RunSection.Of(input.Runs, open.SelectMany(group => group.Runs).ToHashSet()),
        ];
        return new Report(input.Title, [.. sections.OfType<Section>()]);

        bool AreAll(HashSet<ReportRun> kind) => input.Runs.Count > 0 && input.Runs.All(kind.Contains);
    }

    // Of each sweep the runs of the setting that was chosen.
    private static HashSet<ReportRun> Chosen(ReportInput input) => input.Exhibits
        .SelectMany(set => set.File.Exhibits.OfType<RankingExhibit>().Select(ranking => Ranking.Of(ranking, set)))
        .Where(ranking => ranking is [{ TestAccuracy: not null }, ..]).SelectMany(ranking => ranking[0].Runs).ToHashSet();
}
