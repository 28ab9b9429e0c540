using System.Buffers.Binary;
using System.Text;

namespace Recollect.Data;

/// <summary>What the end of a Parquet file says of it: the columns as a tree, and where each row group keeps them.</summary>
/// <param name="Root">The tree's root, whose children are the columns.</param>
/// <param name="Groups">The row groups, in order.</param>
/// <param name="End">The bytes before the footer.</param>
/// <remarks>
/// Read here, and not by Parquet.Net, which takes what a damaged file says at its word: lengths that would fill the memory, numbers that never end
/// (decision 0013). The structures are those of <see href="https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift">parquet.thrift</see>.
/// </remarks>
internal sealed record ParquetFooter(ParquetNode Root, IReadOnlyList<ParquetGroup> Groups, long End)
{
    /// <summary>The bytes of a footer at most: in memory it takes some dozen times as many.</summary>
    public const int Longest = 1 << 24;

    /// <summary>The bytes with which a file begins and ends.</summary>
    public static ReadOnlySpan<byte> Magic => "PAR1"u8;

    /// <summary>Reads and checks the footer of a file.</summary>
    /// <exception cref="DataException">The file is no Parquet, cut off, encrypted or damaged.</exception>
    public static ParquetFooter Read(Stream file, string name)
    {
        var tail = new byte[8]; // the footer's length, then the magic number
        if (file.Length < Magic.Length + tail.Length)
            throw new DataException($"{name}: the file has {file.Length} bytes; expected a Parquet file, which has at least {Magic.Length + tail.Length}. {Advice.GetAnew}");
        ReadAt(file, 0, tail.AsSpan(0, 4));
        if (!tail.AsSpan(0, 4).SequenceEqual(Magic))
            throw new DataException($"{name}: the file does not begin with 'PAR1' (byte 0); expected a Parquet file{(tail.AsSpan(0, 4).SequenceEqual("PARE"u8) ? " that is not encrypted" : "")}.");
        ReadAt(file, file.Length - tail.Length, tail);
        if (!tail.AsSpan(4).SequenceEqual(Magic))
            throw new DataException($"{name}: the file begins as Parquet and does not end with 'PAR1' at byte {file.Length - 4:N0}; it is cut off or damaged. {Advice.GetAnew}");
        var length = BinaryPrimitives.ReadUInt32LittleEndian(tail);
        var end = file.Length - tail.Length - length;
        if (end < Magic.Length || length > Longest)
            throw new DataException($"{name}: the footer is said at byte {file.Length - tail.Length:N0} to have {length:N0} bytes; expected at most {Math.Min(Longest, file.Length - Magic.Length - tail.Length):N0}. The file is damaged, or has far too many row groups.");
        var bytes = new byte[length];
        ReadAt(file, end, bytes);
        try
        {
            return Parse(bytes, end);
        }
        catch (InvalidDataException error)
        {
            throw new DataException($"{name}: the footer, which begins at byte {end:N0}, is damaged: {error.Message}. {Advice.GetAnew}", error);
        }
    }

    /// <summary>Fills <paramref name="bytes"/> from a place that is inside the file.</summary>
    public static void ReadAt(Stream file, long offset, Span<byte> bytes)
    {
        file.Position = offset;
        file.ReadExactly(bytes);
    }

    private static ParquetFooter Parse(ReadOnlySpan<byte> bytes, long end)
    {
        var thrift = new ThriftReader(bytes);
        ParquetNode? root = null;
        List<ParquetGroup>? groups = null;
        var (id, rows) = (0, -1L);
        for (var type = thrift.Field(ref id); type != ThriftType.Stop; type = thrift.Field(ref id))
        {
            switch (id)
            {
                case 2:
                    root = ParquetNode.Tree(ref thrift, type);
                    break;
                case 3:
                    rows = thrift.Int64(type);
                    break;
                case 4:
                    groups = [];
                    for (var left = thrift.List(type, ThriftType.Struct); left > 0; left--)
                        groups.Add(ParquetGroup.Read(ref thrift));
                    break;
                default:
                    thrift.Skip(type);
                    break;
            }
        }
        if (root is null || groups is null)
            throw new InvalidDataException("it names no columns, or no row groups");
        if (groups.Sum(group => (decimal)group.Rows) != rows)
            throw new InvalidDataException($"it counts {rows:N0} rows, and its row groups {groups.Sum(group => (decimal)group.Rows):N0}");
        var leaves = root.Leaves().ToList();
        foreach (var group in groups)
            group.Check(leaves);
        return new ParquetFooter(root, groups, end);
    }

    /// <summary>A text of the footer.</summary>
    public static string Text(ReadOnlySpan<byte> utf8) => System.Text.Unicode.Utf8.IsValid(utf8)
        ? Encoding.UTF8.GetString(utf8)
        : throw new InvalidDataException("a name is not UTF-8");
}

/// <summary>A part of a file's rows.</summary>
/// <param name="Rows">Their number.</param>
/// <param name="Chunks">The columns' data, in the order of the tree's leaves.</param>
internal sealed record ParquetGroup(long Rows, IReadOnlyList<ParquetChunk> Chunks)
{
    internal static ParquetGroup Read(ref ThriftReader thrift)
    {
        var chunks = new List<ParquetChunk>();
        var (id, rows) = (0, -1L);
        for (var type = thrift.Field(ref id); type != ThriftType.Stop; type = thrift.Field(ref id))
        {
            switch (id)
            {
                case 1:
                    for (var left = thrift.List(type, ThriftType.Struct); left > 0; left--)
                        chunks.Add(ParquetChunk.Read(ref thrift));
                    break;
                case 3:
                    rows = thrift.Int64(type);
                    break;
                default:
                    thrift.Skip(type);
                    break;
            }
        }
        return rows is >= 0 and <= int.MaxValue ? new ParquetGroup(rows, chunks) : throw new InvalidDataException($"a row group is said to have {rows:N0} rows");
    }

    /// <summary>Fails where the columns of this group are not those of the tree.</summary>
    internal void Check(IReadOnlyList<ParquetNode> leaves)
    {
        if (Chunks.Count != leaves.Count)
            throw new InvalidDataException($"a row group has {Chunks.Count} columns, and the schema {leaves.Count}");
        foreach (var (chunk, leaf) in Chunks.Zip(leaves))
        {
            if (!chunk.IsEncrypted && chunk.Name != leaf.Name)
                throw new InvalidDataException($"a row group has a column '{chunk.Name}' in the place of '{leaf.Name}'");
        }
    }
}

/// <summary>Where a row group keeps one column, and how.</summary>
/// <param name="Name">The last part of the column's path.</param>
/// <param name="Codec">How pages are packed, by its number in parquet.thrift.</param>
/// <param name="Values">Its values, with nulls and empty lists.</param>
/// <param name="Start">The byte of the file at which its first page begins.</param>
/// <param name="Length">Its bytes in the file.</param>
/// <param name="IsEncrypted">Whether it cannot be read without a key.</param>
/// <param name="IsElsewhere">Whether it lies in another file.</param>
internal sealed record ParquetChunk(string Name, int Codec, long Values, long Start, long Length, bool IsEncrypted, bool IsElsewhere)
{
    internal static ParquetChunk Read(ref ThriftReader thrift)
    {
        var chunk = new ParquetChunk("", 0, 0, 0, 0, false, false);
        var (id, any) = (0, false);
        for (var type = thrift.Field(ref id); type != ThriftType.Stop; type = thrift.Field(ref id))
        {
            switch (id)
            {
                case 1:
                    chunk = chunk with { IsElsewhere = thrift.Binary(type).Length > 0 };
                    break;
                case 3:
                    chunk = ReadMetadata(ref thrift, type, chunk);
                    any = true;
                    break;
                case 8:
                    chunk = chunk with { IsEncrypted = true };
                    thrift.Skip(type);
                    break;
                default:
                    thrift.Skip(type);
                    break;
            }
        }
        return any || chunk.IsEncrypted ? chunk : throw new InvalidDataException("a column has no metadata");
    }

    private static ParquetChunk ReadMetadata(ref ThriftReader thrift, ThriftType whole, ParquetChunk chunk)
    {
        thrift.Struct(whole);
        var (id, data, dictionary) = (0, 0L, 0L);
        for (var type = thrift.Field(ref id); type != ThriftType.Stop; type = thrift.Field(ref id))
        {
            switch (id)
            {
                case 3:
                    for (var left = thrift.List(type, ThriftType.Binary); left > 0; left--)
                        chunk = chunk with { Name = ParquetFooter.Text(thrift.Binary(ThriftType.Binary)) };
                    break;
                case 4:
                    chunk = chunk with { Codec = thrift.Int32(type) };
                    break;
                case 5:
                    chunk = chunk with { Values = thrift.Int64(type) };
                    break;
                case 7:
                    chunk = chunk with { Length = thrift.Int64(type) };
                    break;
                case 9:
                    data = thrift.Int64(type);
                    break;
                case 11:
                    dictionary = thrift.Int64(type);
                    break;
                default:
                    thrift.Skip(type);
                    break;
            }
        }
        return chunk with { Start = dictionary > 0 ? Math.Min(dictionary, data) : data };
    }
}
