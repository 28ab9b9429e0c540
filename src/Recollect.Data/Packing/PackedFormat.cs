using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text.Json;
using System.Text.Json.Serialization;
using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>How a packed file is laid out; decision 0014 describes every byte.</summary>
/// <remarks>
/// A head of <see cref="HeadLength"/> bytes, then blocks of whole rows, then for each part its row table and its block table, and the directory last.
/// Numbers are little-endian. XXH3 (64 bits) over each block, table, the directory and the head; SHA-256 over all after the head.
/// </remarks>
internal static class PackedFormat
{
    /// <summary>The version that is written, and the newest that is read.</summary>
    public const int Version = 1;

    /// <summary>Bytes of the head.</summary>
    public const int HeadLength = 128;

    /// <summary>Bytes at which a block is full; a row that is longer has a block of its own.</summary>
    public const int BlockLength = 1 << 20;

    /// <summary>Blocks begin at multiples of this, so that every number in them is aligned.</summary>
    public const int Alignment = 8;

    /// <summary>How the name of such a file ends, where nobody calls it otherwise.</summary>
    public const string Ending = ".packed";

    private const int ChecksumAt = HeadLength - sizeof(ulong);

    /// <summary>The first bytes of a packed file; the first of them is in no text, and a transfer as text would change the last ones.</summary>
    public static ReadOnlySpan<byte> Magic => [0x89, (byte)'R', (byte)'C', (byte)'L', (byte)'P', (byte)'K', (byte)'\r', (byte)'\n'];

    /// <summary>Whether a file that begins so was a packed one before it was damaged: the letters are there, a byte or so aside, or most of the eight bytes are.</summary>
    public static bool IsDamaged(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith(Magic) || head.Length < Magic.Length)
            return false;
        var alike = 0;
        for (var i = 0; i < Magic.Length; i++)
            alike += head[i] == Magic[i] ? 1 : 0;
        return alike >= Magic.Length - 2 || head[..Magic.Length].IndexOf(Magic[1..6]) > 0;
    }

    /// <summary>Bytes of a number in a block: as few as hold every token, and four of a real.</summary>
    public static int NumberLength(StepFormat format) => format.Kind == StepKind.Reals ? sizeof(float) : format.Width switch
    {
        <= 1 << 8 => sizeof(byte),
        <= 1 << 16 => sizeof(ushort),
        _ => sizeof(int),
    };

    /// <summary>Bytes of one step in a block.</summary>
    public static long StepLength(StepFormat format) => format.Kind == StepKind.Reals ? (long)sizeof(float) * format.Width : NumberLength(format);

    /// <summary>The bytes of a head.</summary>
    public static byte[] Write(PackedHead head)
    {
        var bytes = new byte[HeadLength];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), Version);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), head.FileLength);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), head.DirectoryAt);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(32), head.DirectoryLength);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(40), head.DirectoryChecksum);
        head.Sha256.CopyTo(bytes.AsSpan(48));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(ChecksumAt), XxHash3.HashToUInt64(bytes.AsSpan(0, ChecksumAt)));
        return bytes;
    }

    /// <summary>Reads a head.</summary>
    /// <param name="bytes">The first bytes of a file, as many as a head has or all that there are.</param>
    /// <param name="name">What messages call the file.</param>
    /// <exception cref="DataException">It is no packed file, of a newer version, or damaged.</exception>
    public static PackedHead Read(ReadOnlySpan<byte> bytes, string name)
    {
        if (!bytes.StartsWith(Magic))
        {
            var found = bytes.Length == 0 ? "it is empty" : $"it begins with the bytes {Convert.ToHexString(bytes[..Math.Min(bytes.Length, Magic.Length)])}";
            throw new DataException($"{name}: this is no packed file (offset 0), or a damaged one: {found}; expected {Convert.ToHexString(Magic)}, "
                + "with which begins what 'recollect data pack' makes. Name such a file, or make it anew.");
        }
        if (bytes.Length < HeadLength)
            throw new DataException($"{name}: the file ends at offset {bytes.Length:N0}, within its head of {HeadLength} bytes. {PackedFile.Remedy}");
        var version = BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]);
        if (BinaryPrimitives.ReadUInt64LittleEndian(bytes[ChecksumAt..]) != XxHash3.HashToUInt64(bytes[..ChecksumAt]))
        {
            throw new DataException(version > Version
                ? $"{name}: a packed file of version {version} (offset 8), or one that is damaged; this program reads version {Version}. Use the program that packed it, or pack it anew."
                : $"{name}: the head (offset 0, {HeadLength} bytes) does not agree with its checksum. {PackedFile.Remedy}");
        }
        if (version != Version)
            throw new DataException($"{name}: a packed file of version {version} (offset 8); this program reads version {Version}. Use the program that packed it, or pack it anew.");
        return new PackedHead(
            BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]), BinaryPrimitives.ReadUInt64LittleEndian(bytes[40..]), bytes[48..80].ToArray());
    }
}

/// <summary>What stands at the beginning of a packed file.</summary>
/// <param name="FileLength">Bytes of the whole file.</param>
/// <param name="DirectoryAt">Where the directory begins.</param>
/// <param name="DirectoryLength">Its bytes.</param>
/// <param name="DirectoryChecksum">Its XXH3.</param>
/// <param name="Sha256">SHA-256 of all that follows the head. // [32]</param>
internal sealed record PackedHead(long FileLength, long DirectoryAt, long DirectoryLength, ulong DirectoryChecksum, byte[] Sha256);

/// <summary>One row in a row table: 16 bytes.</summary>
/// <param name="Block">The block that holds it.</param>
/// <param name="Offset">Where in the block it begins, bytes.</param>
/// <param name="Steps">Its steps.</param>
/// <param name="Label">Its label.</param>
internal readonly record struct PackedRow(int Block, int Offset, int Steps, int Label);

/// <summary>One block in a block table: 32 bytes.</summary>
/// <param name="At">Where in the file it begins.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Checksum">Its XXH3.</param>
/// <param name="FirstRow">Its first row.</param>
/// <param name="Rows">Its rows.</param>
internal readonly record struct PackedBlock(long At, long Length, ulong Checksum, int FirstRow, int Rows);

/// <summary>A table of one part: where it is, and its checksum; its length follows from the part's counts.</summary>
/// <param name="At">Where in the file it begins.</param>
/// <param name="Checksum">Its XXH3.</param>
internal sealed record PackedTable(long At, ulong Checksum);

/// <summary>One part of a packed file.</summary>
/// <param name="Name"><see cref="Train"/>, <see cref="Validation"/> or <see cref="Test"/>.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="Cut">Rows of which only the first part became steps.</param>
/// <param name="Blocks">Its blocks.</param>
/// <param name="RowTable">An entry a row.</param>
/// <param name="BlockTable">An entry a block.</param>
internal sealed record PackedPart(string Name, int Rows, int Cut, int Blocks, PackedTable RowTable, PackedTable BlockTable)
{
    public const string Train = "train", Validation = "validation", Test = "test";
}

/// <summary>What a packed file says of itself, as JSON at its end.</summary>
internal sealed record PackedDirectory
{
    /// <summary>How the steps were made: <see cref="Sequences.Preprocessing.ToJson"/>.</summary>
    [JsonRequired]
    public required string Preprocessing { get; init; }

    /// <summary>Which columns of a table were read; null where the source is no table.</summary>
    public InputColumns? Columns { get; init; }

    /// <summary>The class names, in label order.</summary>
    [JsonRequired]
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>SHA-256 of each file that was read, by its name.</summary>
    [JsonRequired]
    public required IReadOnlyDictionary<string, string> Hashes { get; init; }

    /// <summary>The parts.</summary>
    [JsonRequired]
    public required IReadOnlyList<PackedPart> Parts { get; init; }

    /// <summary>Reads what was written with <see cref="PackedJson"/>.</summary>
    /// <exception cref="DataException">It is not of this form.</exception>
    public static PackedDirectory Read(ReadOnlySpan<byte> json, string name, long offset)
    {
        try
        {
            if (JsonSerializer.Deserialize(json, PackedJson.Default.PackedDirectory) is { Preprocessing: not null, Classes: not null, Hashes: not null, Parts: not null } directory)
                return directory;
        }
        catch (JsonException error)
        {
            throw new DataException($"{name}: the directory (offset {offset:N0}) cannot be read ({error.Message}). {PackedFile.Remedy}", error);
        }
        throw new DataException($"{name}: the directory (offset {offset:N0}) lacks what it must have. {PackedFile.Remedy}");
    }
}

/// <summary>The JSON of a packed file's directory.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PackedDirectory))]
internal sealed partial class PackedJson : JsonSerializerContext;
