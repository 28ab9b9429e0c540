using TorchSharp;
using static TorchSharp.torch;

namespace Recollect.Networks;

/// <summary>
/// What TorchSharp does by handing on a <see cref="Scalar"/> that nothing keeps until libtorch has read it, done by one that is kept (decision 0010). Whether a call
/// hides one is told by its IL: HeldNumbersTests.
/// </summary>
internal static class TensorNumber
{
    private static readonly Scalar One = 1.ToScalar();

    /// <summary>The number of a tensor that holds one; it is kept until the number is read.</summary>
    public static double Of(Tensor tensor)
    {
        using var scalar = tensor.ToScalar();
        GC.KeepAlive(tensor);
        return scalar.ToDouble();
    }

    /// <summary>The sum, entry by entry: <c>a + b</c> is a + 1·b to libtorch, by a 1 that the operator does not keep.</summary>
    public static Tensor Plus(this Tensor a, Tensor b) => a.add(b, One);
}
