using System.Runtime.CompilerServices;

namespace Recollect.Kernels;

/// <summary>exp, sigmoid and tanh in single precision, once for every width.</summary>
/// <remarks>
/// Bounds, against the function in double precision (measured over every float, and tested, in <c>SingleFunctionsTests</c>): exp within 1.02 ULP
/// everywhere; sigmoid within 2.5 ULP from −88.37 on, and below 4.2·10⁻³⁹ beneath; tanh within 2.5 ULP everywhere. What is no number stays none.
/// The exponential's reduction and polynomial are those of Moshier's Cephes library (expf).
/// </remarks>
internal static class SingleFunctions<TLanes, TVector>
    where TLanes : ISingleLanes<TVector>
    where TVector : unmanaged
{
    private const float Zero = -104; // e^x rounds to 0 from here down
    private const float Infinite = 89; // e^x rounds to infinity from here up
    private const float Flat = 9.02f; // tanh x rounds to 1 from here up

    /// <summary>e^x = 2ⁿ·(1 + m).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Exp(TVector x)
    {
        var m = Reduced(Clamp(x, Zero, Infinite), out var n);
        return TLanes.Scale(TLanes.Add(m, TLanes.All(1f)), n);
    }

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Sigmoid(TVector x)
    {
        var e = Exp(TLanes.Subtract(TLanes.All(0f), x));
        return TLanes.Divide(TLanes.All(1f), TLanes.Add(TLanes.All(1f), e));
    }

    /// <summary>d / (d + 2) for d = e^2x − 1 = 2ⁿ·m + (2ⁿ − 1), in which nothing cancels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Tanh(TVector x)
    {
        x = Clamp(x, -Flat, Flat);
        var m = Reduced(TLanes.Add(x, x), out var n);
        var power = TLanes.Scale(TLanes.All(1f), n);
        var d = TLanes.MultiplyAdd(power, m, TLanes.Subtract(power, TLanes.All(1f)));
        return TLanes.Divide(d, TLanes.Add(d, TLanes.All(2f)));
    }

    /// <summary>m = eʳ − 1 ≈ r + r²·P(r) for x = n·ln 2 + r, n = round(x / ln 2), |r| ≤ ½ ln 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Reduced(TVector x, out TVector n)
    {
        n = TLanes.Round(TLanes.Multiply(x, TLanes.All(1.44269504f)));
        // ln 2 in two parts: n times the first is exact.
        var r = TLanes.MultiplyAdd(n, TLanes.All(-0.693359375f), x);
        r = TLanes.MultiplyAdd(n, TLanes.All(2.12194440e-4f), r);
        var p = TLanes.MultiplyAdd(TLanes.All(1.9875691500e-4f), r, TLanes.All(1.3981999507e-3f));
        p = TLanes.MultiplyAdd(p, r, TLanes.All(8.3334519073e-3f));
        p = TLanes.MultiplyAdd(p, r, TLanes.All(4.1665795894e-2f));
        p = TLanes.MultiplyAdd(p, r, TLanes.All(1.6666665459e-1f));
        p = TLanes.MultiplyAdd(p, r, TLanes.All(5.0000001201e-1f));
        return TLanes.MultiplyAdd(TLanes.Multiply(r, r), p, r);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Clamp(TVector x, float least, float most) => TLanes.Larger(TLanes.All(least), TLanes.Smaller(TLanes.All(most), x));
}
