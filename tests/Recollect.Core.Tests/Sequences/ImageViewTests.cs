using FsCheck.Xunit;
using Recollect.Randomness;
using Recollect.Sequences;

namespace Recollect.Core.Tests.Sequences;

public sealed class ImageViewTests
{
    private static readonly byte[] Small = [1, 2, 3, 4, 5, 6]; // 2×3

    public static TheoryData<ImageView, byte[]> WorkedByHand => new()
    {
        { new ImageView(0, 0, false), [1, 2, 3, 4, 5, 6] },
        { new ImageView(0, 0, true), [3, 2, 1, 6, 5, 4] },
        { new ImageView(1, 0, false), [0, 0, 0, 1, 2, 3] },
        { new ImageView(-1, 0, false), [4, 5, 6, 0, 0, 0] },
        { new ImageView(0, 1, false), [0, 1, 2, 0, 4, 5] },
        { new ImageView(0, -2, false), [3, 0, 0, 6, 0, 0] },
        { new ImageView(1, 1, true), [0, 0, 0, 2, 1, 0] },
        { new ImageView(2, 0, false), [0, 0, 0, 0, 0, 0] },
        { new ImageView(0, -3, false), [0, 0, 0, 0, 0, 0] },
    };

    [Theory]
    [MemberData(nameof(WorkedByHand), DisableDiscoveryEnumeration = true)]
    public void An_image_is_moved_and_then_mirrored(ImageView view, byte[] expected)
    {
        var shown = Enumerable.Repeat((byte)9, 6).ToArray(); // what a pool leaves
        view.Show(Small, new ImageShape(2, 3, 1, 256), shown);
        Assert.Equal(expected, shown);
    }

    [Fact]
    public void The_channels_of_a_pixel_keep_their_order_when_it_is_mirrored()
    {
        var shown = new byte[6];
        new ImageView(0, 0, true).Show(Small, new ImageShape(1, 2, 3, 256), shown);
        Assert.Equal([4, 5, 6, 1, 2, 3], shown);
    }

    [Property]
    public bool A_view_is_what_padding_cropping_and_mirroring_one_pixel_at_a_time_give(byte rows, byte columns, bool colour, sbyte down, sbyte right, bool flipped, int seed)
    {
        var shape = new ImageShape(1 + rows % 9, 1 + columns % 9, colour ? 3 : 1, 256);
        var view = new ImageView(down % 12, right % 12, flipped);
        var stream = new Seed(seed).Stream("pixels");
        var pixels = Enumerable.Range(0, shape.Components).Select(_ => (byte)stream.Next(256)).ToArray();
        var shown = new byte[shape.Components];
        view.Show(pixels, shape, shown);
        for (var y = 0; y < shape.Height; y++)
        {
            for (var x = 0; x < shape.Width; x++)
            {
                var (fromY, fromX) = (y - view.Down, (view.Flipped ? shape.Width - 1 - x : x) - view.Right);
                for (var channel = 0; channel < shape.Channels; channel++)
                {
                    var inside = fromY >= 0 && fromY < shape.Height && fromX >= 0 && fromX < shape.Width;
                    var expected = inside ? pixels[(fromY * shape.Width + fromX) * shape.Channels + channel] : 0;
                    if (shown[(y * shape.Width + x) * shape.Channels + channel] != expected)
                        return false;
                }
            }
        }
        return true;
    }

    [Fact]
    public void Half_of_the_images_are_mirrored_and_every_place_of_the_crop_is_as_likely()
    {
        const int draws = 20_000, padding = 2, places = 2 * padding + 1;
        var (augmentation, streams) = (new ImageAugmentation(true, padding), new Seed(11).Purpose(ImageAugmentation.Purpose));
        var views = Enumerable.Range(0, draws).Select(i => augmentation.Draw(streams.At(i / 100, i % 100))).ToList();
        Assert.Equal(0.5, views.Count(view => view.Flipped) / (double)draws, 0.0177); // five deviations of 1/2·√(1/n)
        var deviation = Math.Sqrt(1.0 / (places * places) * (1 - 1.0 / (places * places)) / draws);
        for (var down = -padding; down <= padding; down++)
        {
            for (var right = -padding; right <= padding; right++)
                Assert.Equal(1.0 / (places * places), views.Count(view => (view.Down, view.Right) == (down, right)) / (double)draws, 5 * deviation);
        }
        Assert.All(views, view => Assert.True(Math.Abs(view.Down) <= padding && Math.Abs(view.Right) <= padding));
    }

    [Fact]
    public void A_key_that_is_set_does_not_move_what_the_other_draws()
    {
        var streams = new Seed(3).Purpose(ImageAugmentation.Purpose);
        for (var row = 0; row < 50; row++)
        {
            var both = new ImageAugmentation(true, 4).Draw(streams.At(2, row));
            Assert.Equal(both with { Flipped = false }, new ImageAugmentation(false, 4).Draw(streams.At(2, row)));
            Assert.Equal(new ImageView(0, 0, both.Flipped), new ImageAugmentation(true, 0).Draw(streams.At(2, row)));
        }
    }

    [Theory]
    [InlineData(StepKind.Tokens, 1)]
    [InlineData(StepKind.Tokens, 2)]
    [InlineData(StepKind.Reals, 1)]
    [InlineData(StepKind.Reals, 2)]
    public void The_flip_of_a_permuted_image_is_the_permutation_of_the_flipped_image(StepKind kind, int downscale)
    {
        var shape = new ImageShape(4, 6, 3, 256);
        var pixels = Enumerable.Range(0, shape.Components).Select(i => (byte)(i * 37 % 256)).ToArray();
        var mirrored = new byte[pixels.Length];
        for (var i = 0; i < pixels.Length; i++) // by hand: row, column and channel of component i
            mirrored[(i / 18 * 6 + 5 - i / 3 % 6) * 3 + i % 3] = pixels[i];
        var preprocessing = new ImagePreprocessing { Shape = shape, Encoding = kind, Downscale = downscale, Permutation = new Permutation { Seed = 5 } };
        ImageSample Sample(byte[] content) => new(new Origin("images", "image", 1), null, shape, content);
        var view = new ImageView(0, 0, true);
        if (kind == StepKind.Tokens)
        {
            var (flipped, expected) = (new int[preprocessing.Steps], new int[preprocessing.Steps]);
            preprocessing.WriteTokens(Sample(pixels), view, 0, flipped);
            preprocessing.WriteTokens(Sample(mirrored), 0, expected);
            Assert.Equal(expected, flipped);
        }
        else
        {
            var (flipped, expected) = (new float[preprocessing.Steps * 3], new float[preprocessing.Steps * 3]);
            preprocessing.WriteReals(Sample(pixels), view, 0, flipped);
            preprocessing.WriteReals(Sample(mirrored), 0, expected);
            Assert.Equal(expected, flipped);
        }
    }
}
