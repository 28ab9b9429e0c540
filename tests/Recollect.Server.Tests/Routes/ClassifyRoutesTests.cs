using System.Text;
using System.Text.Json;
using Recollect.Sequences;

namespace Recollect.Tests.Server.Routes;

public sealed class ClassifyRoutesTests
{
    private static readonly byte[] Digit = [.. Enumerable.Range(0, SmallModels.DigitPixels).Select(i => (byte)(i * 5 % 17))];

    [Fact]
    public async Task The_answer_is_the_softmax_that_the_model_was_written_with()
    {
        await using var served = await ServedModel.Start(write: SmallModels.WriteConstant);
        var answer = await ServedModel.Json(await served.Post("/v1/classify", Digit));
        Assert.Equal("high", (string)answer["label"]!);
        Assert.Equal(SmallModels.DigitPixels, (int)answer["steps"]!);
        Assert.Equal(["low", "middle", "high"], answer["probabilities"]!.AsObject().Select(entry => entry.Key));
        Assert.Equal([0.125, 0.25, 0.625], ServedModel.Probabilities(answer).Select(share => Math.Round(share, 6)));
    }

    [Fact]
    public async Task An_image_is_the_same_as_JSON_as_bytes_and_as_steps()
    {
        await using var served = await ServedModel.Start();
        var expected = served.Model.Classify(Digit, TestContext.Current.CancellationToken);
        var numbers = JsonSerializer.Serialize(Digit.Select(value => (int)value));
        foreach (var sent in new[] { served.Post("/v1/classify", Digit), served.Post("/v1/classify", $$"""{"image": {{numbers}}}"""), served.Post("/v1/classify", $$"""{"steps": {{numbers}}}""") })
        {
            var answer = await ServedModel.Json(await sent);
            Assert.Equal(expected.Label, (string)answer["label"]!);
            Assert.Equal(expected.Probabilities, ServedModel.Probabilities(answer));
        }
    }

    [Fact]
    public async Task A_batch_of_unequal_lengths_is_answered_one_by_one_and_in_order()
    {
        await using var served = await ServedModel.Start(preprocessing: new TextPreprocessing());
        string[] texts = ["a", "a longer text", "größer"];
        var answer = await ServedModel.Json(await served.Post("/v1/classify/batch", JsonSerializer.Serialize(new { sequences = texts.Select(text => new { text }) })));
        Assert.All(texts.Zip(answer["results"]!.AsArray()), pair =>
        {
            var alone = served.Model.Classify(pair.First, TestContext.Current.CancellationToken);
            Assert.Equal(alone.Label, (string)pair.Second!["label"]!);
            Assert.Equal(Encoding.UTF8.GetByteCount(pair.First), (int)pair.Second["steps"]!);
            Assert.Equal(alone.Probabilities, ServedModel.Probabilities(pair.Second));
        });
        var mixed = await ServedModel.Json(await served.Post("/v1/classify/batch", """{"sequences": [{"text": "a"}, {"steps": [97]}]}"""));
        Assert.Equal(ServedModel.Probabilities(mixed["results"]![0]!), ServedModel.Probabilities(mixed["results"]![1]!));
    }

    [Fact]
    public async Task A_series_is_filled_and_standardised_as_while_training()
    {
        var preprocessing = new SeriesPreprocessing { Components = 2, Missing = MissingValues.Previous, Mean = [1, 10], Scale = [2, 5] };
        await using var served = await ServedModel.Start(preprocessing: preprocessing);
        // By hand: (3−1)/2, (5−10)/5; then the first again, as it is missing, and (20−10)/5.
        var filled = await ServedModel.Json(await served.Post("/v1/classify", """{"series": [[3, 5], [null, 20]]}"""));
        var byHand = await ServedModel.Json(await served.Post("/v1/classify", """{"steps": [[1, -1], [1, 2]]}"""));
        var bytes = new float[] { 3, 5, float.NaN, 20 }.SelectMany(BitConverter.GetBytes).ToArray();
        Assert.Equal(ServedModel.Probabilities(byHand), ServedModel.Probabilities(filled));
        Assert.Equal(ServedModel.Probabilities(byHand), ServedModel.Probabilities(await ServedModel.Json(await served.Post("/v1/classify", bytes))));
    }

    [Fact]
    public async Task Bytes_come_as_they_are_or_in_base64()
    {
        await using var served = await ServedModel.Start(preprocessing: new BytesPreprocessing { MaxLength = 3 });
        byte[] file = [0, 255, 7, 9];
        var raw = await ServedModel.Json(await served.Post("/v1/classify", file));
        Assert.Equal(3, (int)raw["steps"]!); // cut as while training
        var json = await ServedModel.Json(await served.Post("/v1/classify", $$"""{"bytes": "{{Convert.ToBase64String(file)}}"}"""));
        Assert.Equal(ServedModel.Probabilities(raw), ServedModel.Probabilities(json));
    }

    [Fact]
    public async Task The_model_tells_what_it_takes()
    {
        await using var served = await ServedModel.Start();
        var answer = await ServedModel.Json(await served.Client.GetAsync("/v1/model", TestContext.Current.CancellationToken));
        Assert.Equal(("tokens", 17, "image", 8), ((string)answer["steps"]!, (int)answer["width"]!, (string)answer["preprocessing"]!["kind"]!, (int)answer["preprocessing"]!["shape"]!["height"]!));
        Assert.Equal(10, answer["classes"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("{", 400, "line 1", "/openapi/v1.json")]
    [InlineData("null", 400, "null", "object")]
    [InlineData("[]", 400, "object of steps")]
    [InlineData("{\"imgae\": []}", 400, "$.imgae", "object of steps, image, text, series, bytes")]
    [InlineData("{\"steps\": [1], \"steps\": [2]}", 400, "line 1", "there twice")]
    [InlineData("{\"steps\": [\"1\"]}", 400, "finite number")]
    [InlineData("{\"steps\": [1e400]}", 400, "finite number")]
    [InlineData("{\"steps\": [1, [2]]}", 400, "not both")]
    [InlineData("{\"steps\": [[1], [2, 3]]}", 400, "one of 2 after one of 1")]
    [InlineData("{\"steps\": 1}", 400, "list of numbers")]
    [InlineData("{}", 422, "no sequence", "'image' and 'steps'")]
    [InlineData("{\"steps\": [1], \"image\": [2]}", 422, "steps and image", "exactly one")]
    [InlineData("{\"text\": \"a\"}", 422, "'text'", "'image' or 'steps'")]
    [InlineData("{\"steps\": []}", 422, "no step")]
    [InlineData("{\"steps\": [16, 17]}", 422, "step 2 is 17", "0…16")]
    [InlineData("{\"steps\": [0.5]}", 422, "step 1 is 0.5", "whole number")]
    [InlineData("{\"steps\": [null]}", 422, "step 1 is missing")]
    [InlineData("{\"steps\": [[1]]}", 422, "holds lists")]
    [InlineData("{\"image\": [1, 2]}", 422, "2 pixel components", "64")]
    public async Task What_the_model_does_not_take_is_refused_with_what_it_takes(string json, int status, params string[] words)
    {
        await using var served = await ServedModel.Start();
        await ServedModel.Refused(await served.Post("/v1/classify", json), status, words);
        await served.StillAnswers();
    }

    [Theory]
    [InlineData("{\"sequences\": [{\"steps\": [1]}, {\"imgae\": []}]}", "$.sequences[1]", "object of steps, image, text, series, bytes")]
    [InlineData("{\"sequences\": [{\"steps\": [1], \"steps\": [2]}]}", "there twice", "object of steps, image, text, series, bytes")]
    [InlineData("{\"sequences\": 1}", "$.sequences", "object of sequences")]
    public async Task What_is_wrong_in_a_batch_is_told_with_what_is_expected_there(string json, params string[] words)
    {
        await using var served = await ServedModel.Start();
        await ServedModel.Refused(await served.Post("/v1/classify/batch", json), 400, words);
    }

    [Theory]
    [InlineData("{\"series\": [1, 2]}", "found numbers", "each of the 2 numbers of a step")]
    [InlineData("{\"series\": [[1]]}", "lists of 1")]
    [InlineData("{\"series\": [[1, null]]}", "step 1, number 2 of 2 is missing")]
    [InlineData("{\"steps\": [[1, null]]}", "number 2 of 'steps' is missing")]
    public async Task A_series_that_does_not_fit_is_refused(string json, params string[] words)
    {
        await using var served = await ServedModel.Start(preprocessing: new SeriesPreprocessing { Components = 2 });
        await ServedModel.Refused(await served.Post("/v1/classify", json), 422, words);
        await ServedModel.Refused(await served.Post("/v1/classify", new byte[7]), 422, "7 bytes", "multiple of 8");
        await ServedModel.Refused(await served.Post("/v1/classify", BitConverter.GetBytes(double.NegativeInfinity).Concat(new byte[8]).Select((b, i) => i < 4 ? BitConverter.GetBytes(float.PositiveInfinity)[i] : b).ToArray()), 422, "infinite");
    }

    [Fact]
    public async Task A_fault_in_a_batch_is_named_by_its_number()
    {
        await using var served = await ServedModel.Start();
        await ServedModel.Refused(await served.Post("/v1/classify/batch", """{"sequences": [{"steps": [1]}, {"steps": [99]}]}"""), 422, "'sequences', number 2", "99");
        await ServedModel.Refused(await served.Post("/v1/classify/batch", """{"sequences": [null]}"""), 422, "number 1", "null");
        await ServedModel.Refused(await served.Post("/v1/classify/batch", """{"sequences": []}"""), 422, "at least one");
        await ServedModel.Refused(await served.Post("/v1/classify/batch", "{}"), 400, "sequences");
    }

    [Theory]
    [InlineData("{\"sequences\": null}")]
    [InlineData("{\"sequences\": 1}")]
    [InlineData("null")]
    public async Task A_batch_that_is_no_list_is_malformed(string json)
    {
        await using var served = await ServedModel.Start();
        await ServedModel.Refused(await served.Post("/v1/classify/batch", json), 400, "expected an object");
        Assert.Empty(served.Told); // it is no defect of the server's
    }

    [Fact]
    public async Task Text_that_is_not_UTF_8_is_refused()
    {
        await using var served = await ServedModel.Start(preprocessing: new TextPreprocessing());
        await ServedModel.Refused(await served.Post("/v1/classify", [0xff, 0xfe]), 422, "UTF-8");
        await ServedModel.Refused(await served.Post("/v1/classify", "{\"text\": \"\\ud800\"}"), 400, "line 1");
        await ServedModel.Refused(await served.Post("/v1/classify", "{\"text\": \"\"}"), 422, "at least one");
    }

    [Fact]
    public async Task More_probabilities_than_an_answer_may_have_are_refused()
    {
        await using var served = await ServedModel.Start(); // ten classes
        await ServedModel.Refused(await served.Post("/v1/classify/batch", $$"""{"sequences": [{{string.Join(',', Enumerable.Repeat("{}", 100_001))}}]}"""), 413, "found 100,001", "at most 1,000,000 probabilities");
        await ServedModel.Refused(await served.Post("/v1/classify/batch", $$"""{"sequences": [{{string.Join(',', Enumerable.Repeat("{}", 100_000))}}]}"""), 422, "no sequence"); // as many as may be
        await served.StillAnswers();
    }

    [Fact]
    public async Task More_steps_than_a_request_may_have_are_refused()
    {
        await using var served = await ServedModel.Start(options => options with { MaxSteps = 4 });
        await ServedModel.Refused(await served.Post("/v1/classify", """{"steps": [1, 2, 3, 4, 5]}"""), 413, "found 5 steps", "at most 4", "--max-steps");
        await ServedModel.Refused(await served.Post("/v1/classify", Digit), 413, "found 64 steps");
        await ServedModel.Refused(await served.Post("/v1/classify/batch", """{"sequences": [{"steps": [1, 2]}, {"steps": [1, 2, 3]}]}"""), 413, "found 5 steps");
        await served.StillAnswers();
    }
}
