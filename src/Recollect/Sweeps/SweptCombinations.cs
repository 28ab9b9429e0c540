namespace Recollect.Sweeps;

/// <summary>The combinations of a sweep: every draw at every point of the grid.</summary>
internal static class SweptCombinations
{
    private const int LongestName = 150; // a folder's, of 255 bytes at most, with seed and ending
    private const int Patience = 100; // attempts for each draw, where draws come out the same

    /// <summary>The combinations in the order in which they are tried: all points of the grid with the first draw, then with the second.</summary>
    /// <exception cref="RecipeException">There are not so many different draws.</exception>
    public static IEnumerable<IReadOnlyList<SweptValue>> Of(Sweep sweep) =>
        from draw in Draws(sweep)
        from point in sweep.Grid.Aggregate((IEnumerable<SweptValue[]>)[[]], (points, axis) => points.SelectMany(point => axis.Values.Select(value => (SweptValue[])[.. point, value])))
        select (IReadOnlyList<SweptValue>)[.. point, .. draw];

    /// <summary>Names for <paramref name="combinations"/>: of keys and values as far as folders can be called so, else numbers.</summary>
    public static IReadOnlyList<string> Names(IReadOnlyList<IReadOnlyList<SweptValue>> combinations)
    {
        var keys = combinations[0].Select(value => value.Key).ToList();
        string Short(string key) => key.Split('.')[^1] is var last && keys.Count(other => other.Split('.')[^1] == last) == 1 ? last : key;
        List<string> names = [.. combinations.Select(values => string.Join('+', values.Select(value => $"{Short(value.Key)}={value.Label}")))];
        var areNames = names.All(name => name.Length <= LongestName) && names.Distinct(StringComparer.OrdinalIgnoreCase).Count() == names.Count;
        return areNames ? names : [.. names.Select((_, at) => $"setting-{at + 1:0000}")];
    }

    // Attempt by attempt, and key by key, from a stream of its own: more draws, or another key, leave those that there were.
    private static List<SweptValue[]> Draws(Sweep sweep)
    {
        if (sweep.Drawn.Count == 0)
            return [[]];
        var streams = sweep.Drawn.Select(key => sweep.DrawSeed.Purpose($"sweep {key.Key}")).ToList();
        var (draws, seen) = (new List<SweptValue[]>(), new HashSet<string>());
        for (var attempt = 0L; draws.Count < sweep.Draws; attempt++)
        {
            if (attempt == (long)Patience * sweep.Draws)
                throw new RecipeException($"{sweep.PlaceOf("random.draws")}: 'random.draws' is {sweep.Draws:N0}, and {attempt:N0} attempts came to {draws.Count:N0} different ones; ask for fewer, or give the keys more values.");
            SweptValue[] draw = [.. sweep.Drawn.Zip(streams, (key, stream) => key.Draw(stream.At(attempt, 0)))];
            if (seen.Add(string.Join('\n', draw.Select(value => value.Edit))))
                draws.Add(draw);
        }
        return draws;
    }
}
