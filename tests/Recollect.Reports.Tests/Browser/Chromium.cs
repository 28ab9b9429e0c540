using Microsoft.Playwright;

namespace Recollect.Tests.Reports.Browser;

/// <summary>Debian's Chromium, without a window; started once for all tests of a class.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private const string Program = "/usr/bin/chromium";
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Program))
            return;
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Program,
            Args = ["--no-sandbox"], // containers run tests as root, and Chromium has no sandbox there
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    /// <summary>Opens a page, or skips the test where there is no Chromium.</summary>
    internal async Task<WatchfulPage> Open(string address, int width = 1280, bool dark = false)
    {
        Assert.SkipWhen(_browser is null, $"There is no {Program} (apt install chromium).");
        var context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = 900 },
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
        });
        var page = new WatchfulPage(await context.NewPageAsync());
        await page.Page.GotoAsync(address);
        return page;
    }
}

/// <summary>A page, and all that it complained about or asked for.</summary>
internal sealed class WatchfulPage : IAsyncDisposable
{
    public WatchfulPage(IPage page)
    {
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                Complaints.Add($"{message.Type}: {message.Text}");
        };
        page.PageError += (_, error) => Complaints.Add(error);
        page.Dialog += (_, dialog) => Complaints.Add($"dialog: {dialog.Message}");
        page.Request += (_, request) => Requests.Add(request.Url);
    }

    public IPage Page { get; }

    public List<string> Complaints { get; } = [];

    public List<string> Requests { get; } = [];

    public async ValueTask DisposeAsync() => await Page.Context.DisposeAsync();
}
