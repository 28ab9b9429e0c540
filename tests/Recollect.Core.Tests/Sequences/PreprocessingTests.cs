using Recollect.Sequences;

namespace Recollect.Core.Tests.Sequences;

public sealed class PreprocessingTests
{
    private static readonly Origin Here = new("a.csv", "line", 7);

    public static TheoryData<Preprocessing> Kinds =>
    [
        new ImagePreprocessing
        {
            Shape = new ImageShape(4, 6, 3, 256), Encoding = StepKind.Tokens, Downscale = 2, Levels = 16, Permutation = new Permutation { Seed = -5 },
        },
        new ImagePreprocessing { Shape = new ImageShape(4, 6, 3, 256), Encoding = StepKind.Reals },
        new TextPreprocessing(),
        new SeriesPreprocessing { Components = 2, Mean = [0.1, -3e-300], Scale = [1 / 3.0, 2] },
    ];

    [Theory]
    [MemberData(nameof(Kinds), DisableDiscoveryEnumeration = true)]
    public void What_json_brings_back_writes_the_same_json_and_makes_the_same_steps(Preprocessing preprocessing)
    {
        var json = preprocessing.ToJson();
        var back = Preprocessing.FromJson(json, "model");
        Assert.Equal(json, back.ToJson());
        Assert.Equal(preprocessing.Format, back.Format);
        Sample sample = preprocessing switch
        {
            ImagePreprocessing image => new ImageSample(Here, null, image.Shape, [.. Enumerable.Range(0, 72).Select(i => (byte)(i * 37))]),
            TextPreprocessing => new TextSample(Here, null, "é"u8.ToArray()),
            _ => new SeriesSample(Here, null, [1, 2, 3, 4], 2),
        };
        Assert.Equal(Steps(preprocessing, sample), Steps(back, sample));
    }

    [Fact]
    public void The_json_is_this()
    {
        var image = new ImagePreprocessing { Shape = new ImageShape(28, 28, 1, 256), Encoding = StepKind.Tokens, Permutation = new Permutation { Seed = 3 } };
        Assert.Equal(
            """{"kind":"image","shape":{"height":28,"width":28,"channels":1,"levels":256},"downscale":1,"encoding":"tokens","levels":0,"permutation":{"generator":"philox4x32-10/fisher-yates","seed":3}}""",
            image.ToJson());
    }

    [Theory]
    [InlineData("", "model.safetensors")]
    [InlineData("null", "null")]
    [InlineData("{}", "read")]
    [InlineData("""{"kind":"audio"}""", "audio")]
    [InlineData("""{"kind":"text","lowercase":true}""", "lowercase")]
    [InlineData("""{"kind":"series","components":0}""", "0 components")]
    [InlineData("""{"kind":"series","components":2,"mean":[1],"scale":[1]}""", "1 means")]
    [InlineData("""{"kind":"series","components":1,"mean":[1],"scale":[0]}""", "scale of 0")]
    [InlineData("""{"kind":"series","components":1,"mean":[1]}""", "without")]
    [InlineData("""{"kind":"image","encoding":"tokens"}""", "shape")]
    [InlineData("""{"kind":"image","encoding":"tokens","shape":{"height":4,"width":4,"channels":1,"levels":256},"downscale":3}""", "divide")]
    [InlineData("""{"kind":"image","encoding":"tokens","shape":{"height":4,"width":4,"channels":9,"levels":256},"downscale":1}""", "channels")]
    [InlineData("""{"kind":"image","encoding":"tokens","shape":{"height":0,"width":4,"channels":1,"levels":256},"downscale":1}""", "0×4")]
    [InlineData("""{"kind":"image","encoding":"tokens","shape":{"height":4,"width":4,"channels":1,"levels":16},"downscale":1,"levels":17}""", "17")]
    [InlineData("""{"kind":"image","encoding":"reals","shape":{"height":4,"width":4,"channels":1,"levels":16},"downscale":1,"permutation":{"generator":"x","seed":1}}""", "generator")]
    public void Json_that_cannot_be_applied_is_refused_with_its_reason(string json, string reason)
    {
        var error = Assert.Throws<DataException>(() => Preprocessing.FromJson(json, "model.safetensors"));
        Assert.StartsWith("model.safetensors: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sample_of_another_kind_or_shape_is_refused_with_its_origin()
    {
        var series = new SeriesPreprocessing { Components = 2 };
        var image = new ImagePreprocessing { Shape = new ImageShape(2, 2, 1, 256), Encoding = StepKind.Tokens };
        (Preprocessing, Sample)[] misfits =
        [
            (new TextPreprocessing(), new TextSample(Here, null, default)),
            (new TextPreprocessing(), new SeriesSample(Here, null, [1], 1)),
            (series, new SeriesSample(Here, null, [1, 2], 1)),
            (series, new SeriesSample(Here, null, [], 2)),
            (series, new SeriesSample(Here, null, [1, 2, 3], 2)),
            (image, new ImageSample(Here, null, new ImageShape(1, 4, 1, 256), [1, 2, 3, 4])),
            (image, new TextSample(Here, null, "x"u8.ToArray())),
        ];
        foreach (var (preprocessing, sample) in misfits)
            Assert.StartsWith("a.csv, line 7: found ", Assert.Throws<DataException>(() => preprocessing.StepsOf(sample)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Standardised_values_are_moved_and_divided_component_by_component()
    {
        var series = new SeriesPreprocessing { Components = 2, Mean = [1, 10], Scale = [2, 5] };
        var reals = new float[2];
        series.WriteReals(new SeriesSample(Here, null, [1, 10, 5, 0], 2), 1, reals);
        Assert.Equal([2f, -2f], reals);
    }

    [Fact]
    public void A_value_that_is_not_finite_is_refused()
    {
        var series = new SeriesPreprocessing { Components = 1 };
        var error = Assert.Throws<DataException>(() => series.WriteReals(new SeriesSample(Here, null, [1, float.NaN], 1), 0, new float[2]));
        Assert.Contains("step 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_is_its_bytes()
    {
        var tokens = new int[2];
        new TextPreprocessing().WriteTokens(new TextSample(Here, null, "aé"u8.ToArray()), 1, tokens);
        Assert.Equal([0xc3, 0xa9], tokens);
    }

    [Fact]
    public void Columns_survive_json()
    {
        var columns = new InputColumns { Label = "klasse", Values = ["a", "b"] };
        var json = System.Text.Json.JsonSerializer.Serialize(columns, PreprocessingJson.Default.InputColumns);
        Assert.Equal("""{"label":"klasse","values":["a","b"]}""", json);
        Assert.Equal(columns.Values, System.Text.Json.JsonSerializer.Deserialize(json, PreprocessingJson.Default.InputColumns)!.Values);
    }

    private static double[] Steps(Preprocessing preprocessing, Sample sample)
    {
        var steps = preprocessing.StepsOf(sample);
        if (preprocessing.Format.Kind == StepKind.Tokens)
        {
            var tokens = new int[steps];
            preprocessing.WriteTokens(sample, 0, tokens);
            return [.. tokens.Select(token => (double)token)];
        }
        var reals = new float[steps * preprocessing.Format.Width];
        preprocessing.WriteReals(sample, 0, reals);
        return [.. reals.Select(real => (double)real)];
    }
}
