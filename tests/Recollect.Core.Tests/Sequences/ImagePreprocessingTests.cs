using FsCheck.Xunit;
using Recollect.Sequences;

namespace Recollect.Core.Tests.Sequences;

public sealed class ImagePreprocessingTests
{
    private static readonly Origin Here = new("images", "image", 1);

    [Property]
    public bool Downscaling_by_1_is_the_identity(byte[] bytes)
    {
        bytes = [.. bytes, 1];
        var shape = new ImageShape(1, bytes.Length, 1, 256);
        return Tokens(new ImagePreprocessing { Shape = shape, Encoding = StepKind.Tokens, Downscale = 1 }, bytes).SequenceEqual(bytes.Select(b => (int)b));
    }

    [Fact]
    public void A_block_becomes_its_mean_rounded_half_up()
    {
        var shape = new ImageShape(2, 4, 1, 256);
        var tokens = new ImagePreprocessing { Shape = shape, Encoding = StepKind.Tokens, Downscale = 2 };
        // Blocks {0, 1, 0, 1} (mean 0.5) and {255, 255, 255, 254} (mean 254.75).
        Assert.Equal([1, 255], Tokens(tokens, [0, 1, 255, 255, 0, 1, 255, 254]));
        var reals = new ImagePreprocessing { Shape = shape, Encoding = StepKind.Reals, Downscale = 2 };
        Assert.Equal([0.5f / 255, 254.75f / 255], Reals(reals, [0, 1, 255, 255, 0, 1, 255, 254]));
    }

    [Fact]
    public void Blocks_are_taken_row_by_row_of_the_small_image()
    {
        byte[] pixels = [1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4];
        var preprocessing = new ImagePreprocessing { Shape = new ImageShape(4, 4, 1, 256), Encoding = StepKind.Tokens, Downscale = 2 };
        Assert.Equal([1, 2, 3, 4], Tokens(preprocessing, pixels));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(15, 0)]
    [InlineData(16, 1)]
    [InlineData(255, 15)]
    public void Grey_levels_map_onto_fewer_ones(byte pixel, int token) =>
        Assert.Equal([token], Tokens(new ImagePreprocessing { Shape = new ImageShape(1, 1, 1, 256), Encoding = StepKind.Tokens, Levels = 16 }, [pixel]));

    [Fact]
    public void The_17_levels_of_the_digits_stay_17_tokens_and_reach_1_as_reals()
    {
        var shape = new ImageShape(1, 3, 1, 17);
        var tokens = new ImagePreprocessing { Shape = shape, Encoding = StepKind.Tokens };
        Assert.Equal(StepFormat.Tokens(17), tokens.Format);
        Assert.Equal([0, 8, 16], Tokens(tokens, [0, 8, 16]));
        Assert.Equal([0, 0.5f, 1], Reals(new ImagePreprocessing { Shape = shape, Encoding = StepKind.Reals }, [0, 8, 16]));
    }

    [Fact]
    public void Colour_tokens_show_a_pixels_channels_one_after_the_other()
    {
        var shape = new ImageShape(1, 2, 3, 256);
        var tokens = new ImagePreprocessing { Shape = shape, Encoding = StepKind.Tokens };
        Assert.Equal((6, StepFormat.Tokens(256)), (tokens.Steps, tokens.Format));
        Assert.Equal([10, 20, 30, 40, 50, 60], Tokens(tokens, [10, 20, 30, 40, 50, 60]));
        var reals = new ImagePreprocessing { Shape = shape, Encoding = StepKind.Reals };
        Assert.Equal((2, StepFormat.Reals(3)), (reals.Steps, reals.Format));
        Assert.Equal([10 / 255f, 20 / 255f, 30 / 255f, 40 / 255f, 50 / 255f, 60 / 255f], Reals(reals, [10, 20, 30, 40, 50, 60]));
    }

    [Fact]
    public void A_permutation_moves_whole_pixels_after_downscaling()
    {
        var order = new Permutation { Seed = 5 }.Order(4);
        var pixels = Enumerable.Range(0, 16 * 3).Select(i => (byte)((i / 12 / 2 * 2 + i % 12 / 3 / 2) * 10 + i % 3)).ToArray(); // block·10 + channel
        var preprocessing = new ImagePreprocessing
        {
            Shape = new ImageShape(4, 4, 3, 256),
            Encoding = StepKind.Tokens,
            Downscale = 2,
            Permutation = new Permutation { Seed = 5 },
        };
        Assert.Equal(order.SelectMany(block => new[] { block * 10, block * 10 + 1, block * 10 + 2 }), Tokens(preprocessing, pixels));
    }

    [Property]
    public bool A_part_of_the_steps_is_the_same_as_within_the_whole(byte start)
    {
        var pixels = Enumerable.Range(0, 48).Select(i => (byte)(i * 5)).ToArray();
        var preprocessing = new ImagePreprocessing { Shape = new ImageShape(4, 4, 3, 256), Encoding = StepKind.Reals, Permutation = new Permutation { Seed = 1 } };
        var first = start % 16;
        var part = new float[3 * (16 - first)];
        preprocessing.WriteReals(new ImageSample(Here, null, preprocessing.Shape, pixels), first, part);
        return part.AsSpan().SequenceEqual(Reals(preprocessing, pixels).AsSpan(3 * first));
    }

    [Fact]
    public void A_pixel_beyond_the_levels_and_a_wrong_count_are_refused()
    {
        Assert.Contains("component 2 is 17", Assert.Throws<DataException>(() => new ImageSample(Here, null, new ImageShape(1, 2, 1, 17), [0, 17])).Message, StringComparison.Ordinal);
        Assert.Contains("3 pixel", Assert.Throws<DataException>(() => new ImageSample(Here, null, new ImageShape(1, 2, 1, 17), [0, 1, 2])).Message, StringComparison.Ordinal);
    }

    private static int[] Tokens(ImagePreprocessing preprocessing, byte[] pixels)
    {
        var tokens = new int[preprocessing.Steps];
        preprocessing.WriteTokens(new ImageSample(Here, null, preprocessing.Shape, pixels), 0, tokens);
        return tokens;
    }

    private static float[] Reals(ImagePreprocessing preprocessing, byte[] pixels)
    {
        var reals = new float[preprocessing.Steps * preprocessing.Format.Width];
        preprocessing.WriteReals(new ImageSample(Here, null, preprocessing.Shape, pixels), 0, reals);
        return reals;
    }
}
