using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>The columns by which a table is described: those that are named, and else what a recipe's defaults and a column "text" suggest.</summary>
internal static class TableColumns
{
    /// <summary>The column that is taken for the text where none is named.</summary>
    internal const string DefaultText = "text";

    private const int FirstBytes = 1 << 20;

    /// <summary>Streams the rows of a table; where the sequence's columns are guessed, an error that others may mend says how to name them.</summary>
    /// <param name="input">The table, of which none is read yet.</param>
    /// <param name="source">csv, jsonl or parquet.</param>
    /// <param name="named">What is said of the columns; a label that is named must be in every row, as in training.</param>
    /// <param name="columns">The columns that are read.</param>
    /// <exception cref="RecipeException">A recipe that names these columns would be refused.</exception>
    /// <exception cref="DataException">A column is missing, or a row is wrong.</exception>
    public static IEnumerable<Sample> Read(InputStream input, string source, NamedColumns named, out InputColumns columns)
    {
        DataOptionRules.Check(new DataOptions { Source = source, Train = input.Name, Label = named.Label, Text = named.Text, Values = named.Values });
        var (isGuess, labelled) = (named is { Text: null, Values: null }, named.Label is not null);
        var header = isGuess ? Header(input, source) : null; // null of JSON Lines too, where each line says for itself
        var text = isGuess && (header?.Contains(DefaultText) ?? JsonLinesReader.HasText(input.Peek(FirstBytes))) ? DefaultText : named.Text;
        columns = new InputColumns { Label = named.Label ?? InputColumns.DefaultLabel, Text = text, Values = named.Values };
        if (text is null && named.Values is null)
            columns = columns with { Values = header is null ? [InputColumns.DefaultValues] : AllButLabel(header, columns.Label) };
        var rows = source switch
        {
            DataSources.Csv => CsvTableReader.Read(input, columns, labelled),
            DataSources.Parquet => ParquetTableReader.Read(input, columns, labelled),
            _ => JsonLinesReader.Read(input, columns, labelled),
        };
        return isGuess ? Explained(rows, labelled
            ? "The columns beside the label are a guess: --text and --values name them, as data.text and data.values do in a recipe."
            : "These columns are a guess, as none was named: --text, --values and --label name them, as data.text, data.values and data.label do in a recipe.") : rows;
    }

    private static IReadOnlyList<string>? Header(InputStream input, string source) => source switch
    {
        DataSources.Parquet => ParquetTableReader.Header(input),
        DataSources.Csv => CsvTableReader.PeekHeader(input),
        _ => null,
    };

    private static List<string>? AllButLabel(IReadOnlyList<string> header, string label) =>
        header.Where(name => name != label).ToList() is { Count: > 0 } names ? names : null; // the reader refuses a table of labels alone

    /// <summary>The same rows; where one holds something else than its column should, with a hint about the columns.</summary>
    public static IEnumerable<Sample> Explained(IEnumerable<Sample> rows, string hint)
    {
        using var row = rows.GetEnumerator();
        while (Next(row, hint))
            yield return row.Current;
    }

    private static bool Next(IEnumerator<Sample> row, string hint)
    {
        try
        {
            return row.MoveNext();
        }
        catch (DataException error) when (error.IsOfColumn)
        {
            throw new DataException($"{error.Message} {hint}", error);
        }
    }
}
