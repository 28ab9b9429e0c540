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
        var isSweep = input.Exhibits.Count > 0 && input.Exhibits.All(set => set.IsSweep);
        var timed = input.Exhibits.SelectMany(set => set.Timed).ToHashSet();
        var trained = groups.Where(group => !group.Runs.All(timed.Contains)).ToList();
        var looked = isSweep ? Chosen(input, groups) : trained; // at the test rows, and in detail
        var smoke = input.Exhibits.Where(set => set.IsSmoke).SelectMany(set => set.Runs.Values).ToHashSet();
        List<Section?> sections =
        [
            .. input.Exhibits.SelectMany((set, at) => ExhibitSections.Of(set, at + 1)),
            SummarySection.Of(groups, input.Exhibits.Count > 0 && input.Exhibits.All(set => set.IsSmoke), isSweep),
            input.Exhibits.Count == 0 ? Comparisons.Section(groups) : null, // a target says what is to be compared
            RunFigures.Learning(trained),
            RunFigures.Confusion([.. looked.Where(group => !group.Runs.All(smoke.Contains))]), // of two updates
            RunFigures.Gradients(looked),
            RunFigures.Memory(looked),
            RunSection.Of(input.Runs),
        ];
        return new Report(input.Title, [.. sections.OfType<Section>()]);
    }

    // Of each sweep the setting that is ranked first.
    private static List<RunGroup> Chosen(ReportInput input, IReadOnlyList<RunGroup> groups)
    {
        var runs = input.Exhibits.SelectMany(set => set.File.Exhibits.OfType<RankingExhibit>().Select(ranking => Ranking.Of(ranking, set)))
            .Where(ranking => ranking is [{ Rank: 1 }, ..]).SelectMany(ranking => ranking[0].Runs).ToHashSet();
        return [.. groups.Where(group => group.Runs.Any(runs.Contains))];
    }
}
