using Recollect.Randomness;
using Recollect.Sequences;

namespace Recollect.Tests.Witness;

/// <summary>Rows of 1 to 40 steps of four classes, for other libraries to label as well.</summary>
internal static class UnequalRows
{
    public static InMemorySequences Of(StepFormat format, int count)
    {
        var set = new InMemorySequences(format, ["a", "b", "c", "d"]);
        var stream = new Seed(9).Stream("rows");
        for (var row = 0; row < count; row++)
        {
            var steps = 1 + stream.Next(40);
            if (format.Kind == StepKind.Tokens)
                set.AddTokens([.. Enumerable.Range(0, steps).Select(_ => stream.Next(format.Width))], 0);
            else
                set.AddReals([.. Enumerable.Range(0, steps * format.Width).Select(_ => (float)stream.NextNormal())], 0);
        }
        return set;
    }
}
