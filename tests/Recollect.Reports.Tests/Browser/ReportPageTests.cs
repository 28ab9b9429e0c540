using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Recollect.Reports;
using Recollect.Reports.Pages;
using Recollect.Reports.Reading;

namespace Recollect.Tests.Reports.Browser;

/// <summary>A report in a real browser, from a file, as a person opens it.</summary>
[Trait("Tier", "browser")]
public sealed class ReportPageTests(Chromium chromium) : IClassFixture<Chromium>, IDisposable
{
    private const int Phone = 390, Desktop = 1280;
    private readonly RunFolders _runs = new();

    public void Dispose() => _runs.Dispose();

    /// <summary>Every kind of exhibit, and runs of every state, with probes.</summary>
    private string Full()
    {
        _runs.Example();
        _runs.Probe("runs/r-300-s1");
        return Page();
    }

    private string Page()
    {
        var file = _runs.Write("report.html", HtmlPage.Of(ReportBuilder.Of(ReportInput.Read([_runs.Folder]))));
        return new Uri(file).AbsoluteUri;
    }

    private Task<WatchfulPage> Open(string address, int width = Desktop, bool dark = false) => chromium.Open(address, width, dark);

    [Theory]
    [InlineData(Desktop, false)]
    [InlineData(Desktop, true)]
    [InlineData(Phone, false)]
    [InlineData(Phone, true)]
    public async Task Every_figure_is_drawn_and_nothing_is_asked_for_or_complained_about(int width, bool dark)
    {
        await using var open = await Open(Full(), width, dark);
        var charts = await open.Page.Locator("svg.chart").AllAsync();
        Assert.True(charts.Count >= 9, $"{charts.Count} figures");
        Assert.All(charts, chart => Assert.True(Drawn(chart).Result, chart.GetAttributeAsync("id").Result));
        Assert.Empty(open.Complaints);
        Assert.All(open.Requests, request => Assert.Matches("^(file|data):", request));
        Assert.False(await open.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth > innerWidth"), "The page itself scrolls sideways.");
        var ink = await open.Page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
        Assert.Equal(dark ? "rgb(20, 20, 20)" : "rgb(255, 255, 255)", ink);
    }

    // Wide enough, its words large enough to be read, and lines, markers or images that take room.
    private static Task<bool> Drawn(ILocator chart) => chart.EvaluateAsync<bool>("""
        svg => {
          const box = svg.getBoundingClientRect();
          const drawn = [...svg.querySelectorAll('.line, .mark, .cells rect, image')].filter(part => { const b = part.getBBox(); return b.width + b.height > 1; });
          return box.width > 250 && box.height > 80 && 12 * box.width / 440 > 9 && drawn.length > 0;
        }
        """);

    [Fact]
    public async Task The_browser_decodes_the_images_of_what_is_remembered()
    {
        await using var open = await Open(Full());
        var levels = await open.Page.EvaluateAsync<int[]>("""
            async () => {
              const image = new Image();
              image.src = document.querySelector('[id^=memory-] image').getAttribute('href');
              await image.decode();
              const canvas = document.createElement('canvas');
              [canvas.width, canvas.height] = [image.width, image.height];
              const context = canvas.getContext('2d');
              context.drawImage(image, 0, 0);
              return [...context.getImageData(0, 0, image.width, image.height).data].filter((_, i) => i % 4 === 0);
            }
            """);
        Assert.Equal([0, 50, 100, 150, 200, 250], levels);
    }

    [Fact]
    public async Task A_table_sorts_by_click_and_by_key()
    {
        _runs.Finished("a-s1", 0.5, 1, "a");
        _runs.Finished("b-s1", 0.09, 1, "b");
        _runs.Finished("c-s1", 0.7, 1, "c");
        _runs.Begun("d-s1", 1, "d");
        await using var open = await Open(Page());
        var table = open.Page.Locator("#summary table").First;
        var head = table.Locator("thead th").Filter(new LocatorFilterOptions { HasText = "test accuracy" });
        var button = head.Locator("button");
        async Task<string> Order() => string.Concat(await table.Locator("tbody th").AllTextContentsAsync());

        Assert.Equal("abcd", await Order());
        await button.ClickAsync();
        Assert.Equal("bacd", await Order()); // 9 before 50, whatever the letters say; what has no number comes last
        Assert.Equal("ascending", await head.GetAttributeAsync("aria-sort"));
        await button.FocusAsync();
        await open.Page.Keyboard.PressAsync("Enter");
        Assert.Equal("cabd", await Order());
        Assert.Equal("descending", await head.GetAttributeAsync("aria-sort"));
        await open.Page.Keyboard.PressAsync("Space");
        Assert.Equal("bacd", await Order());
        await table.Locator("thead button").First.ClickAsync();
        Assert.Equal("abcd", await Order());
        Assert.Equal("none", await head.GetAttributeAsync("aria-sort"));
        Assert.Empty(open.Complaints);
    }

    [Theory]
    [InlineData(Desktop)]
    [InlineData(Phone)]
    public async Task A_long_table_scrolls_within_itself_and_its_head_stays_in_sight(int width)
    {
        for (var run = 100; run < 160; run++)
            _runs.Finished($"r{run}-s1", 0.5, 1, $"r{run}");
        await using var open = await Open(Page(), width);
        var box = open.Page.Locator("#summary .scroll").First;
        await box.EvaluateAsync("box => { box.scrollIntoView(); box.scrollTop = box.scrollHeight; }");
        Assert.True(await box.EvaluateAsync<bool>("box => box.clientHeight < innerHeight && box.scrollTop > 0"));
        await box.Locator("thead button").First.ClickAsync(); // whatever covers it would have the click
        Assert.True(await box.EvaluateAsync<bool>("box => box.querySelector('thead th').getBoundingClientRect().top < box.getBoundingClientRect().top + 10"));
        Assert.Empty(open.Complaints);
    }

    /// <summary>A target's comparisons with names as long as the ablation's, none of them tested yet.</summary>
    [Fact]
    public async Task A_verdict_is_seen_whole_and_no_first_column_fills_a_phone()
    {
        const string Name = "without forward reconstruction (reversed instead)", Other = "without past (predicts the future instead)";
        _runs.Finished("cifar10-r-lstm-300+bptt.supervised=0+auxiliary.0.segments=10+auxiliary.0.length=60-s1", 0.5, 1, "a");
        var file = $$"""
            {"format":1,"target":"mine","scale":"full","exhibits":[{"kind":"table","title":"T","measure":"test.accuracy","columns":["C","D"],
             "rows":[{"name":"{{Name}}","cells":[{"column":"C","paper":50,"runs":["RUN"]}]},{"name":"{{Other}}","cells":[{"column":"C","paper":50,"runs":["RUN"]}]}],
             "comparisons":[{"column":"C","first":"{{Name}}","second":"{{Other}}"}]}]}
            """;
        _runs.Write("exhibits.json", file.Replace("RUN", Path.GetFileName(Assert.Single(Directory.GetDirectories(_runs.Folder)))));
        var page = Page();
        await using (var open = await Open(page))
        {
            Assert.Empty(await open.Page.EvaluateAsync<string[]>("""
                [...document.querySelectorAll('#exhibit-1-1 .scroll')].filter(box => box.scrollWidth > box.clientWidth).map(box => `${box.getAttribute('aria-label')}: ${box.scrollWidth} of ${box.clientWidth}`)
                """));
            Assert.Equal("no test: fewer than 3 seeds", await open.Page.Locator("#exhibit-1-1 table").Last.Locator("tbody td").Last.InnerTextAsync());
        }
        await using var phone = await Open(page, Phone);
        var widths = await phone.Page.EvaluateAsync<double[]>("[...document.querySelectorAll('tbody th:first-child')].map(head => head.getBoundingClientRect().width)");
        Assert.True(widths.Length >= 3);
        Assert.All(widths, width => Assert.InRange(width, 40, Phone / 2));
    }

    [Fact]
    public async Task Recipe_and_manifest_unfold()
    {
        await using var open = await Open(Full());
        var details = open.Page.Locator("#runs details").First;
        Assert.False(await details.Locator("pre").First.IsVisibleAsync());
        await details.Locator("summary").ClickAsync();
        Assert.True(await details.Locator("pre").First.IsVisibleAsync());
        Assert.Contains("\"hidden\": 8", await details.Locator("pre").First.TextContentAsync());
    }

    [Fact]
    public async Task Pointing_at_a_line_pales_the_others()
    {
        _runs.Finished("a-s1", 0.5, 1, "a");
        _runs.Finished("b-s1", 0.6, 1, "b");
        await using var open = await Open(Page());
        await open.Page.Locator("#learning-train-accuracy .key[data-series='1'] text").HoverAsync();
        var opacities = await open.Page.EvaluateAsync<string[]>("[...document.querySelectorAll('#learning-train-accuracy .series')].map(line => getComputedStyle(line).opacity)");
        Assert.Equal(["0.2", "1"], opacities);
    }

    /// <summary>The same light picture on a dark screen: drawn ink on white, four dots for one.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_figure_is_saved_as_png_and_as_svg(bool dark)
    {
        await using var open = await Open(Full(), dark: dark);
        var figure = open.Page.Locator("figure").Filter(new LocatorFilterOptions { Has = open.Page.Locator("[id^=memory-]") }).First;
        var chart = figure.Locator("svg.chart");
        var size = await chart.EvaluateAsync<int[]>("svg => [svg.viewBox.baseVal.width, svg.viewBox.baseVal.height]");
        async Task<byte[]> Saved(string format)
        {
            var download = await open.Page.RunAndWaitForDownloadAsync(() => figure.Locator($"[data-save={format}]").ClickAsync());
            Assert.Equal($"{await chart.GetAttributeAsync("id")}.{format}", download.SuggestedFilename);
            return await File.ReadAllBytesAsync(await download.PathAsync());
        }

        using var png = SkiaSharp.SKBitmap.Decode(await Saved("png"));
        Assert.Equal((4 * size[0], 4 * size[1]), (png.Width, png.Height));
        Assert.Equal(SkiaSharp.SKColors.White, png.GetPixel(2, 2));
        var colours = png.Pixels.ToHashSet();
        foreach (var level in new byte[] { 50, 100, 150, 200, 250 })
            Assert.Contains(new SkiaSharp.SKColor(level, level, level), colours); // what the picture within it shows
        var svg = System.Text.Encoding.UTF8.GetString(await Saved("svg"));
        Assert.Equal("svg", System.Xml.Linq.XDocument.Parse(svg).Root!.Name.LocalName);
        Assert.Contains("class=\"sheet\"", svg);
        Assert.Empty(open.Complaints);
    }

    [Fact]
    public async Task What_files_say_is_never_run()
    {
        const string Wild = "<img src=x onerror=alert(1)><script>alert(2)</script>";
        _runs.Finished("a", 0.5);
        _runs.Write("a/recipe.json", $$"""{"name":"{{Wild}}","seed":1,"{{Wild}}":1}""");
        _runs.Write("a/evaluation.json", $$"""{"split":"test","accuracy":1,"loss":1,"macroF1":1,"examples":1,"classes":["{{Wild}}"],"confusion":[[1]],"perClass":[]}""");
        await using var open = await Open(Page());
        Assert.Empty(open.Complaints);
        Assert.Equal(0, await open.Page.Locator("img").CountAsync());
    }

    /// <summary>axe-core's rules for accessibility, colour contrast among them, are the witness.</summary>
    [Theory]
    [InlineData(Desktop, false)]
    [InlineData(Phone, true)]
    public async Task Nothing_stands_in_the_way_of_whoever_does_not_see_or_point(int width, bool dark)
    {
        await using var open = await Open(Full(), width, dark);
        var found = await open.Page.RunAxe();
        Assert.Empty(found.Violations.Select(violation => $"{violation.Id}: {violation.Help}: {string.Join(", ", violation.Nodes.Take(3).Select(node => node.Html))}"));
    }
}
