namespace Recollect.Reports.Statistics;

/// <summary>Numbers as their mean and standard deviation.</summary>
/// <param name="Count">How many there are, at least one.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="Deviation">The sample's standard deviation, over n − 1; null of a single number.</param>
public sealed record Spread(int Count, double Mean, double? Deviation)
{
    /// <summary>The spread of <paramref name="values"/>; null of none.</summary>
    public static Spread? Of(IEnumerable<double> values)
    {
        var all = values.ToArray();
        if (all.Length == 0)
            return null;
        var mean = all.Average();
        return new Spread(all.Length, mean, all.Length == 1 ? null : Math.Sqrt(all.Sum(value => (value - mean) * (value - mean)) / (all.Length - 1)));
    }
}
