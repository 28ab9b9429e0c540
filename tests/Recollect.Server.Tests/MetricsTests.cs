using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;
using Recollect.Sequences;

namespace Recollect.Tests.Server;

public sealed class MetricsTests
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    /// <summary>The metrics in Prometheus' text form, newer than the exporter's cache.</summary>
    internal static async Task<string> Read(ServedModel served)
    {
        await Task.Delay(400, Ended); // the exporter answers for 300 ms what it last answered
        return await served.Client.GetStringAsync("/metrics", Ended);
    }

    /// <summary>Waits for a metric to be <paramref name="value"/>, a minute at most.</summary>
    internal static async Task Reaches(ServedModel served, string name, double value)
    {
        for (var waited = Stopwatch.StartNew(); Value(await Read(served), name) != value;)
            Assert.True(waited.Elapsed < TimeSpan.FromMinutes(1), $"{name} is not {value} within a minute.");
    }

    /// <summary>The sum of a metric over its labels; 0 where it is not there yet.</summary>
    internal static double Value(string metrics, string name, string label = "") => metrics.Split('\n')
        .Where(line => line.Split('{', ' ')[0] == name && line.Contains(label, StringComparison.Ordinal))
        .Sum(line => double.Parse(line[(line.IndexOf('}') is var end and >= 0 ? end + 1 : name.Length)..].Trim().Split(' ')[0], CultureInfo.InvariantCulture));

    [Fact]
    public async Task What_happens_is_counted()
    {
        await using var served = await ServedModel.Start();
        await served.Post("/v1/classify", """{"steps": [1, 2, 3]}""");
        await served.Post("/v1/classify/batch", """{"sequences": [{"steps": [1]}, {"steps": [1, 2]}]}""");
        var id = await served.Open();
        await served.Post($"/v1/streams/{id}/steps", """{"steps": [1, 2, 3, 4]}""");
        using var socket = await served.Socket();
        await socket.Hear();
        var metrics = await Read(served);
        Assert.Equal(3, Value(metrics, "recollect_server_sequences_total"));
        Assert.Equal(3 + 3 + 4, Value(metrics, "recollect_server_steps_total"));
        Assert.Equal(2, Value(metrics, "recollect_server_streams_opened_total"));
        Assert.Equal(2, Value(metrics, "recollect_server_streams"));
        Assert.Equal(1, Value(metrics, "recollect_server_sockets"));
        Assert.Equal(2, Value(metrics, "recollect_server_computing_seconds_count", "kind=\"classify\""));
        Assert.Equal(1, Value(metrics, "recollect_server_computing_seconds_count", "kind=\"push\""));
        Assert.Equal(2, Value(metrics, "http_server_request_duration_seconds_count", "http_route=\"/v1/classify"));
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Ended);
        await served.Client.DeleteAsync($"/v1/streams/{id}", Ended);
        Assert.Equal(0, Value(await Read(served), "recollect_server_streams"));
    }

    [Fact]
    public async Task Every_metric_of_our_own_is_documented_and_the_other_way_round()
    {
        await using var served = await ServedModel.Start(options => options with { SessionExpiry = TimeSpan.FromSeconds(1) });
        await served.StillAnswers();
        await served.Open();
        await Task.Delay(2500, Ended); // it expires
        using var socket = await served.Socket();
        await socket.Hear();
        await socket.Say("""{"steps": [1]}""");
        await socket.Hear();
        var names = (await Read(served)).Split('\n').Where(line => line.StartsWith("# TYPE recollect_", StringComparison.Ordinal)).Select(line => line.Split(' ')[2]).Order().ToList();
        var documented = Cli.MarkdownPage.Open("docs", "server.md").Rows("Metrics").Select(cells => cells[0].Trim('`')).Where(name => name.StartsWith("recollect_", StringComparison.Ordinal)).Order();
        Assert.Equal(documented, names);
    }

    [Fact]
    public async Task Steps_that_the_models_length_passes_over_are_not_counted()
    {
        await using var served = await ServedModel.Start(preprocessing: new TextPreprocessing { MaxLength = 5 });
        await served.Post($"/v1/streams/{await served.Open()}/steps", """{"text": "abcdefgh"}""");
        Assert.Equal(5, Value(await Read(served), "recollect_server_steps_total"));
    }

    [Fact]
    public async Task Steps_of_a_series_are_steps_and_not_numbers()
    {
        await using var served = await ServedModel.Start(preprocessing: new SeriesPreprocessing { Components = 2 });
        await served.Post("/v1/classify", """{"series": [[1, 2], [3, 4], [5, 6]]}""");
        Assert.Equal(3, Value(await Read(served), "recollect_server_steps_total"));
    }
}
