namespace Recollect.Data;

/// <summary>Which columns (properties) of a table hold what, as far as that is said: the recipe's keys <c>data.label</c>, <c>data.text</c>, <c>data.values</c>.</summary>
/// <param name="Label">The column of the label.</param>
/// <param name="Text">The column of the text.</param>
/// <param name="Values">CSV: the numeric columns, in order. JSON Lines: the one property that lists the numbers.</param>
public sealed record NamedColumns(string? Label = null, string? Text = null, IReadOnlyList<string>? Values = null)
{
    /// <summary>The keys that are given, by their names within section <c>data</c>.</summary>
    internal IEnumerable<string> Given() => [.. Label is null ? [] : (string[])["label"], .. Text is null ? [] : (string[])["text"], .. Values is null ? [] : (string[])["values"]];
}
