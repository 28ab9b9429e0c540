using Recollect.Randomness;

namespace Recollect.Sequences;

/// <summary>How one image is shown for once: moved, with zeros where nothing is left to show, then mirrored.</summary>
/// <param name="Down">Rows by which it is moved down; negative: up.</param>
/// <param name="Right">Columns by which it is moved right; negative: left.</param>
/// <param name="Flipped">Whether left and right change places afterwards.</param>
public readonly record struct ImageView(int Down, int Right, bool Flipped)
{
    /// <summary>Writes the image as it is shown.</summary>
    /// <param name="pixels">The image. // [Height, Width, Channels]</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="shown">Room for the same shape, apart from <paramref name="pixels"/>.</param>
    public void Show(ReadOnlySpan<byte> pixels, ImageShape shape, Span<byte> shown)
    {
        var (height, width, channels) = (shape.Height, shape.Width, shape.Channels);
        for (var y = 0; y < height; y++)
        {
            var row = shown.Slice(y * width * channels, width * channels);
            Move(pixels, shape, y - Down, row);
            if (Flipped)
                Mirror(row, channels);
        }
    }

    // One row of the moved image, from row `y` of the one that is there.
    private void Move(ReadOnlySpan<byte> pixels, ImageShape shape, int y, Span<byte> row)
    {
        var (first, past) = (Math.Clamp(Right, 0, shape.Width), Math.Clamp(shape.Width + Right, 0, shape.Width)); // the columns that it fills
        row.Clear();
        if (y < 0 || y >= shape.Height || first >= past)
            return;
        pixels.Slice((y * shape.Width + first - Right) * shape.Channels, (past - first) * shape.Channels).CopyTo(row[(first * shape.Channels)..]);
    }

    private static void Mirror(Span<byte> row, int channels)
    {
        row.Reverse();
        for (var pixel = 0; channels > 1 && pixel < row.Length; pixel += channels)
            row.Slice(pixel, channels).Reverse(); // the pixels change places, the channels within one do not
    }
}

/// <summary>What is drawn anew for an image every time it is trained on, and at no other time.</summary>
/// <param name="Flip">Whether it is mirrored with probability ½.</param>
/// <param name="CropPadding">N: it is framed with N zeros on every side, and a piece of its own size is cut out at a place that is drawn uniformly; 0: it is not.</param>
public sealed record ImageAugmentation(bool Flip, int CropPadding)
{
    /// <summary>The stream's purpose: a row is drawn by <c>seed.Stream("augmentation", update, row)</c>.</summary>
    public const string Purpose = "augmentation";

    /// <summary>Draws how a row is shown.</summary>
    /// <param name="stream">The row's own stream, at its beginning.</param>
    public ImageView Draw(RandomStream stream)
    {
        // The coin comes first in any case, so that a key that is set does not move the other's draws.
        var heads = stream.Next(2) == 1;
        var places = 2 * CropPadding + 1;
        return new ImageView(stream.Next(places) - CropPadding, stream.Next(places) - CropPadding, Flip && heads);
    }
}

/// <summary>Where the draws of an update come from.</summary>
/// <param name="Streams">Those of <see cref="ImageAugmentation.Purpose"/>.</param>
/// <param name="Update">The update's number over the run.</param>
public readonly record struct UpdateDraws(StreamFamily Streams, long Update);
