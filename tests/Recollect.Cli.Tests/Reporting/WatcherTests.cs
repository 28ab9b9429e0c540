using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Recollect.Cli.Reporting;

namespace Recollect.Tests.Cli.Reporting;

public sealed class WatcherTests : IDisposable
{
    private static readonly Uri AnyPort = new("http://127.0.0.1:0");
    private readonly SmallRuns _runs = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly HttpClient _client = new();

    public void Dispose()
    {
        _client.Dispose();
        _ended.Dispose();
        _runs.Dispose();
    }

    [Fact]
    public async Task The_page_is_sent_anew_when_a_file_has_changed_and_not_before()
    {
        var address = Serve(out var serving);
        Assert.Contains("Nothing to show yet", await _client.GetStringAsync(address, TestContext.Current.CancellationToken));
        _runs.Write("recipe.json", """{"name":"digits","seed":1}""");
        await Until(address, "not finished, 0 updates so far");
        var first = await Get(address, null);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(HttpStatusCode.NotModified, (await Get(address, first.Headers.ETag)).StatusCode);
        _runs.Write("metrics.jsonl", """{"phase":"train","epoch":1,"step":7,"split":"test","accuracy":0.5,"loss":1}""" + "\n");
        await Until(address, "7 updates so far");
        Assert.Equal(HttpStatusCode.OK, (await Get(address, first.Headers.ETag)).StatusCode);
        foreach (var file in Directory.GetFiles(_runs.Folder))
            File.Delete(file);
        Directory.Delete(_runs.Folder);
        await Until(address, "does not exist");
        Directory.CreateDirectory(_runs.Folder); // for the test's own end
        await End(serving);
    }

    /// <summary>By a clock that is a second later whenever it is asked, the making takes one, and four are rested.</summary>
    [Fact]
    public void However_often_files_change_the_page_is_made_in_a_fifth_of_the_time()
    {
        var page = new WatchedPage(_runs.Folder + Path.DirectorySeparatorChar, new SteppingClock());
        var made = new List<string>();
        for (var asked = 0; asked < 20; asked++)
        {
            _runs.Write("recipe.json", $$"""{"name":"{{new string('d', asked + 1)}}","seed":1}""");
            if (page.Now().Tag is var tag && !made.Contains(tag))
                made.Add(tag);
        }
        Assert.Equal(5, made.Count); // seconds of the clock's 25
    }

    [Fact]
    public void A_page_without_runs_is_called_as_its_folder_is()
    {
        var page = new WatchedPage(_runs.Folder + Path.DirectorySeparatorChar, TimeProvider.System);
        Assert.Contains($"<h1>{Path.GetFileName(_runs.Folder)}</h1>", System.Text.Encoding.UTF8.GetString(page.Now().Html));
    }

    /// <summary>A page that is open cannot show a status of 500.</summary>
    [Fact]
    public async Task What_is_damaged_is_on_the_page()
    {
        var address = Serve(out var serving);
        _runs.Write("recipe.json", """{"name":"digits","name":"digits"}""");
        Assert.Contains("The file is damaged", await _client.GetStringAsync(address, TestContext.Current.CancellationToken));
        await End(serving);
    }

    [Fact]
    public async Task A_page_of_another_name_is_not_answered()
    {
        var address = Serve(out var serving);
        using var request = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { Host = "elsewhere.example" } };
        Assert.Equal(HttpStatusCode.BadRequest, (await _client.SendAsync(request, TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync(new Uri(address, "/recipe.json"), TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _client.PostAsync(address, null, TestContext.Current.CancellationToken)).StatusCode);
        await End(serving);
    }

    [Fact]
    public void A_port_that_is_taken_is_told()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        Ran.Command("report", "--watch", _runs.Folder, "--urls", $"http://127.0.0.1:{port}").Refused(1, $"Cannot serve at http://127.0.0.1:{port}/", "--urls");
    }

    [Theory]
    [InlineData("http://127.0.0.1:5000", true)]
    [InlineData("http://localhost", true)]
    [InlineData("http://[::1]:5000/", true)]
    [InlineData("https://127.0.0.1:5000", false)]
    [InlineData("http://127.0.0.1:5000/page", false)]
    [InlineData("http://me@127.0.0.1:5000", false)]
    [InlineData("127.0.0.1:5000", false)]
    [InlineData("http://127.0.0.1:99999", false)]
    [InlineData("nonsense", false)]
    public void An_address_is_http_a_host_and_a_port(string text, bool isOne) => Assert.Equal(isOne, Watcher.Address(text) is not null);

    private Uri Serve(out Task serving)
    {
        var ready = new TaskCompletionSource<string>();
        serving = Task.Run(() => Watcher.Serve(_runs.Folder, AnyPort, ready.SetResult, _ended.Token));
        Task.WaitAny(ready.Task, serving);
        Assert.True(ready.Task.IsCompleted, serving.Exception?.Message);
        return new Uri(ready.Task.Result);
    }

    private async Task<HttpResponseMessage> Get(Uri address, EntityTagHeaderValue? tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (tag is not null)
            request.Headers.IfNoneMatch.Add(tag);
        return await _client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    // Between two makings the page rests.
    private async Task Until(Uri address, string text)
    {
        var waited = Stopwatch.StartNew();
        for (var page = ""; !page.Contains(text); page = await _client.GetStringAsync(address, TestContext.Current.CancellationToken))
        {
            Assert.True(waited.Elapsed < TimeSpan.FromMinutes(1), $"'{text}' does not come");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    private sealed class SteppingClock : TimeProvider
    {
        private long _now;

        public override long GetTimestamp() => _now += TimestampFrequency;
    }

    private async Task End(Task serving)
    {
        await _ended.CancelAsync();
        await serving;
    }
}
