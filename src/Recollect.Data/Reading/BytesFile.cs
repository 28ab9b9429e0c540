using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>Reads a file as the bytes that it is, packed or not.</summary>
internal static class BytesFile
{
    /// <summary>The bytes that a file may have where it is not cut.</summary>
    public const int MostBytes = 1 << 30;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="label">Its class's name, or null.</param>
    /// <param name="maxLength">The bytes that are to become steps, beyond which one more is read, so that it shows where a file is cut; null: all.</param>
    /// <exception cref="DataException">It is missing, may not be read, is empty, or too long to be read whole.</exception>
    public static BytesSample Read(string path, string? label, int? maxLength)
    {
        using var file = InputStream.OpenRaw(path);
        return Read(file, path, label, maxLength);
    }

    /// <summary>Reads what is left of a stream.</summary>
    /// <inheritdoc cref="Read(string, string?, int?)"/>
    public static BytesSample Read(Stream stream, string name, string? label, int? maxLength)
    {
        var bytes = maxLength is { } most
            ? WholeFile.Head(stream, name, (int)Math.Min(most + 1L, Array.MaxLength))
            : WholeFile.Read(stream, name, MostBytes, "Cut files to their beginnings with data.maxLength.");
        return bytes.Length > 0
            ? new BytesSample(Origin.Whole(name), label, bytes)
            : throw new DataException($"{name}: the file is empty; expected at least one byte. Get it anew, or remove it.");
    }
}
