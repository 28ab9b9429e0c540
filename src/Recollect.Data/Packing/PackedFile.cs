using System.IO.Hashing;
using System.IO.MemoryMappedFiles;
using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>An open packed file: its directory in memory, its rows mapped as they are asked for.</summary>
/// <remarks>
/// Opening reads the head, the directory and the tables, and holds them against their checksums; a block is checked when it is first read. A file that is made
/// shorter while it is open is noticed when the next block is mapped; a page that is lost after that ends the process (SIGBUS), as with any mapped file.
/// </remarks>
internal sealed class PackedFile : IDisposable
{
    /// <summary>What to do about a damaged file, at the end of a message.</summary>
    public const string Remedy = "The file is cut off or damaged: copy it again, or make it anew with 'recollect data pack'.";

    private readonly FileStream _stream;
    private readonly PackedDirectory _directory;
    private readonly List<PackedSequences> _open = [];

    private PackedFile(FileStream stream, PackedHead head, PackedDirectory directory, Preprocessing preprocessing)
    {
        (_stream, _directory, Preprocessing) = (stream, directory, preprocessing);
        (Length, DirectoryAt) = (head.FileLength, head.DirectoryAt);
        Sha256 = Convert.ToHexStringLower(head.Sha256);
        Mapping = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        Mapped = new MappedBlocks(Mapping);
    }

    /// <summary>What messages call it.</summary>
    public string Name => _stream.Name;

    /// <summary>Its bytes.</summary>
    public long Length { get; }

    /// <summary>Where its directory begins.</summary>
    public long DirectoryAt { get; }

    /// <summary>The bytes it has now, which may have changed since it was opened.</summary>
    public long LengthNow => RandomAccess.GetLength(_stream.SafeFileHandle);

    /// <summary>SHA-256 of all after the head, 64 lower-case hexadecimal digits.</summary>
    public string Sha256 { get; }

    /// <summary>How the steps were made.</summary>
    public Preprocessing Preprocessing { get; }

    /// <summary>Which columns of a table were read; null where the source was none.</summary>
    public InputColumns? Columns => _directory.Columns;

    /// <summary>The class names, in label order.</summary>
    public IReadOnlyList<string> Classes => _directory.Classes;

    /// <summary>SHA-256 of each file that was packed, by its name.</summary>
    public IReadOnlyDictionary<string, string> Hashes => _directory.Hashes;

    /// <summary>The parts, in the file's order.</summary>
    public IReadOnlyList<PackedPart> Parts => _directory.Parts;

    /// <summary>The file, to be mapped piece by piece.</summary>
    internal MemoryMappedFile Mapping { get; }

    /// <summary>The blocks of all parts that are mapped now.</summary>
    internal MappedBlocks Mapped { get; }

    /// <summary>Opens a file.</summary>
    /// <exception cref="DataException">It is missing, no packed file, of a newer version, cut off or damaged; the message names the offset.</exception>
    public static PackedFile Open(string path)
    {
        var stream = InputStream.OpenRaw(path);
        PackedFile? file = null;
        try
        {
            if (!stream.CanSeek)
                throw new DataException($"{path}: this is a stream; expected a file, as a packed file is mapped. Save it, and name the file.");
            var first = new byte[PackedFormat.HeadLength];
            var head = PackedFormat.Read(first.AsSpan(0, Read(stream, first, 0)), path);
            if (stream.Length != head.FileLength)
                throw new DataException($"{path}: the file has {stream.Length:N0} bytes; expected {head.FileLength:N0}, as its head (offset 16) says. {Remedy}");
            var json = Checked(stream, "directory", head.DirectoryAt, head.DirectoryLength, head.DirectoryChecksum);
            var directory = PackedDirectory.Read(json, path, head.DirectoryAt);
            file = new PackedFile(stream, head, directory, Preprocessing.FromJson(directory.Preprocessing, $"{path}, directory (offset {head.DirectoryAt:N0})"));
            file.CheckDirectory();
            return file;
        }
        catch
        {
            file?.Dispose();
            stream.Dispose();
            throw;
        }
    }

    /// <summary>The part of a name, or null.</summary>
    public PackedPart? Find(string name) => Parts.FirstOrDefault(part => part.Name == name);

    /// <summary>The rows of a part, which end with the file; null where there is none.</summary>
    /// <param name="name">The part.</param>
    /// <param name="limit">Only the first so many; null: all.</param>
    /// <exception cref="DataException">A table is damaged.</exception>
    public PackedSequences? Rows(string name, int? limit)
    {
        if (Find(name) is not { } part)
            return null;
        var rows = new PackedSequences(this, part, limit);
        _open.Add(rows);
        return rows;
    }

    /// <summary>The bytes of a range, which agree with their checksum.</summary>
    /// <exception cref="DataException">They do not, or the range is not within the file.</exception>
    public byte[] Checked(string what, long at, long length, ulong checksum) => Checked(_stream, what, at, length, checksum);

    /// <summary>Reads all after the head, and holds it against the head's SHA-256: what a manifest names the file by.</summary>
    /// <exception cref="DataException">They do not agree.</exception>
    public void CheckSha256()
    {
        _stream.Position = PackedFormat.HeadLength;
        if (DataFolder.Hash(_stream, CancellationToken.None) is var found && found != Sha256)
            throw Damaged("body", PackedFormat.HeadLength, $"has the SHA-256 {found}; expected {Sha256}, as the head says");
    }

    /// <summary>The error of a part of the file.</summary>
    public DataException Damaged(string what, long at, string fault) => Damaged(Name, what, at, fault);

    /// <inheritdoc/>
    public void Dispose()
    {
        _open.ForEach(rows => rows.Dispose());
        Mapped.Dispose();
        Mapping.Dispose();
        _stream.Dispose();
    }

    private static DataException Damaged(string name, string what, long at, string fault) => new($"{name}: the {what} (offset {at:N0}) {fault}. {Remedy}");

    private static byte[] Checked(FileStream stream, string what, long at, long length, ulong checksum)
    {
        if (at < PackedFormat.HeadLength || length < 0 || length > Array.MaxLength || at > stream.Length - length)
            throw Damaged(stream.Name, what, at, $"has {length:N0} bytes, which do not lie within the file's {stream.Length:N0}");
        var bytes = new byte[length];
        if (Read(stream, bytes, at) < length || XxHash3.HashToUInt64(bytes) != checksum)
            throw Damaged(stream.Name, what, at, "does not agree with its checksum");
        return bytes;
    }

    private static int Read(FileStream stream, Span<byte> bytes, long at)
    {
        try
        {
            var total = 0;
            while (total < bytes.Length && RandomAccess.Read(stream.SafeFileHandle, bytes[total..], at + total) is > 0 and var read)
                total += read;
            return total;
        }
        catch (IOException error)
        {
            throw new DataException($"{stream.Name}: reading failed at offset {at:N0} ({error.Message}). {Advice.GetAnew}", error);
        }
    }

    private void CheckDirectory()
    {
        if (Classes.Count < 2 || Classes.Any(name => name is null) || Classes.Distinct().Count() != Classes.Count)
            throw Damaged("directory", DirectoryAt, "does not name two classes or more, each once");
        if (Parts.Any(part => part is not { Name: not null, RowTable: not null, BlockTable: not null } || part.Rows < 1 || part.Blocks < 1 || part.Blocks > part.Rows))
            throw Damaged("directory", DirectoryAt, "has a part without a name, rows or tables");
        if (Find(PackedPart.Train) is null || Find(PackedPart.Test) is null || Parts.DistinctBy(part => part.Name).Count() != Parts.Count)
            throw Damaged("directory", DirectoryAt, "has not one part 'train' and one 'test'");
    }
}
