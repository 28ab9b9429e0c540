using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Recollect.Reports;
using Recollect.Reports.Pages;
using Recollect.Reports.Reading;

namespace Recollect.Tests.Reports.Pages;

public sealed partial class HtmlPageTests : IDisposable
{
    private const string Wild = "<script>alert(1)</script>";
    private readonly RunFolders _runs = new();

    public void Dispose() => _runs.Dispose();

    private string Page(PageScript? script = null) => HtmlPage.Of(ReportBuilder.Of(ReportInput.Read([_runs.Folder])), script);

    [Fact]
    public void What_files_say_stays_text()
    {
        var name = OperatingSystem.IsWindows() ? "r" : "<script>alert(1)<"; // a folder may be called so
        _runs.Finished(name, 0.5);
        _runs.Write($"{name}/recipe.json", $$"""{"name":"{{Wild}}","seed":1,"{{Wild}}":"</pre>{{Wild}}"}""");
        _runs.Write($"{name}/evaluation.json", $$"""{"split":"test","accuracy":1,"loss":1,"macroF1":1,"examples":1,"classes":["{{Wild}}"],"confusion":[[1]],"perClass":[]}""");
        _runs.Write("exhibits.json", $$"""{"format":1,"target":"{{Wild}}","scale":"</title>","exhibits":[{"kind":"table","title":"{{Wild}}","measure":"test.loss","columns":["{{Wild}}"],"rows":[{"name":"\"'{{Wild}}","cells":[{"column":"{{Wild}}","paper":1,"runs":["x","{{name}}"]}]}]}]}""");
        _runs.Write("x.failure.json", $$"""{"message":"{{Wild}}"}""");
        var page = Page();
        Assert.DoesNotContain("<script>alert", page);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", page);
        Assert.Single(Scripts().Matches(page)); // the page's own
        Assert.Single(Titles().Matches(page.Split("<body>")[0]));
    }

    /// <summary>A name without a space would make its column as wide as itself.</summary>
    [Fact]
    public void Names_of_runs_break_where_they_are_joined_and_numbers_nowhere()
    {
        _runs.Finished("a+b=1-s1", 0.5, recipe: "a");
        _runs.Finished("c-s1", 0.25, recipe: "c");
        var page = Page();
        Assert.Contains("<th scope=\"row\" class=\"words\">a<wbr/>+b=1</th>", page);
        var gain = HtmlPage.Of(new Report("t", [new Section("s", "s", [new TableBlock("c", ["r", "gain"], [[new("a"), new("+1.5", 1.5)]])])]));
        Assert.Contains("<td data-value=\"1.5\">+1.5</td>", gain);
    }

    [Fact]
    public void Columns_of_words_are_told_from_those_of_numbers_that_are_missing()
    {
        Cell[] numbers = [new("1", 1), new("–")], missing = [new("–"), new("–")], words = [new("–"), new("yes")], remarks = [new("open", IsRemark: true), new("–")];
        List<IReadOnlyList<Cell>> rows = [.. Enumerable.Range(0, 2).Select(row => new[] { new Cell("r"), numbers[row], missing[row], words[row], remarks[row] })];
        var page = HtmlPage.Of(new Report("t", [new Section("s", "s", [new TableBlock("c", ["r", "numbers", "missing", "words", "remarks"], rows)])]));
        Assert.Equal([("r", true), ("numbers", false), ("missing", false), ("words", true), ("remarks", true)],
            Heads().Matches(page).Select(head => (head.Groups[2].Value, head.Groups[1].Value.Contains("words"))));
    }

    [GeneratedRegex("<th scope=\"col\"([^>]*)><button[^>]*>(.*?)</button>")]
    private static partial Regex Heads();

    [Fact]
    public void A_page_asks_for_nothing_and_forbids_itself_to()
    {
        _runs.Finished("r", 0.5);
        _runs.Probe("r");
        var page = Page();
        Assert.All(References().Matches(page), reference => Assert.Matches("^(#|data:image/png;base64,)", reference.Groups[1].Value));
        Assert.DoesNotContain("@import", page);
        Assert.DoesNotContain("url(", page);
        Assert.Contains("default-src &#39;none&#39;", page);
        Assert.DoesNotContain("connect-src", page);
    }

    [Fact]
    public void The_policy_names_the_hashes_of_the_pages_own_style_and_scripts()
    {
        _runs.Finished("r", 0.5);
        var page = Page(new PageScript("/* the host's */", MayConnect: true));
        Assert.Contains("connect-src &#39;self&#39;", page);
        var parts = Scripts().Matches(page).Concat(Styles().Matches(page)).Select(match => match.Groups[1].Value).ToList();
        Assert.Equal(4, parts.Count);
        Assert.All(parts, part => Assert.Contains($"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(part)))}", page));
        Assert.DoesNotContain("unsafe-inline", page);
        Assert.DoesNotContain(" style=", page);
    }

    [Fact]
    public void The_same_files_give_the_same_page()
    {
        _runs.Finished("r", 0.5);
        Assert.Equal(Page(), Page());
        Assert.StartsWith(HtmlPage.Beginning, Page());
    }

    [Fact]
    public void Recipe_and_manifest_are_folded_away()
    {
        _runs.Finished("r", 0.5);
        var details = Page().Split("<details")[1];
        Assert.Contains("&quot;hidden&quot;: 8", details);
        Assert.Contains("&quot;processor&quot;: &quot;A Processor&quot;", details);
        Assert.Contains("recollect train digits", details);
    }

    [GeneratedRegex("<script[^>]*>(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex Scripts();

    [GeneratedRegex("<style[^>]*>(.*?)</style>", RegexOptions.Singleline)]
    private static partial Regex Styles();

    [GeneratedRegex("<title>")]
    private static partial Regex Titles();

    [GeneratedRegex("(?:href|src|action|data|poster)=\"([^\"]*)\"")]
    private static partial Regex References();
}
