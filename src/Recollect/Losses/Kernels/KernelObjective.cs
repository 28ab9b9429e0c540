using System.Numerics;
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

    public KernelObjective(KernelNetwork<T> network, SupervisedLoss? supervised, IReadOnlyList<AuxiliaryLoss> auxiliary) : base(supervised, auxiliary)
    {
        _network = network;
        _decoders = [.. auxiliary.Select(loss => KernelDecoder<T>.Of(network, loss))];
    }

    /// <inheritdoc/>
    public override ObjectiveValue Differentiate(RecurrentClassifier network, Batch batch, UpdateContext context)
    {
        var drawn = Auxiliary.Select(loss => loss.Draw(batch, context)).ToArray();
        var windows = Supervised?.Windows(batch).Select(Kernel).ToList() ?? [];
        var first = new int[_decoders.Length];
        for (var j = 0; j < _decoders.Length; j++)
        {
            first[j] = windows.Count;
            windows.AddRange(_decoders[j].Begin(drawn[j].Segments, first[j]));
        }
        var value = new ObjectiveValue(null, new double[_decoders.Length], 0, drawn.Sum(d => d.Shortened), drawn.Sum(d => d.Skipped));
        if (windows.Count == 0)
            return value;

        _network.Begin();
        var pass = Forward(batch, context, windows);
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
    public override void Dispose()
    {
        foreach (var decoder in _decoders)
            decoder.Dispose();
        base.Dispose();
    }

    private static GradientWindow Kernel(Window window) => new(window.Row, window.Start, window.End);

    private KernelPass<T> Forward(Batch batch, UpdateContext context, List<GradientWindow> windows)
    {
        var lengths = new int[batch.Rows]; // no further than a loss needs
        foreach (var window in windows)
            lengths[window.Row] = Math.Max(lengths[window.Row], window.End);
        var slots = new WindowSlots(batch.Rows, windows, [], _network.Stack.Ring);
        var steps = _network.StepsOf(batch);
        _network.Forward(steps, slots, lengths);
        return new KernelPass<T>(_network, batch, context, slots, steps);
    }

    private ObjectiveValue Classify(KernelPass<T> pass, ObjectiveValue value)
    {
        var rows = new LabelledRows(pass, Supervised!);
        _network.Classifier.Score(rows);
        _network.AddClassifierGradients();
        return value with { Supervised = rows.Loss, Correct = rows.Correct };
    }

    private void Backward(KernelPass<T> pass, List<GradientWindow> windows, int[] first)
    {
        if (!windows.Exists(window => window.Length > 0))
            return; // no loss reaches the recurrence
        _network.Stack.Backward(_network.Store, pass.Slots, pass.Steps, [.. windows], new Flow(_decoders, first));
        _network.AddRecurrenceGradients();
    }

    // A prediction's windows have adjoints at every step; all others at their ends alone.
    private sealed class Flow(KernelDecoder<T>[] decoders, int[] first) : AdjointFlow<T>
    {
        public override T* OfOutput(int window, int step)
        {
            var j = decoders.Length - 1;
            while (j >= 0 && first[j] > window)
                j--;
            return j < 0 ? null : decoders[j].MainAdjoint(window - first[j], step);
        }
    }

    private sealed class LabelledRows : ScoredRows<T>
    {
        private readonly KernelPass<T> _pass;
        private readonly SupervisedLoss _supervised;
        private readonly Randomness.RandomStream[] _streams;
        private readonly double _rate;
        private readonly double[] _losses;
        private readonly bool[] _correct;

        public LabelledRows(KernelPass<T> pass, SupervisedLoss supervised)
        {
            (_pass, _supervised) = (pass, supervised);
            _rate = pass.Network.Dropout;
            _streams = supervised.Streams(pass.Batch, pass.Context);
            _losses = new double[Count];
            _correct = new bool[Count];
        }

        public double Loss => _losses.Select((loss, row) => loss * Weight(row)).Sum();

        public int Correct => _correct.Count(right => right);

        public override int Count => _pass.Batch.Rows;

        public override bool HasMask => _rate > 0;

        public override double Kept => Randomness.RandomStream.Kept(_rate);

        public override T* Input(int row) => _pass.Output(row, _pass.Batch.Lengths[row]);

        public override T* InputAdjoint(int row) => _pass.Network.Stack.HiddenAdjoint(_pass.Network.Top, row);

        public override double Weight(int row) => _supervised.WeightOf(Label(row)) / _pass.Context.RowsInUpdate;

        public override int Label(int row) => _pass.Batch.Labels[row];

        public override void FillMask(int row, Span<T> mask) => _streams[row].FillDropout(mask, _rate);

        public override void OnOutput(int row, T* output) => _correct[row] = IndexOfLargest(output) == Label(row);

        public override void OnLoss(int row, double loss) => _losses[row] = loss;

        private int IndexOfLargest(T* output)
        {
            var best = 0;
            for (var c = 1; c < _pass.Network.Classifier.Shape.Outputs; c++)
                best = output[c] > output[best] ? c : best;
            return best;
        }
    }
}

/// <summary>A batch whose states the main network has computed.</summary>
/// <param name="Network">The main network.</param>
/// <param name="Batch">The batch.</param>
/// <param name="Context">The update.</param>
/// <param name="Slots">Where its states are.</param>
/// <param name="Steps">What it read.</param>
internal sealed unsafe record KernelPass<T>(KernelNetwork<T> Network, Batch Batch, UpdateContext Context, WindowSlots Slots, ArraySource<T> Steps)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>The top layer's h after a step of a row. // [H]</summary>
    public T* Output(int row, int step) => Network.Store.Output(Network.Top, Slots.Of(row, step));

    /// <summary>The top layer's c likewise. // [H]</summary>
    public T* Cell(int row, int step) => Network.Store.Cell(Network.Top, Slots.Of(row, step));
}
