using Recollect.Kernels;
using static TorchSharp.torch;

namespace Recollect.Networks;

/// <summary>Windows of which only the ends are read, run without a graph; on the way back, each stretch of them is run again with one (decision 0019).</summary>
/// <remarks>
/// Stretches are counted from the windows' ends. What is held at once is the graph of one stretch, and the states between stretches.
/// </remarks>
internal sealed class RecomputedWindows
{
    private readonly RecurrentClassifier _network;
    private readonly StepTensor _steps;
    private readonly int[] _order;       // the longest window first, so that those which reach back so far are the first ones
    private readonly Window[] _windows;  // in that order
    private readonly int _stretch;
    private readonly RecurrentState[] _before; // before each stretch, the one at the ends first; of the windows that reach it

    private RecomputedWindows(RecurrentClassifier network, StepTensor steps, IReadOnlyList<Window> windows, RecurrentState before, int stretch)
    {
        (_network, _steps, _stretch) = (network, steps, stretch);
        _order = [.. Enumerable.Range(0, windows.Count).OrderByDescending(i => windows[i].Length)];
        _windows = Array.ConvertAll(_order, i => windows[i]);
        _before = new RecurrentState[Recomputation.StretchesOf(_windows[0].Length, stretch)];
        Ends = Forward(before).Leaf();
    }

    /// <summary>The state at each window's end, in the windows' order: a graph begins there.</summary>
    public RecurrentState Ends { get; }

    /// <summary>Runs windows without a graph; null where none is longer than a stretch, so that nothing would be gained.</summary>
    /// <param name="network">The main network.</param>
    /// <param name="steps">The batch.</param>
    /// <param name="windows">The windows; lengths may differ.</param>
    /// <param name="before">What <see cref="Unroll.StatesBefore"/> gave for them.</param>
    public static RecomputedWindows? Of(RecurrentClassifier network, StepTensor steps, IReadOnlyList<Window> windows, RecurrentState before)
    {
        var longest = windows.Select(window => window.Length).DefaultIfEmpty().Max();
        var stretch = Recomputation.StretchOf(longest);
        return longest > stretch ? new RecomputedWindows(network, steps, windows, before, stretch) : null;
    }

    /// <summary>Adds the parameters' gradients, once those of <see cref="Ends"/> are there.</summary>
    public void Backward()
    {
        using var scope = NewDisposeScope();
        var adjoint = GradientOf(Ends).Select(Unroll.Index(_order, _network.Like));
        for (var back = 0; back < _before.Length; back++)
        {
            using var stretch = NewDisposeScope();
            var start = _before[back].Leaf();
            var end = Through(back, start);
            var reached = adjoint.Slice(0, end.Rows);
            // The gradient of Σ end · adjoint is what the adjoint makes of the end's.
            var sum = (end.Hidden * reached.Hidden).sum();
            if (end.Cell is { } cell)
                sum = sum.Plus((cell * reached.Cell!).sum());
            sum.backward();
            (adjoint, var left) = (GradientOf(start).MoveToOuterScope(), adjoint);
            left.Free();
            _before[back].Free();
        }
    }

    private RecurrentState Forward(RecurrentState before)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var first = before.Select(Unroll.Index(_order, _network.Like));
        // A window joins at the stretch that holds its first step, or at the end where it has none.
        RecurrentState Joined(RecurrentState state, int rows) =>
            state.Rows == rows ? state : RecurrentState.Concatenate([state, first.Slice(state.Rows, rows - state.Rows)]);

        var state = first.Slice(0, 0);
        for (var back = _before.Length - 1; back >= 0; back--)
        {
            _before[back] = Joined(state, Reaching(back)).MoveToOuterScope();
            using var stretch = NewDisposeScope();
            state = Through(back, _before[back]).MoveToOuterScope();
        }
        return Joined(state, _windows.Length).Select(Unroll.Inverse(_order, _network.Like)).MoveToOuterScope();
    }

    // Windows with a step in a stretch.
    private int Reaching(int back) => _windows.TakeWhile(window => window.Length > back * _stretch).Count();

    private RecurrentState Through(int back, RecurrentState start) => Unroll.Through(_network, _steps, [.. _windows.Take(Reaching(back)).Select(window =>
        new Window(window.Row, Math.Max(window.Start, window.End - (back + 1) * _stretch), window.End - back * _stretch))], start);

    private static RecurrentState GradientOf(RecurrentState leaf) => new(GradientOf(leaf.Hidden), leaf.Cell is { } cell ? GradientOf(cell) : null);

    private static Tensor GradientOf(Tensor leaf) => leaf.grad ?? zeros_like(leaf);
}
