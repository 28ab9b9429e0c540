using System.Diagnostics;
using System.Net.WebSockets;
using Microsoft.Extensions.Time.Testing;
using Recollect.Sequences;
using Recollect.Server;

namespace Recollect.Tests.Server;

public sealed class DrainTests
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_not_ready_first_and_goes_on_answering_for_a_while()
    {
        var time = new FakeTimeProvider();
        await using var served = await ServedModel.Start(options => options with { DrainDelay = TimeSpan.FromMinutes(1), Time = time });
        Assert.Equal("ready", await served.Client.GetStringAsync("/readyz", Ended));
        var draining = served.Server.Drain();
        await ServedModel.Refused(await served.Client.GetAsync("/readyz", Ended), 503, "coming to its end");
        Assert.Equal("live", await served.Client.GetStringAsync("/healthz", Ended));
        await served.StillAnswers();
        await ServedModel.Refused(await served.Client.PostAsync("/v1/streams", null, Ended), 503, "opens no stream");
        time.Advance(TimeSpan.FromMinutes(1));
        await draining;
        await Assert.ThrowsAsync<HttpRequestException>(() => served.Client.GetAsync("/healthz", Ended));
    }

    [Fact]
    public async Task An_open_socket_goes_on_during_the_delay_and_is_told_to_leave_after_it()
    {
        var time = new FakeTimeProvider();
        await using var served = await ServedModel.Start(options => options with { DrainDelay = TimeSpan.FromMinutes(1), Time = time });
        using var socket = await served.Socket();
        await socket.Hear();
        var draining = served.Server.Drain();
        await ServedModel.Refused(await served.Client.GetAsync("/readyz", Ended), 503, "coming to its end");
        await socket.Say("""{"steps": [1, 2]}""");
        Assert.Equal(2, (int)(await socket.Hear())!["steps"]!);
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(await socket.Hear());
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, socket.CloseStatus);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Ended);
        await draining;
    }

    [Fact]
    public async Task A_request_that_runs_is_finished_and_one_that_takes_too_long_is_not_waited_for()
    {
        const int Some = 500_000, Long = 4_000_000;
        static ServerOptions Roomy(ServerOptions options) => options with { MaxBody = Long, MaxSteps = Long, DrainLimit = TimeSpan.FromSeconds(20) };
        await using (var patient = await ServedModel.Start(Roomy, new BytesPreprocessing(), SmallModels.WriteSlow))
        {
            var running = patient.Post("/v1/classify", new byte[Some]);
            await Begun(patient, running);
            await patient.Server.Drain();
            Assert.Equal(Some, (int)(await ServedModel.Json(await running))["steps"]!);
        }
        await using var hasty = await ServedModel.Start(options => Roomy(options) with { DrainLimit = TimeSpan.FromSeconds(1) }, new BytesPreprocessing(), SmallModels.WriteSlow);
        var cut = hasty.Post("/v1/classify", new byte[Long]);
        await Begun(hasty, cut);
        var waited = Stopwatch.StartNew();
        await hasty.Server.Drain();
        Assert.True(waited.Elapsed < TimeSpan.FromSeconds(15), "It waited.");
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => cut);
    }

    private static async Task Begun(ServedModel served, Task request)
    {
        while (MetricsTests.Value(await MetricsTests.Read(served), "http_server_active_requests", "POST") < 1)
            Assert.False(request.IsCompleted, "The request ended before it was seen.");
    }

    [Fact]
    public async Task Streams_are_saved_with_every_step_that_was_answered_and_gone_on_with()
    {
        static ServerOptions Saving(ServerOptions options) => options with { SessionFolder = Path.Combine(Path.GetDirectoryName(options.Model)!, "streams") };
        await using var served = await ServedModel.Start(Saving);
        var id = await served.Open();
        var answered = await ServedModel.Json(await served.Post($"/v1/streams/{id}/steps", """{"steps": [1, 2, 3]}"""));
        Assert.Equal(1, await served.Server.Drain());
        await served.Server.DisposeAsync();
        await using var later = await ServedModel.Start(Saving, folder: served.Folder);
        var now = await ServedModel.Json(await later.Client.GetAsync($"/v1/streams/{id}", Ended));
        Assert.Equal(answered.ToJsonString(), now.ToJsonString());
    }

    [Fact]
    public async Task An_address_that_is_taken_is_told()
    {
        await using var served = await ServedModel.Start();
        var refused = await Assert.ThrowsAsync<RunException>(() => ServedModel.Start(options => options with { Address = served.Server.Address }));
        Assert.Contains($"Cannot serve at {served.Server.Address}", refused.Message);
        Assert.Contains("--urls", refused.Message);
    }

    [Fact]
    public async Task A_run_without_a_model_is_refused()
    {
        await Assert.ThrowsAsync<DataException>(() => RecollectServer.Start(new ServerOptions { Model = "/nowhere" }));
        var folder = Directory.CreateTempSubdirectory("recollect-run-");
        File.WriteAllText(Path.Combine(folder.FullName, "recipe.json"), "{}");
        Assert.Contains("--resume", (await Assert.ThrowsAsync<DataException>(() => RecollectServer.Start(new ServerOptions { Model = folder.FullName }))).Message);
        folder.Delete(recursive: true);
    }
}
