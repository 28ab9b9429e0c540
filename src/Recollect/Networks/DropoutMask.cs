using System.Runtime.InteropServices;
using Recollect.Randomness;
using static TorchSharp.torch;

namespace Recollect.Networks;

/// <summary>Dropout masks from named streams, one a row, so that a row's mask does not depend on the batch around it.</summary>
public static class DropoutMask
{
    /// <summary>Draws a mask of kept units (1/(1−rate)) and dropped ones (0).</summary>
    /// <param name="streams">One stream a row, in row order.</param>
    /// <param name="steps">Steps a row, l.</param>
    /// <param name="units">Units a step, U.</param>
    /// <param name="rate">The probability of dropping.</param>
    /// <param name="like">Gives type and device.</param>
    /// <returns>// [l, R, U]</returns>
    public static Tensor Draw(IReadOnlyList<RandomStream> streams, int steps, int units, double rate, Tensor like)
    {
        var mask = empty([streams.Count, steps, units], dtype: ScalarType.Float32);
        var row = steps * units;
        Parallel.For(0, streams.Count, r =>
        {
            var stream = streams[r];
            stream.FillDropout(MemoryMarshal.Cast<byte, float>(mask.bytes).Slice(r * row, row), rate);
        });
        return mask.transpose(0, 1).to(like.dtype, like.device);
    }
}
