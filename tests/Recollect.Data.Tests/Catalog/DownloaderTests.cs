using System.Security.Cryptography;

namespace Recollect.Data.Tests.Catalog;

public sealed class DownloaderTests : IDisposable
{
    private static readonly DownloadOptions Quick = new()
    {
        ConnectTimeout = TimeSpan.FromSeconds(5),
        StallTimeout = TimeSpan.FromSeconds(20),
        Attempts = 3,
        RetryDelay = TimeSpan.FromMilliseconds(1),
    };

    private readonly TemporaryFolder _folder = new();
    private readonly Downloader _downloader = new(Quick);
    private readonly byte[] _content = [.. Enumerable.Range(0, 200_000).Select(i => (byte)(i * i % 253))];
    private readonly byte[] _packed;

    public DownloaderTests() => _packed = TemporaryFolder.Gzip(_content);

    public void Dispose()
    {
        _downloader.Dispose();
        _folder.Dispose();
    }

    private CatalogEntry Entry(params Uri[] addresses) => new("set", "A set", "free", new Uri("http://127.0.0.1/"), "set",
    [
        new CatalogArchive("data.gz", [.. addresses.Select(address => new CatalogAddress(address, _packed.Length))],
            [new CatalogFile("data", _content.Length, Convert.ToHexStringLower(SHA256.HashData(_content)))]),
    ]);

    private Task Get(params Uri[] addresses) =>
        DataFetcher.Get(Entry(addresses), _folder.Path, _downloader, null, TestContext.Current.CancellationToken);

    private string Final => Path.Combine(_folder.Path, "set", "data");

    // Only the checked file is left: no part, no archive.
    private void AssertWhole()
    {
        Assert.Equal(_content, File.ReadAllBytes(Final));
        Assert.Equal([Final], Directory.GetFiles(Path.GetDirectoryName(Final)!));
    }

    private void AssertNothing() => Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(Final)!));

    [Fact]
    public async Task A_file_is_downloaded_unpacked_and_checked_once()
    {
        using var server = new LoopbackServer((_, range) => LoopbackServer.File(_packed, range));
        var progress = new List<DownloadProgress>();
        await DataFetcher.Get(Entry(server.Address("a")), _folder.Path, _downloader, new Immediate(progress.Add), TestContext.Current.CancellationToken);
        AssertWhole();
        Assert.Equal((_packed.Length, _packed.Length), (progress[^1].Received, progress[^1].Total));
        await Get(server.Address("a"));
        Assert.Single(server.Requests); // what is there and whole is not fetched again
    }

    [Fact]
    public async Task A_broken_connection_goes_on_where_it_stopped()
    {
        var requests = 0;
        using var server = new LoopbackServer((_, range) => LoopbackServer.File(_packed, range, sent: ++requests == 1 ? 1000 : null));
        await Get(server.Address("a"));
        AssertWhole();
        Assert.Equal(["a", "a bytes=1000- \"v1\""], server.Requests);
    }

    [Fact]
    public async Task A_later_run_goes_on_where_an_earlier_one_gave_up()
    {
        var broken = true;
        using var server = new LoopbackServer((_, range) => LoopbackServer.File(_packed, range, "Last-Modified: Thu, 01 Jan 2015 00:00:00 GMT", sent: broken ? 500 : null));
        await Refusal.Of<DataException>(() => Get(server.Address("a")), "ended", "3 tries, 1,500 of", "--from PATH");
        broken = false;
        await Get(server.Address("a"));
        AssertWhole();
        Assert.Equal("a bytes=1500- Thu, 01 Jan 2015 00:00:00 GMT", server.Requests.Last());
    }

    [Fact]
    public async Task A_server_without_ranges_sends_all_again()
    {
        var requests = 0;
        using var server = new LoopbackServer((_, range) => LoopbackServer.File(_packed, range, ranges: false, sent: ++requests == 1 ? 1000 : null));
        await Get(server.Address("a"));
        AssertWhole();
    }

    [Fact]
    public async Task Without_a_validator_no_two_answers_are_joined()
    {
        var requests = 0;
        using var server = new LoopbackServer((_, range) => LoopbackServer.File(_packed, range, "ETag: W/\"weak\"", sent: ++requests == 1 ? 1000 : null));
        await Get(server.Address("a"));
        AssertWhole();
        Assert.Equal(["a", "a"], server.Requests);
    }

    [Fact]
    public async Task Bytes_of_one_address_are_not_joined_with_anothers()
    {
        using var server = new LoopbackServer((path, range) => LoopbackServer.File(_packed, range, sent: path == "broken" ? 100 : null));
        await Get(server.Address("broken"), server.Address("mirror"));
        AssertWhole();
        Assert.Equal("mirror", server.Requests.Last());
    }

    [Fact]
    public async Task A_silent_server_is_left_after_the_stall_time()
    {
        var requests = 0;
        using var server = new LoopbackServer((_, range) => LoopbackServer.File(_packed, range, sent: 700) with { Silent = ++requests == 1, Sent = requests == 1 ? 700 : null });
        using var impatient = new Downloader(Quick with { StallTimeout = TimeSpan.FromSeconds(1) });
        await DataFetcher.Get(Entry(server.Address("a")), _folder.Path, impatient, null, TestContext.Current.CancellationToken);
        AssertWhole();
        Assert.Equal("a bytes=700- \"v1\"", server.Requests.Last());
    }

    [Fact]
    public async Task A_missing_file_sends_on_to_the_mirror_at_once()
    {
        using var server = new LoopbackServer((path, range) => path == "a" ? new Answer("404 Not Found", "", []) : LoopbackServer.File(_packed, range));
        await Get(server.Address("a"), server.Address("mirror"));
        AssertWhole();
        Assert.Equal(["a", "mirror"], server.Requests);
    }

    [Fact]
    public async Task A_failing_server_is_tried_again_before_the_mirror()
    {
        using var server = new LoopbackServer((path, range) => path == "a" ? new Answer("503 Service Unavailable", "", []) : LoopbackServer.File(_packed, range));
        await Get(server.Address("a"), server.Address("mirror"));
        Assert.Equal(["a", "a", "a", "mirror"], server.Requests);
    }

    [Fact]
    public async Task Other_content_than_the_published_is_refused_and_not_kept()
    {
        using var server = new LoopbackServer((_, range) => LoopbackServer.File(_packed, range));
        var entry = Entry(server.Address("a"), server.Address("mirror"));
        entry = entry with { Archives = [entry.Archives[0] with { Files = [new CatalogFile("data", _content.Length, new string('0', 64))] }] };
        await Refusal.Of<DataException>(() => DataFetcher.Get(entry, _folder.Path, _downloader, null, TestContext.Current.CancellationToken),
            "data is not the published file", $"expected {new string('0', 64)}", server.Address("a").ToString(), server.Address("mirror").ToString());
        Assert.Equal(["a", "mirror"], server.Requests);
        AssertNothing();
    }

    [Fact]
    public async Task A_file_of_another_length_is_refused_before_it_is_downloaded()
    {
        using var server = new LoopbackServer((path, range) => LoopbackServer.File(path == "a" ? _packed[..^1] : _packed, range));
        await Get(server.Address("a"), server.Address("mirror"));
        AssertWhole();
        await Refusal.Of<DataException>(() => DataFetcher.Get(Entry(server.Address("a")), Path.Combine(_folder.Path, "b"), _downloader, null, TestContext.Current.CancellationToken),
            $"has {_packed.Length - 1:N0} bytes; expected {_packed.Length:N0}");
    }

    [Fact]
    public async Task An_unreachable_server_is_reported_with_its_address()
    {
        Uri closed;
        using (var server = new LoopbackServer((_, _) => throw new InvalidOperationException()))
            closed = server.Address("a");
        await Refusal.Of<DataException>(() => Get(closed), "data.gz could not be downloaded", closed.ToString(), "3 tries");
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_an_error_of_the_run()
    {
        var blocked = _folder.Write("blocked", "a file where the folder should be");
        using var server = new LoopbackServer((_, range) => LoopbackServer.File(_packed, range));
        await Refusal.Of<RunException>(() => DataFetcher.Get(Entry(server.Address("a")), blocked, _downloader, null, TestContext.Current.CancellationToken),
            blocked, "cannot be written", "--data DIR");
    }

    [Fact]
    public async Task A_full_disk_is_an_error_of_the_run()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "This system has no /dev/full to stand for a full disk.");
        Directory.CreateDirectory(Path.Combine(_folder.Path, "set"));
        File.CreateSymbolicLink(Path.Combine(_folder.Path, "set", "data.gz.part"), "/dev/full");
        using var server = new LoopbackServer((_, range) => LoopbackServer.File(_packed, range));
        await Refusal.Of<RunException>(() => Get(server.Address("a")), "data.gz.part", "cannot be written", "Make room");
    }

    [Fact]
    public async Task A_stopped_download_leaves_its_part_for_the_next()
    {
        using var stop = new CancellationTokenSource();
        using var server = new LoopbackServer((_, range) => LoopbackServer.File(_packed, range) with { Sent = range is null ? 900 : null, Silent = range is null });
        var get = DataFetcher.Get(Entry(server.Address("a")), _folder.Path, _downloader, new Immediate(_ => stop.Cancel()), stop.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => get);
        await Get(server.Address("a"));
        AssertWhole();
        Assert.Equal("a bytes=900- \"v1\"", server.Requests.Last());
    }

    [Fact]
    public async Task A_file_of_another_length_at_one_address_leaves_the_part_of_another()
    {
        using var stop = new CancellationTokenSource();
        using var server = new LoopbackServer((path, range) => path == "a"
            ? LoopbackServer.File(_packed[..^1], range)
            : LoopbackServer.File(_packed, range) with { Sent = range is null ? 900 : null, Silent = range is null });
        var (a, mirror) = (server.Address("a"), server.Address("mirror"));
        var get = DataFetcher.Get(Entry(a, mirror), _folder.Path, _downloader, new Immediate(progress =>
        {
            if (progress.Received == 900)
                stop.Cancel();
        }), stop.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => get);
        await Get(a, mirror);
        AssertWhole();
        Assert.Equal(["a", "mirror", "a", "mirror bytes=900- \"v1\""], server.Requests);
    }

    [Theory]
    [InlineData("ETag: \"v1\"")]
    [InlineData("X-None: none")]
    public async Task A_download_that_was_stopped_while_it_was_unpacked_is_not_fetched_again(string header)
    {
        using var server = new LoopbackServer((_, range) => LoopbackServer.File(_packed, range, header));
        var archive = Entry(server.Address("a")).Archives[0];
        await Assert.ThrowsAsync<OperationCanceledException>(() => _downloader.Download(
            archive, Path.Combine(_folder.Path, "set"), _ => throw new OperationCanceledException(), null, TestContext.Current.CancellationToken));
        await Get(server.Address("a"));
        AssertWhole();
        Assert.Equal(["a"], server.Requests);
    }

    [Theory]
    [InlineData("\"abc")]
    [InlineData("no validator at all")]
    [InlineData(null)]
    public async Task A_part_whose_origin_was_not_written_to_its_end_is_fetched_anew(string? validator)
    {
        using var server = new LoopbackServer((_, range) => LoopbackServer.File(_packed, range));
        _folder.Write("set/data.gz.part", _packed[..100]);
        _folder.Write("set/data.gz.part.from", $"{server.Address("a")}\n{validator}");
        _folder.Write("set/data.gz.part.from.new", "http:"); // what a program leaves that is killed as it writes the other
        await Get(server.Address("a"));
        AssertWhole();
        Assert.Equal(["a"], server.Requests);
    }

    private sealed class Immediate(Action<DownloadProgress> report) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value) => report(value);
    }
}
