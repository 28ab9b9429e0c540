using FsCheck;
using FsCheck.Fluent;
using Recollect.Kernels;

namespace Recollect.Core.Tests.Kernels;

/// <summary>The sizes of one call of a kernel.</summary>
/// <param name="Rows">Rows.</param>
/// <param name="Depth">What a product sums over.</param>
/// <param name="Columns">Columns, or units.</param>
/// <param name="Seed">Of the numbers.</param>
public sealed record KernelShape(int Rows, int Depth, int Columns, int Seed);

/// <summary>Small sizes, and some that cross blocks of 256.</summary>
public static class KernelShapes
{
    public static Arbitrary<KernelShape> Any() => Arb.From(
        from rows in Gen.Choose(1, 70)
        from depth in Gen.Frequency((4, Gen.Choose(1, 70)), (1, Gen.Choose(250, 600)))
        from columns in Gen.Choose(1, 70)
        from seed in Gen.Choose(0, int.MaxValue - 1)
        select new KernelShape(rows, depth, columns, seed));

    /// <summary>What <see cref="KernelSet{T}"/> says may be read behind a row's end.</summary>
    internal static int Margin(this KernelSet<float> kernels) => Math.Max(kernels.PanelWidth, KernelSet.TileRows);
}
