using FsCheck.Xunit;

namespace Recollect.Data.Tests.Reading;

public sealed class AreaAverageTests
{
    private static byte[] Scale(byte[] pixels, int width, int channels, int size) => AreaAverage.Of(
        (y, row) => pixels.AsSpan(y * row.Length, row.Length).CopyTo(row), width, pixels.Length / width / channels, channels, size);

    [Fact]
    public void Each_pixel_is_the_mean_of_the_block_that_it_covers_rounded_half_up()
    {
        // Blocks {0, 1, 0, 1}: 0.5; {255, 255, 255, 254}: 254.75; {10, 20, 30, 40}: 25; {1, 2, 3, 3}: 2.25.
        Assert.Equal([1, 255, 25, 2], Scale([0, 1, 255, 255, 0, 1, 255, 254, 10, 20, 1, 2, 30, 40, 3, 3], 4, 1, 2));
    }

    [Fact]
    public void A_pixel_that_two_share_counts_for_each_by_its_part()
    {
        // 3×3 to 2×2: the middle row and column count half. Left above: (0 + 90/2 + 30/2 + 60/4) / 2.25 = 33.33…
        byte[] pixels = [0, 90, 200, 30, 60, 120, 240, 150, 9];
        // Right above: (90/2 + 200 + 60/4 + 120/2) / 2.25 = 142.22…; left below: (30/2 + 60/4 + 240 + 150/2) / 2.25 = 153.33…; right below: (60/4 + 120/2 + 150/2 + 9) / 2.25 = 70.66…
        Assert.Equal([33, 142, 153, 71], Scale(pixels, 3, 1, 2));
    }

    [Fact]
    public void Scaling_up_repeats_and_mixes_where_a_pixel_lies_over_two()
    {
        Assert.Equal([0, 50, 100, 0, 50, 100, 0, 50, 100], Scale([0, 100], 2, 1, 3)); // the middle covers half of each
        Assert.Equal([5, 5, 5, 5], Scale([5], 1, 1, 2));
    }

    [Fact]
    public void Channels_stay_apart_and_each_side_has_a_factor_of_its_own() =>
        Assert.Equal([1, 2, 3, 7, 8, 9], [.. Scale([1, 2, 3, 1, 2, 3, 7, 8, 9, 7, 8, 9], 4, 3, 2).Take(6)]); // a 1×4 image to 2×2: rows repeat

    [Property]
    public bool At_its_own_size_an_image_stays_as_it_is(byte side, byte[] pixels)
    {
        var size = 1 + side % 6;
        var image = Enumerable.Range(0, size * size).Select(i => pixels.Length == 0 ? (byte)i : pixels[i % pixels.Length]).ToArray();
        return Scale(image, size, 1, size).SequenceEqual(image);
    }

    [Property]
    public bool It_is_the_integral_over_the_area_in_double_precision(byte columns, byte rows, byte side, int seed)
    {
        var (width, height, size) = (1 + columns % 12, 1 + rows % 12, 1 + side % 12);
        var random = new Random(seed);
        var pixels = new byte[width * height];
        random.NextBytes(pixels);
        var found = Scale(pixels, width, 1, size);
        for (var y = 0; y < size; y++)
        {
            for (var x = 0; x < size; x++)
            {
                var sum = 0.0;
                for (var i = 0; i < pixels.Length; i++)
                    sum += pixels[i] * Cover(i % width, x, (double)width / size) * Cover(i / width, y, (double)height / size);
                if (Math.Abs(found[y * size + x] - sum * size * size / (width * height)) > 0.5 + 1e-9)
                    return false;
            }
        }
        return true;
    }

    private static double Cover(int pixel, int place, double step) => Math.Max(0, Math.Min(pixel + 1, (place + 1) * step) - Math.Max(pixel, place * step));
}
