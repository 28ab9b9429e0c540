using Recollect.Networks;
using Recollect.Sequences;
using TorchSharp;
using static TorchSharp.torch;

namespace Recollect.Losses;

/// <summary>The loss of a batch and its parts; the tensor lives in the caller's dispose scope.</summary>
/// <param name="Total">L = L_sup + Σ w_j·L_aux,j, or null where the batch has no loss at all (pretraining on rows too short for any segment).</param>
/// <param name="Supervised">L_sup, or null in pretraining.</param>
/// <param name="Auxiliary">Each L_aux,j, unweighted, in the recipe's order.</param>
/// <param name="Correct">Rows labelled right.</param>
/// <param name="Shortened">Segments shorter than asked.</param>
/// <param name="Skipped">Segments that rows were too short to hold.</param>
public sealed record ObjectiveValue(
    Tensor? Total, double? Supervised, IReadOnlyList<double> Auxiliary, int Correct, int Shortened, int Skipped);

/// <summary>What a phase minimises: the supervised loss, auxiliary losses, or both (method, sections 3 and 4).</summary>
/// <param name="supervised">The supervised loss; null in pretraining.</param>
/// <param name="auxiliary">The auxiliary losses; empty for a plain network.</param>
public sealed class Objective(SupervisedLoss? supervised, IReadOnlyList<AuxiliaryLoss> auxiliary)
{
    /// <summary>Σ w_j·L_aux,j.</summary>
    public double Weighted(IReadOnlyList<double> values) => auxiliary.Zip(values, (loss, value) => loss.Options.Weight * value).Sum();

    /// <summary>The loss of <paramref name="batch"/>, with the graph of every window, each cut at its own place.</summary>
    public ObjectiveValue Of(RecurrentClassifier network, Batch batch, UpdateContext context)
    {
        var steps = new StepTensor(batch, network.Like);
        var labelled = supervised?.Windows(batch) ?? [];
        var drawn = auxiliary.Select(loss => loss.Draw(batch, context)).ToArray();
        // One pass without a graph serves all: it picks up the constant state before every window on the way.
        Window[] windows = [.. labelled, .. drawn.SelectMany((d, j) => d.Segments.Select(auxiliary[j].WindowOf))];
        var values = new double[auxiliary.Count];
        if (windows.Length == 0)
            return new ObjectiveValue(null, null, values, 0, drawn.Sum(d => d.Shortened), drawn.Sum(d => d.Skipped));

        var before = Unroll.StatesBefore(network, steps, windows);
        var terms = new List<Tensor>();
        double? supervisedValue = null;
        var correct = 0;
        if (supervised is not null)
        {
            (var value, correct) = supervised.Of(network, steps, labelled, before.Slice(0, labelled.Count), context);
            supervisedValue = value.ToDouble();
            terms.Add(value);
        }
        long place = labelled.Count;
        for (var j = 0; j < auxiliary.Count; j++)
        {
            var segments = drawn[j].Segments;
            if (segments.Count == 0)
                continue;
            var value = auxiliary[j].Of(network, steps, segments, before.Slice(place, segments.Count), context);
            place += segments.Count;
            values[j] = value.ToDouble();
            terms.Add(value * auxiliary[j].Options.Weight);
        }
        return new ObjectiveValue(
            stack(terms).sum(), supervisedValue, values, correct, drawn.Sum(d => d.Shortened), drawn.Sum(d => d.Skipped));
    }
}
