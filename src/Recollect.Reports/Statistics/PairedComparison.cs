namespace Recollect.Reports.Statistics;

/// <summary>Two methods, seed by seed: the mean of the differences and its interval by Student's t (decision 0016).</summary>
/// <param name="Pairs">Seeds that both have, with finite numbers.</param>
/// <param name="First">The mean of the first over these seeds; NaN of none.</param>
/// <param name="Second">The mean of the second over these seeds; NaN of none.</param>
/// <param name="HalfWidth">Half the width of the 95% interval around <see cref="Difference"/>; null with fewer than <see cref="LeastPairs"/> seeds in common, and where all differences are equal: without a spread there is no test.</param>
public sealed record PairedComparison(int Pairs, double First, double Second, double? HalfWidth)
{
    /// <summary>Seeds in common below which there is no interval.</summary>
    public const int LeastPairs = 3;

    private const double Confidence = 0.95;
    private const double Rounding = 1e-9; // of the numbers' size: differences of equal steps are as far apart in their last bits

    /// <summary>How much the first is above the second.</summary>
    public double Difference => First - Second;

    /// <summary>Whether the interval leaves out 0; false where there is none.</summary>
    public bool IsSeen => HalfWidth is { } half && Math.Abs(Difference) > half;

    /// <summary>Whether there are seeds enough and no spread between their differences.</summary>
    public bool IsWithoutSpread => Pairs >= LeastPairs && HalfWidth is null;

    /// <summary>Compares the results of two methods by seed.</summary>
    public static PairedComparison Of(IReadOnlyDictionary<long, double> first, IReadOnlyDictionary<long, double> second)
    {
        // A loss that is no number is apart from nothing.
        var seeds = first.Keys.Where(seed => double.IsFinite(first[seed]) && second.TryGetValue(seed, out var other) && double.IsFinite(other)).ToArray();
        if (seeds.Length == 0)
            return new PairedComparison(0, double.NaN, double.NaN, null);
        double? half = null;
        if (seeds.Length >= LeastPairs)
        {
            var differences = Spread.Of(seeds.Select(seed => first[seed] - second[seed]))!;
            if (!(differences.Deviation <= Rounding * seeds.Max(seed => Math.Max(Math.Abs(first[seed]), Math.Abs(second[seed])))))
                half = StudentT.TwoSided(Confidence, seeds.Length - 1) * differences.Deviation / Math.Sqrt(seeds.Length);
        }
        return new PairedComparison(seeds.Length, seeds.Average(seed => first[seed]), seeds.Average(seed => second[seed]), half);
    }
}
