using System.Globalization;
using ParquetSharp;
using ParquetSharp.IO;
using Recollect.Sequences;

namespace Recollect.Data.Tests.Witnesses;

/// <summary>A second reader of Parquet: Apache's own, in C++.</summary>
internal static class ParquetWitness
{
    /// <summary>Fails where the samples of a file are not what Apache's reader reads of it.</summary>
    /// <returns>Whether there was something to compare with: Apache's reader refuses more, such as what is wrong in the parts of a footer that this program does not read.</returns>
    public static bool Judges(IEnumerable<Sample> samples, byte[] file, InputColumns columns)
    {
        List<WitnessRow> rows;
        try
        {
            rows = [.. Rows(file, columns)];
        }
        catch (Exception) // the C++ library has one kind, and its wrapper several
        {
            return false;
        }
        WitnessRow.AgreeOn(samples, rows);
        return true;
    }

    private static IEnumerable<WitnessRow> Rows(byte[] bytes, InputColumns columns)
    {
        using var input = new ManagedRandomAccessFile(new MemoryStream(bytes));
        using var file = new ParquetFileReader(input);
        var number = 0;
        for (var index = 0; index < file.FileMetaData.NumRowGroups; index++)
        {
            using var group = file.RowGroup(index);
            var count = (int)group.MetaData.NumRows;
            var (labels, values) = (new object?[count], new List<object?[]>());
            for (var column = 0; column < group.MetaData.NumColumns; column++)
            {
                using var reader = group.Column(column).LogicalReader();
                var name = reader.ColumnDescriptor.Path.ToDotVector()[0];
                var cells = name == columns.Label || name == columns.Text || columns.Text is null ? reader.Apply(new Cells(count)) : [];
                if (name == columns.Label)
                    labels = cells;
                else if (cells.Length > 0)
                    values.Add(cells);
            }
            for (var row = 0; row < count; row++)
                yield return Row(++number, Word(labels[row]), [.. values.Select(cells => cells[row])]);
        }
    }

    private static WitnessRow Row(int number, string? label, object?[] cells) => cells switch
    {
        [string text] => new(number, label, WitnessRow.Text, System.Text.Encoding.UTF8.GetBytes(text), []),
        [Array { Length: > 0 } steps] => steps.GetValue(0) is Array vector
            ? new(number, label, WitnessRow.Series(vector.Length), [], [.. steps.Cast<Array>().SelectMany(step => step.Cast<object?>()).Select(Real)])
            : new(number, label, WitnessRow.Series(1), [], [.. steps.Cast<object?>().Select(Real)]),
        _ => new(number, label, WitnessRow.Series(1), [], [.. cells.Select(Real)]),
    };

    private static float Real(object? value) => value is null ? float.NaN : Convert.ToSingle(value, CultureInfo.InvariantCulture);

    private static string? Word(object? value) => value switch
    {
        null => null,
        bool truth => truth ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!.Trim() is { Length: > 0 } word ? word : null,
    };

    private sealed class Cells(int count) : ILogicalColumnReaderVisitor<object?[]>
    {
        public object?[] OnLogicalColumnReader<TValue>(LogicalColumnReader<TValue> columnReader) => [.. columnReader.ReadAll(count).Cast<object?>()];
    }
}
