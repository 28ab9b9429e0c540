using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>The mean and the scale that make each component of some series have mean 0 and standard deviation 1.</summary>
/// <param name="Mean">Mean over all steps of all series. // [D]</param>
/// <param name="Scale">Population standard deviation over the same; 1 for a component that never changes. // [D]</param>
internal sealed record Standardization(double[] Mean, double[] Scale)
{
    /// <summary>Computes them in passes over the series, which lose no digits where the mean is far from 0.</summary>
    public static Standardization Of(IEnumerable<SeriesSample> series, int components)
    {
        var steps = series.Sum(one => (long)one.Values.Length / components);
        var mean = Average(series, components, steps, (value, _) => value);
        var variance = Average(series, components, steps, (value, component) => (value - mean[component]) * (value - mean[component]));
        return new Standardization(mean, Array.ConvertAll(variance, square => square > 0 ? Math.Sqrt(square) : 1));
    }

    private static double[] Average(IEnumerable<SeriesSample> series, int components, long steps, Func<double, int, double> term)
    {
        var sums = new double[components];
        foreach (var one in series)
        {
            for (var i = 0; i < one.Values.Length; i++)
                sums[i % components] += term(one.Values[i], i % components);
        }
        return Array.ConvertAll(sums, sum => sum / steps);
    }
}
