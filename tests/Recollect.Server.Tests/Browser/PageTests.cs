using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Recollect.Sequences;
using Recollect.Server;
using Recollect.Tests.Reports.Browser;

namespace Recollect.Tests.Server.Browser;

/// <summary>The page on which a model is tried, in a real browser.</summary>
[Trait("Tier", "browser")]
public sealed class PageTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const int Phone = 390, Desktop = 1280;
    private const float Patience = 20_000; // milliseconds

    [Theory]
    [InlineData(Desktop, false)]
    [InlineData(Desktop, true)]
    [InlineData(Phone, false)]
    [InlineData(Phone, true)]
    public async Task A_drawn_digit_is_read_and_the_belief_shown_step_by_step(int width, bool dark)
    {
        await using var served = await ServedModel.Start();
        await using var open = await chromium.Open(served.Server.Address.AbsoluteUri, width, dark);
        var page = open.Page;
        await Expect(page.Locator("#about"), "images of 8×8 pixels");
        await page.Locator("#read").ClickAsync();
        await Expect(page.Locator("#status"), "Draw something first.");
        await Draw(page);
        await page.Locator("#read").ClickAsync();
        await Expect(page.Locator("#steps"), "64");
        Assert.Equal(10, await page.Locator("#bars .class").CountAsync());
        Assert.Equal(1, await page.Locator("#bars .best").CountAsync());

        // What the page drew is what the server read: the numbers behind the picture, classified by themselves, lead to the same.
        var pixels = await page.EvaluateAsync<int[]>("drawn()");
        Assert.Equal(SmallModels.DigitPixels, pixels.Length);
        Assert.All(pixels, level => Assert.InRange(level, 0, 16));
        Assert.Contains(pixels, level => level > 8);
        var alone = await ServedModel.Json(await served.Post("/v1/classify", $$"""{"image": [{{string.Join(',', pixels)}}]}"""));
        Assert.Equal((string)alone["label"]!, await page.Locator("#bars .best").GetAttributeAsync("data-name"));

        await page.Locator("#at").FocusAsync();
        await page.Keyboard.PressAsync("Home");
        await Expect(page.Locator("#steps"), "0");
        await page.Keyboard.PressAsync("ArrowRight");
        await Expect(page.Locator("#steps"), "1");
        Assert.False(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth > innerWidth"), "The page itself scrolls sideways.");
        Assert.Equal(dark ? "rgb(20, 20, 20)" : "rgb(255, 255, 255)", await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));
        Assert.Empty(open.Complaints);
        Assert.All(open.Requests, request => Assert.StartsWith(served.Server.Address.AbsoluteUri, request));
        Assert.Equal(0, served.Server.Streams); // the page leaves nothing behind
    }

    [Fact]
    public async Task A_picture_can_be_wiped_and_numbers_given_in_its_place()
    {
        await using var served = await ServedModel.Start();
        await using var open = await chromium.Open(served.Server.Address.AbsoluteUri);
        var page = open.Page;
        await Expect(page.Locator("#about"), "images");
        await Draw(page);
        await page.Locator("#clear").ClickAsync();
        Assert.Null(await page.EvaluateAsync<int[]?>("drawn()"));
        await page.Locator("#drawing summary").ClickAsync();
        await page.Locator("#numbers").FillAsync(string.Join(' ', Enumerable.Repeat(17, 64)));
        await page.Locator("#read").ClickAsync();
        await Expect(page.Locator("#status"), "component 1 of 'image' is 17");
        await page.Locator("#numbers").FillAsync(string.Join(' ', Enumerable.Repeat(3, 64)));
        await page.Locator("#read").ClickAsync();
        await Expect(page.Locator("#steps"), "64");
        Assert.Empty(open.Complaints);
    }

    public static TheoryData<string, string, int> Others => new()
    {
        { "text", "größer", 8 }, // bytes of UTF-8
        { "bytes", "abc", 3 },
        { "series", "1 2\n3, 4\n", 2 },
        { "colours", string.Join(' ', Enumerable.Repeat(1, 12)), 4 },
    };

    [Theory]
    [MemberData(nameof(Others))]
    public async Task Other_models_are_given_text_or_numbers(string kind, string entered, int steps)
    {
        Preprocessing preprocessing = kind switch
        {
            "text" => new TextPreprocessing(),
            "bytes" => new BytesPreprocessing(),
            "series" => new SeriesPreprocessing { Components = 2 },
            _ => new ImagePreprocessing { Shape = new ImageShape(2, 2, 3, 256), Downscale = 1, Encoding = StepKind.Reals },
        };
        await using var served = await ServedModel.Start(preprocessing: preprocessing);
        await using var open = await chromium.Open(served.Server.Address.AbsoluteUri);
        await open.Page.Locator("#text").FillAsync(entered);
        await open.Page.Locator("#read").ClickAsync();
        await Expect(open.Page.Locator("#steps"), $"{steps}");
        Assert.Empty(open.Complaints);
    }

    /// <summary>As a server that ends amid a reading leaves it.</summary>
    [Fact]
    public async Task Of_an_answer_that_was_cut_off_nothing_is_shown_and_the_page_says_so()
    {
        static string Belief(int steps, bool done) => $$"""{"done":{{(done ? "true" : "false")}},"steps":{{steps}},"label":"a","probabilities":{} }""";
        await using var served = await ServedModel.Start(preprocessing: new TextPreprocessing());
        await using var open = await chromium.Open(served.Server.Address.AbsoluteUri);
        var (page, readings) = (open.Page, 0);
        await page.RouteWebSocketAsync("**/v1/socket", socket =>
        {
            if (readings++ == 0)
            {
                socket.ConnectToServer();
                return;
            }
            socket.OnMessage(asked =>
            {
                socket.Send(Belief(1, done: false));
                _ = socket.CloseAsync(new() { Code = 1011 });
            });
            socket.Send(Belief(0, done: true));
        });
        await page.ReloadAsync(); // sockets of a page that was there before are not routed
        await page.Locator("#text").FillAsync("abc");
        await page.Locator("#read").ClickAsync();
        await Expect(page.Locator("#steps"), "3");
        Assert.True(await page.Locator("#belief").IsVisibleAsync());
        await page.Locator("#read").ClickAsync();
        await Expect(page.Locator("#status"), "The answer was cut off");
        Assert.False(await page.Locator("#belief").IsVisibleAsync());
    }

    [Fact]
    public async Task The_page_asks_for_the_key()
    {
        const string Key = "0123456789abcdef0123456789abcdef";
        await using var served = await ServedModel.Start(options => options with { Key = new ApiKey(Key, "test") }, new TextPreprocessing());
        await using var open = await chromium.Open(served.Server.Address.AbsoluteUri);
        var page = open.Page;
        await Expect(page.Locator("#about"), "answers only who knows its key");
        await page.Locator("#key").FillAsync("wrong");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#about"), "That is not the key.");
        await page.Locator("#key").FillAsync(Key);
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("#text").FillAsync("abc");
        await page.Locator("#read").ClickAsync();
        await Expect(page.Locator("#steps"), "3");
        Assert.All(open.Complaints, complaint => Assert.Contains("401", complaint)); // the browser's own words for it
        Assert.DoesNotContain(Key, string.Join(' ', open.Requests));
    }

    /// <summary>axe-core's rules for accessibility, colour contrast among them, are the witness.</summary>
    [Theory]
    [InlineData(Desktop, false)]
    [InlineData(Phone, true)]
    public async Task Nothing_stands_in_the_way_of_whoever_does_not_see_or_point(int width, bool dark)
    {
        await using var served = await ServedModel.Start();
        await using var open = await chromium.Open(served.Server.Address.AbsoluteUri, width, dark);
        await Expect(open.Page.Locator("#about"), "images");
        await Draw(open.Page);
        await open.Page.Locator("#read").ClickAsync();
        await Expect(open.Page.Locator("#steps"), "64");
        var found = await open.Page.RunAxe();
        Assert.Empty(found.Violations.Select(violation => $"{violation.Id}: {violation.Help}: {string.Join(", ", violation.Nodes.Take(3).Select(node => node.Html))}"));
    }

    private static async Task Draw(IPage page)
    {
        var box = (await page.Locator("#canvas").BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + 0.3f * box.Width, box.Y + 0.3f * box.Height);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(box.X + 0.7f * box.Width, box.Y + 0.3f * box.Height, new MouseMoveOptions { Steps = 5 });
        await page.Mouse.MoveAsync(box.X + 0.4f * box.Width, box.Y + 0.8f * box.Height, new MouseMoveOptions { Steps = 5 });
        await page.Mouse.UpAsync();
    }

    private static Task Expect(ILocator place, string text) => Assertions.Expect(place).ToContainTextAsync(text, new LocatorAssertionsToContainTextOptions { Timeout = Patience });
}
