using System.Numerics;
using System.Runtime.InteropServices;
using Recollect.Kernels;
using Recollect.Networks;
using Recollect.Sequences;

namespace Recollect.Losses;

/// <summary>The objective on Recollect's own kernels: one pass forward serves every loss, and each loss's gradient flows back through its own windows.</summary>
/// <remarks>
/// No automatic differentiation: every loss is a weighted sum over rows and steps, so that its adjoints are known as soon as it is computed. Order:
/// states of the main network; the heads and decoders, forwards and back, each leaving its adjoints at the windows' ends; then all windows back at once.
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
internal sealed unsafe class KernelObjective<T> : Objective
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly KernelNetwork<T> _network;
    private readonly KernelDecoder<T>[] _decoders;
    private readonly Recomputation<T> _recomputation;
    private readonly List<GradientWindow> _windows = []; // of the batch, used again

    public KernelObjective(KernelNetwork<T> network, SupervisedLoss? supervised, IReadOnlyList<AuxiliaryLoss> auxiliary, bool recompute) : base(supervised, auxiliary)
    {
        (_network, _recomputation) = (network, new Recomputation<T>(recompute));
        _decoders = [.. auxiliary.Select(loss => KernelDecoder<T>.Of(network, loss))];
    }

    /// <inheritdoc/>
    public override ObjectiveValue Differentiate(RecurrentClassifier network, Batch batch, UpdateContext context)
    {
        Refuse(network, batch);
        lock (_network.Gate)
        {
            _network.RefuseEnded();
            var value = Differentiate(batch, context);
            GC.KeepAlive(this);
            return value;
        }
    }

    // Kernels check nothing: what is not the network's own would be read from, or written to, memory that is not theirs.
    private void Refuse(RecurrentClassifier network, Batch batch)
    {
        if (network.Kernels != _network)
            throw new ArgumentException("The objective was made for another network, or the network has moved to another type or device since.", nameof(network));
        _network.RefuseOther(batch);
        if (Supervised is not null && Array.FindIndex(batch.Labels, label => label < 0 || label >= network.Classes) is >= 0 and var row)
            throw new ArgumentException($"Row {row} has the label {batch.Labels[row]}; expected 0…{network.Classes - 1}.", nameof(batch));
    }

    private ObjectiveValue Differentiate(Batch batch, UpdateContext context)
    {
        var drawn = Auxiliary.Select(loss => loss.Draw(batch, context)).ToArray();
        var windows = _windows;
        windows.Clear();
        foreach (var window in Supervised?.Windows(batch) ?? [])
            windows.Add(Kernel(window));
        var first = new int[_decoders.Length];
        for (var j = 0; j < _decoders.Length; j++)
        {
            first[j] = windows.Count;
            windows.AddRange(_decoders[j].Begin(drawn[j].Segments, first[j]));
        }
        var value = new ObjectiveValue(null, new double[_decoders.Length], 0, drawn.Sum(d => d.Shortened), drawn.Sum(d => d.Skipped));
        if (windows.Count == 0)
            return value;

        _network.Begin(batch);
        var pass = Forward(batch, context, windows, first);
        _network.Stack.ClearAdjoints(windows.Count);
        if (Supervised is not null)
            value = Classify(pass, value);
        var auxiliary = new double[_decoders.Length];
        for (var j = 0; j < _decoders.Length; j++)
            auxiliary[j] = drawn[j].Segments.Count == 0 ? 0 : _decoders[j].Differentiate(pass, drawn[j].Segments);
        Backward(pass, windows, first);
        return value with { Auxiliary = auxiliary };
    }

    /// <inheritdoc/>
    internal override IEnumerable<MemoryShare> MemoryFor(RecurrentClassifier network, int rows, int steps)
    {
        int[] Of(bool ends) => [.. _decoders.Where(decoder => decoder.ReadsWindowEnds == ends).SelectMany(decoder => decoder.WindowsOf(steps))];
        int[] ends = [.. Supervised is { } supervised ? [supervised.WindowOf(steps)] : Array.Empty<int>(), .. Of(ends: true)], inside = Of(ends: false);
        int[] windows = [.. ends, .. inside];
        yield return new MemoryShare("kernels", _network.Bytes) { InCommon = true };
        if (_decoders.Length > 0)
            yield return new MemoryShare("decoders", _decoders.Sum(decoder => decoder.Bytes + (windows.Length == 0 ? 0 : decoder.BytesFor(rows, steps))));
        if (windows.Length == 0)
            yield break;
        yield return new MemoryShare("states of the windows", _network.BytesFor(rows, steps, windows, _recomputation.SlotsOf(steps, ends, inside, _network.Stack.Ring)), OneAtATime: true);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        foreach (var decoder in _decoders)
            decoder.Dispose();
        base.Dispose();
    }

    private static GradientWindow Kernel(Window window) => new(window.Row, window.Start, window.End);

    private KernelPass<T> Forward(Batch batch, UpdateContext context, List<GradientWindow> windows, int[] first)
    {
        var lengths = new int[batch.Rows]; // no further than a loss needs
        foreach (var window in windows)
            lengths[window.Row] = Math.Max(lengths[window.Row], window.End);
        var kept = _recomputation.Plan(CollectionsMarshal.AsSpan(windows), window => DecoderOf(window, first) is >= 0 and var j && !_decoders[j].ReadsWindowEnds);
        var slots = _network.Slots.Plan(batch.Rows, kept, _network.Stack.Ring);
        var steps = _network.StepsOf(batch);
        _network.Forward(steps, slots, lengths, _recomputation.Slots);
        return new KernelPass<T>(_network, batch, context, slots, steps);
    }

    private ObjectiveValue Classify(KernelPass<T> pass, ObjectiveValue value)
    {
        var rows = new LabelledRows<T>(pass, Supervised!);
        _network.Classifier.Score(rows);
        _network.AddClassifierGradients();
        return value with { Supervised = rows.Loss, Correct = rows.Correct };
    }

    private void Backward(KernelPass<T> pass, List<GradientWindow> windows, int[] first)
    {
        if (!windows.Exists(window => window.Length > 0))
            return; // no loss reaches the recurrence
        _recomputation.Backward(_network.Stack, _network.Store, pass.Slots, pass.Steps, new Flow(_decoders, first));
        _network.AddRecurrenceGradients();
    }

    // The decoder that a window is of; −1: the supervised loss's.
    private static int DecoderOf(int window, int[] first)
    {
        var j = first.Length - 1;
        while (j >= 0 && first[j] > window)
            j--;
        return j;
    }

    // A prediction's windows have adjoints at every step; all others at their ends alone.
    private sealed class Flow(KernelDecoder<T>[] decoders, int[] first) : AdjointFlow<T>
    {
        public override T* OfOutput(int window, int step)
        {
            var j = DecoderOf(window, first);
            return j < 0 ? null : decoders[j].MainAdjoint(window - first[j], step);
        }
    }
}
