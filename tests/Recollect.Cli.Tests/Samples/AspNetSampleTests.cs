using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Recollect.Inference;

namespace Recollect.Tests.Cli.Samples;

[Collection(nameof(TrainedWalks)), Trait("Tier", "samples")]
public sealed class AspNetSampleTests(TrainedWalks walks) : IDisposable
{
    private const string Listening = "Now listening on: ";
    private readonly HttpClient _client = new();
    private Process? _service;

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _client.Dispose();
        _service?.Kill();
        _service?.Dispose();
    }

    [Fact]
    public async Task A_series_has_one_belief_whole_and_in_pieces()
    {
        await Start();
        var readings = Readings(75);
        var expected = SequenceModel.Load(walks.Model).Classify(readings, Ended);
        var (_, whole) = await Post("/classify", readings);
        await Post("/devices/wrist/readings", readings[..50]);
        await Post("/devices/other/readings", readings[..9]); // devices do not see each other
        var (_, last) = await Post("/devices/wrist/readings", readings[50..]);
        Assert.Equal((75, expected.Label), ((int)whole["steps"]!, (string)whole["label"]!));
        Assert.Equal(expected.Probability, (double)whole["probabilities"]![expected.Label]!, 1e-12);
        Assert.Equal(whole.ToJsonString(), last.ToJsonString());
    }

    [Fact]
    public async Task A_device_that_is_forgotten_begins_anew()
    {
        await Start();
        await Post("/devices/wrist/readings", Readings(7));
        Assert.Equal(HttpStatusCode.OK, (await _client.DeleteAsync("/devices/wrist", Ended)).StatusCode);
        Assert.Equal(3, (int)(await Post("/devices/wrist/readings", Readings(3))).Answer["steps"]!);
    }

    [Fact]
    public async Task What_does_not_fit_is_refused_with_a_reason_and_changes_nothing()
    {
        await Start();
        await Post("/devices/wrist/readings", Readings(7));
        var (status, problem) = await Post("/devices/wrist/readings", new JsonArray(1, 1e39));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains("expected a finite one", (string)problem["detail"]!);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Post("/classify", new JsonArray())).Status);
        Assert.Equal(8, (int)(await Post("/devices/wrist/readings", Readings(1))).Answer["steps"]!);
    }

    [Fact]
    public void A_missing_model_is_told_in_one_line()
    {
        TrainedWalks.SkipWhereImpossible();
        Assert.Equal(2, SampleProgram.Run("AspNet", "").Code);
        var ran = SampleProgram.Run("AspNet", "", "--model", "no-such-model");
        Assert.Equal(3, ran.Code);
        Assert.Contains("no-such-model", Assert.Single(ran.Error.TrimEnd().Split('\n')));
    }

    private static float[] Readings(int count) => [.. Enumerable.Range(0, count).Select(t => 9.8f + 3 * MathF.Sin(t))];

    private async Task Start()
    {
        TrainedWalks.SkipWhereImpossible();
        _service = SampleProgram.Start("AspNet", "--model", walks.Model, "--urls", "http://127.0.0.1:0");
        while (await _service.StandardOutput.ReadLineAsync(Ended) is { } line)
        {
            if (line.Contains(Listening))
            {
                _client.BaseAddress = new Uri(line.Split(Listening)[1]);
                return;
            }
        }
        Assert.Fail(await _service.StandardError.ReadToEndAsync(Ended));
    }

    private async Task<(HttpStatusCode Status, JsonNode Answer)> Post<T>(string route, T body)
    {
        using var response = await _client.PostAsJsonAsync(route, body, Ended);
        var answer = await response.Content.ReadAsStringAsync(Ended);
        return (response.StatusCode, JsonNode.Parse(answer)!);
    }
}
