using Recollect.Sequences;

namespace Recollect.Benchmarks;

/// <summary>Labelled rows of uniformly drawn tokens, which repeat themselves as little as any.</summary>
internal static class SyntheticTokens
{
    /// <summary>Values of a token: those of a byte.</summary>
    public const int Vocabulary = 256;

    private const int Labels = 10;

    /// <summary>Draws <paramref name="rows"/> rows of <paramref name="steps"/> tokens; the first rows of two sets are the same.</summary>
    public static SequenceSet Of(int rows, int steps, int vocabulary = Vocabulary)
    {
        var set = new InMemorySequences(StepFormat.Tokens(vocabulary), [.. Enumerable.Range(0, Labels).Select(label => $"{label}")]);
        var draws = Workloads.Seed.Purpose("benchmark/tokens");
        var tokens = new int[steps];
        for (var row = 0; row < rows; row++)
        {
            var stream = draws.At(0, row);
            for (var t = 0; t < steps; t++)
                tokens[t] = stream.Next(vocabulary);
            set.AddTokens(tokens, row % Labels);
        }
        return set;
    }

    /// <summary>The same as one batch.</summary>
    public static Batch BatchOf(int rows, int steps, int vocabulary = Vocabulary) => Batch.Of(Of(rows, steps, vocabulary), Enumerable.Range(0, rows).ToArray());

    /// <summary>Numbers drawn uniformly from ±1. // [rows, columns]</summary>
    public static float[] Numbers(string purpose, int rows, int columns)
    {
        var draws = Workloads.Seed.Purpose($"benchmark/{purpose}");
        var numbers = new float[rows * columns];
        for (var row = 0; row < rows; row++)
        {
            var stream = draws.At(0, row);
            for (var i = 0; i < columns; i++)
                numbers[row * columns + i] = (float)(2 * stream.NextDouble() - 1);
        }
        return numbers;
    }
}
