using Recollect.Randomness;

namespace Recollect.Core.Tests.Kernels;

/// <summary>Random numbers of one test case, drawn one after the other.</summary>
internal sealed class Numbers(long seed)
{
    private RandomStream _stream = new Seed(seed).Stream("kernels");

    /// <summary>A standard normal number.</summary>
    public double Normal() => _stream.NextNormal();

    /// <summary>A number in [0, 1).</summary>
    public double Uniform() => _stream.NextDouble();

    /// <summary>A whole number in 0…count−1.</summary>
    public int Next(int count) => _stream.Next(count);

    /// <summary>Normal numbers that a float holds exactly, so that every engine starts from the same.</summary>
    public double[] Normals(int count, double scale = 1) => [.. Enumerable.Range(0, count).Select(_ => (double)(float)(scale * Normal()))];

    /// <summary>Normal numbers.</summary>
    public float[] Floats(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)Normal())];
}
