using Recollect.Sequences;
using static TorchSharp.torch;

namespace Recollect.Networks;

/// <summary>A batch's steps on the network's device, from which windows and segments are cut.</summary>
public sealed class StepTensor
{
    private readonly Tensor _values; // [T, B] int64, or [T, B, D]
    private readonly Tensor _flat;   // [T·B] or [T·B, D]

    /// <summary>Copies <paramref name="batch"/> to the device of <paramref name="like"/>; reals take its type.</summary>
    public StepTensor(Batch batch, Tensor like)
    {
        Batch = batch;
        long[] shape = [batch.MaxLength, batch.Rows];
        var isOfTokens = batch.Format.Kind == StepKind.Tokens;
        var read = isOfTokens ? tensor(batch.Tokens.ToArray(), shape) : tensor(batch.Reals.ToArray(), [.. shape, batch.Format.Width]);
        _values = read.to(isOfTokens ? ScalarType.Int64 : like.dtype, like.device);
        GC.KeepAlive(read);
        _flat = _values.flatten(0, 1);
    }

    /// <summary>What making it takes for a row, bytes: a copy beside itself, and of tokens two.</summary>
    internal static long BytesFor(int steps, StepFormat format) =>
        (long)steps * (format.Kind == StepKind.Tokens ? 2 * sizeof(int) + sizeof(long) : 2L * sizeof(float) * format.Width);

    /// <summary>Where the steps came from.</summary>
    public Batch Batch { get; }

    /// <summary>Steps <paramref name="start"/>+1 … <paramref name="start"/>+<paramref name="count"/> of every row (steps counted from 1). // [count, B(, D)]</summary>
    public Tensor Steps(int start, int count) => _values.narrow(0, start, count);

    /// <summary>Step <c>first[r] + stride·j</c> of row <c>rows[r]</c>, j = 0…count−1, steps counted from 1.</summary>
    /// <remarks>Places outside the batch are padding: they repeat its first or last step and must not be read by a loss.</remarks>
    /// <returns>// [count, R(, D)]</returns>
    public Tensor Gather(IReadOnlyList<int> rows, IReadOnlyList<int> first, int stride, int count)
    {
        var index = new long[(long)count * rows.Count];
        for (var j = 0; j < count; j++)
        {
            for (var r = 0; r < rows.Count; r++)
            {
                var step = Math.Clamp(first[r] + stride * j, 1, Batch.MaxLength);
                index[(long)j * rows.Count + r] = (step - 1L) * Batch.Rows + rows[r];
            }
        }
        var gathered = _flat.index_select(0, tensor(index, device: _flat.device));
        return gathered.unflatten(0, count, rows.Count);
    }
}
