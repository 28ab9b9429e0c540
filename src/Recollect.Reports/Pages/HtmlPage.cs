using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Recollect.Reports.Figures;

namespace Recollect.Reports.Pages;

/// <summary>A report as one HTML file that needs no other, and asks for none.</summary>
/// <remarks>The page forbids itself every request, and every style and script but those whose hashes it names: what a file of a run says stays text.</remarks>
public static class HtmlPage
{
    /// <summary>The beginning of every such file, by which it is known.</summary>
    public static string Beginning { get; } = $"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n<meta name=\"generator\" content=\"{FigureSvg.Mark}\"/>\n";

    /// <summary>Writes the page.</summary>
    /// <param name="report">What it says.</param>
    /// <param name="added">A script of whoever serves it; null for a file.</param>
    public static string Of(Report report, PageScript? added = null)
    {
        string[] styles = [FigureSvg.Style, Asset.Read("report.css")];
        string[] scripts = [Asset.Read("report.js"), .. added is null ? Array.Empty<string>() : [added.Text]];
        var page = new Markup();
        page.Raw(Beginning)
            .Empty("meta", ("http-equiv", "Content-Security-Policy"), ("content", Policy(styles, scripts, added?.MayConnect == true))).Raw("\n")
            .Empty("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1")).Raw("\n")
            .Empty("meta", ("name", "color-scheme"), ("content", "light dark")).Raw("\n")
            .Leaf("title", $"{report.Title} – Recollect").Raw("\n")
            .Open("style", ("id", "figure-style")).Raw(styles[0]).CloseLine().Open("style").Raw(styles[1]).CloseLine().Raw("</head>\n<body>\n");
        page.Open("header").Leaf("h1", report.Title);
        page.Open("nav", ("aria-label", "Sections")).Open("ul");
        foreach (var section in report.Sections)
            page.Open("li").Leaf("a", section.Title, ("href", $"#{section.Id}")).Close();
        page.Close().Close().CloseLine();
        page.Open("main").Raw("\n");
        foreach (var section in report.Sections)
            Write(page, section);
        page.CloseLine().Open("footer").Leaf("p", "Made by recollect report. Tables sort by the heads of their columns; figures tell numbers where they are pointed at, and are saved light on white.").CloseLine();
        foreach (var script in scripts)
            page.Open("script").Raw(script).CloseLine();
        return page.Raw("</body>\n</html>\n").ToString();
    }

    // What report.js can make of a figure.
    private static readonly string[] SavedFormats = ["svg", "png"];

    private static string Policy(string[] styles, string[] scripts, bool mayConnect) =>
        $"default-src 'none'; img-src data:; style-src {string.Join(' ', styles.Select(Hash))}; script-src {string.Join(' ', scripts.Select(Hash))}; base-uri 'none'; form-action 'none'"
        + (mayConnect ? "; connect-src 'self'" : "");

    private static string Hash(string text) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";

    private static void Write(Markup page, Section section)
    {
        page.Open("section", ("id", section.Id), ("aria-labelledby", $"{section.Id}-head")).Leaf("h2", section.Title, ("id", $"{section.Id}-head")).Raw("\n");
        foreach (var block in section.Blocks)
        {
            _ = block switch
            {
                TextBlock text => page.Leaf("p", text.Text).Raw("\n"),
                TableBlock table => Write(page, table),
                FigureBlock figures => Write(page, figures),
                FoldedBlock folded => Write(page, folded),
                _ => throw new ArgumentOutOfRangeException(nameof(section)),
            };
        }
        page.CloseLine();
    }

    private static Markup Write(Markup page, TableBlock table)
    {
        // A box that scrolls must be reachable by the keyboard.
        page.Open("div", ("class", "scroll"), ("tabindex", "0"), ("role", "group"), ("aria-label", table.Caption)).Open("table").Open("caption").Leaf("span", table.Caption).Close().Open("thead").Open("tr");
        var areWords = table.Columns.Select((_, column) => AreWords([.. table.Rows.Select(row => row[column])])).ToList();
        string? Style(int column, Cell? cell) => cell?.IsRemark == true ? "remark" : areWords[column] ? "words" : null;
        for (var column = 0; column < table.Columns.Count; column++)
            page.Open("th", ("scope", "col"), ("aria-sort", "none"), ("class", Style(column, null))).Leaf("button", table.Columns[column], ("type", "button")).Close();
        page.Close().Close().Open("tbody").Raw("\n");
        foreach (var row in table.Rows)
        {
            page.Open("tr");
            for (var column = 0; column < row.Count; column++)
            {
                var cell = row[column];
                (string, string?)[] attributes = [("data-value", cell.Value is { } value && double.IsFinite(value) ? value.ToString(CultureInfo.InvariantCulture) : null), ("class", Style(column, cell))];
                _ = column == 0 ? page.Open("th", [("scope", "row"), .. attributes]) : page.Open("td", attributes);
                if (areWords[column] || column == 0)
                    WriteBroken(page, cell.Text);
                else
                    page.Text(cell.Text);
                page.Close();
            }
            page.CloseLine();
        }
        return page.Close().Close().CloseLine();
    }

    // What holds no number at all, and something.
    private static bool AreWords(IReadOnlyList<Cell> column) => column.All(cell => cell.Value is null) && column.Any(cell => cell != Cell.Nothing);

    // Names of runs join their edits by "+", and a browser would break them nowhere.
    private static void WriteBroken(Markup page, string text)
    {
        foreach (var (at, part) in text.Split('+').Index())
            _ = at == 0 ? page.Text(part) : page.Empty("wbr").Text("+").Text(part);
    }

    private static Markup Write(Markup page, FigureBlock figures)
    {
        page.Open("div", ("class", "figures"));
        foreach (var figure in figures.Figures)
        {
            page.Open("figure").Raw(FigureSvg.ToElement(figure)).Open("figcaption");
            foreach (var format in SavedFormats)
                page.Leaf("button", format.ToUpperInvariant(), ("type", "button"), ("data-save", format), ("aria-label", $"Save as {format.ToUpperInvariant()}: {figure.Title}"));
            page.Close().CloseLine();
        }
        return page.CloseLine();
    }

    private static Markup Write(Markup page, FoldedBlock folded)
    {
        page.Open("details", ("id", folded.Id)).Open("summary");
        WriteBroken(page, folded.Title);
        page.Close().Open("dl");
        foreach (var (name, text) in folded.Facts)
            page.Leaf("dt", name).Leaf("dd", text);
        page.Close();
        foreach (var (name, text) in folded.Files)
            page.Leaf("h3", name).Leaf("pre", text, ("tabindex", "0"));
        return page.CloseLine();
    }
}
