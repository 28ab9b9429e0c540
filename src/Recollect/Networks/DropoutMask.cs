using System.Runtime.InteropServices;
using Recollect.Randomness;
using static TorchSharp.torch;

namespace Recollect.Networks;

/// <summary>Dropout masks from named streams, one a row, so that a row's mask does not depend on the batch around it.</summary>
public static class DropoutMask
{
    private const int LongestSpan = 1 << 28; // 1 GiB of floats

    /// <summary>Draws a mask of kept units (1/(1−rate)) and dropped ones (0).</summary>
    /// <param name="streams">One stream a row, in row order.</param>
    /// <param name="steps">Steps a row, l.</param>
    /// <param name="units">Units a step, U.</param>
    /// <param name="rate">The probability of dropping.</param>
    /// <param name="like">Gives type and device.</param>
    /// <returns>// [l, R, U]</returns>
    public static Tensor Draw(IReadOnlyList<RandomStream> streams, int steps, int units, double rate, Tensor like) =>
        Draw(streams, steps, units, rate, like, LongestSpan);

    /// <summary>Draws likewise, at most <paramref name="span"/> numbers at a time: a span of memory has an int's length, a mask need not.</summary>
    internal static Tensor Draw(IReadOnlyList<RandomStream> streams, int steps, int units, double rate, Tensor like, int span)
    {
        var mask = empty([streams.Count, steps, units], dtype: ScalarType.Float32);
        var together = Math.Max(1, span / units);
        Parallel.For(0, streams.Count, new ParallelOptions { MaxDegreeOfParallelism = get_num_threads() }, r =>
        {
            for (var start = 0; start < steps; start += Math.Min(together, steps - start))
            {
                using var row = mask[r];
                using var part = row.narrow(0, start, Math.Min(together, steps - start));
                streams[r].FillDropout(MemoryMarshal.Cast<byte, float>(part.bytes), rate, (long)start * units);
            }
        });
        return mask.to(like.dtype, like.device).transpose(0, 1); // moved as it lies in memory, then seen the other way round
    }
}
