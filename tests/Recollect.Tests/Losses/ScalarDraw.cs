using Recollect.Losses;
using Recollect.Randomness;

namespace Recollect.Tests.Losses;

/// <summary>The segments of one row, from the named stream and the ranges of method, section 3, by counting instead of by formula.</summary>
internal static class ScalarDraw
{
    public static IReadOnlyList<Segment> Segments(AuxiliaryOptions options, int steps, Seed seed, string name, long update, int globalRow)
    {
        if (options.TakesWholeRows())
            return WholeRow(options.Kind, steps);
        var stream = seed.Stream($"{name}/anchors", update, options.Anchors == AnchorDraw.Row ? globalRow : 0);
        IReadOnlyList<int> lengths = options.Length.Count > 1 ? options.Length : [.. Enumerable.Repeat(options.Length[0], options.Segments ?? 1)];
        var segments = new List<Segment>();
        for (var i = 0; i < lengths.Count; i++)
        {
            var (u, v) = (stream.NextDouble(), stream.NextDouble());
            var length = lengths[i];
            if (options.TooShort == TooShort.Shorten)
            {
                while (length > 0 && Anchors(options, steps, length).Count == 0)
                    length--;
            }
            var anchors = length == 0 ? [] : Anchors(options, steps, length);
            if (anchors.Count == 0)
                continue;
            var anchor = Pick(anchors, u);
            if (options.Kind == AuxiliaryKind.Prediction)
            {
                segments.Add(new Segment(0, i, anchor, anchor, length));
                continue;
            }
            // Every place of l+1 steps before (behind) the anchor; the nearest alone where adjacent.
            var future = options.Side == SegmentSide.Future;
            int[] gaps = [.. Enumerable.Range(0, steps).Where(d => future ? anchor + 1 + d + length <= steps : anchor - 1 - d - length >= 1)];
            var gap = options.Distance == SegmentDistance.Distant ? Pick(gaps, v) : 0;
            segments.Add(new Segment(0, i, anchor, future ? anchor + 1 + gap : anchor - 1 - gap - length, length));
        }
        return segments;
    }

    /// <summary>Anchors beside which the scored and the read steps fit: a−1−l ≥ 1 before a reconstruction's, a+1+l ≤ T where that is behind it, a+l ≤ T after a prediction's.</summary>
    public static IReadOnlyList<int> Anchors(AuxiliaryOptions options, int steps, int length) => [.. Enumerable.Range(1, steps).Where(a => options switch
    {
        { Kind: AuxiliaryKind.Prediction } => a + length <= steps,
        { Side: SegmentSide.Future } => a + 1 + length <= steps,
        _ => a - 1 - length >= 1,
    })];

    private static IReadOnlyList<Segment> WholeRow(AuxiliaryKind kind, int steps) => kind switch
    {
        AuxiliaryKind.Masked => [new Segment(0, 0, 1, 1, steps)],
        _ when steps < 2 => [],
        AuxiliaryKind.LanguageModel => [new Segment(0, 0, 1, 1, steps - 1)],
        _ => [new Segment(0, 0, steps, 1, steps - 1)],
    };

    private static int Pick(IReadOnlyList<int> values, double u) => values[(int)Math.Floor(u * values.Count)];
}
