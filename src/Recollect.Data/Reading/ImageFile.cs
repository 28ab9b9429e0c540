using System.Runtime.InteropServices;
using Recollect.Sequences;
using SkiaSharp;

namespace Recollect.Data;

/// <summary>A part of an image, in pixels of the upright image: [Left, Right) × [Top, Bottom).</summary>
internal readonly record struct ImageBox(int Left, int Top, int Right, int Bottom);

/// <summary>Reads JPEG and PNG files, by SkiaSharp, and brings them to the shape that a network reads.</summary>
/// <remarks>
/// What the camera says of its orientation (EXIF) is applied; what is transparent shows white; colour profiles are left aside. Grey is
/// (299 R + 587 G + 114 B) / 1000 in 16-bit fixed point (ITU-R BT.601, as in Pillow), pixel by pixel before scaling; scaling is <see cref="AreaAverage"/>.
/// A file may have <see cref="MostBytes"/>, and its header may announce <see cref="MostPixels"/>, which is looked at before anything is decoded: decoding takes
/// 4 bytes a pixel outside the collector's heap, given back at once, and the decoder's own room, which is largest for progressive JPEG, 6 more; and the file's own bytes twice.
/// </remarks>
internal static class ImageFile
{
    /// <summary>The bytes that a file may have.</summary>
    public const int MostBytes = 1 << 28;

    /// <summary>The pixels that an image may have, 8,192 × 8,192.</summary>
    public const int MostPixels = 1 << 26;

    private const int PixelSize = 4;

    private static ReadOnlySpan<byte> Jpeg => [0xff, 0xd8, 0xff];

    private static ReadOnlySpan<byte> Png => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a];

    /// <summary>Whether a file that starts so is one of this kind.</summary>
    public static bool IsImage(ReadOnlySpan<byte> head) => head.StartsWith(Jpeg) || head.StartsWith(Png);

    /// <summary>Whether a file's name says that it is one. Which of the two kinds it is, its content decides: published sets hold a PNG under a JPEG's name.</summary>
    public static bool IsNamedSo(string name) => Path.GetExtension(name).ToLowerInvariant() is ".jpg" or ".jpeg" or ".png";

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="label">Its class's name, or null.</param>
    /// <param name="shape">The shape that it is brought to: a square of 1 channel, which is grey, or of 3.</param>
    /// <param name="box">The part to show; null for all.</param>
    /// <exception cref="DataException">It is missing, empty, no JPEG or PNG, damaged, cut off or too large, or nothing of it lies within the box.</exception>
    public static ImageSample Read(string path, string? label, ImageShape shape, ImageBox? box = null)
    {
        using var file = InputStream.OpenRaw(path);
        return Read(file, path, label, shape, box);
    }

    /// <summary>Reads what is left of a stream.</summary>
    /// <inheritdoc cref="Read(string, string?, ImageShape, ImageBox?)"/>
    public static ImageSample Read(Stream stream, string name, string? label, ImageShape shape, ImageBox? box = null)
    {
        var bytes = WholeFile.Read(stream, name, MostBytes, "Save the image smaller.");
        RefuseOthers(bytes, name);
        // The codec reads the bytes where they are, which therefore stay pinned as long as it lives.
        var pin = GCHandle.Alloc(bytes, GCHandleType.Pinned);
        try
        {
            using var data = SKData.Create(pin.AddrOfPinnedObject(), bytes.Length);
            using var codec = SKCodec.Create(data);
            return new ImageSample(Origin.Whole(name), label, shape, Decode(Checked(codec, name), name, shape, box));
        }
        finally
        {
            pin.Free();
        }
    }

    /// <summary>The rows and columns of an image, upright, by its header alone: no more of the stream is read.</summary>
    /// <exception cref="DataException">As for <see cref="Read(string, string?, ImageShape, ImageBox?)"/>, what the header does not show aside.</exception>
    public static (int Height, int Width) SizeOf(Stream stream, string name)
    {
        var head = WholeFile.Head(stream, name, Png.Length);
        RefuseOthers(head, name);
        using var header = new CodecStream(head, stream, MostBytes);
        using var codec = SKCodec.Create(header);
        if (header.Fault is { } fault)
            throw fault as DataException ?? new DataException($"{name}: the file cannot be read ({fault.Message}).", fault);
        var info = Checked(codec, name).Info;
        var layout = Layout.Of(codec!.EncodedOrigin, info.Width, info.Height);
        return (layout.Height, layout.Width);
    }

    private static void RefuseOthers(byte[] head, string name)
    {
        if (head.Length == 0)
            throw new DataException($"{name}: the file is empty; expected a JPEG or PNG image. Get it anew, or remove it.");
        if (!IsImage(head))
            throw new DataException($"{name}: the file starts with the bytes {Convert.ToHexString(head.AsSpan(0, Math.Min(8, head.Length)))} (offset 0); expected a JPEG or PNG image. Convert it, or remove it.");
    }

    private static SKCodec Checked(SKCodec? codec, string name)
    {
        if (codec is null)
            throw Damaged(name, "its header cannot be read");
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        if (width >= 1 && height >= 1 && (long)width * height <= MostPixels)
            return codec;
        throw new DataException($"{name}: the header announces an image of {width:N0}×{height:N0} pixels; expected at most {MostPixels:N0} in all. Save the image smaller, or remove it.");
    }

    private static unsafe byte[] Decode(SKCodec codec, string name, ImageShape shape, ImageBox? box)
    {
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        var layout = Layout.Of(codec.EncodedOrigin, width, height);
        var (left, top, right, bottom) = Clip(layout, name, box);
        // Freed at once: the collector would keep one for each image until it saw a need.
        var pixels = (byte*)NativeMemory.Alloc((nuint)(width * height * PixelSize));
        try
        {
            Decode(codec, name, new Span<byte>(pixels, width * height * PixelSize));
            return AreaAverage.Of(
                (y, row) => layout.Row(new ReadOnlySpan<byte>(pixels, width * height * PixelSize), top + y, left, row, shape), right - left, bottom - top, shape.Channels, shape.Width);
        }
        finally
        {
            NativeMemory.Free(pixels);
        }
    }

    private static unsafe void Decode(SKCodec codec, string name, Span<byte> pixels)
    {
        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        var result = SKCodecResult.Success;
        fixed (byte* first = pixels)
            result = codec.GetPixels(info, (nint)first);
        if (result != SKCodecResult.Success)
        {
            throw Damaged(name, result switch
            {
                SKCodecResult.IncompleteInput => "it is cut off",
                SKCodecResult.ErrorInInput => "its pixels cannot be decoded, as their data contradict themselves",
                SKCodecResult.Unimplemented => "its pixels are stored in a way that is not read",
                _ => "its pixels cannot be decoded",
            });
        }
    }

    private static ImageBox Clip(Layout layout, string name, ImageBox? box)
    {
        if (box is not { } part)
            return new ImageBox(0, 0, layout.Width, layout.Height);
        var clipped = new ImageBox(Math.Max(part.Left, 0), Math.Max(part.Top, 0), Math.Min(part.Right, layout.Width), Math.Min(part.Bottom, layout.Height));
        return clipped.Left < clipped.Right && clipped.Top < clipped.Bottom
            ? clipped
            : throw new DataException($"{name}: the box of columns {part.Left} to {part.Right} and rows {part.Top} to {part.Bottom} holds no pixel of the image, "
                + $"which has {layout.Width}×{layout.Height}. Correct its annotation, or leave out data.box.");
    }

    private static DataException Damaged(string name, string what) => new($"{name}: the image is damaged: {what}. Get it anew, or remove it.");

    /// <summary>Where the pixels of the upright image lie among those that were decoded.</summary>
    /// <param name="Width">Its columns.</param>
    /// <param name="Height">Its rows.</param>
    /// <param name="First">The place of its top left pixel.</param>
    /// <param name="Across">Places from a pixel to the one on its right.</param>
    /// <param name="Down">Places from a pixel to the one below it.</param>
    private readonly record struct Layout(int Width, int Height, int First, int Across, int Down)
    {
        /// <summary>By EXIF's tag 0x0112: which sides of the scene the first row and the first column that are stored are.</summary>
        public static Layout Of(SKEncodedOrigin origin, int width, int height) => origin switch
        {
            SKEncodedOrigin.TopRight => new(width, height, width - 1, -1, width),
            SKEncodedOrigin.BottomRight => new(width, height, width * height - 1, -1, -width),
            SKEncodedOrigin.BottomLeft => new(width, height, (height - 1) * width, 1, -width),
            SKEncodedOrigin.LeftTop => new(height, width, 0, width, 1),
            SKEncodedOrigin.RightTop => new(height, width, (height - 1) * width, -width, 1),
            SKEncodedOrigin.RightBottom => new(height, width, width * height - 1, -width, -1),
            SKEncodedOrigin.LeftBottom => new(height, width, width - 1, width, -1),
            _ => new(width, height, 0, 1, width),
        };

        /// <summary>Writes row <paramref name="y"/> from column <paramref name="left"/> on, on white, grey or in colour. // [pixels, channels]</summary>
        public void Row(ReadOnlySpan<byte> pixels, int y, int left, Span<byte> row, ImageShape shape)
        {
            var at = (First + y * Down + left * Across) * PixelSize;
            for (var i = 0; i < row.Length; i += shape.Channels, at += Across * PixelSize)
            {
                var alpha = pixels[at + 3];
                var (red, green, blue) = (OnWhite(pixels[at], alpha), OnWhite(pixels[at + 1], alpha), OnWhite(pixels[at + 2], alpha));
                if (shape.Channels == 1)
                    row[i] = Level((red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16, shape);
                else
                    (row[i], row[i + 1], row[i + 2]) = (Level(red, shape), Level(green, shape), Level(blue, shape));
            }
        }

        private static int OnWhite(int component, int alpha) => (component * alpha + 255 * (255 - alpha) + 127) / 255;

        // A network of the 17-level digits reads images too.
        private static byte Level(int component, ImageShape shape) => (byte)(component * shape.Levels / 256);
    }
}
