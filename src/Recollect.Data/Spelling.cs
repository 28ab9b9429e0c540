namespace Recollect.Data;

/// <summary>Finds what a person may have meant by a name that does not exist.</summary>
internal static class Spelling
{
    /// <summary>Up to three of <paramref name="names"/> that are close to <paramref name="word"/>, nearest first; letter case does not count.</summary>
    /// <remarks>Close: at most a third of the longer word's letters differ (two where it is short), or one begins with the other.</remarks>
    public static IReadOnlyList<string> Nearest(string word, IEnumerable<string> names) =>
        [.. names.Distinct()
            .Select(name => (Name: name, Cost: Cost(word, name)))
            .Where(found => found.Cost <= Furthest(word, found.Name) && found.Cost < found.Name.Length)
            .OrderBy(found => found.Cost).ThenBy(found => found.Name, StringComparer.Ordinal)
            .Take(3)
            .Select(found => found.Name)];

    /// <summary>" Nearest: a, b." for a message, or nothing where nothing is close.</summary>
    public static string Hint(string word, IEnumerable<string> names) =>
        Nearest(word, names) is { Count: > 0 } nearest ? $" Nearest: {string.Join(", ", nearest)}." : "";

    private static int Furthest(string word, string name) => Math.Max(2, Math.Max(word.Length, name.Length) / 3);

    private static int Cost(string word, string name)
    {
        var (a, b) = (word.ToLowerInvariant(), name.ToLowerInvariant());
        var begins = Math.Min(a.Length, b.Length) >= 3 && (a.StartsWith(b, StringComparison.Ordinal) || b.StartsWith(a, StringComparison.Ordinal));
        var difference = Math.Abs(a.Length - b.Length); // no fewer letters differ; a name may be as long as a file
        return begins ? Math.Min(2, difference) : difference > Furthest(a, b) ? difference : Distance(a, b);
    }

    /// <summary>Insertions, deletions, replacements and swaps of neighbours that turn <paramref name="a"/> into <paramref name="b"/>.</summary>
    /// <remarks>Optimal string alignment: dynamic programming over the two words' prefixes.</remarks>
    internal static int Distance(string a, string b)
    {
        var cost = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    cost[i, j] = i + j;
                    continue;
                }
                var replace = cost[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                cost[i, j] = Math.Min(replace, 1 + Math.Min(cost[i - 1, j], cost[i, j - 1]));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
            }
        }
        return cost[a.Length, b.Length];
    }
}
