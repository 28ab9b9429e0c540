using System.Diagnostics;
using System.Net.Sockets;
using Recollect.Sequences;

namespace Recollect.Tests.Server;

/// <summary>Requests that are malformed, oversized, slow or half-closed: each gets its status, nothing stays behind, the others go on.</summary>
public sealed class LimitsTests
{
    private const string Post = "POST /v1/classify HTTP/1.1\nHost: localhost\nContent-Type: application/json\n";

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("nonsense\n\n", 400)]
    [InlineData("GET / HTTP/9.9\nHost: localhost\n\n", 505)]
    [InlineData("GET / HTTP/1.1\n\n", 400)]
    [InlineData("GET / HTTP/1.1\nHost: a\nHost: b\n\n", 400)]
    [InlineData("POST /v1/classify HTTP/1.1\nHost: localhost\nContent-Length: -1\n\n", 400)]
    [InlineData("POST /v1/classify HTTP/1.1\nHost: localhost\nContent-Length: x\n\n", 400)]
    [InlineData("GET / HTTP/1.1\nHost: localhost\nbad header\n\n", 400)]
    public async Task Malformed_requests_are_refused_and_the_connection_ends(string request, int status)
    {
        await using var served = await ServedModel.Start();
        using var raw = new RawConnection(served.Server.Address);
        raw.Send(request);
        Assert.StartsWith($"HTTP/1.1 {status} ", await raw.Everything());
        await served.StillAnswers();
    }

    [Fact]
    public async Task A_broken_chunk_is_refused()
    {
        await using var served = await ServedModel.Start();
        using var raw = new RawConnection(served.Server.Address);
        raw.Send(Post + "Transfer-Encoding: chunked\n\nzz\n");
        Assert.StartsWith("HTTP/1.1 400 ", await raw.Everything());
        await served.StillAnswers();
    }

    [Fact]
    public async Task Headers_beyond_the_limit_are_refused()
    {
        await using var served = await ServedModel.Start();
        using var raw = new RawConnection(served.Server.Address);
        raw.Send($"GET / HTTP/1.1\nHost: localhost\nX: {new string('x', 40_000)}\n\n");
        Assert.StartsWith("HTTP/1.1 431 ", await raw.Everything());
        await served.StillAnswers();
    }

    [Fact]
    public async Task A_body_beyond_the_limit_is_refused_whether_its_length_is_told_or_not()
    {
        await using var served = await ServedModel.Start(options => options with { MaxBody = 1000 });
        await ServedModel.Refused(await served.Post("/v1/classify", new byte[1001]), 413, "--max-body");
        using var told = new RawConnection(served.Server.Address);
        told.Send(Post + "Content-Length: 2000000000\n\n"); // not a byte of it has to come
        var answer = await told.Everything();
        Assert.StartsWith("HTTP/1.1 413 ", answer);
        Assert.Contains("application/problem+json", answer);
        using var chunked = new RawConnection(served.Server.Address);
        chunked.Send(Post + $"Transfer-Encoding: chunked\n\n400\n{new string(' ', 0x400)}\n");
        Assert.StartsWith("HTTP/1.1 413 ", await chunked.Everything());
        await served.StillAnswers();
    }

    [Fact]
    public async Task Headers_that_come_too_slowly_are_given_up()
    {
        await using var served = await ServedModel.Start(options => options with { HeaderLimit = TimeSpan.FromSeconds(1) });
        using var raw = new RawConnection(served.Server.Address);
        raw.Send("GET / HTTP/1.1\nHost: loc");
        await served.StillAnswers();
        Assert.StartsWith("HTTP/1.1 408 ", await raw.Everything());
        await served.StillAnswers();
    }

    [Fact]
    public async Task A_body_that_comes_too_slowly_is_given_up()
    {
        await using var served = await ServedModel.Start(options => options with { SlowLimit = TimeSpan.FromSeconds(1.5) });
        using var raw = new RawConnection(served.Server.Address);
        raw.Send(Post + "Content-Length: 100\n\n{\"ste");
        await served.StillAnswers();
        var answer = await raw.Everything();
        Assert.StartsWith("HTTP/1.1 408 ", answer);
        Assert.Contains("too slowly", answer);
        await served.StillAnswers();
    }

    [Fact]
    public async Task A_request_that_takes_too_long_is_given_up_and_its_core_is_free_again()
    {
        const int Long = 4_000_000; // many times the limit on any machine
        await using var served = await ServedModel.Start(
            options => options with { RequestLimit = TimeSpan.FromSeconds(3), MaxBody = Long, MaxSteps = Long, MaxComputing = 1 }, new BytesPreprocessing(), SmallModels.WriteSlow);
        await ServedModel.Refused(await served.Post("/v1/classify", new byte[Long]), 503, "within 3 seconds", "--request-limit");
        await served.StillAnswers();
    }

    [Fact]
    public async Task A_caller_that_goes_away_stops_its_computation()
    {
        const int Long = 16_000_000; // longer than is waited for on any machine
        await using var served = await ServedModel.Start(options => options with { MaxBody = Long, MaxSteps = Long, MaxComputing = 1 }, new BytesPreprocessing(), SmallModels.WriteSlow);
        using (var gone = new RawConnection(served.Server.Address))
        {
            gone.Send($"POST /v1/classify HTTP/1.1\nHost: localhost\nContent-Type: application/octet-stream\nContent-Length: {Long}\n\n");
            gone.Socket.Send(new byte[Long]);
            await Task.Delay(500, Ended);
        }
        var waited = Stopwatch.StartNew();
        await served.StillAnswers(); // on the one core
        Assert.True(waited.Elapsed < TimeSpan.FromSeconds(15), "The core was not free.");
    }

    /// <summary>Kestrel takes who has said all it will say (FIN) for gone: there is a whole answer or none.</summary>
    [Theory]
    [InlineData(Post + "Content-Length: 100\n\n{\"steps\": [1", 400)]
    [InlineData("GET /healthz HTTP/1.1\nHost: localhost\n\n", 200)]
    [InlineData("GET /hea", 400)]
    [InlineData("", 0)]
    public async Task Half_closed_requests_end_and_leave_nothing_behind(string request, int status)
    {
        await using var served = await ServedModel.Start();
        using var raw = new RawConnection(served.Server.Address);
        raw.Send(request);
        raw.Socket.Shutdown(SocketShutdown.Send);
        var answer = await raw.Everything();
        Assert.True(answer.Length == 0 || answer.StartsWith($"HTTP/1.1 {status} ", StringComparison.Ordinal), answer);
        await served.StillAnswers();
    }

    [Fact]
    public async Task Connections_that_fail_in_every_way_leave_no_connection_and_no_memory_behind()
    {
        await using var served = await ServedModel.Start(options => options with { HeaderLimit = TimeSpan.FromSeconds(1), SlowLimit = TimeSpan.FromSeconds(1.5), MaxBody = 100_000 });
        await Fail(served, 20);
        var before = await Memory();
        await Fail(served, 400);
        var grown = await Memory() - before;
        Assert.True(grown < 8 << 20, $"{grown:N0} bytes stay");
        var connections = MetricsTests.Value(await MetricsTests.Read(served), "kestrel_active_connections");
        Assert.True(connections < 5, $"{connections} connections are open");
        Assert.Empty(served.Told);

        static async Task<long> Memory()
        {
            await Task.Delay(3000, Ended); // time limits run out
            return GC.GetTotalMemory(forceFullCollection: true);
        }
    }

    private static async Task Fail(ServedModel served, int times) => await Parallel.ForAsync(0, times, new ParallelOptions { MaxDegreeOfParallelism = 200, CancellationToken = Ended }, async (at, _) =>
    {
        using var raw = new RawConnection(served.Server.Address);
        switch (at % 5)
        {
            case 0: // a slow header
                raw.Send("GET / HTTP/1.1\nHos");
                break;
            case 1: // a slow body
                raw.Send(Post + $"Content-Length: 90000\n\n{{\"steps\": [{string.Join(',', Enumerable.Repeat("1", 1000))}");
                break;
            case 2: // cut off amid a body
                raw.Send(Post + "Content-Length: 90000\n\n{");
                raw.Socket.LingerState = new LingerOption(true, 0);
                return;
            case 3: // half-closed
                raw.Send(Post + "Content-Length: 90000\n\n{");
                raw.Socket.Shutdown(SocketShutdown.Send);
                break;
            default: // too large
                raw.Send(Post + "Content-Length: 900000\n\n{");
                break;
        }
        await raw.Everything();
    });
}
