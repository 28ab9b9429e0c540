using System.Net.WebSockets;
using Microsoft.Extensions.Time.Testing;
using Recollect.Sequences;

namespace Recollect.Tests.Server.Routes;

public sealed class SocketRouteTests
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_socket_tells_the_belief_step_by_step()
    {
        await using var served = await ServedModel.Start();
        using var socket = await served.Socket();
        var first = (await socket.Hear())!;
        Assert.Equal((0, true), ((int)first["steps"]!, (bool)first["done"]!));
        await socket.Say("""{"steps": [1, 2, 3], "every": 1}""");
        for (var step = 1; step <= 3; step++)
        {
            var belief = (await socket.Hear())!;
            var alone = await ServedModel.Json(await served.Post("/v1/classify", $$"""{"steps": [{{string.Join(", ", Enumerable.Range(1, step))}}]}"""));
            Assert.Equal((step, step == 3), ((int)belief["steps"]!, (bool)belief["done"]!));
            Assert.Equal(ServedModel.Probabilities(alone), ServedModel.Probabilities(belief), (a, b) => Math.Abs(a - b) < 1e-6);
        }
        await socket.Say("""{"steps": [4, 5, 6, 7, 8], "every": 2}""");
        Assert.Equal([5, 7, 8], new[] { await socket.Hear(), await socket.Hear(), await socket.Hear() }.Select(belief => (int)belief!["steps"]!));
        await socket.SendAsync(new byte[SmallModels.DigitPixels], WebSocketMessageType.Binary, true, Ended);
        var image = (await socket.Hear())!;
        Assert.Equal((8 + SmallModels.DigitPixels, true), ((int)image["steps"]!, (bool)image["done"]!));
    }

    [Fact]
    public async Task A_socket_of_a_named_stream_leaves_it_and_another_ends_with_its_socket()
    {
        await using var served = await ServedModel.Start();
        var id = await served.Open();
        using (var named = await served.Socket($"stream={id}"))
        {
            await named.Hear();
            await named.Say("""{"steps": [1, 2]}""");
            Assert.Equal(2, (int)(await named.Hear())!["steps"]!);
            await named.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Ended);
        }
        Assert.Equal(2, (int)(await ServedModel.Json(await served.Client.GetAsync($"/v1/streams/{id}", Ended)))["steps"]!);
        using (var own = await served.Socket())
        {
            await own.Hear();
            Assert.Equal(2, served.Server.Streams);
            await own.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Ended);
        }
        await Until(() => served.Server.Streams == 1);
        using (var cut = await served.Socket())
        {
            await cut.Hear();
            cut.Abort();
        }
        await Until(() => served.Server.Streams == 1);
    }

    [Theory]
    [InlineData("{", 400, "line 1")]
    [InlineData("{\"steps\": [1], \"evry\": 1}", 400, "steps, image, text, series, bytes, every|every, steps, image, text, series, bytes")]
    [InlineData("{\"steps\": [1], \"every\": 0}", 422, "'every' is 0")]
    [InlineData("{\"steps\": [99]}", 422, "0…16")]
    public async Task A_message_that_is_wrong_is_told_and_the_socket_goes_on(string message, int status, string words)
    {
        await using var served = await ServedModel.Start();
        using var socket = await served.Socket();
        await socket.Hear();
        await socket.Say(message);
        var problem = (await socket.Hear())!;
        Assert.Equal(status, (int)problem["status"]!);
        Assert.Contains(words.Split('|'), word => ((string)problem["detail"]!).Contains(word));
        await socket.Say("""{"steps": [1]}""");
        Assert.Equal(1, (int)(await socket.Hear())!["steps"]!);
    }

    [Fact]
    public async Task A_message_that_is_too_long_ends_the_socket_and_says_why()
    {
        await using var served = await ServedModel.Start(options => options with { MaxBody = 1000 });
        using var socket = await served.Socket();
        await socket.Hear();
        await socket.SendAsync(new byte[100_000], WebSocketMessageType.Binary, true, Ended);
        Assert.Null(await socket.Hear());
        Assert.Equal(WebSocketCloseStatus.MessageTooBig, socket.CloseStatus);
        Assert.Contains("1000", socket.CloseStatusDescription);
        await served.StillAnswers();
    }

    [Fact]
    public async Task A_silent_socket_is_ended()
    {
        await using var served = await ServedModel.Start(options => options with { SocketIdle = TimeSpan.FromSeconds(1) });
        using var socket = await served.Socket();
        await socket.Hear();
        Assert.Null(await socket.Hear());
        Assert.Contains("1 second", socket.CloseStatusDescription);
        await Until(() => served.Server.Streams == 0);
    }

    [Fact]
    public async Task A_message_whose_fragments_never_end_is_ended()
    {
        await using var served = await ServedModel.Start(options => options with { SocketIdle = TimeSpan.FromSeconds(2) });
        using var socket = await served.Socket();
        await socket.Hear();
        var heard = socket.Hear();
        for (var sent = 0; sent < 100 && !heard.IsCompleted; sent++)
        {
            await socket.SendAsync(new byte[1], WebSocketMessageType.Binary, false, Ended);
            await Task.WhenAny(heard, Task.Delay(200, Ended)); // never silent for long
        }
        Assert.True(heard.IsCompleted, "It was still taken after 20 seconds.");
        Assert.Null(await heard);
        Assert.Contains("not whole within 2 seconds", socket.CloseStatusDescription);
    }

    [Fact]
    public async Task Who_never_listens_holds_a_stream_no_longer_than_a_silent_one()
    {
        await using var served = await ServedModel.Start(options => options with { SocketIdle = TimeSpan.FromSeconds(1) }, new BytesPreprocessing());
        using var socket = await served.Socket();
        await socket.Say($$"""{"bytes": "{{Convert.ToBase64String(new byte[500_000])}}", "every": 1}"""); // 200 MB of answers, more than any buffer takes
        await Until(() => served.Server.Streams == 1);
        await Until(() => served.Server.Streams == 0);
    }

    [Fact]
    public async Task One_socket_more_than_may_be_is_told_to_come_later()
    {
        await using var served = await ServedModel.Start(options => options with { MaxConnections = 1 });
        using var socket = await served.Socket();
        await socket.Hear();
        var failed = await Assert.ThrowsAsync<WebSocketException>(() => served.Socket());
        Assert.Contains("503", failed.Message);
        Assert.Equal(1, served.Server.Streams);
        Assert.Empty(served.Told);
        await socket.Say("""{"steps": [1]}""");
        Assert.Equal(1, (int)(await socket.Hear())!["steps"]!);
    }

    [Fact]
    public async Task A_stream_that_a_socket_has_does_not_expire_until_the_socket_leaves_it()
    {
        var time = new FakeTimeProvider();
        await using var served = await ServedModel.Start(options => options with { SessionExpiry = TimeSpan.FromMinutes(1), Time = time });
        using var socket = await served.Socket($"stream={await served.Open()}");
        await socket.Hear();
        time.Advance(TimeSpan.FromMinutes(10));
        await socket.Say("""{"steps": [1]}""");
        Assert.Equal(1, (int)(await socket.Hear())!["steps"]!);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Ended);
        await Until(() =>
        {
            time.Advance(TimeSpan.FromMinutes(1));
            return served.Server.Streams == 0;
        });
    }

    [Fact]
    public async Task An_ordinary_request_is_told_to_become_a_socket()
    {
        await using var served = await ServedModel.Start();
        await ServedModel.Refused(await served.Client.GetAsync("/v1/socket", Ended), 426, "ws://");
        var failed = await Assert.ThrowsAsync<WebSocketException>(() => served.Socket("stream=nobody"));
        Assert.Contains("404", failed.Message);
    }

    [Fact]
    public async Task The_end_of_the_server_is_told_and_the_stream_can_be_gone_on_with()
    {
        await using var served = await ServedModel.Start(options => options with { SessionFolder = Path.Combine(Path.GetDirectoryName(options.Model)!, "streams") });
        using var socket = await served.Socket();
        await socket.Hear();
        await socket.Say("""{"steps": [1, 2, 3]}""");
        var id = (string)(await socket.Hear())!["id"]!;
        var draining = served.Server.Drain();
        Assert.Null(await socket.Hear());
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, socket.CloseStatus);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Ended);
        Assert.Equal(1, await draining);
        Assert.True(File.Exists(Path.Combine(served.Folder, "streams", $"{id}.stream")));
    }

    /// <summary>Each stream's beliefs are compared with those of its own steps: none gets another's.</summary>
    [Fact]
    public async Task A_thousand_streams_at_once_do_not_mix()
    {
        const int Streams = 1000, Rounds = 3;
        await using var served = await ServedModel.Start(options => options with { MaxSessions = Streams }, write: SmallModels.Write);
        var sockets = new ClientWebSocket[Streams];
        await Parallel.ForAsync(0, Streams, Ended, async (at, _) => sockets[at] = await served.Socket());
        Assert.Equal(Streams, served.Server.Streams);
        await Parallel.ForAsync(0, Streams, new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = Ended }, async (at, _) =>
        {
            await sockets[at].Hear();
            for (var round = 0; round < Rounds; round++)
            {
                await sockets[at].Say($$"""{"steps": [{{at % 17}}, {{round}}]}""");
                Assert.Equal(2 * (round + 1), (int)(await sockets[at].Hear())!["steps"]!);
            }
        });
        var model = served.Model;
        foreach (var at in new[] { 0, 1, 16, 500, 999 })
        {
            await sockets[at].Say("""{"steps": [7]}""");
            int[] own = [.. Enumerable.Range(0, Rounds).SelectMany(round => new[] { at % 17, round }), 7];
            Assert.Equal(model.ClassifySteps(own, Ended).Probabilities, ServedModel.Probabilities((await sockets[at].Hear())!), (a, b) => Math.Abs(a - b) < 1e-6);
        }
        await served.StillAnswers();
        Array.ForEach(sockets, socket => socket.Dispose());
        await Until(() => served.Server.Streams == 0);
    }

    private static async Task Until(Func<bool> seen)
    {
        for (var wait = 0; wait < 600 && !seen(); wait++)
            await Task.Delay(50, Ended);
        Assert.True(seen());
    }
}
