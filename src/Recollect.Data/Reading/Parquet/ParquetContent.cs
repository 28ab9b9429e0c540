using System.Buffers.Binary;
using System.Numerics;

namespace Recollect.Data;

/// <summary>Counts the values in an unpacked page, and refuses one that holds fewer than its header says.</summary>
/// <remarks>
/// In the place of values that are not there Parquet.Net gives zeros, or what lies in its memory, and says nothing (decision 0013).
/// <see href="https://parquet.apache.org/docs/file-format/data-pages/encodings/">The encodings' specification</see>.
/// </remarks>
internal static class ParquetContent
{
    private static readonly string[] Encodings =
        ["PLAIN", "", "PLAIN_DICTIONARY", "RLE", "BIT_PACKED", "DELTA_BINARY_PACKED", "DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY", "RLE_DICTIONARY", "BYTE_STREAM_SPLIT"];

    // What these announce within the packed values the library takes for true, and makes room for. No writer chooses them by itself.
    private static readonly string[] Unread = ["", "BIT_PACKED", "DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY"];

    /// <summary>The encodings that are read, for messages.</summary>
    public static string Readable { get; } = string.Join(", ", Encodings.Except(Unread));

    /// <summary>An encoding's name, for messages.</summary>
    public static string Name(int encoding) => Encodings.ElementAtOrDefault(encoding) ?? $"encoding {encoding}";

    /// <summary>Whether values that are written so are read.</summary>
    public static bool IsRead(int encoding) => Encodings.ElementAtOrDefault(encoding) is { } name && !Unread.Contains(name);

    /// <summary>Whether values are places in a dictionary.</summary>
    public static bool IsOfDictionary(int encoding) => Encodings[encoding] is "PLAIN_DICTIONARY" or "RLE_DICTIONARY";

    /// <summary>The values that are there: all but nulls and empty lists.</summary>
    /// <param name="page">The page's header.</param>
    /// <param name="content">Its bytes, unpacked.</param>
    /// <param name="column">Its column.</param>
    /// <param name="dictionary">How many values the dictionary before it has; 0 where there is none.</param>
    /// <exception cref="InvalidDataException">It holds fewer than its header says, or a level or a place that there is not.</exception>
    public static int Count(ParquetPage page, ReadOnlySpan<byte> content, ParquetColumn column, int dictionary)
    {
        if (page.Kind == ParquetPage.Dictionary)
        {
            RefuseFewerPlain(content, column.Leaf.Physical, page.Values);
            return page.Values;
        }
        var there = page.Kind == ParquetPage.Data ? DefinedOfVersion1(ref content, page, column) : DefinedOfVersion2(ref content, page, column);
        switch (Encodings[page.Encoding])
        {
            case "RLE_DICTIONARY" or "PLAIN_DICTIONARY":
                RefuseFewerPlaces(content, there, dictionary);
                break;
            case "RLE":
                RunLengths(Prefixed(ref content), 1, there, 2);
                break;
            case "DELTA_BINARY_PACKED":
                RefuseFewerDeltas(content, there);
                break;
            case "BYTE_STREAM_SPLIT" when content.Length != (long)there * Width(column.Leaf.Physical): // each value's first bytes, then all the second ones: one byte more moves them all
                throw new InvalidDataException($"{content.Length:N0} bytes for {there:N0} value(s)");
            case "BYTE_STREAM_SPLIT":
                break;
            default:
                RefuseFewerPlain(content, column.Leaf.Physical, there);
                break;
        }
        return there;
    }

    // Version 1: each kind of levels has its length before it.
    private static int DefinedOfVersion1(ref ReadOnlySpan<byte> content, ParquetPage page, ParquetColumn column)
    {
        if (column.Lists > 0)
            Levels(Prefixed(ref content), page.Values, column.Lists);
        return column.Defined > 0 ? Levels(Prefixed(ref content), page.Values, column.Defined) : page.Values;
    }

    // Version 2: the header has the lengths, and counts the nulls.
    private static int DefinedOfVersion2(ref ReadOnlySpan<byte> content, ParquetPage page, ParquetColumn column)
    {
        var definitions = content.Slice(page.RepetitionBytes, page.DefinitionBytes);
        content = content[(page.RepetitionBytes + page.DefinitionBytes)..];
        var there = column.Defined > 0 ? Levels(definitions, page.Values, column.Defined) : page.Values;
        return page.Values - there == page.Nulls ? there : throw new InvalidDataException($"{page.Values - there:N0} nulls, where its header says {page.Nulls:N0}");
    }

    private static ReadOnlySpan<byte> Prefixed(ref ReadOnlySpan<byte> content)
    {
        if (content.Length < sizeof(int) || BinaryPrimitives.ReadUInt32LittleEndian(content) is var length && length > content.Length - sizeof(int))
            throw new InvalidDataException("levels or values longer than the page");
        var taken = content.Slice(sizeof(int), (int)length);
        content = content[(sizeof(int) + (int)length)..];
        return taken;
    }

    private static void RefuseFewerPlaces(ReadOnlySpan<byte> content, int count, int dictionary)
    {
        if (count == 0)
            return;
        if (content is not [<= 32, ..])
            throw new InvalidDataException("places in a dictionary of no bits, or of more than 32");
        RunLengths(content[1..], content[0], count, dictionary);
    }

    // How many of the levels are the highest.
    private static int Levels(ReadOnlySpan<byte> bytes, int count, int highest) => RunLengths(bytes, BitOperations.Log2((uint)highest) + 1, count, highest + 1);

    /// <summary>Reads runs of one value, and of values that are packed by bits in groups of eight; returns how many are the last that may be.</summary>
    private static int RunLengths(ReadOnlySpan<byte> bytes, int width, int count, int limit)
    {
        var reader = new ThriftReader(bytes);
        var last = 0;
        for (var left = count; left > 0;)
        {
            var head = reader.Varint();
            if (head is < 2 or > uint.MaxValue)
                throw new InvalidDataException($"a run of {head >> 1:N0} values");
            var isPacked = (head & 1) == 1;
            var run = (int)Math.Min((ulong)left, (head >> 1) * (isPacked ? 8UL : 1));
            var packed = reader.Take(isPacked ? ((ulong)run * (ulong)width + 7) / 8 : (ulong)(width + 7) / 8);
            for (var value = 0; value < (isPacked ? run : 1); value++)
            {
                var found = isPacked ? Bits(packed, (long)value * width, width) : Bits(packed, 0, packed.Length * 8);
                if (found >= (ulong)limit)
                    throw new InvalidDataException($"the level or place {found:N0}, of {limit:N0} that there are");
                last += found != (ulong)limit - 1 ? 0 : isPacked ? 1 : run;
            }
            left -= run;
        }
        return last;
    }

    // At most 32 bits, which lie in five bytes at most.
    private static ulong Bits(ReadOnlySpan<byte> bytes, long from, int width)
    {
        var value = 0UL;
        for (var place = (from + width + 7) / 8 - 1; place >= from / 8; place--)
            value = value << 8 | bytes[(int)place];
        return value >> (int)(from % 8) & ((1UL << width) - 1);
    }

    // The numbers in blocks of deltas: each miniblock that has any of them is there, in bits of its own width.
    private static void RefuseFewerDeltas(ReadOnlySpan<byte> bytes, int count)
    {
        var reader = new ThriftReader(bytes);
        var (block, parts, held) = (reader.Varint(), reader.Varint(), reader.Varint());
        reader.Varint(); // the first number
        if (block is 0 or > int.MaxValue || parts == 0 || parts > block || block / parts * parts != block || held != (ulong)count)
            throw new InvalidDataException($"blocks of {block:N0} numbers in {parts:N0} parts, of {held:N0} in the place of {count:N0}");
        for (var left = (long)count - 1; left > 0;)
        {
            reader.Varint(); // the block's least delta
            var widths = reader.Take(parts);
            for (var part = 0; part < widths.Length && left > 0; part++, left -= (long)(block / parts))
                reader.Take((widths[part] * (block / parts) + 7) / 8);
        }
    }

    // As they are: of the same length, or each text's length before it.
    private static void RefuseFewerPlain(ReadOnlySpan<byte> bytes, ParquetPhysical? physical, int count)
    {
        if (physical == ParquetPhysical.Bytes)
        {
            for (var left = count; left > 0; left--)
                Prefixed(ref bytes);
            return;
        }
        var expected = physical == ParquetPhysical.Boolean ? (count + 7L) / 8 : (long)count * Width(physical);
        if (bytes.Length < expected)
            throw new InvalidDataException($"{bytes.Length:N0} bytes for {count:N0} value(s); expected {expected:N0}");
    }

    private static int Width(ParquetPhysical? physical) => physical is ParquetPhysical.Int32 or ParquetPhysical.Float ? sizeof(int) : sizeof(long);
}
