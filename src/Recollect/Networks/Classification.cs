using Recollect.Sequences;
using static TorchSharp.torch;

namespace Recollect.Networks;

/// <summary>One labelled row: what the network says of it.</summary>
/// <param name="Row">The row within the set.</param>
/// <param name="Label">The true label, or <see cref="SequenceSet.Unlabelled"/>.</param>
/// <param name="LogProbabilities">The logarithm of each class's probability. // [C]</param>
public sealed record ClassifiedRow(int Row, int Label, double[] LogProbabilities)
{
    /// <summary>The most probable class; the first of equals.</summary>
    public int Predicted => Array.IndexOf(LogProbabilities, LogProbabilities.Max());

    /// <summary>The cross-entropy of the true label.</summary>
    public double Loss => -LogProbabilities[Label];
}

/// <summary>Labels sequences with a trained network: no graph, no dropout, memory that does not grow with their length.</summary>
public static class Classification
{
    /// <summary>Classifies every row of <paramref name="set"/>, the last batch included, in order.</summary>
    /// <param name="network">The network.</param>
    /// <param name="set">The rows.</param>
    /// <param name="batch">Rows computed at once; it changes nothing but speed and memory.</param>
    /// <param name="stretch">The rows that are wanted; null: all.</param>
    public static IEnumerable<ClassifiedRow> Of(RecurrentClassifier network, SequenceSet set, int batch, Range? stretch = null)
    {
        var (start, count) = (stretch ?? Range.All).GetOffsetAndLength(set.Count);
        for (var first = start; first < start + count; first += batch)
        {
            foreach (var row in OfBatch(network, set, first, Math.Min(batch, start + count - first)))
                yield return row;
        }
    }

    /// <summary>What libtorch holds of <paramref name="rows"/> rows while it classifies them, bytes.</summary>
    internal static long BytesFor(RecurrentClassifier network, long rows, int steps) => network.Encoder is null
        ? network.Like.ElementSize * rows * Math.Min(steps, Unroll.Chunk) * (network.Options.InputWidth(network.Format) + network.Recurrence.NumbersOfStep)
        : TransformerEncoder.PredictionBytes(network.Options, rows, steps);

    private static ClassifiedRow[] OfBatch(RecurrentClassifier network, SequenceSet set, int first, int count)
    {
        var batch = Batch.Of(set, [.. Enumerable.Range(first, count)]);
        var values = network.Kernels?.LogProbabilities(batch) ?? LogProbabilities(network, batch);
        return [.. values.Select((row, i) => new ClassifiedRow(first + i, batch.Labels[i], row))];
    }

    // By libtorch. // [B][C]
    private static double[][] LogProbabilities(RecurrentClassifier network, Batch batch)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var steps = new StepTensor(batch, network.Like);
        // In double, so that probabilities of the printed precision sum to 1.
        var logits = nn.functional.log_softmax(network.Classify(network.Encoder is null ? LastOutputs(network, steps) : network.Encode(steps)).to(ScalarType.Float64), 1).cpu();
        return [.. logits.data<double>().ToArray().Chunk(network.Classes)];
    }

    // [B, H]
    private static Tensor LastOutputs(RecurrentClassifier network, StepTensor steps)
    {
        var ends = Enumerable.Range(0, steps.Batch.Rows).Select(row => Window.Ending(row, steps.Batch.Lengths[row], new Truncation(0))).ToArray();
        return Unroll.StatesBefore(network, steps, ends).Output;
    }
}
