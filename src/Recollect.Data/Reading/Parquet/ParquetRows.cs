using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>The rows of one row group, in order.</summary>
internal interface IParquetRows
{
    /// <summary>Takes the next row.</summary>
    Sample Sample(Origin origin, string? label);
}

/// <summary>Texts or labels, a row each.</summary>
internal sealed class ParquetWords(ParquetDecoder decoder, int group, ParquetColumn column) : IParquetRows
{
    private readonly ParquetValues<ReadOnlyMemory<byte>> _column = Words(decoder, group, column);
    private int _row;
    private int _value;

    /// <summary>The next row's text; null where there is none.</summary>
    public ReadOnlyMemory<byte>? Next(Origin origin)
    {
        if (_column.Definitions is { } definitions && definitions[_row++] < column.Defined)
            return null;
        var word = _column.Values[_value++];
        return Utf8.IsValid(word.Span) ? word : throw new DataException($"{origin}, column '{column.Name}': the text is not valid UTF-8. Write the file with UTF-8 texts.");
    }

    /// <inheritdoc/>
    public Sample Sample(Origin origin, string? label) => Next(origin) is { } text
        ? new TextSample(origin, label, text)
        : throw new DataException($"{origin}, column '{column.Name}': the text is null; expected a text. Leave the row out.");

    private static ParquetValues<ReadOnlyMemory<byte>> Words(ParquetDecoder decoder, int group, ParquetColumn column) => column.Leaf.Physical switch
    {
        ParquetPhysical.Bytes => decoder.Read<ReadOnlyMemory<byte>>(group, column),
        ParquetPhysical.Boolean => Spelled(decoder.Read<bool>(group, column), value => value ? "true" : "false"),
        ParquetPhysical.Int32 => Spelled(decoder.Read<int>(group, column),
            value => column.IsUnsigned ? ((uint)value).ToString(CultureInfo.InvariantCulture) : value.ToString(CultureInfo.InvariantCulture)),
        _ => Spelled(decoder.Read<long>(group, column),
            value => column.IsUnsigned ? ((ulong)value).ToString(CultureInfo.InvariantCulture) : value.ToString(CultureInfo.InvariantCulture)),
    };

    private static ParquetValues<ReadOnlyMemory<byte>> Spelled<T>(ParquetValues<T> column, Func<T, string> spell) =>
        new(Array.ConvertAll(column.Values, value => new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(spell(value)))), column.Definitions, column.Repetitions);
}

/// <summary>Numbers in lists or alone, of which some may be missing.</summary>
internal sealed class ParquetNumbers(ParquetDecoder decoder, int group, ParquetColumn column)
{
    private readonly ParquetValues<double> _column = Numbers(decoder, group, column);
    private int _entry;
    private int _value;

    /// <summary>Whether the next value goes on with what lies <paramref name="depth"/> lists deep, or deeper.</summary>
    public bool GoesOn(int depth) => _column.Repetitions is { } repetitions && _entry < repetitions.Length && repetitions[_entry] >= depth;

    /// <summary>Takes the next value; NaN where it is missing.</summary>
    public float Next(Origin origin, string place)
    {
        var definition = _column.Definitions?[_entry] ?? column.Defined;
        _entry++;
        if (definition < column.Defined)
        {
            return column.Absent(definition) is { } absent
                ? throw new DataException($"{origin}, column '{column.Name}'{place}: {absent}; expected at least one number. Leave the row out.")
                : float.NaN;
        }
        var value = _column.Values[_value++];
        return float.IsInfinity((float)value)
            ? throw new DataException($"{origin}, column '{column.Name}'{place}: found {value.ToString(CultureInfo.InvariantCulture)}; expected a number within the range of 32-bit floats. {Advice.CorrectRow}")
            : (float)value;
    }

    private static ParquetValues<double> Numbers(ParquetDecoder decoder, int group, ParquetColumn column) => column.Leaf.Physical switch
    {
        ParquetPhysical.Double => decoder.Read<double>(group, column),
        ParquetPhysical.Float => Widened(decoder.Read<float>(group, column), value => value),
        ParquetPhysical.Int32 => Widened(decoder.Read<int>(group, column), value => column.IsUnsigned ? (uint)value : value),
        _ => Widened(decoder.Read<long>(group, column), value => column.IsUnsigned ? (ulong)value : value),
    };

    private static ParquetValues<double> Widened<T>(ParquetValues<T> column, Converter<T, double> widen) =>
        new(Array.ConvertAll(column.Values, widen), column.Definitions, column.Repetitions);
}

/// <summary>Columns of numbers: a row is a series with one component, a column a step.</summary>
internal sealed class ParquetScalars(ParquetDecoder decoder, int group, IReadOnlyList<ParquetColumn> columns) : IParquetRows
{
    private readonly ParquetNumbers[] _columns = [.. columns.Select(column => new ParquetNumbers(decoder, group, column))];

    /// <inheritdoc/>
    public Sample Sample(Origin origin, string? label) => new SeriesSample(origin, label, Array.ConvertAll(_columns, column => column.Next(origin, "")), 1);
}

/// <summary>A column of lists: a row is a series, an element a step of one number, or of as many as the inner list has.</summary>
internal sealed class ParquetLists(ParquetDecoder decoder, int group, ParquetColumn column) : IParquetRows
{
    private readonly ParquetNumbers _numbers = new(decoder, group, column);

    /// <inheritdoc/>
    public Sample Sample(Origin origin, string? label)
    {
        var (values, components) = (new List<float>(), 0);
        var step = 0;
        do
        {
            var start = values.Count;
            var place = $", step {++step}";
            do
                values.Add(_numbers.Next(origin, place));
            while (column.Lists == 2 && _numbers.GoesOn(2));
            if (components != 0 && values.Count - start != components)
                throw new DataException($"{origin}, column '{column.Name}'{place}: found {values.Count - start} number(s); expected {components}, as in step 1. {Advice.CorrectRow}");
            components = values.Count - start;
        }
        while (_numbers.GoesOn(1));
        return new SeriesSample(origin, label, [.. values], components);
    }
}
