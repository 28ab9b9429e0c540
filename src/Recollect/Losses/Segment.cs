using Recollect.Randomness;

namespace Recollect.Losses;

/// <summary>A stretch of one row that an auxiliary loss scores from the state at an anchor; steps are counted from 1 (method, section 3).</summary>
/// <param name="Row">The row within the batch.</param>
/// <param name="Index">Which of the row's n segments.</param>
/// <param name="Anchor">The step a whose state the decoder starts from.</param>
/// <param name="First">The segment's earliest step: s for a reconstruction or an autoencoder (l+1 steps s…s+l), a for a prediction (a…a+l), 1 for masked steps.</param>
/// <param name="Length">Scored steps l; at least 1.</param>
public readonly record struct Segment(int Row, int Index, int Anchor, int First, int Length);

/// <summary>Arrays with a place for each step of segments that lie side by side.</summary>
internal static class SegmentPlaces
{
    /// <summary>Their size for <paramref name="segments"/> segments of up to <paramref name="steps"/> steps.</summary>
    /// <exception cref="RecipeException">It is more than one array can hold.</exception>
    public static int Of(long steps, int segments)
    {
        var (size, most) = ((Int128)steps * segments, Array.MaxLength);
        return size <= most
            ? (int)size
            : throw new RecipeException($"auxiliary: {segments:N0} segment(s) of up to {steps:N0} steps are {size:N0} places, more than one array can hold; expected at most {most:N0}. "
                + "Lower the losses' segments or length, lower training.batch, or raise training.accumulate.");
    }
}

/// <summary>The segments of a batch, and what had to give way.</summary>
/// <param name="Segments">In row order.</param>
/// <param name="Shortened">Segments that are shorter than asked.</param>
/// <param name="Skipped">Segments that a row was too short to hold.</param>
public sealed record DrawnSegments(IReadOnlyList<Segment> Segments, int Shortened, int Skipped);

/// <summary>Draws anchors and segments, exactly as method section 3 defines them.</summary>
public sealed class SegmentDraw
{
    private readonly AuxiliaryOptions _options;
    private readonly string _name;
    private readonly IReadOnlyList<int> _lengths;
    private readonly StreamFamily _streams;

    /// <summary>Creates the draw of one auxiliary loss.</summary>
    /// <param name="options">The loss.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="name">The loss's name, by which draws are keyed.</param>
    public SegmentDraw(AuxiliaryOptions options, Seed seed, string name)
    {
        _options = options;
        _name = name;
        _lengths = options.SegmentLengths();
        _streams = seed.Purpose($"{name}/anchors");
    }

    /// <summary>The longest segment that a row of <paramref name="steps"/> steps can hold: an anchor must fit beside l (prediction) or l+1 (reconstruction) steps.</summary>
    public static int LongestIn(int steps, AuxiliaryKind kind) => kind switch
    {
        AuxiliaryKind.Reconstruction => steps - 2,
        AuxiliaryKind.Masked => steps,
        _ => steps - 1,
    };

    /// <summary>Draws the segments of rows of <paramref name="steps"/> steps each.</summary>
    /// <param name="steps">The rows' lengths T_row. // [B]</param>
    /// <param name="firstRow">The place of row 0 within the update's whole batch.</param>
    /// <param name="update">The update.</param>
    /// <exception cref="RecipeException">A row is too short for its segment, and the recipe calls that an error.</exception>
    public DrawnSegments Of(IReadOnlyList<int> steps, int firstRow, long update)
    {
        var segments = new List<Segment>(steps.Count * _lengths.Count);
        var (shortened, skipped) = (0, 0);
        for (var row = 0; row < steps.Count; row++)
        {
            var stream = _streams.At(update, _options.Anchors == AnchorDraw.Row ? firstRow + row : 0);
            var longest = LongestIn(steps[row], _options.Kind);
            for (var i = 0; i < _lengths.Count; i++)
            {
                // Drawn before a row may skip, so that a segment's place does not depend on those before it.
                var (place, distance) = (stream.NextDouble(), stream.NextDouble());
                var length = Math.Min(_lengths[i], longest);
                if (length < _lengths[i] && _options.TooShort == TooShort.Error)
                    throw TooLong(_lengths[i], steps[row], longest);
                if (length < 1 || steps[row] < _options.From || (length < _lengths[i] && _options.TooShort == TooShort.Skip))
                {
                    skipped++;
                    continue;
                }
                if (length < _lengths[i] && !_options.TakesWholeRows())
                    shortened++;
                segments.Add(At(_options, row, i, length, steps[row], place, distance));
            }
        }
        return new DrawnSegments(segments, shortened, skipped);
    }

    /// <summary>The segment of a row at one place of where its anchors can be, and one of where a distant segment can lie.</summary>
    /// <param name="options">The loss.</param>
    /// <param name="row">The row.</param>
    /// <param name="index">Which of the row's segments.</param>
    /// <param name="length">Scored steps, which the row holds: <see cref="LongestIn"/>.</param>
    /// <param name="steps">The row's steps.</param>
    /// <param name="place">In [0, 1): 0 is the first anchor, just below 1 the last.</param>
    /// <param name="distance">In [0, 1): 0 is next to the anchor. Others than distant segments do not read it.</param>
    internal static Segment At(AuxiliaryOptions options, int row, int index, int length, int steps, double place, double distance) => options.Kind switch
    {
        AuxiliaryKind.Reconstruction when options.Side == SegmentSide.Future => Future(options, row, index, length, steps, place, distance),
        AuxiliaryKind.Reconstruction => Reconstruction(options, row, index, length, steps, place, distance),
        AuxiliaryKind.Autoencoder => new Segment(row, index, steps, 1, length),
        _ => Prediction(row, index, length, steps, place),
    };

    // Anchor uniform on [1, T−l]; 1 for what takes the whole row.
    private static Segment Prediction(int row, int index, int length, int steps, double place)
    {
        var anchor = Uniform(place, 1, Math.Max(1, steps - length));
        return new Segment(row, index, anchor, anchor, length);
    }

    // Anchor uniform on [l+2, T]; the l+1 steps end at a−1−d, d = 0 (adjacent) or uniform on 0…a−l−2 (distant).
    private static Segment Reconstruction(AuxiliaryOptions options, int row, int index, int length, int steps, double place, double distance)
    {
        var anchor = Uniform(place, length + 2, steps);
        var gap = options.Distance == SegmentDistance.Distant ? Uniform(distance, 0, anchor - length - 2) : 0;
        return new Segment(row, index, anchor, anchor - 1 - gap - length, length);
    }

    // Anchor uniform on [1, T−l−1]; the l+1 steps begin at a+1+d, d = 0 (adjacent) or uniform on 0…T−a−l−1 (distant).
    private static Segment Future(AuxiliaryOptions options, int row, int index, int length, int steps, double place, double distance)
    {
        var anchor = Uniform(place, 1, steps - length - 1);
        var gap = options.Distance == SegmentDistance.Distant ? Uniform(distance, 0, steps - anchor - length - 1) : 0;
        return new Segment(row, index, anchor, anchor + 1 + gap, length);
    }

    private RecipeException TooLong(int length, int steps, int longest) => new(
        $"{_name}: its length is {length}, and a row of {steps} steps holds at most {Math.Max(0, longest)}; " +
        "lower length, or set tooShort to \"shorten\" or \"skip\".");

    private static int Uniform(double u, int low, int high) => low + (int)(u * (high - low + 1));
}
