using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>Reads CIFAR-10's binary version: records of one label byte and 3,072 pixel bytes (red plane, green plane, blue plane).</summary>
/// <remarks>Format: Krizhevsky, "The CIFAR-10 dataset", section "Binary version".</remarks>
public static class CifarReader
{
    private const int Side = 32, Plane = Side * Side, RecordSize = 1 + 3 * Plane;

    /// <summary>The shape of every image.</summary>
    public static ImageShape Shape { get; } = new(Side, Side, 3, 256);

    /// <summary>Streams the records of one file.</summary>
    /// <param name="path">Such as <c>data_batch_1.bin</c>.</param>
    /// <param name="classes">The names of labels 0…9.</param>
    /// <exception cref="DataException">The file is missing, empty, not a whole number of records, or holds a label without a name.</exception>
    public static IEnumerable<Sample> Read(string path, IReadOnlyList<string> classes)
    {
        using var input = InputStream.Open(path);
        foreach (var image in Read(input, classes))
            yield return image;
    }

    internal static IEnumerable<Sample> Read(InputStream input, IReadOnlyList<string>? classes)
    {
        if (input.KnownLength is { } length && length % RecordSize != 0)
            throw new DataException($"{input.Name}, record {length / RecordSize + 1} (offset {length / RecordSize * RecordSize:N0}): {length:N0} bytes are not a whole number of records of {RecordSize:N0} bytes. {Advice.GetAnew}");
        var record = new byte[RecordSize];
        for (var row = 0L; input.Fill(record) is > 0 and var read; row++)
        {
            if (read < RecordSize)
                throw new DataException($"{input.Name}, record {row + 1} (offset {row * RecordSize:N0}): found {read:N0} bytes; expected {RecordSize:N0}. {Advice.GetAnew}");
            if (classes is not null && record[0] >= classes.Count)
                throw new DataException($"{input.Name}, record {row + 1} (offset {row * RecordSize:N0}): the label is {record[0]}; expected 0…{classes.Count - 1}. {Advice.GetAnew}");
            var label = classes is null ? record[0].ToString() : classes[record[0]];
            yield return new ImageSample(new Origin(input.Name, "record", row + 1), label, Shape, Interleave(record));
        }
        if (input.Position == 0)
            throw new DataException($"{input.Name}: the file is empty; expected records of {RecordSize:N0} bytes. {Advice.GetAnew}");
    }

    /// <summary>The class names of <c>batches.meta.txt</c>, one a line.</summary>
    /// <exception cref="DataException">There are not ten different ones.</exception>
    public static IReadOnlyList<string> ReadClasses(string path) => ClassNames.Read(path, 10);

    private static byte[] Interleave(byte[] record)
    {
        var pixels = new byte[3 * Plane];
        for (var p = 0; p < Plane; p++)
        {
            for (var channel = 0; channel < 3; channel++)
                pixels[3 * p + channel] = record[1 + channel * Plane + p];
        }
        return pixels;
    }
}
