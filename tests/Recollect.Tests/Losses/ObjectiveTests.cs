using Recollect.Losses;
using Recollect.Networks;
using Recollect.Sequences;
using TorchSharp;
using static TorchSharp.torch;

namespace Recollect.Tests.Losses;

public sealed class ObjectiveTests
{
    public static TheoryData<string> Cases => [.. GradientCases.All.Select(problem => problem.Name)];

    /// <summary>Method, section 6.2: k_s ≥ T equals full BPTT, exactly.</summary>
    [Theory]
    [Trait("Method", "6.2")]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(int.MaxValue)]
    public void A_supervised_window_as_long_as_the_rows_equals_full_backpropagation_bit_for_bit(int k)
    {
        var problem = new SmallCase("full") { Supervised = new(k) };
        var real = new SmallProblem(problem, ScalarType.Float32);
        var (value, gradient) = WholeLength(real, problem.Batch());

        var found = real.Evaluate();

        Assert.Equal(value, found.Total);
        Assert.Equal(gradient, found.Of);
    }

    /// <summary>The kernels have no other way of full backpropagation than a window: one that is longer than the rows is one that is as long.</summary>
    [Theory]
    [Trait("Method", "6.2")]
    [InlineData(9)]
    [InlineData(10)]
    public void On_kernels_too_where_full_backpropagation_is_libtorchs_to_rounding(int k)
    {
        var problem = new SmallCase("full") { Supervised = new(k) };
        var libtorch = new SmallProblem(problem, ScalarType.Float64);
        var (value, gradient) = WholeLength(libtorch, problem.Batch());

        var found = new SmallProblem(problem, ScalarType.Float64, EngineKind.Kernels).WithWeightsOf(libtorch).Evaluate();
        var full = new SmallProblem(problem with { Supervised = Truncation.Full }, ScalarType.Float64, EngineKind.Kernels).WithWeightsOf(libtorch).Evaluate();

        Assert.Equal(value, found.Total, 1e-12);
        GradientTests.AssertEqual(gradient, found.Of, 1e-12, 1e-12);
        Assert.Equal(full.Total, found.Total);
        Assert.Equal(full.Of, found.Of);
    }

    /// <summary>What a manifest says is what <see cref="Objective.Of"/> does: a uRNN's steps are on kernels within libtorch's graph.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void The_engine_that_is_told_is_the_one_that_computes(string name)
    {
        var problem = GradientCases.All.Single(candidate => candidate.Name == name);
        foreach (var engine in new[] { EngineKind.Auto, EngineKind.Libtorch })
        {
            var real = new SmallProblem(problem, ScalarType.Float32, engine);
            using var objective = Objective.Of(real.Network, null, real.Auxiliary);
            var kernels = objective is not GraphObjective || real.Network.Recurrence.ByKernels;
            Assert.Equal(kernels ? "kernels" : "libtorch", Objective.EngineOf(real.Network, real.Auxiliary));
        }
    }

    /// <summary>The same numbers, summed in another order: on kernels not even that (<see cref="Kernels.KernelObjectiveTests"/>).</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void On_libtorch_states_that_are_computed_again_give_the_same_value_and_gradient(string name)
    {
        var problem = GradientCases.All.Single(candidate => candidate.Name == name);
        var (expected, found) = (new SmallProblem(problem).Evaluate(), new SmallProblem(problem, recompute: true).Evaluate());
        Assert.Equal(expected.Total, found.Total, 1e-14);
        Assert.Equal((expected.Correct, expected.Shortened, expected.Skipped), (found.Correct, found.Shortened, found.Skipped));
        GradientTests.AssertEqual(expected.Of, found.Of, 1e-14, 1e-12);
    }

    /// <summary>Method, section 6.2: n = 0 equals the plain network, exactly.</summary>
    [Theory]
    [Trait("Method", "6.2")]
    [InlineData(EngineKind.Kernels)]
    [InlineData(EngineKind.Libtorch)]
    public void No_segments_and_no_auxiliary_losses_equal_the_plain_network_bit_for_bit(EngineKind engine)
    {
        var plain = new SmallCase("plain") { Lengths = [9, 4, 7], Supervised = new(3), Dropout = 0.5 };
        var none = plain with { Auxiliary = [SmallCase.Reconstruction(3) with { Segments = 0 }, SmallCase.Prediction(3) with { Segments = 0 }] };
        var expected = new SmallProblem(plain, ScalarType.Float32, engine).Evaluate();

        var found = new SmallProblem(none, ScalarType.Float32, engine).Evaluate();

        Assert.Equal(expected.Total, found.Total);
        Assert.Equal(expected.Supervised, found.Supervised);
        Assert.Equal([0, 0], found.Auxiliary);
        Assert.All(expected.Of, entry => Assert.Equal(entry.Value, found.Of[entry.Key]));
        var decoders = found.Of.Where(entry => entry.Key.StartsWith("auxiliary", StringComparison.Ordinal));
        Assert.All(decoders.SelectMany(entry => entry.Value), g => Assert.Equal(0, g));
    }

    /// <summary>Method, section 6.2: a batch equals its rows one by one, unequal lengths included.</summary>
    /// <remarks>Draws are keyed by the global row, so that it holds with dropout and fed-back outputs too.</remarks>
    [Theory]
    [Trait("Method", "6.2")]
    [MemberData(nameof(GradientTests.Cases), MemberType = typeof(GradientTests))]
    public void A_batch_equals_its_rows_one_by_one(string name, EngineKind engine)
    {
        var problem = GradientCases.All.Single(candidate => candidate.Name == name);
        foreach (var (type, tolerance) in new[] { (ScalarType.Float64, 1e-10), (ScalarType.Float32, 1e-5) })
        {
            var real = new SmallProblem(problem, type, engine);
            var together = real.Evaluate();
            var alone = Enumerable.Range(0, problem.Lengths.Count).Select(row => real.Evaluate(problem.RowAlone(row), problem.Context)).ToArray();

            Assert.Equal(alone.Sum(row => row.Total), together.Total, tolerance);
            Assert.Equal(alone.Sum(row => row.Supervised ?? 0), together.Supervised ?? 0, tolerance);
            for (var j = 0; j < problem.Auxiliary.Count; j++)
                Assert.Equal(alone.Sum(row => row.Auxiliary[j]), together.Auxiliary[j], tolerance);
            Assert.Equal(alone.Sum(row => row.Correct), together.Correct);
            Assert.Equal(alone.Sum(row => row.Shortened), together.Shortened);
            Assert.Equal(alone.Sum(row => row.Skipped), together.Skipped);
            var sum = together.Of.ToDictionary(
                entry => entry.Key, entry => entry.Value.Select((_, place) => alone.Sum(row => row.Of[entry.Key][place])).ToArray());
            GradientTests.AssertEqual(sum, together.Of, tolerance, tolerance);
        }
    }

    /// <summary>Method, section 6.2, for what the classifier says.</summary>
    [Theory]
    [Trait("Method", "6.2")]
    [InlineData(CellKind.Lstm, EngineKind.Kernels)]
    [InlineData(CellKind.Lstm, EngineKind.Libtorch)]
    [InlineData(CellKind.Gru, EngineKind.Libtorch)]
    public void The_logits_of_a_batch_equal_those_of_its_rows_run_plainly(CellKind cell, EngineKind engine)
    {
        var problem = new SmallCase("logits") { Cell = cell, Layers = 2, Lengths = [11, 1, 5, 8] };
        foreach (var (type, tolerance) in new[] { (ScalarType.Float64, 1e-10), (ScalarType.Float32, 1e-5) })
        {
            var network = new SmallProblem(problem, type, engine).Network;
            var together = Classification.Of(network, problem.Sequences(), 4).ToArray();
            for (var row = 0; row < 4; row++)
            {
                using var scope = NewDisposeScope();
                var steps = new StepTensor(problem.RowAlone(row), network.Like);
                var end = network.Run(steps.Steps(0, problem.Lengths[row]), network.Recurrence.ZeroState(1)).End;
                var expected = SmallProblem.Numbers(nn.functional.log_softmax(network.Classify(end.Output), 1));
                Assert.All(expected.Zip(together[row].LogProbabilities), pair => Assert.Equal(pair.First, pair.Second, tolerance));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_the_padding_holds_changes_nothing(string name)
    {
        var problem = GradientCases.All.Single(candidate => candidate.Name == name);
        var real = new SmallProblem(problem, ScalarType.Float32);
        var clean = real.Evaluate();
        var batch = problem.Batch();
        Poison(batch);

        var found = real.Evaluate(batch, problem.Context);

        Assert.Equal(clean.Total, found.Total);
        Assert.Equal(clean.Auxiliary, found.Auxiliary);
        Assert.Equal(clean.Of, found.Of);
    }

    /// <summary>Padding also grows when another row is longer: the others' share of value and gradient stays.</summary>
    [Fact]
    public void A_longer_neighbour_changes_nothing_for_a_row()
    {
        var problem = GradientCases.All.Single(candidate => candidate.Name == "r+p, everything at once");
        var real = new SmallProblem(problem);
        int[] longer = [12, 6, 3, 40];
        // The last row alone, as it is and longer: what it adds to either batch.
        Gradients Last(IReadOnlyList<int> lengths) =>
            real.Evaluate(Recollect.Sequences.Batch.Of(problem.Sequences(lengths), [3], problem.FirstRow + 3), problem.Context);

        var (before, after) = (real.Evaluate(), real.Evaluate(problem.Batch(longer), problem.Context));

        var (lastBefore, lastAfter) = (Last(problem.Lengths), Last(longer));
        Assert.NotEqual(lastBefore.Total, lastAfter.Total, 1e-3);
        Assert.Equal(before.Total - lastBefore.Total, after.Total - lastAfter.Total, 1e-12);
        Dictionary<string, double[]> Rest(Gradients all, Gradients last) =>
            all.Of.ToDictionary(entry => entry.Key, entry => entry.Value.Zip(last.Of[entry.Key], (a, b) => a - b).ToArray());
        GradientTests.AssertEqual(Rest(before, lastBefore), Rest(after, lastAfter), 1e-10, 1e-10);
    }

    /// <summary>A row of three steps beside one of 200. Its state would grow fourfold a step: on the neighbour's steps until it is no number, and the gradient with it.</summary>
    [Theory]
    [InlineData(AuxiliaryKind.LanguageModel, int.MaxValue)]
    [InlineData(AuxiliaryKind.LanguageModel, 90)]
    [InlineData(AuxiliaryKind.Masked, int.MaxValue)]
    [InlineData(AuxiliaryKind.Prediction, int.MaxValue)]
    public void The_state_of_a_row_that_has_ended_is_not_computed_further(AuxiliaryKind kind, int k)
    {
        var problem = new SmallCase("growing")
        {
            Cell = CellKind.Irnn,
            Format = StepFormat.Reals(1),
            Pretrain = true,
            AuxiliaryK = new Truncation(k),
            Auxiliary = [SmallCase.WholeRows(kind) with { Length = [kind == AuxiliaryKind.Prediction ? 199 : 1] }],
        };
        var set = new InMemorySequences(problem.Format, ["a", "b"]);
        set.AddReals([1, 1, 1], 0);
        set.AddReals([.. Enumerable.Repeat(-1f, 200)], 1); // the ReLU keeps it at 0
        var real = new SmallProblem(problem, ScalarType.Float32);
        using (no_grad())
        {
            var weights = real.Parameters.ToDictionary(entry => entry.Name, entry => entry.Parameter);
            foreach (var (name, numbers) in new (string, float[])[]
            {
                ("embedding.weight", [1, 0]), ("embedding.bias", [0, 0]), ("rnn.weight_ih_l0", [1, 0, 1, 0, 1, 0]), ("rnn.bias_ih_l0", [0, 0, 0]), ("rnn.bias_hh_l0", [0, 0, 0]),
                ("rnn.weight_hh_l0", [4, 0, 0, 0, 4, 0, 0, 0, 4]), ("auxiliary.0.mask.vector", [-1, 0]),
            }.Where(entry => weights.ContainsKey(entry.Item1)))
                weights[name].copy_(tensor(numbers).view_as(weights[name]));
        }
        var context = new UpdateContext(SmallCase.Update, 2, 0);

        var together = real.Evaluate(Recollect.Sequences.Batch.Of(set, [0, 1], 0), context);

        var alone = Enumerable.Range(0, 2).Select(row => real.Evaluate(Recollect.Sequences.Batch.Of(set, [row], row), context)).ToArray();
        Assert.Equal(alone.Sum(row => row.Total), together.Total, 1e-5);
        Assert.All(together.Of.Values.SelectMany(numbers => numbers), number => Assert.True(double.IsFinite(number)));
        GradientTests.AssertEqual(together.Of.ToDictionary(entry => entry.Key, entry => entry.Value.Select((_, place) => alone.Sum(row => row.Of[entry.Key][place])).ToArray()), together.Of, 1e-4, 1e-4);
    }

    [Fact]
    public void Rows_too_short_for_any_segment_leave_pretraining_without_a_loss()
    {
        var problem = new SmallCase("short") { Pretrain = true, Lengths = [2, 1], Auxiliary = [SmallCase.Reconstruction(3) with { Segments = 2 }] };
        using var scope = NewDisposeScope();
        var real = new SmallProblem(problem);

        var value = new GraphObjective(null, real.Auxiliary).Of(real.Network, problem.Batch(), problem.Context);

        Assert.Null(value.Total);
        Assert.Equal(4, value.Value.Skipped);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void No_tensor_outlives_the_scope_of_an_objective(string name)
    {
        var problem = GradientCases.All.Single(candidate => candidate.Name == name);
        var real = new SmallProblem(problem, ScalarType.Float32);
        var objective = new GraphObjective(problem.Pretrain ? null : new SupervisedLoss(problem.Supervised, problem.ClassWeights, SmallCase.Draws), real.Auxiliary);
        var batch = problem.Batch();
        var before = LiveTensors();
        using (NewDisposeScope())
        {
            objective.Of(real.Network, batch, problem.Context).Total!.backward();
            Assert.True(LiveTensors() > before);
        }

        Assert.Equal(before, LiveTensors());
    }

    private static long LiveTensors() => DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

    private static (double Value, Dictionary<string, double[]> Gradient) WholeLength(SmallProblem real, Batch batch)
    {
        using var scope = NewDisposeScope();
        var network = real.Network;
        var steps = new StepTensor(batch, network.Like).Steps(0, batch.MaxLength);
        var logits = network.Classify(network.Run(steps, network.Recurrence.ZeroState(batch.Rows)).End.Output);
        var labels = tensor(batch.Labels.Select(label => (long)label).ToArray());
        using var rows = batch.Rows.ToScalar();
        var loss = nn.functional.cross_entropy(logits, labels, reduction: nn.Reduction.Sum).div(rows);
        return (TensorNumber.Of(loss), real.GradientOf(loss));
    }

    private static void Poison(Batch batch)
    {
        for (var row = 0; row < batch.Rows; row++)
        {
            for (var t = batch.Lengths[row]; t < batch.MaxLength; t++)
            {
                var place = t * batch.Rows + row;
                if (batch.Format.Kind == StepKind.Tokens)
                    batch.Tokens[place] = 1 + t % (batch.Format.Width - 1);
                else
                    batch.Reals.Slice(place * batch.Format.Width, batch.Format.Width).Fill(100 + t);
            }
        }
    }
}
