using Recollect.Networks;
using Recollect.Sequences;
using static TorchSharp.torch;

namespace Recollect.Losses;

/// <summary>Places through which the same segments run side by side: where one ends, its row leaves, so that no state is computed over what is behind it.</summary>
/// <remarks>A state that ran on might grow until it is no number, as a ReLU's can, and the gradient with it: 0 · ∞, whatever the loss leaves out.</remarks>
/// <param name="Start">Places before it.</param>
/// <param name="Count">Its places.</param>
/// <param name="Segments">The segments that have them. // [A]</param>
/// <param name="Kept">Which of those of the span before they are; null where none has left.</param>
/// <param name="EndsStretch">Whether the gradient is cut behind it.</param>
internal sealed record SegmentSpan(int Start, int Count, int[] Segments, int[]? Kept, bool EndsStretch)
{
    /// <summary>Spans that cover the places of all segments, cut every <paramref name="k"/> of them and wherever a segment ends.</summary>
    public static IEnumerable<SegmentSpan> Of(IReadOnlyList<Segment> segments, Truncation k)
    {
        int[] running = [.. Enumerable.Range(0, segments.Count)];
        int[]? kept = null;
        foreach (var (start, count) in AuxiliaryLoss.Stretches(segments.Max(s => s.Length), k))
        {
            for (var place = start; place < start + count;)
            {
                var end = Math.Min(start + count, running.Min(s => segments[s].Length));
                yield return new SegmentSpan(place, end - place, running, kept, end == start + count);
                var staying = Enumerable.Range(0, running.Length).Where(i => segments[running[i]].Length > end).ToArray();
                kept = staying.Length == running.Length ? null : staying;
                running = Array.ConvertAll(staying, i => running[i]);
                place = end;
            }
        }
    }

    /// <summary>Its part of what there is for every place and segment. // [l, R, …] → [count, A, …]</summary>
    public Tensor Of(Tensor all)
    {
        var places = all.narrow(0, Start, Count);
        return Segments.Length == all.shape[1] ? places : places.index_select(1, Unroll.Index(Segments, all));
    }

    /// <summary>The states with which it begins, of those with which the span before ended.</summary>
    public RecurrentState Of(RecurrentState ended) => Kept is null ? ended : ended.Select(Unroll.Index(Kept, ended.Hidden));
}
