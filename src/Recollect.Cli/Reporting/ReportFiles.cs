using System.Text;
using Recollect.Reports;
using Recollect.Reports.Figures;
using Recollect.Reports.Pages;
using Recollect.Reports.Reading;
using Recollect.Runs;

namespace Recollect.Cli.Reporting;

/// <summary>Writes what a report becomes, and replaces nothing that no report made.</summary>
internal static class ReportFiles
{
    private const string OtherFolder = "name another folder with --svg";

    /// <summary>Writes the page, and every figure as <c>ID.svg</c> into a folder, which is made where it is missing.</summary>
    /// <param name="report">What is written.</param>
    /// <param name="file">The page's file.</param>
    /// <param name="folder">The figures' folder; null where none are to be written.</param>
    /// <exception cref="RecipeException">A file of such a name is there that no report made; nothing was written.</exception>
    /// <exception cref="RunException">A file cannot be written.</exception>
    public static void Write(Report report, string file, string? folder)
    {
        var figures = folder is null ? [] : report.Figures.Select(figure => (Path: Path.Combine(folder, figure.Id + ".svg"), Text: FigureSvg.ToFile(figure))).ToList();
        RefuseOther(file, "choose another name with -o");
        if (File.Exists(folder))
            throw new RecipeException($"'{folder}' is a file; --svg needs a folder.");
        foreach (var (path, text) in figures)
            Refuse(path, text[..(text.IndexOf(FigureSvg.Mark, StringComparison.Ordinal) + FigureSvg.Mark.Length)], "no figure that this command made; choose another folder with --svg");
        AtomicFile.Write(file, HtmlPage.Of(report), "name another file with -o");
        if (folder is not null)
            Make(folder);
        foreach (var (path, text) in figures)
            AtomicFile.Write(path, text, OtherFolder);
    }

    /// <summary>Refuses a file that no report may replace.</summary>
    /// <param name="file">The page's file.</param>
    /// <param name="advice">What to do about it.</param>
    /// <exception cref="RecipeException">A file of such a name is there that no report made, or a folder.</exception>
    public static void RefuseOther(string file, string advice) => Refuse(file, HtmlPage.Beginning, $"no report that this command made; {advice}");

    private static void Make(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception cause) when (StorageFailure.Is(cause))
        {
            throw StorageFailure.Writing(folder, cause, "no figure was written", OtherFolder);
        }
    }

    /// <summary>Tells of each run that is shown as damaged, of which a report has no number.</summary>
    public static void TellDamage(ReportInput input, Action<string> tell)
    {
        foreach (var run in input.Runs.Where(run => run.State == RunState.Damaged))
            tell($"note: {run.Name} is {run.StateText}");
    }

    private static void Refuse(string path, string beginning, string fault)
    {
        Inputs.RefuseTaken(path, force: true); // an earlier report is replaced
        if (!File.Exists(path))
            return;
        using var earlier = File.OpenRead(path);
        var expected = Encoding.UTF8.GetBytes(beginning);
        var found = new byte[expected.Length];
        if (earlier.Length > 0 && (earlier.ReadAtLeast(found, found.Length, throwOnEndOfStream: false) < found.Length || !found.AsSpan().SequenceEqual(expected)))
            throw new RecipeException($"'{path}' is there already, and {fault}.");
    }
}
