using System.Buffers.Binary;
using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>Reads IDX files of unsigned bytes, plain or gzip: images (three dimensions) and labels (one), big-endian.</summary>
/// <remarks>Format: LeCun, Cortes, Burges, "The MNIST database", section "File formats".</remarks>
public static class IdxReader
{
    private const int ImagesMagic = 0x0803, LabelsMagic = 0x0801, LargestSide = 4096;

    /// <summary>Streams the images of one file, with the labels of another where one is given.</summary>
    /// <param name="images">The images' file.</param>
    /// <param name="labels">The labels' file; null for images without labels.</param>
    /// <param name="classes">The names of labels 0, 1, …; null names them by their numbers.</param>
    /// <exception cref="DataException">A file is missing, not IDX, cut off or too long, the counts differ, or a label has no name.</exception>
    public static IEnumerable<Sample> Read(string images, string? labels = null, IReadOnlyList<string>? classes = null)
    {
        using var pixels = InputStream.Open(images);
        if (labels is null)
        {
            foreach (var image in Images(pixels))
                yield return image;
            yield break;
        }
        using var names = InputStream.Open(labels);
        foreach (var image in Images(pixels, names, classes))
            yield return image;
    }

    /// <summary>Streams the labels of a labels' file alone, as numbers 0…255.</summary>
    internal static IEnumerable<byte> Labels(InputStream input)
    {
        var count = Header(input, LabelsMagic)[0];
        var label = new byte[1];
        for (var row = 0; row < count; row++)
        {
            Take(input, label, count + 8L, $"{count:N0} labels");
            yield return label[0];
        }
        RequireEnd(input);
    }

    /// <summary>Whether the input starts as an IDX file of labels does.</summary>
    internal static bool IsLabels(ReadOnlySpan<byte> head) => head is [0, 0, 8, 1, ..];

    /// <summary>Whether the input starts as an IDX file of any kind does.</summary>
    internal static bool IsIdx(ReadOnlySpan<byte> head) => head is [0, 0, >= 8 and <= 14, ..];

    /// <summary>Whether the input starts as an IDX file of images or labels does, and the sizes in its header can be meant.</summary>
    /// <param name="head">Its first bytes.</param>
    /// <param name="length">Its bytes in all, where that is known.</param>
    internal static bool IsPlausible(ReadOnlySpan<byte> head, long? length)
    {
        if (!IsIdx(head) || head is not [_, _, _, 1 or 3, ..] || head.Length < 4 + 4 * head[3])
            return false;
        var expected = 1L;
        for (var d = 0; d < head[3]; d++)
        {
            var size = BinaryPrimitives.ReadInt32BigEndian(head[(4 + 4 * d)..]);
            if (size < 1 || (d > 0 && size > LargestSide))
                return false;
            expected *= size;
        }
        return length is null || length == 4 + 4 * head[3] + expected;
    }

    internal static IEnumerable<Sample> Images(InputStream pixels, InputStream? labels = null, IReadOnlyList<string>? classes = null)
    {
        var header = Header(pixels, ImagesMagic);
        var (count, shape) = (header[0], new ImageShape(header[1], header[2], 1, 256));
        if (labels is not null && Header(labels, LabelsMagic)[0] is var named && named != count)
            throw new DataException($"{labels.Name} holds {named:N0} labels (offset 4), but {pixels.Name} holds {count:N0} images (offset 4); expected one label an image. Get both files anew.");
        var expected = 16 + (long)count * shape.Components;
        var label = new byte[1];
        for (var row = 0; row < count; row++)
        {
            var image = new byte[shape.Components];
            Take(pixels, image, expected, $"{count:N0} images of {shape.Height}×{shape.Width}");
            if (labels is not null)
                Take(labels, label, count + 8L, $"{count:N0} labels");
            var origin = new Origin(pixels.Name, "image", row + 1);
            yield return new ImageSample(origin, labels is null ? null : NameOf(label[0], labels.Name, row, classes), shape, image);
        }
        RequireEnd(pixels);
        if (labels is not null)
            RequireEnd(labels);
    }

    private static string NameOf(byte label, string file, int row, IReadOnlyList<string>? classes)
    {
        if (classes is null)
            return label.ToString();
        return label < classes.Count
            ? classes[label]
            : throw new DataException($"{file}, label {row + 1} (offset {8 + row:N0}): found {label}; expected 0…{classes.Count - 1}. {Advice.GetAnew}");
    }

    // Four bytes of magic (0, 0, type, dimensions), then each dimension as a big-endian 32-bit number.
    private static int[] Header(InputStream input, int magic)
    {
        Span<byte> head = stackalloc byte[4];
        if (input.Fill(head) < 4)
            throw new DataException($"{input.Name}, offset {input.Position}: the file ends within the 4 bytes of an IDX magic number. {Advice.GetAnew}");
        var found = BinaryPrimitives.ReadInt32BigEndian(head);
        if (found != magic)
            throw new DataException($"{input.Name}: the magic number at offset 0 is 0x{found:X8}; expected 0x{magic:X8} (IDX {(magic == ImagesMagic ? "images" : "labels")} of unsigned bytes). Name the right file, or get it anew.");
        var sizes = new int[magic & 0xff];
        for (var d = 0; d < sizes.Length; d++)
        {
            if (input.Fill(head) < 4)
                throw new DataException($"{input.Name}, offset {input.Position}: the file ends within its header; expected {4 + 4 * sizes.Length} bytes. {Advice.GetAnew}");
            sizes[d] = BinaryPrimitives.ReadInt32BigEndian(head);
            if (sizes[d] < 1 || (d > 0 && sizes[d] > LargestSide))
                throw new DataException($"{input.Name}: dimension {d + 1} at offset {4 + 4 * d} is {sizes[d]}; expected {(d == 0 ? "at least 1" : $"1…{LargestSide}")}. {Advice.GetAnew}");
        }
        CheckLength(input, sizes);
        return sizes;
    }

    private static void CheckLength(InputStream input, int[] sizes)
    {
        var expected = 4 + 4 * sizes.Length + sizes.Aggregate(1L, (product, size) => product * size);
        if (input.KnownLength is { } length && length != expected)
            throw Cut(input.Name, expected, length, string.Join("×", sizes));
    }

    private static void Take(InputStream input, Span<byte> into, long expected, string what)
    {
        if (input.Fill(into) < into.Length)
            throw Cut(input.Name, expected, input.Position, what);
    }

    private static void RequireEnd(InputStream input)
    {
        if (input.Peek(1).Length > 0)
            throw Cut(input.Name, input.Position, null, "no more");
    }

    private static DataException Cut(string name, long expected, long? found, string what) =>
        new($"{name}, offset {Math.Min(expected, found ?? expected):N0}: the file is {(found < expected ? "cut off" : "too long")}: its header announces {what}, {expected:N0} bytes in all, " +
            $"and it holds {(found is null ? "more" : $"{found:N0}")}. {Advice.GetAnew}");
}
