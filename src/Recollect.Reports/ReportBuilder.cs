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
        List<Section?> sections =
        [
            .. input.Exhibits.SelectMany((set, at) => ExhibitSections.Of(set, at + 1)),
            SummarySection.Of(groups, input.Exhibits.Count > 0 && input.Exhibits.All(set => set.IsSmoke)),
            input.Exhibits.Count == 0 ? Comparisons.Section(groups) : null, // a target says what is to be compared
            RunFigures.Learning(groups),
            RunFigures.Confusion(groups),
            RunFigures.Gradients(groups),
            RunFigures.Memory(groups),
            RunSection.Of(input.Runs),
        ];
        return new Report(input.Title, [.. sections.OfType<Section>()]);
    }
}
