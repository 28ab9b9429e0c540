using TorchSharp;
using static TorchSharp.torch;

namespace Recollect.Networks;

/// <summary>A number out of a tensor: TorchSharp's own way hands on a <see cref="Scalar"/> that nothing keeps until libtorch has read it (decision 0010).</summary>
internal static class TensorNumber
{
    /// <summary>The number of a tensor that holds one, which the caller or a scope keeps.</summary>
    public static double Of(Tensor tensor)
    {
        using var scalar = tensor.ToScalar();
        return scalar.ToDouble();
    }
}
