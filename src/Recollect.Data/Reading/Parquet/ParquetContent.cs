using System.Buffers.Binary;
using System.Numerics;

namespace Recollect.Data;

/// <summary>Counts the values in unpacked pages, and refuses those that hold fewer than their headers say.</summary>
/// <remarks>
/// In the place of values that are not there Parquet.Net gives zeros, or what lies in its memory, and says nothing (decision 0013).
/// <see href="https://parquet.apache.org/docs/file-format/data-pages/encodings/">The encodings' specification</see>.
/// </remarks>
internal static class ParquetContent
{
    private static readonly string[] Encodings =
        ["PLAIN", "", "PLAIN_DICTIONARY", "RLE", "BIT_PACKED", "DELTA_BINARY_PACKED", "DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY", "RLE_DICTIONARY", "BYTE_STREAM_SPLIT"];

    // What these announce within the packed values the library takes for true, and makes room for. (parquet-go and Trino choose one of them by themselves.)
    private static readonly string[] Unread = ["", "BIT_PACKED", "DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY"];

    /// <summary>The encodings that are read, for messages.</summary>
    public static string Readable { get; } = string.Join(", ", Encodings.Except(Unread));

    /// <summary>An encoding's name, for messages.</summary>
    public static string Name(int encoding) => Encodings.ElementAtOrDefault(encoding) ?? $"encoding {encoding}";

    /// <summary>Whether values of a kind that are written so are read.</summary>
    public static bool IsRead(int encoding, ParquetPhysical? physical) => Encodings.ElementAtOrDefault(encoding) switch
    {
        null => false,
        "RLE" => physical == ParquetPhysical.Boolean,
        "DELTA_BINARY_PACKED" => physical is ParquetPhysical.Int32 or ParquetPhysical.Int64,
        "BYTE_STREAM_SPLIT" => physical is not (ParquetPhysical.Boolean or ParquetPhysical.Bytes),
        var name => !Unread.Contains(name),
    };

    /// <summary>Counts the values of a page that are there: all but nulls and empty lists.</summary>
    /// <param name="page">The page's header.</param>
    /// <param name="content">Its bytes, unpacked.</param>
    /// <param name="column">Its column.</param>
    /// <param name="dictionary">How many values the dictionary before it has; null where there is none.</param>
    /// <returns>How many they are, and a page that holds the same and that Parquet.Net reads rightly, as far as it reads such a one.</returns>
    /// <exception cref="InvalidDataException">It holds fewer than its header says, or a level or a place that there is not.</exception>
    public static (int There, ParquetPage Page, byte[] Content) Counted(ParquetPage page, byte[] content, ParquetColumn column, int? dictionary)
    {
        var physical = column.Leaf.Physical;
        if (page.Kind == ParquetPage.Dictionary)
        {
            RefuseFewerPlain(content, physical, page.Values);
            return (page.Values, page, content);
        }
        ReadOnlySpan<byte> values = content;
        var there = page.Kind == ParquetPage.Data ? DefinedOfVersion1(ref values, page, column) : DefinedOfVersion2(ref values, page, column);
        var levels = content.AsSpan(0, content.Length - values.Length);
        page = page with { Nulls = page.Values - there };
        if (there == 0)
            return (there, Plain(page, levels.Length), levels.ToArray()); // whatever it says of values that are not there
        switch (Encodings[page.Encoding])
        {
            case "RLE": // of truth values, which Parquet.Net does not decode
                var truths = new byte[levels.Length + (there + 7) / 8];
                levels.CopyTo(truths);
                RunLengths(Prefixed(ref values), 1, there, 2, truths.AsSpan(levels.Length));
                return (there, Plain(page, truths.Length), truths);
            case "RLE_DICTIONARY" or "PLAIN_DICTIONARY":
                RefuseFewerPlaces(values, there, dictionary);
                break;
            case "DELTA_BINARY_PACKED":
                RefuseFewerDeltas(values, there, Width(physical) * 8);
                break;
            case "BYTE_STREAM_SPLIT" when values.Length != (long)there * Width(physical): // all first bytes, then all second ones: one more moves them
                throw new InvalidDataException($"{values.Length:N0} bytes for {there:N0} value(s)");
            case "BYTE_STREAM_SPLIT":
                break;
            default:
                RefuseFewerPlain(values, physical, there);
                break;
        }
        return (there, page, content);
    }

    private static ParquetPage Plain(ParquetPage page, int length) => page with { Encoding = 0, Unpacked = length };

    // Version 1: each kind of levels has its length before it.
    private static int DefinedOfVersion1(ref ReadOnlySpan<byte> content, ParquetPage page, ParquetColumn column)
    {
        if (column.Lists > 0)
            Levels(Prefixed(ref content), page.Values, column.Lists);
        return column.Defined > 0 ? Levels(Prefixed(ref content), page.Values, column.Defined) : page.Values;
    }

    // Version 2: the header has the lengths.
    private static int DefinedOfVersion2(ref ReadOnlySpan<byte> content, ParquetPage page, ParquetColumn column)
    {
        var definitions = content.Slice(page.RepetitionBytes, page.DefinitionBytes);
        content = content[(page.RepetitionBytes + page.DefinitionBytes)..];
        return column.Defined > 0 ? Levels(definitions, page.Values, column.Defined) : page.Values;
    }

    private static ReadOnlySpan<byte> Prefixed(ref ReadOnlySpan<byte> content)
    {
        if (content.Length < sizeof(int) || BinaryPrimitives.ReadUInt32LittleEndian(content) is var length && length > content.Length - sizeof(int))
            throw new InvalidDataException("levels or values longer than the page");
        var taken = content.Slice(sizeof(int), (int)length);
        content = content[(sizeof(int) + (int)length)..];
        return taken;
    }

    private static void RefuseFewerPlaces(ReadOnlySpan<byte> values, int count, int? dictionary)
    {
        if (dictionary is not { } size)
            throw new InvalidDataException("places in a dictionary, and there is none before them");
        if (values is not [<= 32, ..])
            throw new InvalidDataException("places in a dictionary of no bits, or of more than 32");
        if (values[0] > 0 || size == 0) // of no bits all are the first, whether it is said or not
            RunLengths(values[1..], values[0], count, size, []);
    }

    // How many of the levels are the highest.
    private static int Levels(ReadOnlySpan<byte> bytes, int count, int highest) => RunLengths(bytes, BitOperations.Log2((uint)highest) + 1, count, highest + 1, []);

    /// <summary>Reads runs of one value, and of values that are packed by bits in groups of eight.</summary>
    /// <param name="bytes">The runs.</param>
    /// <param name="width">Bits of a value.</param>
    /// <param name="count">Values.</param>
    /// <param name="limit">How many values there are.</param>
    /// <param name="last">Where to set a bit for each that is the last there is; may be empty.</param>
    /// <returns>How many are.</returns>
    private static int RunLengths(ReadOnlySpan<byte> bytes, int width, int count, int limit, Span<byte> last)
    {
        var reader = new ThriftReader(bytes);
        var (at, lasts) = (0, 0);
        while (at < count)
        {
            var head = reader.Varint();
            if (head is < 2 or > uint.MaxValue)
                throw new InvalidDataException($"a run of {head >> 1:N0} values");
            var isPacked = (head & 1) == 1;
            var run = (int)Math.Min((ulong)(count - at), (head >> 1) * (isPacked ? 8UL : 1));
            var packed = reader.Take(isPacked ? ((ulong)run * (ulong)width + 7) / 8 : (ulong)(width + 7) / 8);
            for (var value = 0; value < run; value++)
            {
                var found = isPacked ? Bits(packed, (long)value * width, width) : Bits(packed, 0, packed.Length * 8);
                if (found >= (ulong)limit)
                    throw new InvalidDataException($"the level or place {found:N0}, of {limit:N0} that there are");
                if (found != (ulong)limit - 1)
                    continue;
                lasts++;
                if (!last.IsEmpty)
                    last[(at + value) / 8] |= (byte)(1 << (at + value) % 8);
            }
            at += run;
        }
        return lasts;
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
    private static void RefuseFewerDeltas(ReadOnlySpan<byte> bytes, int count, int most)
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
            {
                if (widths[part] > most)
                    throw new InvalidDataException($"numbers of {widths[part]} bits, of {most} that the column has");
                reader.Take((widths[part] * (block / parts) + 7) / 8);
            }
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
