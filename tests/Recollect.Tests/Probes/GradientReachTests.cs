using FsCheck.Xunit;
using Recollect.Networks;
using Recollect.Probes;
using Recollect.Runs;
using Recollect.Sequences;
using Recollect.Tests.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace Recollect.Tests.Probes;

public class GradientReachTests
{
    private static readonly int[] Lengths = [7, 12, 5, 12];

    // Few enough numbers that every stretch is cut, down to one step; or all at once.
    [Theory]
    [InlineData(CellKind.Lstm, 1, 1)]
    [InlineData(CellKind.Lstm, 2, 40)]
    [InlineData(CellKind.Lstm, 2, 1 << 20)]
    [InlineData(CellKind.Gru, 2, 40)]
    [InlineData(CellKind.Irnn, 2, 40)]
    [InlineData(CellKind.Urnn, 1, 40)]
    [InlineData(CellKind.Lstm, 1, 40, GateKind.Refined)]
    public void Norms_are_those_of_finite_differences_in_the_whole_state(CellKind cell, int layers, int numbers, GateKind gates = GateKind.Standard)
    {
        using var scope = NewDisposeScope();
        var problem = new SmallCase("reach") { Cell = cell, Gates = gates, Layers = layers, Lengths = Lengths };
        var network = new SmallProblem(problem).Network;
        var probe = GradientReach.Of(network, problem.Sequences(), DataSplit.Test, [0, 1, 2, 3], () => false, numbers)!;
        Assert.Equal(4, probe.Rows);
        Assert.Equal(Enumerable.Range(0, 12), probe.Distances);
        Assert.All(probe.Distances, distance =>
        {
            var norms = Enumerable.Range(0, Lengths.Length).Where(row => Lengths[row] > distance).Select(row => Norm(network, problem, row, distance));
            Assert.Equal(norms.Average(), probe.Norms[distance], 1e-7);
        });
        Assert.True(probe.Norms.All(norm => norm > 1e-6), "Nothing flows back, and nothing was compared.");
    }

    /// <summary>A cell that adds its inputs up hands the adjoint on as it is.</summary>
    [Fact]
    public void A_network_that_keeps_what_it_has_read_is_reached_alike_at_every_distance()
    {
        using var scope = NewDisposeScope();
        var problem = new SmallCase("sum") { Cell = CellKind.Irnn, Lengths = [300, 300] };
        var network = new SmallProblem(problem).Network;
        using (no_grad())
        {
            foreach (var (name, parameter) in network.named_parameters().Where(p => p.name.StartsWith("rnn.", StringComparison.Ordinal)))
                parameter.copy_(name.Contains("weight_hh") ? eye(3, dtype: ScalarType.Float64) : name.Contains("weight_ih") ? zeros_like(parameter) : ones_like(parameter));
        }
        var probe = GradientReach.Of(network, problem.Sequences(), DataSplit.Test, [0, 1], () => false)!;
        Assert.Equal([0, 1, 2, 3], probe.Distances.Take(4));
        Assert.Equal(299, probe.Distances[^1]);
        Assert.True(probe.Norms[0] > 1e-3);
        Assert.All(probe.Norms, norm => Assert.Equal(probe.Norms[0], norm, 1e-12));
    }

    /// <summary>Where h goes nowhere, what an LSTM learns over a distance flows through c alone.</summary>
    [Fact]
    public void An_LSTM_that_keeps_its_cell_is_reached_alike_at_every_distance()
    {
        using var scope = NewDisposeScope();
        var problem = new SmallCase("kept") { Lengths = [300, 300] };
        var network = new SmallProblem(problem).Network;
        var hidden = (int)network.Recurrence.Width;
        using (no_grad())
        {
            foreach (var (name, parameter) in network.named_parameters().Where(p => p.name.StartsWith("lstm.", StringComparison.Ordinal)))
            {
                parameter.zero_();
                if (name.Contains("bias_ih"))
                    parameter.narrow(0, hidden, hidden).FillWith(40); // the forget gate is open; the output gate is at a half, and c stays 0
            }
        }
        var probe = GradientReach.Of(network, problem.Sequences(), DataSplit.Test, [0, 1], () => false)!;
        Assert.True(probe.Norms[0] > 1e-3);
        Assert.All(probe.Norms.Skip(1), norm => Assert.Equal(probe.Norms[0] / 2, norm, 1e-12));
    }

    [Fact]
    public void In_single_precision_it_is_the_same_and_no_weight_is_given_a_gradient()
    {
        using var scope = NewDisposeScope();
        var problem = new SmallCase("single") { Layers = 2, Lengths = Lengths };
        var exact = new SmallProblem(problem);
        var network = new SmallProblem(problem, ScalarType.Float32, EngineKind.Auto).WithWeightsOf(exact).Network;
        int[] rows = [3, 1, 0];
        var (single, twice) = (Probe(network), Probe(exact.Network));
        Assert.All(single.Norms.Zip(twice.Norms), pair => Assert.Equal(pair.Second, pair.First, 1e-5));
        Assert.Equal(single.Norms, Probe(network).Norms);
        Assert.All(network.parameters(), parameter => Assert.Null(parameter.grad));
        GradientProbe Probe(RecurrentClassifier of) => GradientReach.Of(of, problem.Sequences(), DataSplit.Test, rows, () => false, 40)!;
    }

    [Fact]
    public void It_stops_where_it_is_asked_to_and_leaves_no_tensor_behind()
    {
        var problem = new SmallCase("stop") { Lengths = [200] };
        var network = new SmallProblem(problem).Network;
        var live = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        for (var calls = 0; calls < 500; calls += 111)
        {
            var left = calls;
            var probe = GradientReach.Of(network, problem.Sequences(), DataSplit.Test, [0], () => left-- == 0, 1);
            Assert.Equal(calls >= 400, probe is not null); // 200 stretches of a step, each asked about on the way and on the way back
        }
        Assert.Equal(live, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Fact]
    [Trait("Tier", "slow")]
    public void A_row_of_16384_steps_takes_little_memory()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux lets a process measure its peak anew.");
        var problem = new SmallCase("long") { Format = StepFormat.Tokens(256), Hidden = 128, Lengths = [.. Enumerable.Repeat(16_384, 16)] };
        var network = new SmallProblem(problem, ScalarType.Float32).Network;
        GradientReach.Of(network, problem.Sequences([.. Enumerable.Repeat(64, 16)]), DataSplit.Test, [0], () => false); // what libtorch takes for its first call
        var set = problem.Sequences();
        File.WriteAllText("/proc/self/clear_refs", "5"); // proc(5): the peak falls to what is held now
        var before = PeakMemory.Bytes;
        GradientReach.Of(network, set, DataSplit.Test, [.. Enumerable.Range(0, 16)], () => false);
        var taken = PeakMemory.Bytes - before;
        TestContext.Current.TestOutputHelper?.WriteLine($"{taken / 1e6:F0} MB");
        Assert.InRange(taken, 1_000_000, 150_000_000); // a graph of the whole would take some hundred times as much
    }

    [Fact]
    public void A_Transformer_has_no_state_to_ask()
    {
        var problem = new SmallCase("transformer") { Lengths = [5] };
        using var network = new RecurrentClassifier(problem.Format, 3, new NetworkOptions { Cell = CellKind.Transformer, Hidden = 4, HeadUnits = 3 }, SmallCase.Draws);
        Assert.Null(GradientReach.Of(network, problem.Sequences(), DataSplit.Test, [0], () => false));
    }

    /// <summary>libtorch keeps what it compiles for each number of steps: the probe's memory must not grow with the length.</summary>
    [Property]
    public void Stretches_are_of_few_numbers_of_steps_and_end_at_every_distance_and_row(ushort steps, ushort shorter, ushort rowSteps)
    {
        int[] lengths = [Math.Max(steps, shorter) + 1, Math.Min(steps, shorter) + 1], distances = GradientReach.Distances(lengths[0]);
        var places = GradientReach.Places(distances, lengths, rowSteps);
        Assert.Empty(distances.Concat(lengths).Except(places));
        Assert.Equal(0, places[^1]);
        foreach (var (from, to) in places.Zip(places.Skip(1)))
        {
            Assert.True(int.IsPow2(from - to), $"{from - to} steps");
            Assert.True(from - to == 1 || (from - to) * lengths.Count(length => length >= from) <= rowSteps);
        }
    }

    [Property]
    public void Distances_go_from_0_to_the_row_s_first_step_in_at_most_128(ushort steps)
    {
        var distances = GradientReach.Distances(steps + 1);
        Assert.InRange(distances.Length, Math.Min(steps + 1, 60), 128);
        Assert.Equal((0, steps), (distances[0], distances[^1]));
        Assert.All(distances.Zip(distances.Skip(1)), pair => Assert.True(pair.First < pair.Second));
        var ratios = distances.Zip(distances.Skip(1)).Where(pair => pair.First > 100).Select(pair => (double)pair.Second / pair.First).ToList();
        Assert.True(ratios.Count == 0 || steps < 128 || ratios.Max() - ratios.Min() < 0.02, "Not even in their logarithm.");
    }

    [Theory]
    [InlineData(1000, 10, 1 << 30, 64)]
    [InlineData(50, 10, 1 << 30, 50)]
    [InlineData(1000, 10, 160, 10)]   // a tenth of what was trained on at most, and rather less
    [InlineData(1000, 10, 1, 1)]
    [InlineData(100, 4096, 1 << 30, 64)]
    [InlineData(100, 16_384, 1 << 30, 16)]
    [InlineData(100, 1_000_000, 1 << 30, 1)]
    public void Rows_are_fewer_the_longer_they_are_and_after_a_short_training(int count, int steps, long trained, int expected)
    {
        var rows = GradientReach.RowsOf(new Rows(count, steps), trained);
        Assert.Equal(expected, rows.Length);
        Assert.Equal(rows.Distinct(), rows);
        Assert.True(expected < 2 || rows[^1] >= count * (expected - 1) / expected - count / 64 - 1, "They are not spread over the split.");
    }

    // Central differences of the row's loss in every number of h and c at so many steps before its end.
    private static double Norm(RecurrentClassifier network, SmallCase problem, int row, int distance)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        const double Change = 1e-6;
        var batch = problem.RowAlone(row);
        var steps = new StepTensor(batch, network.Like);
        var state = network.Recurrence.ZeroState(1);
        if (Lengths[row] > distance)
            state = network.Run(steps.Steps(0, Lengths[row] - distance), state).End;
        var sum = Squares(state.Hidden, moved => state with { Hidden = moved }) + (state.Cell is { } cell ? Squares(cell, moved => state with { Cell = moved }) : 0);
        return Math.Sqrt(sum);

        double Squares(Tensor part, Func<Tensor, RecurrentState> with)
        {
            var numbers = SmallProblem.Numbers(part);
            return Enumerable.Range(0, numbers.Length).Sum(i => Math.Pow((Loss(with(Moved(i, Change))) - Loss(with(Moved(i, -Change)))) / (2 * Change), 2));
            Tensor Moved(int place, double change)
            {
                double[] moved = [.. numbers];
                moved[place] += change;
                return tensor(moved, part.shape);
            }
        }

        double Loss(RecurrentState from)
        {
            var end = distance == 0 ? from : network.Run(steps.Steps(Lengths[row] - distance, distance), from).End;
            return -TensorNumber.Of(nn.functional.log_softmax(network.Classify(end.Output), 1)[0][batch.Labels[0]]);
        }
    }

    private sealed class Rows(int count, int steps) : SequenceSet(StepFormat.Tokens(2), ["a"])
    {
        public override int Count => count;

        public override int LengthOf(int row) => steps;

        public override int LabelOf(int row) => 0;

        public override void CopyTokens(int row, int start, Span<int> tokens) => throw new NotSupportedException();

        public override void CopyReals(int row, int start, Span<float> reals) => throw new NotSupportedException();
    }
}
