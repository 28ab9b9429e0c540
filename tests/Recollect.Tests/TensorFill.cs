using TorchSharp;
using static TorchSharp.torch;

namespace Recollect.Tests;

internal static class TensorFill
{
    /// <summary>Every entry becomes <paramref name="value"/>, by a number that is held until libtorch has read it (decision 0010).</summary>
    public static void FillWith(this Tensor tensor, double value)
    {
        using var _ = no_grad();
        using var number = value.ToScalar();
        tensor.fill_(number);
        GC.KeepAlive(tensor);
    }
}
