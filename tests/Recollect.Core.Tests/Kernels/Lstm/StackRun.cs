using System.Numerics;
using Recollect.Kernels;

namespace Recollect.Core.Tests.Kernels.Lstm;

/// <summary>A <see cref="StackCase"/> on kernels: everything that can be compared, as doubles, which hold a float exactly.</summary>
internal sealed unsafe class StackRun<T> : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly StackCase _problem;
    private readonly LstmStack<T> _stack;
    private readonly StateStore<T> _store;
    private readonly NativeArray<T>[] _weights;
    private readonly NativeArray<T>[] _gradients;
    private readonly WindowSlots _slots;
    private readonly Recomputation<T> _recomputation;

    /// <summary>Runs forwards, the first <paramref name="pause"/> steps by themselves, and back; <paramref name="before"/> are tokens of another batch.</summary>
    /// <remarks>With <paramref name="recompute"/> not every state of <see cref="Kept"/> is: two windows in three run again.</remarks>
    public StackRun(StackCase problem, KernelSet<T> kernels, Team team, int pause = 0, int[]? before = null, bool recompute = false)
    {
        (_problem, _recomputation) = (problem, new Recomputation<T>(recompute));
        var (shape, numbers) = (problem.Shape, problem.Numbers);
        _stack = new LstmStack<T>(kernels, team, shape);
        _store = new StateStore<T>(shape.Layers, _stack.Layout);
        _weights = [.. numbers.Weights.Select(Native)];
        _gradients = [.. numbers.Weights.Select(weight => new NativeArray<T>(weight.Length))];
        var kept = _recomputation.Plan(problem.Windows.ToArray(), window => window % 3 == 2);
        _slots = new WindowSlots().Plan(
            problem.Lengths.Count, [.. kept, .. problem.Lengths.Select((length, row) => new GradientWindow(row, length, length))], _stack.Ring);
        using var source = new Source(problem);
        using var flow = new Flow(problem, kernels);
        Pack(before);
        Forward(source, pause);
        Backward(source, flow);
        InputAdjoints = flow.Inputs();
    }

    /// <summary>As <see cref="StackNumbers.Weights"/>.</summary>
    public double[][] Gradients => [.. _gradients.Select((gradient, i) => Numbers(gradient.Pointer, _problem.Numbers.Weights[i].Length))];

    public double[][][] InputAdjoints { get; }

    public double[] Hidden(int layer, int row, int step) => Numbers(_store.Output(layer, _slots.Of(row, step)), _problem.Shape.Hidden);

    public double[] Cell(int layer, int row, int step) => Numbers(_store.Cell(layer, _slots.Of(row, step)), _problem.Shape.Hidden);

    public (double[] Hidden, double[] Cell) StartAdjoint(int layer, int window) =>
        (Numbers(_stack.HiddenAdjoint(layer, window), _problem.Shape.Hidden), Numbers(_stack.CellAdjoint(layer, window), _problem.Shape.Hidden));

    /// <summary>Every (row, step) whose state is kept.</summary>
    public IEnumerable<(int Row, int Step)> Kept => _problem.Windows
        .SelectMany(w => Enumerable.Range(w.Start, w.Length + 1).Select(step => (w.Row, step)))
        .Concat(_problem.Lengths.Select((length, row) => (row, length))).Distinct();

    /// <summary>All kept states, one after the other.</summary>
    public double[] States => [.. from kept in Kept
                                  from layer in Enumerable.Range(0, _problem.Shape.Layers)
                                  from value in Hidden(layer, kept.Row, kept.Step).Concat(Cell(layer, kept.Row, kept.Step))
                                  select value];

    /// <summary>All adjoints, one after the other.</summary>
    public double[] Adjoints => [
        .. from layer in Enumerable.Range(0, _problem.Shape.Layers)
           from window in Enumerable.Range(0, _problem.Windows.Count)
           from value in StartAdjoint(layer, window).Hidden.Concat(StartAdjoint(layer, window).Cell)
           select value,
        .. InputAdjoints.SelectMany(steps => steps.SelectMany(step => step))];

    public void Dispose()
    {
        _stack.Dispose();
        _store.Dispose();
        foreach (var array in _weights.Concat(_gradients))
            array.Dispose();
    }

    private void Pack(int[]? before)
    {
        var embedding = new EmbeddingWeights<T>(_weights[^2].Pointer, _weights[^1].Pointer);
        _stack.Pack(Layers(_weights));
        if (before is not null)
            _stack.Prepare(embedding, before);
        _stack.Prepare(embedding, [.. _problem.Numbers.Tokens.SelectMany(row => row)]);
    }

    private void Forward(Source source, int pause)
    {
        _store.Ensure(_slots.Most + _recomputation.Slots);
        for (var row = 0; row < _problem.Lengths.Count; row++)
            _store.Zero(_slots.Of(row, 0));
        var longest = _problem.Lengths.Max();
        pause = Math.Min(pause, longest);
        int[] lengths = [.. _problem.Lengths];
        _stack.Forward(_store, _slots, source, lengths, 0, pause);
        _stack.Forward(_store, _slots, source, lengths, pause, longest);
    }

    private void Backward(Source source, Flow flow)
    {
        _stack.ClearSums();
        _stack.ClearAdjoints(_problem.Windows.Count);
        var ends = _problem.Numbers.EndAdjoints;
        for (var layer = 0; layer < ends.Length; layer++)
        {
            for (var window = 0; window < ends[layer].Length; window++)
            {
                Write(ends[layer][window].Hidden, _stack.HiddenAdjoint(layer, window));
                Write(ends[layer][window].Cell, _stack.CellAdjoint(layer, window));
            }
        }
        _recomputation.Backward(_stack, _store, _slots, source, flow);
        _stack.AddGradients(Layers(_gradients), new EmbeddingWeights<T>(_gradients[^2].Pointer, _gradients[^1].Pointer));
    }

    private LstmWeights<T>[] Layers(NativeArray<T>[] arrays) => [.. Enumerable.Range(0, _problem.Shape.Layers).Select(layer => new LstmWeights<T>(
        arrays[4 * layer].Pointer, arrays[4 * layer + 1].Pointer, arrays[4 * layer + 2].Pointer, arrays[4 * layer + 3].Pointer))];

    private static NativeArray<T> Native(double[] values)
    {
        var array = new NativeArray<T>(values.Length);
        Write(values, array.Pointer);
        return array;
    }

    private static void Write(double[] values, T* to)
    {
        for (var i = 0; i < values.Length; i++)
            to[i] = T.CreateTruncating(values[i]);
    }

    private static double[] Numbers(T* from, int count)
    {
        var values = new double[count];
        for (var i = 0; i < count; i++)
            values[i] = double.CreateTruncating(from[i]);
        return values;
    }

    private sealed class Source(StackCase problem) : StepSource<T>, IDisposable
    {
        private readonly NativeArray<T>[] _rows = [.. problem.Numbers.Values.Select(row => Native([.. row.SelectMany(step => step)]))];

        public override int Token(int row, int step) => problem.Numbers.Tokens[row][step];

        public override T* Values(int row, int step) => _rows[row].Pointer + step * problem.Shape.Width;

        public void Dispose()
        {
            foreach (var row in _rows)
                row.Dispose();
        }
    }

    private sealed class Flow : AdjointFlow<T>, IDisposable
    {
        private readonly StackCase _problem;
        private readonly NativeArray<T>?[][] _outputs;
        private readonly NativeArray<T>[][] _inputs;

        public Flow(StackCase problem, KernelSet<T> kernels)
        {
            _problem = problem;
            // Outputs' adjoints are read in whole panels, as a head leaves them.
            var filling = new double[kernels.Padded(problem.Shape.Hidden) - problem.Shape.Hidden];
            _outputs = [.. problem.Numbers.OutputAdjoints.Select(steps =>
                steps.Select(adjoint => adjoint is null ? null : Native([.. adjoint, .. filling])).ToArray())];
            _inputs = [.. problem.Windows.Select(window =>
                Enumerable.Range(0, window.Length).Select(_ => new NativeArray<T>(kernels.Padded(problem.Shape.Width))).ToArray())];
        }

        public override bool ReachesInputs => _problem.Shape.Input == LayerInput.Vectors;

        public override T* OfOutput(int window, int step) =>
            _outputs[window][step - _problem.Windows[window].Start - 1] is { } adjoint ? adjoint.Pointer : null;

        public override T* OfInput(int window, int step) => _inputs[window][step - _problem.Windows[window].Start - 1].Pointer;

        public double[][][] Inputs() => ReachesInputs
            ? [.. _inputs.Select(steps => steps.Select(step => Numbers(step.Pointer, _problem.Shape.Width)).ToArray())]
            : [];

        public void Dispose()
        {
            foreach (var array in _inputs.SelectMany(steps => steps).Concat(_outputs.SelectMany(steps => steps)))
                array?.Dispose();
        }
    }
}
