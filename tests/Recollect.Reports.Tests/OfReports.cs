using Recollect.Reports;
using Recollect.Reports.Reading;

namespace Recollect.Tests.Reports;

/// <summary>Tests of what a report says of runs that each test lays down in a folder of its own.</summary>
public abstract class OfReports : IDisposable
{
    private protected readonly RunFolders _runs = new();

    public void Dispose()
    {
        _runs.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected Report Report(params string[] names) => ReportBuilder.Of(ReportInput.Read([.. names.Select(name => _runs.In(name))]));

    private protected static TableBlock Table(Report report, string section, int number = 0) => report.Sections.Single(one => one.Id == section).Blocks.OfType<TableBlock>().ElementAt(number);

    private protected static string[] Texts(IReadOnlyList<Cell> row) => [.. row.Select(cell => cell.Text)];

    private protected Report OfExample()
    {
        _runs.Example();
        return Report(".");
    }
}
