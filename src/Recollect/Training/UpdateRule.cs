using System.Numerics;

namespace Recollect.Training;

/// <summary>The optimisers' rules over plain memory, with PyTorch's defaults: RMSProp α 0.99; Adam β 0.9 and 0.999; ε 1e-8, outside the root.</summary>
internal static class UpdateRule
{
    private const double Alpha = 0.99, Beta1 = 0.9, Beta2 = 0.999, Epsilon = 1e-8;

    /// <summary>RMSProp (Tieleman and Hinton 2012) with L2 decay.</summary>
    /// <param name="weights">What is changed.</param>
    /// <param name="gradient">Its gradient.</param>
    /// <param name="squares">The running average of squared gradients.</param>
    /// <param name="rate">The learning rate.</param>
    /// <param name="decay">The weight decay.</param>
    public static void RmsProp<T>(Span<T> weights, ReadOnlySpan<T> gradient, Span<T> squares, double rate, double decay)
        where T : unmanaged, INumberBase<T>
    {
        Vector<T> alpha = All<T>(Alpha), rest = All<T>(1 - Alpha), epsilon = All<T>(Epsilon), size = All<T>(rate), l2 = All<T>(decay);
        for (var i = 0; i < weights.Length; i += Vector<T>.Count)
        {
            var w = Load<T>(weights, i);
            var g = Load(gradient, i) + l2 * w;
            var s = alpha * Load<T>(squares, i) + rest * g * g;
            Store(s, squares, i);
            Store(w - size * g / (Vector.SquareRoot(s) + epsilon), weights, i);
        }
    }

    /// <summary>Adam (Kingma and Ba 2015) with L2 decay, or with <paramref name="decoupled"/> decay: AdamW (Loshchilov and Hutter 2019).</summary>
    /// <param name="weights">What is changed.</param>
    /// <param name="gradient">Its gradient.</param>
    /// <param name="mean">The running average of gradients.</param>
    /// <param name="squares">The running average of squared gradients.</param>
    /// <param name="step">The number of this update, from 1 on.</param>
    /// <param name="rate">The learning rate.</param>
    /// <param name="decay">The weight decay.</param>
    /// <param name="decoupled">Whether the decay shrinks weights directly, and does not enter the gradient.</param>
    public static void Adam<T>(Span<T> weights, ReadOnlySpan<T> gradient, Span<T> mean, Span<T> squares, long step, double rate, double decay, bool decoupled)
        where T : unmanaged, INumberBase<T>
    {
        Vector<T> beta1 = All<T>(Beta1), rest1 = All<T>(1 - Beta1), beta2 = All<T>(Beta2), rest2 = All<T>(1 - Beta2), epsilon = All<T>(Epsilon);
        Vector<T> size = All<T>(rate / (1 - Math.Pow(Beta1, step))), correction = All<T>(1 / Math.Sqrt(1 - Math.Pow(Beta2, step)));
        Vector<T> l2 = All<T>(decoupled ? 0 : decay), kept = All<T>(decoupled ? 1 - rate * decay : 1);
        for (var i = 0; i < weights.Length; i += Vector<T>.Count)
        {
            var w = Load<T>(weights, i);
            var g = Load(gradient, i) + l2 * w;
            var m = beta1 * Load<T>(mean, i) + rest1 * g;
            var s = beta2 * Load<T>(squares, i) + rest2 * g * g;
            Store(m, mean, i);
            Store(s, squares, i);
            Store(kept * w - size * m / (Vector.SquareRoot(s) * correction + epsilon), weights, i);
        }
    }

    private static Vector<T> All<T>(double value)
        where T : unmanaged, INumberBase<T> => new(T.CreateTruncating(value));

    // The last numbers may be fewer than a vector holds.
    private static Vector<T> Load<T>(ReadOnlySpan<T> from, int at)
        where T : unmanaged
    {
        if (from.Length - at >= Vector<T>.Count)
            return new Vector<T>(from[at..]);
        Span<T> filled = stackalloc T[Vector<T>.Count];
        filled.Clear();
        from[at..].CopyTo(filled);
        return new Vector<T>(filled);
    }

    private static void Store<T>(Vector<T> value, Span<T> to, int at)
        where T : unmanaged
    {
        if (to.Length - at >= Vector<T>.Count)
        {
            value.CopyTo(to[at..]);
            return;
        }
        Span<T> filled = stackalloc T[Vector<T>.Count];
        value.CopyTo(filled);
        filled[..(to.Length - at)].CopyTo(to[at..]);
    }
}
