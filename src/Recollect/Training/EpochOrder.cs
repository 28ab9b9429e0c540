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
        var groups = Groups(rows, seed.Stream($"order/{phase}", epoch));
        return options.Batching == Batching.ByLength ? ByLength(groups, rows, options.Batch, seed.Stream($"batches/{phase}", epoch)) : [.. groups.SelectMany(group => group)];
    }

    // Whole blocks in a drawn order, and the rows of so many of them shuffled at a time: what is read lies together. A group each, in the epoch's order.
    private static List<int[]> Groups(SequenceSet rows, RandomStream stream)
    {
        var starts = rows.BlockStarts;
        if (starts.Count <= BlocksAtOnce)
            return [stream.Permutation(rows.Count)];
        var groups = new List<int[]>();
        foreach (var blocks in stream.Permutation(starts.Count).Chunk(BlocksAtOnce))
        {
            int[] together = [.. blocks.SelectMany(block => RowsFrom(starts[block], block + 1 < starts.Count ? starts[block + 1] : rows.Count))];
            groups.Add([.. stream.Permutation(together.Length).Select(place => together[place])]);
        }
        return groups;
    }

    private static IEnumerable<int> RowsFrom(int first, int end) => Enumerable.Range(first, end - first);

    // The rows that do not fill a batch are drawn with the others, and stay last; so no row is among them more often for its length.
    private static int[] ByLength(List<int[]> groups, SequenceSet rows, int batch, RandomStream stream)
    {
        int[] order = [.. groups.SelectMany(group => group)];
        var full = order.Length / batch;
        (int First, int Count)[] windows = [.. Windows(groups, batch, full)];
        foreach (var (first, count) in windows)
        {
            int[] sorted = [.. order.AsSpan(first * batch, count * batch).ToArray().OrderBy(rows.LengthOf)]; // stable: rows of one length stay as they were drawn
            sorted.CopyTo(order, first * batch);
        }
        // Rows of many blocks stay near each other; else batches of all windows are mixed.
        var result = (int[])order.Clone();
        foreach (var (first, count) in groups.Count > 1 ? windows : [(0, full)])
        {
            var places = stream.Permutation(count);
            for (var place = 0; place < count; place++)
                order.AsSpan((first + places[place]) * batch, batch).CopyTo(result.AsSpan((first + place) * batch));
        }
        return result;
    }

    // Whole batches, from which on, and how many. A window ends with the batch in which a group of blocks does: long rows are few in a block, and a hundred batches of
    // them would lie in more blocks than are at hand, each read again for almost every row.
    private static IEnumerable<(int First, int Count)> Windows(List<int[]> groups, int batch, int full)
    {
        var (first, end) = (0, 0L);
        foreach (var group in groups)
        {
            end += group.Length;
            for (var last = (int)Math.Min(full, (end + batch - 1) / batch); first < last;)
            {
                var count = Math.Min(WindowBatches, last - first);
                yield return (first, count);
                first += count;
            }
        }
    }
}
