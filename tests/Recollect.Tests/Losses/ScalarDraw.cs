using Recollect.Losses;
using Recollect.Randomness;

namespace Recollect.Tests.Losses;

/// <summary>The segments of one row, from the named stream and the ranges of method, section 3, by counting instead of by formula.</summary>
internal static class ScalarDraw
{
    public static IReadOnlyList<Segment> Segments(AuxiliaryOptions options, int steps, Seed seed, string name, long update, int globalRow)
    {
        var stream = seed.Stream($"{name}/anchors", update, options.Anchors == AnchorDraw.Row ? globalRow : 0);
        IReadOnlyList<int> lengths = options.Length.Count > 1 ? options.Length : [.. Enumerable.Repeat(options.Length[0], options.Segments ?? 1)];
        var segments = new List<Segment>();
        for (var i = 0; i < lengths.Count; i++)
        {
            var (u, v) = (stream.NextDouble(), stream.NextDouble());
            var length = lengths[i];
            if (options.TooShort == TooShort.Shorten)
            {
                while (length > 0 && Anchors(options.Kind, steps, length).Count == 0)
                    length--;
            }
            var anchors = length == 0 ? [] : Anchors(options.Kind, steps, length);
            if (anchors.Count == 0)
                continue;
            var anchor = Pick(anchors, u);
            if (options.Kind == AuxiliaryKind.Prediction)
            {
                segments.Add(new Segment(0, i, anchor, anchor, length));
                continue;
            }
            // Every place of l+1 steps before the anchor; the nearest alone where adjacent.
            int[] gaps = [.. Enumerable.Range(0, steps).Where(d => anchor - 1 - d - length >= 1)];
            var gap = options.Distance == SegmentDistance.Distant ? Pick(gaps, v) : 0;
            segments.Add(new Segment(0, i, anchor, anchor - 1 - gap - length, length));
        }
        return segments;
    }

    /// <summary>Anchors beside which the scored and the read steps fit: a−1−l ≥ 1 before a reconstruction's, a+l ≤ T after a prediction's.</summary>
    public static IReadOnlyList<int> Anchors(AuxiliaryKind kind, int steps, int length) =>
        [.. Enumerable.Range(1, steps).Where(a => kind == AuxiliaryKind.Prediction ? a + length <= steps : a - 1 - length >= 1)];

    private static int Pick(IReadOnlyList<int> values, double u) => values[(int)Math.Floor(u * values.Count)];
}
