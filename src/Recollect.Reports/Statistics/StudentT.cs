namespace Recollect.Reports.Statistics;

/// <summary>Student's t distribution of whole degrees of freedom.</summary>
/// <remarks>Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4: for whole degrees of freedom the probability is a finite sum.</remarks>
public static class StudentT
{
    /// <summary>The t with P(|T| ≤ t) = <paramref name="probability"/>.</summary>
    /// <param name="probability">Above 0 and below 1; 0.95 for a 95% interval.</param>
    /// <param name="degrees">Degrees of freedom, at least 1.</param>
    public static double TwoSided(double probability, int degrees)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(probability);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(probability, 1);
        var (low, high) = (0.0, 1.0);
        while (Within(high, degrees) < probability)
            high *= 2;
        while (true)
        {
            var middle = low + (high - low) / 2;
            if (middle <= low || middle >= high) // neighbours: no double lies between them
                return high;
            if (Within(middle, degrees) < probability)
                low = middle;
            else
                high = middle;
        }
    }

    /// <summary>P(|T| ≤ <paramref name="t"/>), for t ≥ 0.</summary>
    public static double Within(double t, int degrees)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(t);
        ArgumentOutOfRangeException.ThrowIfLessThan(degrees, 1);
        var angle = Math.Atan2(t, Math.Sqrt(degrees));
        var (sine, cosine) = Math.SinCos(angle);
        var odd = degrees % 2 == 1;
        var (term, sum) = (odd ? cosine : 1, 0.0);
        for (var power = odd ? 1 : 0; power <= degrees - 2; power += 2)
        {
            sum += term;
            term *= cosine * cosine * (power + 1) / (power + 2);
        }
        return odd ? (angle + sine * sum) * 2 / Math.PI : sine * sum;
    }
}
