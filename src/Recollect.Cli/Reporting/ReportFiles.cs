using System.Text;
using Recollect.Reports;
using Recollect.Reports.Figures;
using Recollect.Reports.Pages;
using Recollect.Runs;

namespace Recollect.Cli.Reporting;

/// <summary>Writes what a report becomes, and replaces nothing that no report made.</summary>
internal static class ReportFiles
{
    /// <summary>Writes the page.</summary>
    /// <exception cref="RecipeException">Another file of that name is no report.</exception>
    /// <exception cref="RunException">The file cannot be written.</exception>
    public static void WritePage(string file, string page)
    {
        Refuse(file, HtmlPage.Beginning, "no report that this command made; choose another name with -o");
        AtomicFile.Write(file, page);
    }

    /// <summary>Writes every figure as <c>ID.svg</c>, and makes the folder where it is missing.</summary>
    /// <returns>How many there are.</returns>
    /// <exception cref="RecipeException">Another file of that name is no figure of a report.</exception>
    /// <exception cref="RunException">A file cannot be written.</exception>
    public static int WriteFigures(string folder, Report report)
    {
        var files = report.Figures.Select(figure => (Path: Path.Combine(folder, figure.Id + ".svg"), Text: FigureSvg.ToFile(figure))).ToList();
        foreach (var (path, text) in files)
            Refuse(path, text[..(text.IndexOf(FigureSvg.Mark, StringComparison.Ordinal) + FigureSvg.Mark.Length)], "no figure that this command made; choose another folder with --svg");
        if (File.Exists(folder))
            throw new RecipeException($"'{folder}' is a file; --svg needs a folder.");
        Directory.CreateDirectory(folder);
        foreach (var (path, text) in files)
            AtomicFile.Write(path, text);
        return files.Count;
    }

    private static void Refuse(string path, string beginning, string fault)
    {
        if (Directory.Exists(path))
            throw new RecipeException($"'{path}' is a folder; expected the name of a file to write.");
        if (!File.Exists(path))
            return;
        using var earlier = File.OpenRead(path);
        var expected = Encoding.UTF8.GetBytes(beginning);
        var found = new byte[expected.Length];
        if (earlier.Length > 0 && (earlier.ReadAtLeast(found, found.Length, throwOnEndOfStream: false) < found.Length || !found.AsSpan().SequenceEqual(expected)))
            throw new RecipeException($"'{path}' is there already, and {fault}.");
    }
}
