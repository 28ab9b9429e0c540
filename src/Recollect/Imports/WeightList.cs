namespace Recollect.Imports;

/// <summary>Lists for messages, of bounded length whatever a file holds.</summary>
internal static class WeightList
{
    private const int MostItems = 16, MostLetters = 120;

    /// <summary>The items, the first of them where there are many.</summary>
    public static string Of(IEnumerable<string> items)
    {
        var all = items.ToList();
        var shown = string.Join(", ", all.Take(MostItems).Select(item => item.Length <= MostLetters ? item : $"{item[..MostLetters]}…"));
        return all.Count <= MostItems ? shown : $"{shown} and {all.Count - MostItems:N0} more";
    }
}
