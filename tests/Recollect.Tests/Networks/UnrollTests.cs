using Recollect.Networks;
using Recollect.Sequences;
using Recollect.Tests.Losses;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Recollect.Tests.Networks;

public sealed class UnrollTests
{
    // 256 steps are embedded at once outside windows: rows on both sides of that border, and at it.
    private static readonly int[] Lengths = [600, 256, 257, 31, 513];

    [Theory]
    [InlineData(CellKind.Lstm, ScalarType.Float64, 1e-12)]
    [InlineData(CellKind.Lstm, ScalarType.Float32, 1e-5)]
    [InlineData(CellKind.Gru, ScalarType.Float64, 1e-12)]
    [InlineData(CellKind.Gru, ScalarType.Float32, 1e-5)]
    public void States_before_and_after_random_windows_equal_those_of_each_row_run_alone(CellKind cell, ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        var problem = new SmallCase("windows") { Cell = cell, Layers = 2, Lengths = Lengths };
        var network = new SmallProblem(problem, type).Network;
        var steps = new StepTensor(problem.Batch(), network.Like);
        var windows = RandomWindows(30);

        var before = Unroll.StatesBefore(network, steps, windows);
        var after = Unroll.Through(network, steps, windows, before);

        Assert.Equal((windows.Length, windows.Length), ((int)before.Rows, (int)after.Rows));
        Assert.False(before.Hidden.requires_grad);
        for (var i = 0; i < windows.Length; i++)
        {
            AssertEqual(Alone(network, problem, windows[i].Row, windows[i].Start), before.Slice(i, 1), tolerance);
            AssertEqual(Alone(network, problem, windows[i].Row, windows[i].End), after.Slice(i, 1), tolerance);
        }
    }

    [Fact]
    public void Windows_of_no_steps_end_where_they_start()
    {
        using var scope = NewDisposeScope();
        var problem = new SmallCase("empty") { Lengths = Lengths };
        var network = new SmallProblem(problem).Network;
        var steps = new StepTensor(problem.Batch(), network.Like);
        Window[] windows = [new(2, 0, 0), new(0, 300, 300), new(3, 31, 31)];

        var before = Unroll.StatesBefore(network, steps, windows);
        var after = Unroll.Through(network, steps, windows, before);

        AssertEqual(before, after, 0);
        AssertEqual(network.Recurrence.ZeroState(1), before.Slice(0, 1), 0);
    }

    /// <summary>Method, section 2: memory grows with the windows and not with T, nor with a whole batch's state at every window.</summary>
    [Fact]
    public void The_pass_without_a_graph_keeps_no_state_that_it_has_left()
    {
        using var scope = NewDisposeScope();
        var problem = new SmallCase("long") { Lengths = [4096, 4096] };
        var network = new SmallProblem(problem).Network;
        var steps = new StepTensor(problem.Batch(), network.Like);
        var live = new List<long>();
        ((LSTM)network.Recurrence.Module).register_forward_pre_hook((_, input, state) =>
        {
            live.Add(DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
            return (input, state);
        });

        Unroll.StatesBefore(network, steps, [new Window(0, 4095, 4096)]);

        Assert.True(live.Count >= 16);
        Assert.All(live.Skip(1), count => Assert.Equal(live[1], count));
    }

    [Fact]
    public void A_window_is_aligned_to_the_end_that_it_serves()
    {
        Assert.Equal(new Window(3, 5, 9), Window.Ending(3, 9, new Truncation(4)));
        Assert.Equal(new Window(3, 0, 9), Window.Ending(3, 9, new Truncation(9)));
        Assert.Equal(new Window(3, 0, 9), Window.Ending(3, 9, Truncation.Full));
        Assert.Equal(new Window(3, 9, 9), Window.Ending(3, 9, new Truncation(0)));
        Assert.Equal(4, new Window(3, 5, 9).Length);
    }

    private static Window[] RandomWindows(int count)
    {
        var stream = SmallCase.Draws.Stream("windows");
        var windows = new Window[count];
        for (var i = 0; i < count; i++)
        {
            var row = stream.Next(Lengths.Length);
            var end = stream.Next(Lengths[row] + 1);
            windows[i] = new Window(row, stream.Next(end + 1), end);
        }
        return windows;
    }

    private static RecurrentState Alone(RecurrentClassifier network, SmallCase problem, int row, int steps)
    {
        var state = network.Recurrence.ZeroState(1);
        return steps == 0 ? state : network.Run(new StepTensor(problem.RowAlone(row), network.Like).Steps(0, steps), state).End;
    }

    private static void AssertEqual(RecurrentState expected, RecurrentState found, double tolerance)
    {
        void Compare(Tensor a, Tensor b) =>
            Assert.All(SmallProblem.Numbers(a).Zip(SmallProblem.Numbers(b)), pair => Assert.Equal(pair.First, pair.Second, tolerance));
        Compare(expected.Hidden, found.Hidden);
        Assert.Equal(expected.Cell is null, found.Cell is null);
        if (expected.Cell is not null)
            Compare(expected.Cell, found.Cell!);
    }
}
