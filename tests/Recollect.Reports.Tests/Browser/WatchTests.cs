using System.Diagnostics;
using Microsoft.Playwright;

namespace Recollect.Tests.Reports.Browser;

/// <summary><c>recollect report --watch</c>, as a process of its own, in a real browser.</summary>
[Trait("Tier", "browser")]
public sealed class WatchTests(Chromium chromium) : IClassFixture<Chromium>, IDisposable
{
    private const int Patience = 20_000; // milliseconds
    private readonly RunFolders _runs = new();

    public void Dispose() => _runs.Dispose();

    // Built beside these tests, by the same configuration.
    private static string Program { get; } = Path.Combine(Checkout.Folder, "src", "Recollect.Cli", Path.GetRelativePath(
        Path.Combine(Checkout.Folder, "tests", "Recollect.Reports.Tests"), AppContext.BaseDirectory), "Recollect.Cli.dll");

    [Fact]
    public async Task The_page_follows_a_training_without_being_loaded_again()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Sends a signal.");
        _runs.Begun("r-s1");
        _runs.Finished("lstm-s1", 0.5, 1, "lstm");
        using var process = Process.Start(new ProcessStartInfo("env", ["--default-signal=INT", "dotnet", Program, "report", "--watch", _runs.Folder, "--urls", "http://127.0.0.1:0"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            await using var open = await chromium.Open((await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!);
            var page = open.Page;
            await Expect(page.Locator("#summary"), "not finished, 4 updates so far");
            await page.EvaluateAsync("window.same = true");
            await page.Locator("#runs summary").First.ClickAsync();
            await page.Locator("#summary table").First.Locator("thead button").First.ClickAsync();
            await page.Locator("#summary table").First.Locator("thead button").First.ClickAsync();
            var before = await page.Locator("#learning-test-accuracy .series .line").Last.GetAttributeAsync("d");

            _runs.Log("r-s1", 6, 0.9);
            await Expect(page.Locator("#summary"), "not finished, 6 updates so far");
            Assert.True(await page.EvaluateAsync<bool>("window.same"));
            Assert.True(await page.Locator("#runs details").First.GetAttributeAsync("open") is not null);
            Assert.Equal(["r", "lstm"], await page.Locator("#summary table").First.Locator("tbody th").AllTextContentsAsync());
            Assert.NotEqual(before, await page.Locator("#learning-test-accuracy .series .line").Last.GetAttributeAsync("d"));

            _runs.Write("p-s1/recipe.json", "{"); // as no training leaves it
            await Expect(page.Locator("#summary"), "1 damaged");
            await Expect(page.Locator("#summary"), "not finished, 6 updates so far"); // the others are still there
            Directory.Delete(_runs.In("p-s1"), recursive: true);
            await Expect(page.Locator("#summary"), "0 failed, 1 open");

            await page.Locator("#summary .scroll").First.FocusAsync();
            _runs.Begun("a-s1", 1, "a"); // comes before those that are there
            await Expect(page.Locator("#summary"), "3 runs in 3 groups");
            Assert.Equal(["lstm-s1"], await page.Locator("#runs details[open] > summary").AllTextContentsAsync());
            Assert.True(await page.EvaluateAsync<bool>("document.activeElement.matches('#summary .scroll')"));
            Assert.Empty(open.Complaints);

            await page.RouteAsync("**/", route => route.FulfillAsync(new() { Status = 404, Body = "another program" }));
            await Expect(page.Locator("[role=status]"), "not the program that follows the runs (status 404)");
            await page.UnrouteAllAsync();
            await Expect(page.Locator("[role=status]"), "Follows the runs.");

            using (var signal = Process.Start("kill", ["-INT", $"{process.Id}"]))
                await signal.WaitForExitAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(130, process.ExitCode);
            await Expect(page.Locator("[role=status]"), "has ended");
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    private static Task Expect(ILocator place, string text) => Assertions.Expect(place).ToContainTextAsync(text, new LocatorAssertionsToContainTextOptions { Timeout = Patience });
}
