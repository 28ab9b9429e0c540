using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>Writes row <paramref name="y"/> of an image. // [Width, Channels]</summary>
internal delegate void ImageRow(int y, Span<byte> row);

/// <summary>Scales an image up or down to a square by area: each pixel is the mean of what it covers of the image, every side scaled by a factor of its own.</summary>
/// <remarks>
/// Pixel x of S covers [x·W/S, (x+1)·W/S) of W columns, and likewise for rows; a source pixel counts by the part of it that is covered. Weights are whole numbers
/// of which W·H make the mean, so the result is exact, rounded once, halves up. Memory: a few rows.
/// </remarks>
internal static class AreaAverage
{
    /// <summary>The square of an image in memory.</summary>
    /// <param name="pixels">// [Height, Width, Channels]</param>
    /// <param name="shape">The image's.</param>
    /// <param name="size">The side of the square, at least 1.</param>
    /// <returns>The square's pixels. // [size, size, channels]</returns>
    public static byte[] Of(byte[] pixels, ImageShape shape, int size)
    {
        var row = shape.Width * shape.Channels;
        return Of((y, to) => pixels.AsSpan(y * row, row).CopyTo(to), shape.Width, shape.Height, shape.Channels, size);
    }

    /// <summary>The square.</summary>
    /// <param name="image">Gives the image's rows; each is asked for once, in order.</param>
    /// <param name="width">Columns of the image, at least 1.</param>
    /// <param name="height">Rows of the image, at least 1; width × height × 255 is below 2⁶².</param>
    /// <param name="channels">Components of a pixel.</param>
    /// <param name="size">The side of the square, at least 1.</param>
    /// <returns>The square's pixels. // [size, size, channels]</returns>
    public static byte[] Of(ImageRow image, int width, int height, int channels, int size)
    {
        var square = new byte[size * size * channels];
        var row = new byte[width * channels];
        var (across, sums) = (new long[size * channels], new long[size * channels]);
        var (read, whole) = (-1, (long)width * height);
        for (var y = 0; y < size; y++)
        {
            Array.Clear(sums);
            for (var from = (int)((long)y * height / size); (long)from * size < (y + 1L) * height; from++)
            {
                if (from != read)
                {
                    image(from, row);
                    SumAcross(row, width, channels, size, across);
                    read = from;
                }
                var weight = Overlap(from, y, height, size);
                for (var i = 0; i < sums.Length; i++)
                    sums[i] += weight * across[i];
            }
            for (var i = 0; i < sums.Length; i++)
                square[y * sums.Length + i] = (byte)((2 * sums[i] + whole) / (2 * whole));
        }
        return square;
    }

    private static void SumAcross(ReadOnlySpan<byte> row, int width, int channels, int size, Span<long> sums)
    {
        sums.Clear();
        for (var x = 0; x < size; x++)
        {
            for (var from = (int)((long)x * width / size); (long)from * size < (x + 1L) * width; from++)
            {
                var weight = Overlap(from, x, width, size);
                for (var channel = 0; channel < channels; channel++)
                    sums[x * channels + channel] += weight * row[from * channels + channel];
            }
        }
    }

    // How much of source place `from` lies under place `at` of `size`, in parts of which a source place has `size` and a place `length`.
    private static long Overlap(int from, int at, int length, int size) =>
        Math.Min((from + 1L) * size, (at + 1L) * length) - Math.Max((long)from * size, (long)at * length);
}
