using System.Formats.Tar;
using System.IO.Compression;

namespace Recollect.Data;

/// <summary>A file within an archive, to be read before the next one is taken.</summary>
/// <param name="Name">The last part of its path.</param>
/// <param name="Content">Its bytes.</param>
internal sealed record ArchiveEntry(string Name, Stream Content);

/// <summary>Lists the files of a .tar.gz, .tar, .zip, .gz or plain file, and refuses an archive that could write outside a folder.</summary>
/// <remarks>
/// Only the last part of an entry's path is ever used, so that nothing could leave the folder in any case; an entry that tries to is refused all
/// the same, with the whole archive, because it was not made by an honest publisher.
/// </remarks>
internal static class ArchiveEntries
{
    private const int TarBlock = 512;
    private const long LargestEntry = 1L << 30; // the catalog's largest file has 47 MB

    /// <summary>The regular files of an archive, in order.</summary>
    /// <param name="path">The archive; a file that is none is listed as itself.</param>
    /// <param name="name">What that file is then called; without <c>.gz</c>, which is unpacked.</param>
    /// <exception cref="DataException">It is damaged, or an entry is a link, a device, or leaves the folder.</exception>
    public static IEnumerable<ArchiveEntry> Of(string path, string name)
    {
        using var input = InputStream.Open(path);
        if (input.Peek(2) is [(byte)'P', (byte)'K'])
            return OfZip(path);
        return IsTar(input.Peek(TarBlock)) ? OfTar(path) : OfSingle(path, name);
    }

    private static bool IsTar(ReadOnlySpan<byte> head) => head.Length == TarBlock && head[257..].StartsWith("ustar"u8);

    private static IEnumerable<ArchiveEntry> OfSingle(string path, string name)
    {
        using var input = InputStream.Open(path);
        yield return new ArchiveEntry(DataFolder.PlainName(name), input);
    }

    private static IEnumerable<ArchiveEntry> OfTar(string path)
    {
        using var input = InputStream.Open(path);
        using var tar = new TarReader(new TarHeaders(input));
        while (Guarded(path, "tar", () => tar.GetNextEntry()) is { } entry)
        {
            Refuse(path, entry.Name, entry.Length);
            if (entry.EntryType is TarEntryType.Directory or TarEntryType.GlobalExtendedAttributes)
                continue;
            if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile))
                throw new DataException($"{path}: the archive's entry '{entry.Name}' is a {entry.EntryType}; expected files and folders alone. Do not use this archive.");
            if (entry.DataStream is { } content)
                yield return new ArchiveEntry(LastPart(entry.Name), content);
        }
    }

    private static IEnumerable<ArchiveEntry> OfZip(string path)
    {
        using var zip = Guarded(path, "zip", () => ZipFile.OpenRead(path));
        foreach (var entry in Guarded(path, "zip", () => zip.Entries)) // read here, not when the file is opened
        {
            Refuse(path, entry.FullName, entry.Length);
            // The upper half holds a Unix mode where the archive was made on such a system; 0xA000 marks a symbolic link.
            if (((entry.ExternalAttributes >> 16) & 0xF000) == 0xA000)
                throw new DataException($"{path}: the archive's entry '{entry.FullName}' is a link; expected files and folders alone. Do not use this archive.");
            if (entry.Name.Length == 0)
                continue;
            using var content = Guarded(path, "zip", entry.Open);
            yield return new ArchiveEntry(entry.Name, content);
        }
    }

    // What .NET's readers throw at headers that contradict themselves: numbers out of range and places outside the file among them.
    private static T Guarded<T>(string path, string kind, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is InvalidDataException or IOException or FormatException or OverflowException or ArgumentException or NotSupportedException or InvalidOperationException)
        {
            throw new DataException($"{path}: the {kind} archive is damaged, cut off or of a kind that is not read ({error.Message}). Get it anew.", error);
        }
    }

    private static void Refuse(string path, string name, long length)
    {
        var parts = name.Split('/', '\\');
        if (parts.Contains("..") || name.StartsWith('/') || name.StartsWith('\\') || name.Contains(':') || name.Contains('\0'))
            throw new DataException($"{path}: the archive's entry '{name}' would leave the folder; expected names within it. Do not use this archive.");
        if (length > LargestEntry)
            throw new DataException($"{path}: the archive's entry '{name}' has {length:N0} bytes; expected at most {LargestEntry:N0}. Do not use this archive.");
    }

    private static string LastPart(string name) => name[(name.LastIndexOfAny(['/', '\\']) + 1)..];
}
