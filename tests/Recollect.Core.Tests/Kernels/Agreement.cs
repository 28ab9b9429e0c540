namespace Recollect.Core.Tests.Kernels;

/// <summary>How results are compared.</summary>
internal static class Agreement
{
    /// <summary>Fails where one bit differs.</summary>
    public static void AssertSameBits(float[] expected, float[] found, string what) =>
        AssertSameBits(Array.ConvertAll(expected, value => (double)value), Array.ConvertAll(found, value => (double)value), what);

    /// <summary>Fails where one bit differs.</summary>
    public static void AssertSameBits(double[] expected, double[] found, string what)
    {
        Assert.Equal(expected.Length, found.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            if (BitConverter.DoubleToInt64Bits(expected[i]) != BitConverter.DoubleToInt64Bits(found[i]))
                Assert.Fail($"{what}, number {i}: expected {expected[i]:R}, found {found[i]:R}.");
        }
    }

    /// <summary>Fails where numbers differ by more than <paramref name="tolerance"/> of the largest: small ones are differences of large terms.</summary>
    public static void AssertNear(double[] expected, double[] found, double tolerance, string what)
    {
        var size = 1 + expected.Select(Math.Abs).DefaultIfEmpty().Max();
        Assert.Equal(expected.Length, found.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            if (!(Math.Abs(expected[i] - found[i]) <= tolerance * size))
                Assert.Fail($"{what}, number {i}: expected {expected[i]:R}, found {found[i]:R}, of size {size}.");
        }
    }

    /// <summary>Fails where two numbers differ by more than 1e-5 of <paramref name="size"/>, the sum of the sizes of what was added up.</summary>
    public static void AssertNear(double expected, double found, double size, string what, int row, int place)
    {
        if (!(Math.Abs(expected - found) <= 1e-5 * size))
            Assert.Fail($"{what}, row {row}, place {place}: expected {expected:R}, found {found:R}, of size {size:R}.");
    }
}
