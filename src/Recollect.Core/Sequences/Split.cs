using Recollect.Randomness;

namespace Recollect.Sequences;

/// <summary>Rows 0…n−1 in two parts without a row in common; both ascend.</summary>
/// <param name="Kept">The rows that stay.</param>
/// <param name="HeldOut">The rows set apart.</param>
public sealed record Split(int[] Kept, int[] HeldOut)
{
    /// <summary>Holds out a uniformly drawn fraction of rows.</summary>
    /// <remarks>
    /// The held-out rows are the first of a shuffle drawn from <c>new Seed(seed).Stream(purpose)</c>, so the split depends on these arguments and on
    /// nothing else. Their number is fraction × count rounded to the nearest, halves up, but at least 1, and at most count−1.
    /// </remarks>
    /// <param name="count">Rows in all; at least 2 where the fraction is above 0.</param>
    /// <param name="fraction">In [0, 1); 0 holds out nothing.</param>
    /// <param name="seed">The recipe's seed of splits.</param>
    /// <param name="purpose">Names the stream: <c>"validation"</c> or <c>"test"</c>, so that the two draws are unrelated.</param>
    public static Split Of(int count, double fraction, long seed, string purpose)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(fraction);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(fraction, 1);
        if (fraction == 0)
            return new Split([.. Enumerable.Range(0, count)], []);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 2);
        var heldOut = Math.Clamp((int)Math.Floor(fraction * count + 0.5), 1, count - 1);
        var order = new Seed(seed).Stream(purpose).Permutation(count);
        Array.Sort(order, 0, heldOut);
        Array.Sort(order, heldOut, count - heldOut);
        return new Split(order[heldOut..], order[..heldOut]);
    }
}
