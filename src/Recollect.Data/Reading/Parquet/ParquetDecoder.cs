using System.Buffers.Binary;
using System.IO.Hashing;
using Parquet;

namespace Recollect.Data;

/// <summary>One column of a row group: the values that are there, and the levels that say where.</summary>
/// <param name="Values">The values, nulls left out.</param>
/// <param name="Definitions">For each value, null and empty list: whether it is there; null where all are.</param>
/// <param name="Repetitions">Likewise: whether it begins a row (0), or goes on with a list in it; null where every value is a row.</param>
internal sealed record ParquetValues<T>(T[] Values, int[]? Definitions, int[]? Repetitions);

/// <summary>Decodes the columns of a file's row groups, by Parquet.Net.</summary>
/// <remarks>
/// Parquet.Net is handed one column of one row group at a time, as a file of its own in memory: the pages unpacked and counted, and around them headers
/// and a footer written anew from what was checked. So no damage reaches it but that of the values themselves (decision 0013).
/// </remarks>
internal sealed class ParquetDecoder(Stream file, string name, ParquetFooter footer)
{
    // Some old writers leave a header out of a column's length.
    private const int Slack = 128;

    // A column of a row group lies in memory as one array, and as another when it has grown.
    private const int MostUnpacked = int.MaxValue / 2;

    private readonly ParquetBudget _budget = new(file.Length);

    /// <summary>Reads one column of a row group.</summary>
    /// <param name="group">The row group, from 0.</param>
    /// <param name="column">The column.</param>
    /// <typeparam name="T">How its values are stored.</typeparam>
    /// <exception cref="DataException">It is damaged, encrypted, asks for too much, or is packed or written in a way that is not read.</exception>
    public ParquetValues<T> Read<T>(int group, ParquetColumn column) where T : struct
    {
        var place = $"{name}, row group {group + 1}, column '{column.Name}'";
        var chunk = Checked(place, group, column);
        try
        {
            using var alone = new MemoryStream();
            alone.Write(ParquetFooter.Magic);
            var (there, dictionary) = CopyPages(place, column, chunk, alone);
            WriteFooter(alone, column, chunk, footer.Groups[group].Rows, dictionary);
            alone.Position = 0;
            var decoded = Decode<T>(alone, column, (int)chunk.Values).GetAwaiter().GetResult();
            if (decoded.Values.Length != there)
                throw new InvalidDataException($"{decoded.Values.Length:N0} values in the place of {there:N0}");
            if (decoded.Repetitions is [not 0, ..] || decoded.Repetitions?.AsSpan().Count(0) is { } lists && lists != footer.Groups[group].Rows)
                throw new InvalidDataException("its lists are not as many as the rows");
            return decoded;
        }
        // What the library throws on damaged values is not told beforehand; but whatever it is, it is about them.
        catch (Exception error) when (error is not (RecollectException or OutOfMemoryException))
        {
            throw new DataException($"{place}: the values cannot be decoded ({error.Message.TrimEnd('.')}). The file is damaged, or written in a way that is not read; "
                + "write it anew, by default settings of a current program.", error);
        }
    }

    private ParquetChunk Checked(string place, int group, ParquetColumn column)
    {
        var (rows, chunk) = (footer.Groups[group].Rows, footer.Groups[group].Chunks[column.Index]);
        if (chunk.IsEncrypted)
            throw new DataException($"{place}: it is encrypted; expected a column that is not. Write the file without encryption.");
        if (chunk.IsElsewhere)
            throw new DataException($"{place}: it lies in another file, which is not read; expected all data in this one.");
        if (!ParquetCodec.IsRead(chunk.Codec))
            throw new DataException($"{place}: it is packed by {ParquetCodec.Name(chunk.Codec)}; expected one of {ParquetCodec.Readable}. Write the file anew.");
        if (chunk.Values < 0 || (column.Lists == 0 ? chunk.Values != rows : chunk.Values < rows))
            throw new DataException($"{place}: the footer counts {chunk.Values:N0} values for {rows:N0} rows. {Advice.Damaged}");
        if (chunk.Length < 0 || chunk.Start < ParquetFooter.Magic.Length || chunk.Start > footer.End || chunk.Length > footer.End - chunk.Start)
            throw new DataException($"{place}: the footer says that it has {chunk.Length:N0} bytes from byte {chunk.Start:N0} on; the data ends at byte {footer.End:N0}. {Advice.Damaged}");
        if (chunk.Length > int.MaxValue / 2 || chunk.Values > int.MaxValue / 4)
            throw new DataException($"{place}: it has {chunk.Length:N0} bytes and {chunk.Values:N0} values, more than can be read at once. Write smaller row groups.");
        return _budget.Takes(chunk.Values, 0) ? chunk : throw TooMuch(place, $"{chunk.Values:N0} values in {chunk.Length:N0} bytes");
    }

    private DataException TooMuch(string place, string what) => new($"{place}: it is said to hold {what}; a file of {file.Length:N0} bytes may hold "
        + $"{ParquetBudget.FreeValues:N0} values and {ParquetBudget.FreeBytes:N0} unpacked bytes, and {ParquetBudget.PerByte:N0} times its own size more. The file is damaged, or made to fill the memory.");

    /// <summary>Copies the pages of a column, unpacked; returns how many values are there, and whether a dictionary is the first page.</summary>
    private (int There, bool HasDictionary) CopyPages(string place, ParquetColumn column, ParquetChunk chunk, Stream alone)
    {
        var bytes = new byte[(int)Math.Min(chunk.Length + Slack, footer.End - chunk.Start)];
        ParquetFooter.ReadAt(file, chunk.Start, bytes);
        var (at, values, there) = (0, 0L, 0);
        int? dictionary = null;
        for (var first = true; values < chunk.Values;)
        {
            var start = chunk.Start + at;
            var page = Page(place, chunk, bytes, ref at, first);
            if (page.Kind != ParquetPage.Index) // which no one has ever written; it helps to find values, and is none
            {
                RefuseUnread(place, page, column);
                RefuseContradiction(place, page, chunk, page.Kind == ParquetPage.Dictionary ? long.MaxValue : chunk.Values - values);
                if (alone.Length + page.Unpacked > MostUnpacked)
                    throw new DataException($"{place}: it has more than {MostUnpacked:N0} bytes unpacked, which is more than can be read at once. Write smaller row groups.");
                var found = Unpacked(start, page, chunk, column, bytes.AsMemory(at, page.Packed), dictionary, alone);
                if (page.Kind == ParquetPage.Dictionary)
                    dictionary = found;
                else
                    (values, there) = (values + page.Values, there + found);
                first = false;
            }
            at += page.Packed;
        }
        alone.Write([.. Enumerable.Repeat(byte.MaxValue, 16)]); // no header begins so: what reads on past the last page fails at once
        return (there, dictionary is not null);
    }

    // Copies one page, unpacked; returns how many values are there.
    private static int Unpacked(long start, ParquetPage page, ParquetChunk chunk, ParquetColumn column, ReadOnlyMemory<byte> packed, int? dictionary, Stream alone)
    {
        try
        {
            if (page.Checksum is { } checksum && (uint)checksum != Crc32.HashToUInt32(packed.Span))
                throw new InvalidDataException("its checksum is not that of its bytes");
            var content = new byte[page.Unpacked];
            var levels = page.DefinitionBytes + page.RepetitionBytes; // of version 2, which are never packed
            packed.Span[..levels].CopyTo(content);
            ParquetCodec.Unpack(page.IsPacked ? chunk.Codec : ParquetCodec.None, packed[levels..], content.AsSpan(levels));
            var counted = ParquetContent.Counted(page, content, column, dictionary);
            (counted.Page with { Packed = counted.Content.Length, IsPacked = false }).Write(alone);
            alone.Write(counted.Content);
            return counted.There;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            throw new InvalidDataException($"the page at byte {start:N0}: {error.Message.TrimEnd('.')}", error);
        }
    }

    private ParquetPage Page(string place, ParquetChunk chunk, byte[] bytes, ref int at, bool first)
    {
        var thrift = new ThriftReader(bytes.AsSpan(at));
        ParquetPage page;
        try
        {
            page = ParquetPage.Read(ref thrift);
        }
        catch (InvalidDataException error)
        {
            throw new DataException($"{place}: the page at byte {chunk.Start + at:N0} has a damaged header: {error.Message}. {Advice.GetAnew}", error);
        }
        var start = chunk.Start + at;
        at += thrift.Position;
        if (page.Packed > bytes.Length - at)
            throw new DataException($"{place}: the page at byte {start:N0} is said to have {page.Packed:N0} bytes; {bytes.Length - at:N0} are left. {Advice.Damaged}");
        if (page.Kind == ParquetPage.Dictionary && !first)
            throw new DataException($"{place}: a second dictionary begins at byte {start:N0}; expected one at most, before the values. {Advice.Damaged}");
        if (page.Kind == ParquetPage.Dictionary && page.Values > page.Unpacked)
            throw new DataException($"{place}: the dictionary at byte {start:N0} is said to have {page.Values:N0} values in {page.Unpacked:N0} bytes. {Advice.Damaged}");
        return _budget.Takes(0, page.Unpacked) ? page : throw TooMuch(place, $"a page of {page.Unpacked:N0} bytes unpacked at byte {start:N0}");
    }

    private static void RefuseUnread(string place, ParquetPage page, ParquetColumn column)
    {
        const string remedy = "Write the file anew, by default settings of a current program.";
        if (!ParquetContent.IsRead(page.Encoding, column.Leaf.Physical))
            throw new DataException($"{place}: {column.Leaf.Describe()} are written as {ParquetContent.Name(page.Encoding)}; expected one of {ParquetContent.Readable}. {remedy}");
        if (page.Kind == ParquetPage.Data && column.Defined > 0 && page.Levels != ParquetPage.RunLengths)
            throw new DataException($"{place}: the levels are bit-packed, as no program has written them for years; expected run lengths. {remedy}");
        if (page.Kind == ParquetPage.DataOfVersion2 && column.Lists > 0)
            throw new DataException($"{place}: lists in data pages of version 2 are not read; expected version 1. Write the file anew with data pages of version 1.0.");
    }

    private static void RefuseContradiction(string place, ParquetPage page, ParquetChunk chunk, long left)
    {
        if (page.Values > left)
            throw new DataException($"{place}: a page is said to hold {page.Values:N0} values, and the footer counts {left:N0} more. {Advice.Damaged}");
        if (page.Packed != page.Unpacked && (chunk.Codec == ParquetCodec.None || page is { Kind: ParquetPage.DataOfVersion2, IsPacked: false }))
            throw new DataException($"{place}: a page that is not packed is said to have {page.Packed:N0} bytes, and {page.Unpacked:N0} unpacked. {Advice.Damaged}");
    }

    private static void WriteFooter(Stream alone, ParquetColumn column, ParquetChunk chunk, long rows, bool dictionary)
    {
        var start = alone.Position;
        var (physical, pages) = ((int)column.Leaf.Physical!, ParquetFooter.Magic.Length);
        var thrift = new ThriftWriter(alone).Begin().Int(1, 1);
        thrift.List(2, ThriftType.Struct, 2 * column.Lists + 2).Begin().Text(4, "schema").Int(5, 1).End();
        var path = new List<string>();
        foreach (var nullable in column.Nullable.SkipLast(1))
        {
            thrift.Begin().Int(3, nullable ? 1 : 0).Text(4, path.Count == 0 ? "v" : "element").Int(5, 1).Int(6, 3).End().Begin().Int(3, 2).Text(4, "list").Int(5, 1).End();
            path.AddRange([path.Count == 0 ? "v" : "element", "list"]);
        }
        path.Add(path.Count == 0 ? "v" : "element");
        thrift.Begin().Int(1, physical).Int(3, column.Nullable[^1] ? 1 : 0).Text(4, path[^1]).End();
        thrift.Int(3, rows, ThriftType.Int64).List(4, ThriftType.Struct, 1).Begin().List(1, ThriftType.Struct, 1).Begin().Int(2, pages, ThriftType.Int64);
        thrift.Begin(3).Int(1, physical).List(2, ThriftType.Int32, 0).List(3, ThriftType.Binary, path.Count);
        foreach (var part in path)
            thrift.Element(part);
        thrift.Int(4, ParquetCodec.None).Int(5, chunk.Values, ThriftType.Int64).Int(6, start, ThriftType.Int64).Int(7, start - pages, ThriftType.Int64).Int(9, pages, ThriftType.Int64);
        if (dictionary)
            thrift.Int(11, pages, ThriftType.Int64);
        thrift.End().End().Int(2, start, ThriftType.Int64).Int(3, rows, ThriftType.Int64).End().End();
        var tail = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(tail, (int)(alone.Position - start));
        alone.Write(tail);
        alone.Write(ParquetFooter.Magic);
    }

    // An array that is null would convert to memory that is empty.
    private static Memory<int>? Room(int[]? levels) => levels is null ? default(Memory<int>?) : levels;

    private static async Task<ParquetValues<T>> Decode<T>(Stream alone, ParquetColumn column, int count) where T : struct
    {
        await using var reader = await ParquetReader.CreateAsync(alone).ConfigureAwait(false);
        var field = reader.Schema.GetDataFields().Single();
        if (field.MaxDefinitionLevel != column.Defined || field.MaxRepetitionLevel != column.Lists)
            throw new InvalidDataException($"levels {field.MaxDefinitionLevel} and {field.MaxRepetitionLevel} in the place of {column.Defined} and {column.Lists}");
        var values = new T[count];
        var definitions = column.Defined > 0 ? new int[count] : null;
        var repetitions = column.Lists > 0 ? new int[count] : null;
        using var group = reader.OpenRowGroupReader(0);
        await group.ReadRawAsync<T>(field, values, Room(definitions), Room(repetitions)).ConfigureAwait(false);
        if (definitions?.AsSpan().IndexOfAnyExceptInRange(0, column.Defined) >= 0 || repetitions?.AsSpan().IndexOfAnyExceptInRange(0, column.Lists) >= 0)
            throw new InvalidDataException("a level is larger than the schema allows");
        var there = definitions is null ? count : definitions.AsSpan().Count(column.Defined);
        return new ParquetValues<T>(there == count ? values : values[..there], definitions, repetitions);
    }
}
