using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>Which columns of a Parquet file hold the label and the steps.</summary>
/// <param name="Label">The label's; null where there is none.</param>
/// <param name="Text">The text's; null where the steps are numbers.</param>
/// <param name="Values">The columns of numbers, in order, or the one column of lists.</param>
internal sealed record ParquetLayout(ParquetColumn? Label, ParquetColumn? Text, IReadOnlyList<ParquetColumn> Values)
{
    /// <summary>Finds the columns by their names, and refuses those of other types.</summary>
    public static ParquetLayout Of(ParquetNode root, InputColumns columns, string file, bool labelled)
    {
        string[] names = [.. root.Children.Select(child => child.Name)];
        if (names.GroupBy(name => name).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new DataException($"{file}: the column '{twice.Key}' is there twice; expected different names.");
        var label = labelled || names.Contains(columns.Label)
            ? Column(root, columns.Label, "label", "texts, whole numbers or truth values", column => column.IsLabel, file)
            : null;
        if (columns.Text is { } text)
            return new ParquetLayout(label, Column(root, text, "text", "texts", column => column.IsText, file), []);
        var values = columns.Values ?? [.. names.Where(name => name != columns.Label)];
        if (values.Count == 0)
            throw new DataException($"{file}: there is no column beside the label '{columns.Label}'; expected a text column or numeric columns.") { IsOfColumn = true };
        var one = values.Count == 1;
        return new ParquetLayout(label, null, [.. values.Select(name => Column(root, name, "values",
            one ? "numbers, lists of numbers or lists of lists of numbers" : "numbers, or one column of lists alone", column => column.IsNumeric && (one || column.Lists == 0), file))]);
    }

    private static ParquetColumn Column(ParquetNode root, string name, string key, string expected, Predicate<ParquetColumn> holds, string file)
    {
        var top = root.Children.FirstOrDefault(child => child.Name == name);
        if (top is null)
        {
            string[] names = [.. root.Children.Select(child => child.Name)];
            throw new DataException($"{file}: there is no column '{name}' (data.{key}); found {Shown.Names(names, "columns")}.{Spelling.Hint(name, names)}") { IsOfColumn = true };
        }
        var column = ParquetColumn.Of(root, name);
        if (column is not null && holds(column))
            return column;
        var found = column is null ? top.Describe() : string.Concat(Enumerable.Repeat("lists of ", column.Lists)) + column.Leaf.Describe();
        throw new DataException($"{file}, column '{name}' (data.{key}): found {found}; expected {expected}.") { IsOfColumn = true };
    }
}
