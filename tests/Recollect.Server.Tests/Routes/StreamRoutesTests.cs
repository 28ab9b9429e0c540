using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Recollect.Sequences;
using Recollect.Server.Guards;

namespace Recollect.Tests.Server.Routes;

public sealed class StreamRoutesTests
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Parts_of_a_sequence_lead_to_what_the_whole_leads_to()
    {
        await using var served = await ServedModel.Start();
        var id = await served.Open();
        await served.Post($"/v1/streams/{id}/steps", """{"steps": [1, 2, 3]}""");
        var parts = await ServedModel.Json(await served.Post($"/v1/streams/{id}/steps", """{"steps": [4]}"""));
        var whole = await ServedModel.Json(await served.Post("/v1/classify", """{"steps": [1, 2, 3, 4]}"""));
        Assert.Equal((id, 4), ((string)parts["id"]!, (int)parts["steps"]!));
        Assert.Equal(ServedModel.Probabilities(whole), ServedModel.Probabilities(parts), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal(parts.ToJsonString(), (await ServedModel.Json(await served.Client.GetAsync($"/v1/streams/{id}", Ended))).ToJsonString());
    }

    [Fact]
    public async Task A_stream_is_named_where_it_is_and_ends_when_it_is_deleted()
    {
        await using var served = await ServedModel.Start();
        var opened = await served.Client.PostAsync("/v1/streams", null, Ended);
        var id = (string)(await ServedModel.Json(opened, 201))["id"]!;
        Assert.Equal($"/v1/streams/{id}", opened.Headers.Location!.ToString());
        Assert.Equal(1, served.Server.Streams);
        Assert.Equal(204, (int)(await served.Client.DeleteAsync($"/v1/streams/{id}", Ended)).StatusCode);
        Assert.Equal(0, served.Server.Streams);
        await ServedModel.Refused(await served.Client.GetAsync($"/v1/streams/{id}", Ended), 404, id, "POST /v1/streams");
        await ServedModel.Refused(await served.Client.DeleteAsync($"/v1/streams/{id}", Ended), 404, id);
        await ServedModel.Refused(await served.Post($"/v1/streams/{id}/steps", """{"steps": [1]}"""), 404, id);
    }

    [Fact]
    public async Task A_state_goes_on_in_another_stream_and_in_another_server_of_the_same_model()
    {
        await using var served = await ServedModel.Start();
        var id = await served.Open();
        await served.Post($"/v1/streams/{id}/steps", """{"steps": [5, 6]}""");
        var state = await served.Client.GetByteArrayAsync($"/v1/streams/{id}/state", Ended);
        var before = await ServedModel.Json(await served.Post($"/v1/streams/{id}/steps", """{"steps": [7]}"""));

        await using var other = await ServedModel.Start(folder: served.Folder);
        var opened = await ServedModel.Json(await other.Post("/v1/streams", state), 201);
        Assert.Equal(2, (int)opened["steps"]!);
        var after = await ServedModel.Json(await other.Post($"/v1/streams/{opened["id"]}/steps", """{"steps": [7]}"""));
        Assert.Equal(ServedModel.Probabilities(before), ServedModel.Probabilities(after));
        var back = await ServedModel.Json(await served.Client.PutAsync($"/v1/streams/{id}/state", ServedModel.Raw(state), Ended));
        Assert.Equal(2, (int)back["steps"]!);
    }

    [Fact]
    public async Task A_damaged_state_and_another_models_are_refused_and_change_nothing()
    {
        await using var served = await ServedModel.Start();
        await using var other = await ServedModel.Start(write: SmallModels.WriteConstant);
        var id = await served.Open();
        await served.Post($"/v1/streams/{id}/steps", """{"steps": [5, 6]}""");
        var state = await served.Client.GetByteArrayAsync($"/v1/streams/{id}/state", Ended);
        await ServedModel.Refused(await other.Post("/v1/streams", state), 422);
        Assert.Equal(0, other.Server.Streams);
        state[^40] ^= 1;
        await ServedModel.Refused(await served.Client.PutAsync($"/v1/streams/{id}/state", ServedModel.Raw(state), Ended), 422);
        await ServedModel.Refused(await served.Client.PutAsync($"/v1/streams/{id}/state", ServedModel.Raw([]), Ended), 422);
        Assert.Equal(2, (int)(await ServedModel.Json(await served.Client.GetAsync($"/v1/streams/{id}", Ended)))["steps"]!);
    }

    [Fact]
    public async Task A_part_that_is_refused_changes_nothing()
    {
        await using var served = await ServedModel.Start();
        var id = await served.Open();
        await ServedModel.Refused(await served.Post($"/v1/streams/{id}/steps", """{"steps": [1, 2, 99]}"""), 422, "step 3 is 99");
        Assert.Equal(0, (int)(await ServedModel.Json(await served.Client.GetAsync($"/v1/streams/{id}", Ended)))["steps"]!);
    }

    [Fact]
    public async Task A_number_that_standardising_takes_beyond_a_float_is_refused_before_a_step_is_read()
    {
        await using var served = await ServedModel.Start(preprocessing: new SeriesPreprocessing { Components = 1, Mean = [0], Scale = [0.5] });
        var id = await served.Open();
        await ServedModel.Refused(await served.Post($"/v1/streams/{id}/steps", """{"series": [1, 2, 3e38]}"""), 422, "the value 3E+38 at step 3 cannot be used");
        Assert.Equal(0, (int)(await ServedModel.Json(await served.Client.GetAsync($"/v1/streams/{id}", Ended)))["steps"]!);
    }

    [Fact]
    public async Task A_part_after_which_there_is_no_belief_changes_nothing()
    {
        await using var served = await ServedModel.Start(preprocessing: new BytesPreprocessing(), write: SmallModels.WriteOverflowing);
        var id = await served.Open();
        var before = await ServedModel.Json(await served.Post($"/v1/streams/{id}/steps", [0, 0]));
        await ServedModel.Refused(await served.Post($"/v1/streams/{id}/steps", [0, 1]), 422, "expected finite ones");
        Assert.Equal(before.ToJsonString(), (await ServedModel.Json(await served.Client.GetAsync($"/v1/streams/{id}", Ended))).ToJsonString());
        Assert.Equal(3, (int)(await ServedModel.Json(await served.Post($"/v1/streams/{id}/steps", [0])))["steps"]!);
    }

    [Fact]
    public async Task Text_is_cut_after_the_length_of_the_whole_stream()
    {
        await using var served = await ServedModel.Start(preprocessing: new TextPreprocessing { MaxLength = 5 });
        var id = await served.Open();
        await served.Post($"/v1/streams/{id}/steps", """{"text": "abc"}""");
        var stream = await ServedModel.Json(await served.Post($"/v1/streams/{id}/steps", Encoding.UTF8.GetBytes("defgh")));
        var whole = await ServedModel.Json(await served.Post("/v1/classify", """{"text": "abcdefgh"}"""));
        Assert.Equal((5, 5), ((int)stream["steps"]!, (int)whole["steps"]!));
        Assert.Equal(ServedModel.Probabilities(whole), ServedModel.Probabilities(stream), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Theory]
    [InlineData(MissingValues.Previous, true)]
    [InlineData(MissingValues.Zero, true)]
    [InlineData(MissingValues.Interpolate, false)]
    [InlineData(MissingValues.Error, false)]
    public async Task A_missing_number_is_filled_from_what_came_before_or_refused(MissingValues missing, bool taken)
    {
        await using var served = await ServedModel.Start(preprocessing: new SeriesPreprocessing { Components = 1, Missing = missing });
        var id = await served.Open();
        await served.Post($"/v1/streams/{id}/steps", """{"series": [3]}""");
        var part = await served.Post($"/v1/streams/{id}/steps", """{"series": [4, null]}""");
        if (!taken)
        {
            await ServedModel.Refused(part, 422, "number 2 is missing");
            return;
        }
        var whole = await ServedModel.Json(await served.Post("/v1/classify", """{"series": [3, 4, null]}"""));
        Assert.Equal(ServedModel.Probabilities(whole), ServedModel.Probabilities(await ServedModel.Json(part)), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public async Task A_whole_image_is_read_in_the_models_own_order()
    {
        var permuted = new ImagePreprocessing { Shape = new ImageShape(8, 8, 1, 17), Downscale = 2, Encoding = StepKind.Tokens, Levels = 17, Permutation = new Permutation { Seed = 3 } };
        await using var served = await ServedModel.Start(preprocessing: permuted);
        var image = Enumerable.Range(0, 64).Select(i => (byte)(i * 7 % 17)).ToArray();
        var id = await served.Open();
        var stream = await ServedModel.Json(await served.Post($"/v1/streams/{id}/steps", image));
        var whole = await ServedModel.Json(await served.Post("/v1/classify", image));
        Assert.Equal(16, (int)stream["steps"]!);
        Assert.Equal(ServedModel.Probabilities(whole), ServedModel.Probabilities(stream), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public async Task Two_requests_that_push_to_one_stream_at_once_do_not_mix()
    {
        const int Long = 500_000; // more than a second on any machine
        await using var served = await ServedModel.Start(options => options with { RequestLimit = TimeSpan.FromMinutes(2) }, new BytesPreprocessing(), SmallModels.WriteSlow);
        var id = await served.Open();
        var first = served.Post($"/v1/streams/{id}/steps", new byte[Long]);
        await MetricsTests.Reaches(served, "recollect_server_in_flight_bytes", Long * InFlight.BytesOfByte); // all of it is there, and is being read
        await ServedModel.Refused(await served.Post($"/v1/streams/{id}/steps", [3]), 409, id, "another request");
        await ServedModel.Refused(await served.Client.DeleteAsync($"/v1/streams/{id}", Ended), 409, id);
        Assert.Equal(0, (int)(await ServedModel.Json(await served.Client.GetAsync($"/v1/streams/{id}", Ended)))["steps"]!); // what it believed last can be read
        Assert.Equal(Long, (int)(await ServedModel.Json(await first))["steps"]!);
    }

    [Fact]
    public async Task A_step_of_a_stream_does_not_wait_for_somebodys_long_sequence()
    {
        const int Long = 2_000_000;
        await using var served = await ServedModel.Start(options => options with { MaxComputing = 1, MaxSteps = Long }, new BytesPreprocessing(), SmallModels.WriteSlow);
        var id = await served.Open();
        var busy = served.Post("/v1/classify", new byte[Long]);
        await Task.Delay(300, Ended);
        await ServedModel.Json(await served.Post($"/v1/streams/{id}/steps", [1]));
        Assert.False(busy.IsCompleted);
    }

    [Fact]
    public async Task A_state_that_no_stream_has_opens_none_and_changes_none()
    {
        await using var served = await ServedModel.Start();
        var id = await served.Open();
        await served.Post($"/v1/streams/{id}/steps", """{"steps": [1, 2]}""");
        var before = await served.Client.GetByteArrayAsync($"/v1/streams/{id}/state", Ended);
        var state = before.ToArray();
        BinaryPrimitives.WriteSingleLittleEndian(state.AsSpan(56), 3e38f);
        SHA256.HashData(state.AsSpan(..^32), state.AsSpan(state.Length - 32)); // under a right checksum
        await ServedModel.Refused(await served.Post("/v1/streams", state), 422, "the hidden state");
        Assert.Equal(1, served.Server.Streams);
        await ServedModel.Refused(await served.Client.PutAsync($"/v1/streams/{id}/state", ServedModel.Raw(state), Ended), 422, "the hidden state");
        Assert.Equal(before, await served.Client.GetByteArrayAsync($"/v1/streams/{id}/state", Ended));
    }

    [Fact]
    public async Task More_streams_than_are_kept_are_refused_until_one_ends()
    {
        await using var served = await ServedModel.Start(options => options with { MaxSessions = 2 });
        var id = await served.Open();
        await served.Open();
        var refused = await served.Client.PostAsync("/v1/streams", null, Ended);
        Assert.NotNull(refused.Headers.RetryAfter);
        await ServedModel.Refused(refused, 503, "2 streams", "--max-sessions");
        await served.Client.DeleteAsync($"/v1/streams/{id}", Ended);
        await served.Open();
    }
}
