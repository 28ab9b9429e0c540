using System.Runtime.CompilerServices;

namespace Recollect.Kernels;

/// <summary>exp, sigmoid and tanh in single precision, once for every width.</summary>
/// <remarks>
/// Bounds, over every float in the stated range, against the function in double precision (measured and tested in <c>SingleFunctionsTests</c>):
/// exp within 1.02 ULP for results that are normal numbers (x from −87.33 to 88.37; above, infinity; below, 0); sigmoid within 2.5 ULP for x from
/// −88.37 on (below, 0 for what would be no normal number); tanh within 1.35 ULP everywhere, but that tanh(−0) is +0.
/// What is no number stays none. Reduction and polynomials are those of Moshier's Cephes library (expf, tanhf).
/// </remarks>
internal static class SingleFunctions<TLanes, TVector>
    where TLanes : ISingleLanes<TVector>
    where TVector : unmanaged
{
    private const float Lowest = -87.33654f; // e^x is the smallest normal number
    private const float Highest = 88.37626f; // above, n would be 128 and 2^n no number

    /// <summary>e^x = 2^n·e^r with n = round(x / ln 2) and |r| ≤ ½ ln 2; e^r ≈ 1 + r + r²·P(r).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Exp(TVector x)
    {
        var n = TLanes.Round(TLanes.Multiply(x, TLanes.All(1.44269504f)));
        // ln 2 in two parts: n times the first is exact.
        var r = TLanes.MultiplyAdd(n, TLanes.All(-0.693359375f), x);
        r = TLanes.MultiplyAdd(n, TLanes.All(2.12194440e-4f), r);
        var p = TLanes.MultiplyAdd(TLanes.All(1.9875691500e-4f), r, TLanes.All(1.3981999507e-3f));
        p = TLanes.MultiplyAdd(p, r, TLanes.All(8.3334519073e-3f));
        p = TLanes.MultiplyAdd(p, r, TLanes.All(4.1665795894e-2f));
        p = TLanes.MultiplyAdd(p, r, TLanes.All(1.6666665459e-1f));
        p = TLanes.MultiplyAdd(p, r, TLanes.All(5.0000001201e-1f));
        var e = TLanes.Add(TLanes.MultiplyAdd(TLanes.Multiply(r, r), p, r), TLanes.All(1f));
        e = TLanes.Multiply(e, TLanes.PowerOfTwo(n));
        e = TLanes.WhereLess(x, TLanes.All(Lowest), TLanes.All(0f), e);
        return TLanes.WhereLess(TLanes.All(Highest), x, TLanes.All(float.PositiveInfinity), e);
    }

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Sigmoid(TVector x)
    {
        var e = Exp(TLanes.Subtract(TLanes.All(0f), x));
        return TLanes.Divide(TLanes.All(1f), TLanes.Add(TLanes.All(1f), e));
    }

    /// <summary>x + x³·Q(x²) where |x| &lt; 0.625; beyond, ±(1 − 2 / (e^(2|x|) + 1)).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Tanh(TVector x)
    {
        var size = TLanes.Abs(x);
        var e = Exp(TLanes.Add(size, size));
        var far = TLanes.Subtract(TLanes.All(1f), TLanes.Divide(TLanes.All(2f), TLanes.Add(e, TLanes.All(1f))));
        var square = TLanes.Multiply(x, x);
        var q = TLanes.MultiplyAdd(TLanes.All(-5.70498872745e-3f), square, TLanes.All(2.06390887954e-2f));
        q = TLanes.MultiplyAdd(q, square, TLanes.All(-5.37397155531e-2f));
        q = TLanes.MultiplyAdd(q, square, TLanes.All(1.33314422036e-1f));
        q = TLanes.MultiplyAdd(q, square, TLanes.All(-3.33332819422e-1f));
        var near = TLanes.MultiplyAdd(TLanes.Multiply(q, square), x, x);
        return TLanes.WhereLess(size, TLanes.All(0.625f), near, TLanes.CopySign(far, x));
    }
}
