using Recollect.Randomness;
using Recollect.Sequences;

namespace Recollect.Training;

/// <summary>The order in which one epoch takes its rows, batch after batch: each row once.</summary>
/// <remarks>It depends on the rows' number, lengths and blocks, the batch, the seed, the phase and the epoch alone, so that a resumed run draws it again. Decision 0014.</remarks>
internal static class EpochOrder
{
    /// <summary>Blocks whose rows are shuffled among each other: as many as are read from a disk before the next ones are.</summary>
    public const int BlocksAtOnce = 64;

    /// <summary>Batches among whose rows like lengths are looked for: enough to find them, and few enough for batches to differ from epoch to epoch.</summary>
    public const int WindowBatches = 100;

    /// <summary>The order of one epoch. // [N]</summary>
    /// <param name="rows">The training rows.</param>
    /// <param name="options">Batch size and batching.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="phase"><c>pretrain</c> or <c>train</c>, whose draws are unrelated.</param>
    /// <param name="epoch">The epoch within the phase, from 0.</param>
    public static int[] Of(SequenceSet rows, TrainingOptions options, Seed seed, string phase, int epoch)
    {
        var order = Shuffled(rows, seed.Stream($"order/{phase}", epoch));
        return options.Batching == Batching.ByLength ? ByLength(order, rows, options.Batch, seed.Stream($"batches/{phase}", epoch)) : order;
    }

    // Whole blocks in a drawn order, and the rows of so many of them shuffled at a time: what is read lies together.
    private static int[] Shuffled(SequenceSet rows, RandomStream stream)
    {
        var starts = rows.BlockStarts;
        if (starts.Count <= BlocksAtOnce)
            return stream.Permutation(rows.Count);
        var order = new List<int>(rows.Count);
        foreach (var group in stream.Permutation(starts.Count).Chunk(BlocksAtOnce))
        {
            int[] together = [.. group.SelectMany(block => RowsFrom(starts[block], block + 1 < starts.Count ? starts[block + 1] : rows.Count))];
            order.AddRange(stream.Permutation(together.Length).Select(place => together[place]));
        }
        return [.. order];
    }

    private static IEnumerable<int> RowsFrom(int first, int end) => Enumerable.Range(first, end - first);

    // The rows that do not fill a batch are drawn with the others, and stay last; so no row is among them more often for its length.
    private static int[] ByLength(int[] order, SequenceSet rows, int batch, RandomStream stream)
    {
        var full = order.Length / batch;
        var window = WindowBatches * batch;
        for (var first = 0; first < full * batch; first += window)
        {
            var length = Math.Min(window, full * batch - first);
            int[] sorted = [.. order.AsSpan(first, length).ToArray().OrderBy(rows.LengthOf)]; // stable: rows of one length stay as they were drawn
            sorted.CopyTo(order, first);
        }
        // Rows of many blocks stay near each other; else batches of all windows are mixed.
        var mixed = rows.BlockStarts.Count <= BlocksAtOnce ? Math.Max(1, full) : WindowBatches;
        var result = (int[])order.Clone();
        for (var first = 0; first < full; first += mixed)
        {
            var places = stream.Permutation(Math.Min(mixed, full - first));
            for (var place = 0; place < places.Length; place++)
                order.AsSpan((first + places[place]) * batch, batch).CopyTo(result.AsSpan((first + place) * batch));
        }
        return result;
    }
}
