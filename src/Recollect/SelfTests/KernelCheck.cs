using System.Diagnostics;
using Recollect.Kernels;
using static TorchSharp.torch;

namespace Recollect.SelfTests;

/// <summary>How far the kernels in use are from the scalar path.</summary>
/// <param name="VectorBits">The width of their vectors.</param>
/// <param name="Comparisons">How often a network was differentiated both ways.</param>
/// <param name="Apart">The largest difference of a loss or gradient, as a part of its size.</param>
/// <param name="Where">The network and the weight in which it is.</param>
internal sealed record KernelFacts(int VectorBits, int Comparisons, double Apart, string Where)
{
    /// <summary>Whether that is rounding.</summary>
    public bool Agree => Apart <= 1e-3;
}

/// <summary>Losses and gradients of drawn networks on this machine's vectors, against the same kernels one number at a time and in double precision.</summary>
internal static class KernelCheck
{
    /// <summary>Networks that are drawn; after the last comes the first again, as what fails now and then, a core that is too hot or a bit of memory, shows in time alone.</summary>
    internal const int Drawn = 24;

    private const int Least = 4; // comparisons

    // A gradient that is small beside the largest is a difference of such as make the largest.
    private const double Floor = 1e-3;

    /// <summary>Compares network after network until <paramref name="budget"/> is over.</summary>
    public static KernelFacts Run(TimeSpan budget)
    {
        var clock = Stopwatch.StartNew();
        var facts = new KernelFacts(32 * KernelSet.Best<float>().Lanes, 0, 0, "");
        for (var done = 0; done < Least || clock.Elapsed < budget; done++)
        {
            var number = done % Drawn;
            using DrawnNetwork vectors = new(DrawnShape.Of(number), ScalarType.Float32), scalars = new(DrawnShape.Of(number), ScalarType.Float64);
            var (apart, where) = Apart(scalars.Differentiate(), vectors.Differentiate());
            // No number is further from anything than any number.
            facts = facts with { Comparisons = done + 1 };
            if (!(apart <= facts.Apart))
                facts = facts with { Apart = double.IsNaN(apart) ? double.PositiveInfinity : apart, Where = $"network {number}, {where}" };
        }
        return facts;
    }

    /// <summary>The largest difference of two results, as a part of its size, and where it is; not a number where a result holds none.</summary>
    internal static (double Apart, string Where) Apart(IReadOnlyDictionary<string, double[]> expected, IReadOnlyDictionary<string, double[]> found)
    {
        var floor = Floor * expected.Values.Max(Norm);
        var (most, where) = (0.0, "");
        foreach (var (name, numbers) in expected)
        {
            if (numbers.Length != found[name].Length)
                return (double.PositiveInfinity, name);
            var apart = Norm([.. numbers.Zip(found[name], (one, other) => one - other)]) / (Norm(numbers) + floor);
            if (!(apart <= most))
                (most, where) = (apart, name);
            if (double.IsNaN(most))
                break;
        }
        return (most, where);
    }

    private static double Norm(double[] numbers) => Math.Sqrt(numbers.Sum(number => number * number));
}
