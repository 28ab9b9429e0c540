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
        var places = Places(root, file);
        ParquetColumn Find(string name, string key, string expected, Predicate<ParquetColumn> holds) => Column(root, places, name, key, expected, holds, file);
        var label = labelled || places.ContainsKey(columns.Label)
            ? Find(columns.Label, "label", "texts, whole numbers or truth values", column => column.IsLabel)
            : null;
        if (columns.Text is { } text)
            return new ParquetLayout(label, Find(text, "text", "texts", column => column.IsText), []);
        var values = columns.Values ?? [.. root.Children.Select(child => child.Name).Where(name => name != columns.Label)];
        if (values.Count == 0)
            throw new DataException($"{file}: there is no column beside the label '{columns.Label}'; expected a text column or numeric columns.") { IsOfColumn = true };
        var one = values.Count == 1;
        return new ParquetLayout(label, null, [.. values.Select(name => Find(name, "values",
            one ? "numbers, lists of numbers or lists of lists of numbers" : "numbers, or one column of lists alone", column => column.IsNumeric && (one || column.Lists == 0)))]);
    }

    // Each column by its name, and the place of its first leaf among all.
    private static Dictionary<string, (ParquetNode Node, int Leaf)> Places(ParquetNode root, string file)
    {
        var (places, leaf) = (new Dictionary<string, (ParquetNode Node, int Leaf)>(root.Children.Count), 0);
        foreach (var child in root.Children)
        {
            if (!places.TryAdd(child.Name, (child, leaf)))
                throw new DataException($"{file}: the column '{child.Name}' is there twice; expected different names.");
            leaf += child.Leaves().Count();
        }
        return places;
    }

    private static ParquetColumn Column(
        ParquetNode root, Dictionary<string, (ParquetNode Node, int Leaf)> places, string name, string key, string expected, Predicate<ParquetColumn> holds, string file)
    {
        string[] Names() => [.. root.Children.Select(child => child.Name)]; // of a message alone: there may be very many columns
        if (!places.TryGetValue(name, out var top))
        {
            throw new DataException($"{file}: there is no column '{name}' (data.{key}); found {Shown.Names(Names(), "columns")}.{Spelling.Hint(name, Names())}") { IsOfColumn = true };
        }
        var column = ParquetColumn.Of(top.Node, top.Leaf);
        if (column is not null && holds(column))
            return column;
        var found = column is null ? top.Node.Describe() : string.Concat(Enumerable.Repeat("lists of ", column.Lists)) + column.Leaf.Describe();
        throw new DataException($"{file}, column '{name}' (data.{key}): found {found}; expected {expected}. The columns are {Shown.Names(Names(), "columns")}.") { IsOfColumn = true };
    }
}
