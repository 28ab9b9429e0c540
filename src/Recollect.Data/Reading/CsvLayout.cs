using System.Text;
using CsvHelper;
using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>Where in a row of a table the label and the steps stand.</summary>
/// <param name="Header">The names of the columns.</param>
/// <param name="Label">The label's column, or −1.</param>
/// <param name="Text">The text's column, or −1 where the steps are numbers.</param>
/// <param name="Values">The numeric columns, in order.</param>
internal sealed record CsvLayout(IReadOnlyList<string> Header, int Label, int Text, int[] Values)
{
    /// <summary>Finds the columns by their names.</summary>
    public static CsvLayout Of(string[] header, InputColumns columns, string file, bool labelled)
    {
        var places = new Dictionary<string, int>(header.Length);
        for (var column = 0; column < header.Length; column++)
        {
            if (!places.TryAdd(header[column], column))
                throw new DataException($"{file}, line 1: the column '{header[column]}' is there twice; expected different names. Rename one of them.");
        }
        int Find(string name, string key) => places.TryGetValue(name, out var column) ? column : throw Missing(name, key, header, file);
        var label = places.GetValueOrDefault(columns.Label, -1);
        if (label < 0 && labelled)
            throw Missing(columns.Label, "label", header, file);
        var text = columns.Text is null ? -1 : Find(columns.Text, "text");
        int[] values = columns switch
        {
            { Text: not null } => [],
            { Values: { } names } => [.. names.Select(name => Find(name, "values"))],
            _ => [.. Enumerable.Range(0, header.Length).Where(column => column != label)],
        };
        return text >= 0 || values.Length > 0
            ? new CsvLayout(header, label, text, values)
            : throw new DataException($"{file}, line 1: there is no column beside the label '{columns.Label}'; expected a text column or numeric columns. Add one, or name another label.") { IsOfColumn = true };
    }

    /// <summary>A row of numbers without a header: the values, and maybe the label after them.</summary>
    public static CsvLayout Bare(int cells, int values, string file) => cells == values || cells == values + 1
        ? new CsvLayout([.. Enumerable.Range(1, cells).Select(column => $"{column}")], cells == values ? -1 : values, -1, [.. Enumerable.Range(0, values)])
        : throw new DataException($"{file}, line 1: found {cells} numbers and no header; expected {values}, or {values + 1} with the label last. Correct the rows, or add a header.");

    /// <summary>Turns the row at which <paramref name="table"/> stands into a sample.</summary>
    public Sample Read(CsvReader table, Origin origin, bool labelled)
    {
        if (table.FieldCount != Header.Count)
            throw new DataException($"{origin}: found {table.FieldCount} column(s); expected {Header.Count}, as in the header. {Advice.CorrectRow}");
        var label = Label < 0 ? null : table.GetString(Label).Trim() is { Length: > 0 } name ? name : null;
        if (label is null && labelled)
            throw new DataException($"{origin}: the label (column '{Header[Label]}') is empty; expected a class. {Advice.CorrectRow}");
        if (Text >= 0)
            return new TextSample(origin, label, table.GetSpan(Text).ToArray());
        var values = new float[Values.Length];
        for (var i = 0; i < values.Length; i++)
            values[i] = Number(table.GetSpan(Values[i]), Header[Values[i]], origin);
        return new SeriesSample(origin, label, values, 1);
    }

    private static float Number(ReadOnlySpan<byte> cell, string column, Origin origin)
    {
        var isNumber = CellNumber.TryParse(cell, out float value);
        if (isNumber && float.IsFinite(value))
            return value;
        var hint = cell.IsEmpty ? " Series of unequal length are read from JSON Lines, numbers that are missing from .ts and Parquet." : $" {Advice.CorrectRow}";
        var message = $"{origin}, column '{column}': found '{Shown.Shortly(Encoding.UTF8.GetString(cell))}'; expected a finite number, such as -1.5e3.{hint}";
        throw new DataException(message) { IsOfColumn = !isNumber };
    }

    private static DataException Missing(string name, string key, string[] header, string file)
    {
        var separator = header.Length == 1 && header[0].AsSpan().IndexOfAny(";\t") >= 0 ? " The columns seem not to be separated by commas." : "";
        var nearest = Spelling.Hint(name, header);
        return new DataException($"{file}, line 1: there is no column '{name}' (data.{key}); found {Shown.Names(header, "columns")}.{nearest}{separator}") { IsOfColumn = true };
    }
}
