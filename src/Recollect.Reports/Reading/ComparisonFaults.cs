namespace Recollect.Reports.Reading;

/// <summary>What can be wrong with what an exhibit compares.</summary>
internal static class ComparisonFaults
{
    private static readonly string[] Orders = [">", "<", "="];

    /// <summary>The order of two numbers, as a comparison writes it.</summary>
    public static string OrderOf(double first, double second) => first > second ? ">" : first < second ? "<" : "=";

    /// <summary>What is wrong with a table's comparisons, as "found; expected"; null where nothing is.</summary>
    public static string? In(TableExhibit table)
    {
        var rows = table.Rows.Select(row => row.Name).ToHashSet();
        return (table.Comparisons ?? []).Select(pair => Stranger(rows, pair.First, pair.Second)
            ?? OrderFault(pair.Paper, PairsOf.Paper(table, pair.First, pair.Column), PairsOf.Paper(table, pair.Second, pair.Column), pair.First, pair.Second)).FirstOrDefault(fault => fault is not null);
    }

    /// <summary>What is wrong with a curve's comparisons, as "found; expected"; null where nothing is.</summary>
    public static string? In(CurveExhibit curve)
    {
        if (curve.Comparisons?.Any(pair => pair is null) == true)
            return "null in a list; expected objects";
        HashSet<string> names = [.. curve.Series.Select(series => series.Name), .. (curve.References ?? []).Where(level => level.Runs is not null || level.Paper is not null).Select(level => level.Name)];
        return (curve.Comparisons ?? []).Select(pair => Stranger(names, pair.First, pair.Second) ?? Fault(curve, pair)).FirstOrDefault(fault => fault is not null);
    }

    private static string? Fault(CurveExhibit curve, CurveComparison pair)
    {
        if (pair.SecondX is not null && pair.X is null)
            return "a comparison with 'secondX' and no 'x'; expected both, or 'x' alone";
        if (pair.First == pair.Second && (pair.SecondX ?? pair.X) == pair.X)
            return $"a comparison of '{pair.First}' with itself; expected another name, or another 'secondX'";
        if ((Missing(curve, pair.First, pair.X) ?? Missing(curve, pair.Second, pair.SecondX ?? pair.X)) is { } missing)
            return missing;
        return OrderFault(pair.Paper, null, null, pair.First, pair.Second) ?? PairsOf.Places(curve, pair)
            .Select(place => OrderFault(pair.Paper, PairsOf.Point(curve, pair.First, place.First)?.Paper, PairsOf.Point(curve, pair.Second, place.Second)?.Paper, pair.First, pair.Second))
            .FirstOrDefault(fault => fault is not null);
    }

    private static string? Stranger(HashSet<string> names, params ReadOnlySpan<string> pair)
    {
        foreach (var name in pair)
        {
            if (!names.Contains(name))
                return $"a comparison with '{name}'; expected one of {string.Join(", ", names)}";
        }
        return null;
    }

    private static string? Missing(CurveExhibit curve, string name, double? x) => x is { } at && PairsOf.Point(curve, name, at) is null
        ? $"a comparison with '{name}' at {Numbers.Exactly(at)}, where it has no point; expected one of {string.Join(", ", curve.Series.First(series => series.Name == name).Points.Select(point => Numbers.Exactly(point.X)))}"
        : null;

    private static string? OrderFault(string? order, double? first, double? second, string firstName, string secondName) => order switch
    {
        null => null,
        _ when !Orders.Contains(order) => $"'paper' is '{order}' in a comparison; expected one of {string.Join(", ", Orders)}",
        _ when first is { } one && second is { } other && OrderOf(one, other) != order =>
            $"'paper' is '{order}' in a comparison of '{firstName}' with '{secondName}'; expected '{OrderOf(one, other)}', as the paper's numbers {Numbers.Exactly(one)} and {Numbers.Exactly(other)} have it",
        _ => null,
    };
}
