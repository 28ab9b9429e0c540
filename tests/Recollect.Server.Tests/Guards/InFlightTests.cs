using System.Text;
using Recollect.Sequences;
using Recollect.Server;
using Recollect.Server.Guards;

namespace Recollect.Tests.Server.Guards;

/// <summary>What requests may take together.</summary>
public sealed class InFlightTests : IDisposable
{
    private const string Slow = "POST /v1/classify HTTP/1.1\nHost: localhost\nContent-Type: application/json\nContent-Length: 90000\n\n";

    private const string One = """{"steps": [1]}""";

    private readonly ServerMetrics _metrics = new();

    public void Dispose() => _metrics.Dispose();

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    private InFlight Room(long most) => new(new ServerOptions { Model = "", MaxInFlight = most }, _metrics);

    [Fact]
    public void Together_requests_take_what_they_may_and_one_alone_what_it_needs()
    {
        var room = Room(100 * InFlight.BytesOfByte);
        using InFlight.Share first = room.Open(), second = room.Open();
        first.Add(60);
        second.Add(40);
        Assert.False(second.TryAdd(1));
        var refused = Assert.Throws<RefusedException>(() => first.AddAnswer(1));
        Assert.Equal(503, refused.Status);
        Assert.Contains("3,200 bytes of memory, of the 3,200", refused.Message);
        Assert.Contains("--max-in-flight", refused.Message);
        second.Clear();
        first.Add(1_000_000); // nobody else is there
        Assert.False(second.TryAdd(1));
        first.Clear();
        Assert.True(second.TryAdd(100));
        second.Dispose();
        Assert.Equal(0, room.Taken);
    }

    [Fact]
    public void However_many_come_at_once_they_never_take_more_together()
    {
        var room = Room(10 * InFlight.BytesOfByte);
        var most = 0L;
        Parallel.For(0, 10_000, i =>
        {
            using var share = room.Open();
            for (var part = 0; part < 4 && share.TryAdd(1 + i % 3); part++)
                InterlockedMax(ref most, room.Taken);
        });
        Assert.Equal(0, room.Taken);
        Assert.InRange(most, InFlight.BytesOfByte, (10 + 2) * InFlight.BytesOfByte); // 12: all that one may come to alone

        static void InterlockedMax(ref long most, long value)
        {
            for (var seen = Volatile.Read(ref most); value > seen; seen = Volatile.Read(ref most))
                Interlocked.CompareExchange(ref most, value, seen);
        }
    }

    [Fact]
    public async Task While_a_large_body_comes_others_are_told_to_come_later_and_then_are_answered()
    {
        await using var served = await ServedModel.Start(options => options with { MaxInFlight = 1000 * InFlight.BytesOfByte, SlowLimit = TimeSpan.FromMinutes(1) });
        using var socket = await served.Socket();
        await socket.Hear();
        using (var large = new RawConnection(served.Server.Address))
        {
            var body = """{"steps": [""" + string.Join(',', Enumerable.Repeat("1", 600)); // beyond the limit: it is alone
            large.Send(Slow + body);
            // A request that came before all of that is taken would be the one that is served.
            await MetricsTests.Reaches(served, "recollect_server_in_flight_bytes", body.Length * InFlight.BytesOfByte);
            var refused = await served.Post("/v1/classify", One);
            Assert.NotNull(refused.Headers.RetryAfter);
            await ServedModel.Refused(refused, 503, "requests under way", "--max-in-flight");
            await socket.Say(One);
            Assert.Null(await socket.Hear());
            Assert.Equal((1013, true), ((int)socket.CloseStatus!, socket.CloseStatusDescription!.Contains("later")));
        }
        await Until(async () => (await served.Post("/v1/classify", One)).IsSuccessStatusCode); // the large one is gone, and its share with it
        await served.StillAnswers();
    }

    private static async Task Until(Func<Task<bool>> wanted)
    {
        for (var began = DateTime.UtcNow; !await wanted(); await Task.Delay(20, Ended))
            Assert.True(DateTime.UtcNow - began < TimeSpan.FromSeconds(60), "not within a minute");
    }

    public static TheoryData<string> Bodies => ["digits", "batch of short ones", "bytes", "text"];

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_request_takes_no_more_than_it_is_reckoned_at(string kind)
    {
        const int Length = 1 << 18;
        (string Path, HttpContent Body, Preprocessing Preprocessing, int Probabilities) request = kind switch
        {
            "digits" => ("/v1/classify", Json($$"""{"steps": [{{string.Join(',', Enumerable.Repeat("1", Length / 2))}}]}"""), SmallModels.Digits, 10),
            "batch of short ones" => ("/v1/classify/batch", Json($$"""{"sequences": [{{string.Join(',', Enumerable.Repeat("""{"steps":[1]}""", Length / 14))}}]}"""), SmallModels.Digits, Length / 14 * 10),
            "bytes" => ("/v1/classify", ServedModel.Raw(new byte[Length]), new BytesPreprocessing(), 10),
            _ => ("/v1/classify", Json($$"""{"text": "{{new string('a', Length)}}"}"""), new TextPreprocessing(), 10),
        };
        await using var served = await ServedModel.Start(options => options with { MaxSteps = 2 * Length, MaxComputing = 1 }, request.Preprocessing);
        await served.StillAnswers(); // what is made once
        var peak = 0L;
        using var done = new CancellationTokenSource();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var watch = Task.Run(() =>
        {
            while (!done.IsCancellationRequested)
                peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: true)); // without what is only not collected yet, which is the machine's affair
        }, Ended);
        using (var message = new HttpRequestMessage(HttpMethod.Post, request.Path) { Content = request.Body })
        {
            using var answer = await served.Client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, Ended);
            Assert.Equal(200, (int)answer.StatusCode);
            await (await answer.Content.ReadAsStreamAsync(Ended)).CopyToAsync(Stream.Null, Ended);
        }
        await done.CancelAsync();
        await watch;
        var (took, reckoned) = (peak - before, (long)Length * InFlight.BytesOfByte + (long)request.Probabilities * InFlight.BytesOfProbability);
        TestContext.Current.TestOutputHelper?.WriteLine($"{kind}: {took:N0} bytes at the peak, reckoned at {reckoned:N0}");
        Assert.True(took < reckoned, $"{kind}: {took:N0} bytes, reckoned at {reckoned:N0}");
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
