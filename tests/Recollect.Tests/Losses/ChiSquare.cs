namespace Recollect.Tests.Losses;

/// <summary>Pearson's test that counts follow given probabilities. Draws have fixed seeds, so that its verdict never changes by chance.</summary>
internal static class ChiSquare
{
    /// <summary>Fails where the counts would be seen less than once in a thousand times.</summary>
    public static void AssertFits(int[] counts, double[] probabilities)
    {
        var total = counts.Sum();
        var statistic = counts.Zip(probabilities, (count, p) => (count - total * p) * (count - total * p) / (total * p)).Sum();
        var freedom = counts.Length - 1;
        // Wilson and Hilferty's approximation of the 99.9% point; 3.09 is the normal one's.
        var point = freedom * Math.Pow(1 - 2.0 / (9 * Math.Max(1, freedom)) + 3.09 * Math.Sqrt(2.0 / (9 * Math.Max(1, freedom))), 3);
        Assert.True(statistic <= point, $"χ² = {statistic:F1} above {point:F1}: {string.Join(", ", counts)}");
    }
}
