using System.Security.Cryptography;

namespace Recollect.Data;

/// <summary>Brings the files of a set out of an archive or a user's own copy: only those it knows, checked, each whole or not at all.</summary>
internal static class Unpacker
{
    private const int BufferSize = 1 << 16;

    /// <summary>Writes those files of <paramref name="wanted"/> that <paramref name="archive"/> holds into <paramref name="folder"/>.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="name">Its published name, after which a file that is no archive of several is called.</param>
    /// <param name="wanted">What is looked for.</param>
    /// <param name="folder">Where it goes.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>The names of the files written.</returns>
    /// <exception cref="DataException">The archive is damaged or unsafe, or a file's length or SHA-256 is wrong; nothing of that file is kept.</exception>
    /// <exception cref="RunException">The disk is full or may not be written.</exception>
    public static IReadOnlyList<string> Unpack(string archive, string name, IReadOnlyCollection<CatalogFile> wanted, string folder, CancellationToken stop)
    {
        var written = new List<string>();
        foreach (var entry in ArchiveEntries.Of(archive, name))
        {
            stop.ThrowIfCancellationRequested();
            if (wanted.FirstOrDefault(file => file.Name == entry.Name) is not { } file)
                continue;
            if (written.Contains(file.Name))
                throw new DataException($"{archive}: the archive holds '{file.Name}' twice; expected it once.");
            WriteWhole(archive, entry.Content, file, folder, stop);
            written.Add(file.Name);
        }
        return written;
    }

    /// <summary>What is wrong with some content that should be <paramref name="file"/>'s; null where nothing is.</summary>
    /// <exception cref="DataException">It cannot be read.</exception>
    /// <param name="content">The bytes.</param>
    /// <param name="origin">What they are read from, for messages.</param>
    /// <param name="file">What they should be.</param>
    /// <param name="take">Is given them, as far as they may be right.</param>
    /// <param name="stop">Breaks off.</param>
    public static string? Fault(Stream content, string origin, CatalogFile file, Action<ReadOnlySpan<byte>>? take = null, CancellationToken stop = default)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[BufferSize];
        var length = 0L;
        while (Read(content, buffer, origin) is > 0 and var read)
        {
            stop.ThrowIfCancellationRequested();
            length += read;
            if (length > file.Length) // stop here: what lies behind may be without end
                return $"it has more than {file.Length:N0} bytes; expected exactly so many";
            hash.AppendData(buffer, 0, read);
            take?.Invoke(buffer.AsSpan(0, read));
        }
        if (length != file.Length)
            return $"it has {length:N0} bytes; expected {file.Length:N0}";
        var found = Convert.ToHexStringLower(hash.GetHashAndReset());
        return file.Sha256 is null || found == file.Sha256 ? null : $"its SHA-256 is {found}; expected {file.Sha256}";
    }

    private static void WriteWhole(string archive, Stream content, CatalogFile file, string folder, CancellationToken stop)
    {
        var final = Path.Combine(folder, file.Name);
        var temporary = $"{final}.unpacking";
        Disk.Do(folder, () => Directory.CreateDirectory(folder));
        try
        {
            using (var target = Disk.Do(temporary, () => new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0)))
            {
                var fault = Fault(content, $"{archive}, {file.Name}", file, bytes => Disk.Write(target, bytes), stop);
                if (fault is not null)
                    throw new DataException($"{archive}: {file.Name} is not the published file: {fault}. Get it anew.");
                Disk.Do(temporary, () => target.Flush(flushToDisk: true));
            }
            Disk.Do(final, () => File.Move(temporary, final, overwrite: true));
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static int Read(Stream content, byte[] buffer, string origin)
    {
        try
        {
            return content.Read(buffer);
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            throw new DataException($"{origin}: the archive is damaged or cut off ({error.Message}). Get it anew.", error);
        }
    }
}
