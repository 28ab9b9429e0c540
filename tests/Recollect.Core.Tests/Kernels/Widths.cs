using System.Numerics;
using System.Runtime.Intrinsics;
using Recollect.Kernels;

namespace Recollect.Core.Tests.Kernels;

/// <summary>The kernels of every width that this machine computes in hardware.</summary>
internal static class Widths
{
    /// <summary>One float at a time: what all others must equal.</summary>
    public static KernelSet<float> One { get; } = new VectorKernels<OneSingle, float, float>();

    /// <summary>All wider ones.</summary>
    public static IReadOnlyList<KernelSet<float>> Vectors { get; } = [.. OfVectors()];

    /// <summary>All of them for one type of number.</summary>
    public static IReadOnlyList<KernelSet<T>> All<T>()
        where T : unmanaged, IFloatingPointIeee754<T> =>
        typeof(T) == typeof(float) ? [.. Vectors.Prepend(One).Cast<KernelSet<T>>()] : [KernelSet.Best<T>()];

    private static IEnumerable<KernelSet<float>> OfVectors()
    {
        if (Vector128.IsHardwareAccelerated)
            yield return new VectorKernels<Lanes128, Vector128<float>, float>();
        if (Vector256.IsHardwareAccelerated)
            yield return new VectorKernels<Lanes256, Vector256<float>, float>();
        if (Vector512.IsHardwareAccelerated)
            yield return new VectorKernels<Lanes512, Vector512<float>, float>();
    }
}
