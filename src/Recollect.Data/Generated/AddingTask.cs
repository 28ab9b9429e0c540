using Recollect.Randomness;
using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>The adding problem (Hochreiter and Schmidhuber 1997) with a label: two of T uniform numbers are marked; is their sum above 1?</summary>
/// <remarks>
/// T steps of two reals: a number of [0, 1), and 1 where it is marked, else 0. One mark lies in each half of the row. Regression to the sum is out of scope; without memory
/// half of the rows are labelled right.
/// </remarks>
internal static class AddingTask
{
    /// <summary>What the label says of the sum.</summary>
    public static IReadOnlyList<string> Classes { get; } = ["at most 1", "above 1"];

    /// <summary>The numbers as they are.</summary>
    public static SeriesPreprocessing Preprocessing { get; } = new() { Components = 2 };

    /// <summary>A row of <paramref name="steps"/> steps, at least 2.</summary>
    public static Sample Row(Origin origin, int steps, RandomStream stream)
    {
        var (first, second) = (stream.Next(steps / 2), steps / 2 + stream.Next(steps - steps / 2));
        var values = new float[2 * steps];
        for (var t = 0; t < steps; t++)
        {
            values[2 * t] = (float)stream.NextDouble();
            values[2 * t + 1] = t == first || t == second ? 1 : 0;
        }
        return new SeriesSample(origin, Classes[values[2 * first] + values[2 * second] > 1 ? 1 : 0], values, 2);
    }
}
