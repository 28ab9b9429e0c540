using Recollect.Kernels;
using Recollect.Networks;
using Recollect.Sequences;
using TorchSharp;
using static TorchSharp.torch;

namespace Recollect.Losses;

/// <summary>The loss and its graph; the tensor lives in the caller's dispose scope.</summary>
/// <param name="Total">L = L_sup + Σ w_j·L_aux,j, or null where the batch has no loss at all (pretraining on rows too short for any segment).</param>
/// <param name="Value">The numbers.</param>
public sealed record ObjectiveGraph(Tensor? Total, ObjectiveValue Value)
{
    /// <summary>Windows whose graph is not there: it is made on the way back, stretch by stretch; null for none.</summary>
    internal RecomputedWindows? Recomputed { get; init; }
}

/// <summary>The objective by libtorch's automatic differentiation.</summary>
/// <param name="supervised">The supervised loss; null in pretraining.</param>
/// <param name="auxiliary">The auxiliary losses; empty for a plain network.</param>
/// <param name="recompute">Whether windows of which only the ends are read have a graph of one stretch at a time.</param>
public sealed class GraphObjective(SupervisedLoss? supervised, IReadOnlyList<AuxiliaryLoss> auxiliary, bool recompute = false) : Objective(supervised, auxiliary)
{
    /// <inheritdoc/>
    public override ObjectiveValue Differentiate(RecurrentClassifier network, Batch batch, UpdateContext context)
    {
        using var scope = NewDisposeScope(); // the graph is gone before the next piece of the update begins
        var graph = Of(network, batch, context);
        graph.Total?.backward();
        graph.Recomputed?.Backward();
        return graph.Value;
    }

    /// <inheritdoc/>
    internal override IEnumerable<MemoryShare> MemoryFor(RecurrentClassifier network, int rows, int steps)
    {
        var step = network.GraphOfStep();
        var window = Supervised?.WindowOf(steps) ?? 0;
        GraphNumbers[] auxiliary = [.. Auxiliary.Select(loss => loss.GraphOf(step, steps))];
        int[] joint = [window, .. Auxiliary.SelectMany(loss => loss.JointWindows(steps))];
        var stretch = recompute ? Recomputation.StretchOf(joint.Max()) : int.MaxValue;
        // One call after the other, the first of them for all windows of which only the end is read: what only passes is never there twice.
        var atOnce = joint.Sum(length => (long)Math.Min(length, stretch));
        var passing = Math.Max(atOnce * step.Passing, auxiliary.Select(numbers => numbers.Passing).DefaultIfEmpty().Max());
        var kept = (long)window * step.Kept + auxiliary.Sum(numbers => numbers.Kept) - (joint.Sum(length => (long)length) - atOnce) * step.Kept;
        yield return MemoryShare.OfGraph("graph", network.Like.ElementSize * rows * (kept + passing));
        if (joint.Max() > stretch)
            yield return new MemoryShare("states between stretches", rows * joint.Sum(length => (long)Recomputation.StretchesOf(length, stretch)) * StateBytes(network), OneAtATime: true);
        yield return new MemoryShare("batch", rows * StepTensor.BytesFor(steps, network.Format), OneAtATime: true);
    }

    // Hidden parts and cells of a row, as far as there are any.
    private static long StateBytes(RecurrentClassifier network) => 2L * network.Recurrence.Layers * network.Recurrence.Width * network.Like.ElementSize;

    /// <summary>The loss of <paramref name="batch"/>, with the graph of every window, each cut at its own place; of windows that are recomputed, from their ends on.</summary>
    public ObjectiveGraph Of(RecurrentClassifier network, Batch batch, UpdateContext context)
    {
        var steps = new StepTensor(batch, network.Like);
        var labelled = Supervised?.Windows(batch) ?? [];
        var drawn = Auxiliary.Select(loss => loss.Draw(batch, context)).ToArray();
        // One pass without a graph serves all: it picks up the constant state before every window on the way. Windows of which only the end is read come first, for one call.
        int[] order = [.. Enumerable.Range(0, Auxiliary.Count).OrderByDescending(j => Auxiliary[j].ReadsWindowEnds)];
        Window[] windows = [.. labelled, .. order.SelectMany(j => drawn[j].Segments.Select(Auxiliary[j].WindowOf))];
        var values = new double[Auxiliary.Count];
        if (windows.Length == 0)
            return new ObjectiveGraph(null, new ObjectiveValue(null, values, 0, drawn.Sum(d => d.Shortened), drawn.Sum(d => d.Skipped)));

        var before = Unroll.StatesBefore(network, steps, windows);
        var joint = labelled.Count + order.Where(j => Auxiliary[j].ReadsWindowEnds).Sum(j => drawn[j].Segments.Count);
        var recomputed = recompute ? RecomputedWindows.Of(network, steps, windows[..joint], before.Slice(0, joint)) : null;
        var ends = recomputed?.Ends ?? (joint == 0 ? null : Unroll.Through(network, steps, windows[..joint], before.Slice(0, joint)));
        var terms = new List<Tensor>();
        double? supervisedValue = null;
        var correct = 0;
        if (Supervised is not null)
        {
            (var value, correct) = Supervised.Of(network, batch, ends!.Slice(0, labelled.Count).Output, context);
            supervisedValue = TensorNumber.Of(value);
            terms.Add(value);
        }
        long place = labelled.Count;
        foreach (var j in order)
        {
            var segments = drawn[j].Segments;
            if (segments.Count == 0)
                continue;
            var states = (Auxiliary[j].ReadsWindowEnds ? ends! : before).Slice(place, segments.Count);
            var value = Auxiliary[j].Of(network, steps, segments, states, context);
            place += segments.Count;
            values[j] = TensorNumber.Of(value);
            using var weight = Auxiliary[j].Options.Weight.ToScalar(); // held until libtorch has read it: decision 0010
            terms.Add(value * weight);
        }
        return new ObjectiveGraph(
            stack(terms).sum(), new ObjectiveValue(supervisedValue, values, correct, drawn.Sum(d => d.Shortened), drawn.Sum(d => d.Skipped)))
        {
            Recomputed = recomputed,
        };
    }
}
