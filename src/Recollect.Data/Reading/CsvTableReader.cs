using System.Text;
using CsvHelper;
using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>Reads comma-separated tables (RFC 4180, UTF-8): a text column, or numeric columns as the steps of a series with one component.</summary>
public static class CsvTableReader
{
    // Quoting errors are errors: recovered rows would be other rows than the author's. The header is read as a record so that it may be absent.
    private static readonly CsvReaderOptions Dialect = new()
    {
        Separator = ',',
        HasHeader = false,
        TrackLineNumbers = true,
        MalformedData = CsvMalformedDataHandling.Throw,
        MaxRecordSize = RowBounds.MostBytes,
    };

    /// <summary>Streams the rows of a file that starts with a header.</summary>
    /// <param name="path">The file, plain or gzip.</param>
    /// <param name="columns">Which columns hold what; without values, all but the label are numeric, in the header's order.</param>
    /// <param name="labelled">Whether the label column must be there, and filled in every row.</param>
    /// <exception cref="DataException">The file is missing or empty, not UTF-8, lacks a column, or a row is ragged, too long, or holds a cell that is not a number.</exception>
    public static IEnumerable<Sample> Read(string path, InputColumns columns, bool labelled = true)
    {
        using var input = InputStream.Open(path);
        foreach (var sample in Read(input, columns, labelled))
            yield return sample;
    }

    /// <summary>The numeric columns that <paramref name="columns"/> stands for in a file: its own list, or all but the label.</summary>
    /// <exception cref="DataException">The file is missing or empty, or lacks a column.</exception>
    public static IReadOnlyList<string> ValueColumns(string path, InputColumns columns)
    {
        using var input = InputStream.Open(path);
        using var table = Open(input);
        var header = ReadHeader(table, input.Name);
        var layout = CsvLayout.Of(header, columns, input.Name, labelled: false);
        return [.. layout.Values.Select(column => header[column])];
    }

    /// <summary>The names in a table's first row, none of which is taken: a pipe cannot be opened a second time.</summary>
    internal static IReadOnlyList<string> PeekHeader(InputStream input)
    {
        var count = 1 << 16;
        var head = input.Peek(count);
        while (EndOfRow(head) < 0 && head.Length == count && count < RowBounds.MostBytes)
            head = input.Peek(count = 2 * count);
        if (EndOfRow(head) < 0 && head.Length >= RowBounds.MostBytes)
            throw RowBounds.TooLong($"{input.Name}, line 1", "the header");
        using var row = InputStream.From(new MemoryStream(head[..(EndOfRow(head) is >= 0 and var end ? end : head.Length)].ToArray()), input.Name);
        using var table = Open(row);
        return ReadHeader(table, input.Name);
    }

    // Past the first line break outside quotes that something stands before; −1 where there is none.
    private static int EndOfRow(ReadOnlySpan<byte> bytes)
    {
        var (at, isQuoted) = (bytes.IndexOfAnyExcept("\uFEFF\r\n"u8), false);
        while (at >= 0 && at < bytes.Length)
        {
            var next = isQuoted ? bytes[at..].IndexOf((byte)'"') : bytes[at..].IndexOfAny("\"\r\n"u8);
            if (next < 0)
                return -1;
            at += next + 1;
            if (bytes[at - 1] != '"')
                return at;
            isQuoted = !isQuoted;
        }
        return -1;
    }

    /// <param name="input">The bytes.</param>
    /// <param name="columns">Which columns hold what.</param>
    /// <param name="labelled">Whether the label column must be there, and filled.</param>
    /// <param name="bareValues">Where above 0, a first row of numbers alone is a row, not a header: so many values, and maybe the label after them.</param>
    /// <param name="note">Told which number is taken for the label where no header says it; null: nobody.</param>
    internal static IEnumerable<Sample> Read(InputStream input, InputColumns columns, bool labelled, int bareValues = 0, Action<string>? note = null) =>
        RowBounds.WithinMemory(Rows(input, columns, labelled, bareValues, note), input.Name);

    private static IEnumerable<Sample> Rows(InputStream input, InputColumns columns, bool labelled, int bareValues, Action<string>? note)
    {
        using var table = Open(input);
        var header = ReadHeader(table, input.Name);
        var bare = bareValues > 0 && header.All(cell => CellNumber.TryParse(Encoding.UTF8.GetBytes(cell), out float _));
        var layout = bare ? CsvLayout.Bare(header.Length, bareValues, input.Name) : CsvLayout.Of(header, columns, input.Name, labelled);
        if (bare && layout.Label >= 0)
            note?.Invoke($"{input.Name}: there is no header; the last of {header.Length} numbers is taken for the label. Where that stands elsewhere, add a header that calls its column '{columns.Label}'.");
        var any = bare;
        for (var there = bare || Next(table, input.Name); there; there = Next(table, input.Name))
        {
            yield return layout.Read(table, new Origin(input.Name, "line", table.LineNumber), labelled);
            any = true;
        }
        if (!any)
            throw new DataException($"{input.Name}: there is a header and no row after it; expected at least one. Add rows, or get the file anew.");
    }

    private static string[] ReadHeader(CsvReader table, string name)
    {
        if (!Next(table, name))
            throw new DataException($"{name}: the file is empty; expected a header and rows. {Advice.GetAnew}");
        var header = new string[table.FieldCount];
        for (var column = 0; column < header.Length; column++)
            header[column] = table.GetString(column);
        return header;
    }

    /// <summary>A reader that stands before the first record.</summary>
    internal static CsvReader Open(InputStream input) => CsvReader.Create(new CellGuard(new Utf8Guard(input), input.Name), Dialect);

    /// <summary>Goes to the next record, if there is one.</summary>
    /// <exception cref="DataException">Its quotes do not match, or it is too long.</exception>
    internal static bool Next(CsvReader table, string name)
    {
        try
        {
            return table.Read();
        }
        catch (CsvFormatException error) when (error.Message.Contains(nameof(CsvReaderOptions.MaxRecordSize), StringComparison.Ordinal))
        {
            throw RowBounds.TooLong($"{name}, line {error.LineNumber}", "the row, or a quoted cell in it that does not end,");
        }
        catch (CsvFormatException error)
        {
            throw new DataException($"{name}, line {error.LineNumber}, byte {error.ByteOffset:N0}: {Fault(error.Message)}; expected a cell with quotes or line breaks to be quoted, and its quotes doubled.", error);
        }
    }

    // "Malformed CSV in record 3 (line 3): a quote inside an unquoted field (byte offset 13).", of which the middle is not said already.
    private static string Fault(string message)
    {
        var (from, to) = (message.IndexOf("): ", StringComparison.Ordinal), message.LastIndexOf(" (byte offset ", StringComparison.Ordinal));
        return from >= 0 && to > from ? message[(from + "): ".Length)..to] : message.TrimEnd('.');
    }
}
