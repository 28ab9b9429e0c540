using System.Text;
using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>Reads Parquet tables, a row group at a time: a text column, numeric columns as the steps of a series with one component, or one column of lists of numbers or of vectors.</summary>
/// <remarks>Null and NaN are missing values, and NaN in the samples; what becomes of them is the preprocessing's to say.</remarks>
public static class ParquetTableReader
{
    /// <summary>Streams the rows of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="columns">Which columns hold what; without values, all but the label are read, in the file's order.</param>
    /// <param name="labelled">Whether the label column must be there, and filled in every row.</param>
    /// <exception cref="DataException">The file is missing, no Parquet, damaged or encrypted, lacks a column, or a column or a row holds what is not read.</exception>
    public static IEnumerable<Sample> Read(string path, InputColumns columns, bool labelled = true)
    {
        using var input = InputStream.Open(path);
        foreach (var sample in Read(input, columns, labelled))
            yield return sample;
    }

    /// <summary>The columns that <paramref name="columns"/> stands for in a file: its own list, or all but the label.</summary>
    /// <exception cref="DataException">The file is missing, no Parquet or damaged, or there is no column beside the label.</exception>
    public static IReadOnlyList<string> ValueColumns(string path, InputColumns columns) => ValueColumns(path, columns, labelled: false);

    internal static IReadOnlyList<string> ValueColumns(string path, InputColumns columns, bool labelled)
    {
        using var input = InputStream.Open(path);
        return [.. ParquetLayout.Of(ParquetFooter.Read(input.Seekable(), path).Root, columns, path, labelled).Values.Select(column => column.Name)];
    }

    /// <summary>The names of a file's columns.</summary>
    internal static IReadOnlyList<string> Header(InputStream input) => [.. ParquetFooter.Read(input.Seekable(), input.Name).Root.Children.Select(child => child.Name)];

    internal static IEnumerable<Sample> Read(InputStream input, InputColumns columns, bool labelled) => RowBounds.WithinMemory(Rows(input, columns, labelled), input.Name);

    private static IEnumerable<Sample> Rows(InputStream input, InputColumns columns, bool labelled)
    {
        var file = input.Seekable();
        var footer = ParquetFooter.Read(file, input.Name);
        var layout = ParquetLayout.Of(footer.Root, columns, input.Name, labelled);
        var decoder = new ParquetDecoder(file, input.Name, footer);
        var number = 0L;
        for (var index = 0; index < footer.Groups.Count; index++)
        {
            if (footer.Groups[index].Rows == 0)
                continue;
            var part = $"row group {index + 1}";
            var labels = layout.Label is null ? null : new ParquetWords(decoder, index, layout.Label);
            var rows = Rows(decoder, index, layout);
            for (var left = footer.Groups[index].Rows; left > 0; left--)
            {
                var origin = new Origin(input.Name, "row", ++number, part);
                var label = labels?.Next(origin) is { } word ? Encoding.UTF8.GetString(word.Span).Trim() : null;
                if (labelled && string.IsNullOrEmpty(label))
                    throw new DataException($"{origin}: the label (column '{layout.Label!.Name}') is {(label is null ? "null" : "empty")}; expected a text, a whole number or a truth value.");
                yield return rows.Sample(origin, string.IsNullOrEmpty(label) ? null : label);
            }
        }
        if (number == 0)
            throw new DataException($"{input.Name}: the file has columns and no row; expected at least one.");
    }

    private static IParquetRows Rows(ParquetDecoder decoder, int group, ParquetLayout layout) => layout switch
    {
        { Text: { } text } => new ParquetWords(decoder, group, text),
        { Values: [{ Lists: > 0 } lists] } => new ParquetLists(decoder, group, lists),
        _ => new ParquetScalars(decoder, group, layout.Values),
    };
}
