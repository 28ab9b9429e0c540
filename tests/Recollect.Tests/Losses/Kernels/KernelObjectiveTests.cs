using Recollect.Losses;
using Recollect.Networks;
using Recollect.Randomness;
using Recollect.Sequences;
using Recollect.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Recollect.Tests.Losses.Kernels;

/// <summary>The objective on kernels in single precision against libtorch's graphs in double, with the same weights.</summary>
public sealed class KernelObjectiveTests
{
    private const double Tolerance = 1e-5;

    /// <summary>Fixed problems, since a ReLU's input so near 0 that rounding carries it over would rightly change a gradient.</summary>
    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, 40)];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void States_that_are_computed_again_change_no_bit_of_loss_or_gradient(int number)
    {
        var problem = RandomProblem.Of(number);
        foreach (var type in new[] { ScalarType.Float32, ScalarType.Float64 })
        {
            var expected = new SmallProblem(problem, type, EngineKind.Kernels).Evaluate();
            var found = new SmallProblem(problem, type, EngineKind.Kernels, recompute: true).Evaluate();
            Assert.Equal((expected.Total, expected.Supervised), (found.Total, found.Supervised));
            Assert.Equal(expected.Auxiliary, found.Auxiliary);
            Assert.Equal(expected.Of, found.Of);
        }
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Loss_and_gradients_in_single_precision_are_those_of_graphs_in_double(int number)
    {
        var problem = RandomProblem.Of(number);
        var kernels = new SmallProblem(problem, ScalarType.Float32, EngineKind.Kernels);
        var graphs = new SmallProblem(problem, ScalarType.Float64, EngineKind.Libtorch).WithWeightsOf(kernels);

        var (found, expected) = (kernels.Evaluate(), graphs.Evaluate());

        Assert.Equal((expected.Correct, expected.Shortened, expected.Skipped), (found.Correct, found.Shortened, found.Skipped));
        Assert.Equal(expected.Total, found.Total, Tolerance * Math.Abs(expected.Total));
        Assert.Equal(expected.Supervised ?? 0, found.Supervised ?? 0, Tolerance * (expected.Supervised ?? 0));
        foreach (var (e, f) in expected.Auxiliary.Zip(found.Auxiliary))
            Assert.Equal(e, f, Tolerance * e);
        // Of a tensor's own norm; where that is small, its numbers are differences of what makes the largest ones.
        var small = 1e-3 * expected.Of.Values.Max(Norm);
        var worst = 0.0;
        foreach (var (name, gradient) in expected.Of)
        {
            var apart = Norm([.. gradient.Zip(found.Of[name], (e, f) => e - f)]);
            worst = Math.Max(worst, apart / Math.Max(double.Epsilon, Norm(gradient) + small));
            Assert.True(apart <= Tolerance * (Norm(gradient) + small), $"{name}: apart {apart}, norm {Norm(gradient)}, small {small}; {problem}");
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"Loss {expected.Total:R} and {found.Total:R}; gradients apart by {worst:G2}.");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(7)]
    public void A_second_call_adds_the_same_gradient_again(int number)
    {
        var problem = RandomProblem.Of(number);
        var real = new SmallProblem(problem, ScalarType.Float32, EngineKind.Kernels);
        using var objective = ObjectiveOf(real, problem);
        objective.Differentiate(real.Network, problem.Batch(), problem.Context);
        var once = GradientsOf(real);
        objective.Differentiate(real.Network, problem.Batch(), problem.Context);

        var twice = GradientsOf(real);

        Assert.Contains(once.Values, gradient => gradient is not null && Norm(gradient) > 0);
        Assert.Equal(once.ToDictionary(entry => entry.Key, entry => entry.Value?.Select(g => 2 * g).ToArray()), twice);
    }

    /// <summary>Cases in which some loss does not reach some parameters, and what it does reach.</summary>
    public static TheoryData<string, string> Unreached => new()
    {
        { "supervised k = 0", "classifier" },
        { "supervised alone", "embedding lstm classifier" },
        { "pretraining", "embedding lstm auxiliary.0" },
        { "pretraining k_a = 0", "auxiliary.0" },
        { "supervised k = 0, k_a = 0", "classifier auxiliary.0" },
        { "no segments", "embedding lstm classifier" },
        { "no loss at all", "" },
        { "prediction alone", "embedding lstm auxiliary.0" },
    };

    [Theory]
    [MemberData(nameof(Unreached))]
    public void A_parameter_that_no_loss_reaches_has_no_gradient_on_either_engine(string name, string reached)
    {
        var problem = Case(name);
        foreach (var engine in new[] { EngineKind.Kernels, EngineKind.Libtorch })
        {
            var real = new SmallProblem(problem, ScalarType.Float32, engine);
            using var objective = ObjectiveOf(real, problem);
            objective.Differentiate(real.Network, problem.Batch(), problem.Context);
            foreach (var (parameter, gradient) in GradientsOf(real))
            {
                var expected = reached.Split(' ', StringSplitOptions.RemoveEmptyEntries).Any(part => parameter.StartsWith(part, StringComparison.Ordinal));
                Assert.True(expected == gradient is not null, $"{name}, {engine}: {parameter} has {(gradient is null ? "no" : "a")} gradient.");
            }
        }
    }

    /// <summary>Memory on the managed heap grows with rows and segments, not with steps: neither with longer stretches between cuts nor with more of them.</summary>
    [Theory]
    [InlineData(DecoderInputMode.Teacher, 100)]
    [InlineData(DecoderInputMode.Teacher, 10)]
    [InlineData(DecoderInputMode.Free, 100)]
    [InlineData(DecoderInputMode.Free, 10)]
    public void Training_steps_on_ten_times_longer_sequences_windows_and_segments_allocate_no_more(DecoderInputMode input, int cut)
    {
        var (few, many) = (AllocatedBy(200, 10, 10, input), AllocatedBy(2000, 100, cut, input));
        TestContext.Current.TestOutputHelper?.WriteLine($"{few:N0} bytes with 200 steps, {many:N0} with 2,000.");
        Assert.InRange(many - few, -2048, 2048);
    }

    private static long AllocatedBy(int steps, int length, int cut, DecoderInputMode input)
    {
        var problem = new SmallCase("long")
        {
            Lengths = [steps, steps, steps - 7],
            Supervised = new(2 * length),
            AuxiliaryK = new(cut),
            Auxiliary = [SmallCase.Reconstruction(2 * length) with { Input = input }, SmallCase.Prediction(2 * length)],
        };
        var real = new SmallProblem(problem, ScalarType.Float32, EngineKind.Kernels);
        using var objective = ObjectiveOf(real, problem);
        using var optimizer = new ParameterOptimizer(new TrainingOptions(), [.. real.Parameters]);
        var step = new TrainingStep(real.Network, objective, optimizer, clipNorm: 1, pieces: 2, new Seed(1));
        var set = problem.Sequences();
        var least = long.MaxValue;
        for (var i = 0; i < 8; i++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            step.Take(set, [0, 1, 2], i, progress: 0.5, learningRate: 1e-3);
            var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
            if (i >= 3) // the first calls make room
                least = Math.Min(least, allocated);
        }
        return least;
    }

    /// <summary>The kernels' threads are as many as libtorch's when they are made.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(11)]
    [InlineData(20)]
    public void The_number_of_threads_changes_no_bit_of_loss_or_gradient(int number)
    {
        var problem = RandomProblem.Of(number);
        Gradients By(int threads)
        {
            var before = get_num_threads();
            set_num_threads(threads);
            try
            {
                return new SmallProblem(problem, ScalarType.Float32, EngineKind.Kernels).Evaluate();
            }
            finally
            {
                set_num_threads(before);
            }
        }

        var alone = By(1);
        foreach (var threads in new[] { 2, 3, 7 })
        {
            var found = By(threads);
            Assert.Equal((alone.Total, alone.Supervised), (found.Total, found.Supervised));
            Assert.Equal(alone.Auxiliary, found.Auxiliary);
            Assert.Equal(alone.Of, found.Of);
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(8)]
    public void An_evaluation_between_updates_changes_no_bit(int number)
    {
        var problem = RandomProblem.Of(number);
        Dictionary<string, double[]?> After(bool evaluating)
        {
            var real = new SmallProblem(problem, ScalarType.Float32, EngineKind.Kernels);
            using var objective = ObjectiveOf(real, problem);
            for (var i = 0; i < 2; i++)
            {
                objective.Differentiate(real.Network, problem.Batch(), problem.Context);
                if (evaluating)
                    real.Network.Kernels!.LogProbabilities(problem.RowAlone(0));
            }
            return GradientsOf(real);
        }

        Assert.Equal(After(evaluating: false), After(evaluating: true));
    }

    [Fact]
    public void A_weight_that_is_no_number_gives_a_loss_and_gradients_that_are_none()
    {
        var problem = new SmallCase("not a number") { Auxiliary = [SmallCase.Reconstruction(3)] };
        var real = new SmallProblem(problem, ScalarType.Float32, EngineKind.Kernels);
        real.Network.Recurrence.Module.parameters().First().FillWith(double.NaN);

        var found = real.Evaluate();

        Assert.True(double.IsNaN(found.Total));
        Assert.Contains(found.Of.Values, gradient => Array.Exists(gradient, double.IsNaN));
    }

    [Fact]
    public void After_its_end_a_network_on_kernels_says_so()
    {
        var problem = new SmallCase("ended");
        var real = new SmallProblem(problem, ScalarType.Float32, EngineKind.Kernels);
        var kernels = real.Network.Kernels!;
        using var objective = ObjectiveOf(real, problem);

        kernels.Dispose();

        Assert.Throws<ObjectDisposedException>(() => kernels.LogProbabilities(problem.Batch()));
        Assert.Throws<ObjectDisposedException>(() => objective.Differentiate(real.Network, problem.Batch(), problem.Context));
    }

    [Theory]
    [InlineData(SequenceSet.Unlabelled)]
    [InlineData(3)]
    public void A_label_that_is_no_class_is_refused_and_nothing_is_written(int label)
    {
        var problem = new SmallCase("labels");
        var real = new SmallProblem(problem, ScalarType.Float32, EngineKind.Kernels);
        using var objective = ObjectiveOf(real, problem);
        var batch = problem.Batch();
        batch.Labels[1] = label;

        var refusal = Assert.Throws<ArgumentException>(() => objective.Differentiate(real.Network, batch, problem.Context));

        Assert.StartsWith($"Row 1 has the label {label}; expected 0…2.", refusal.Message);
        Assert.All(real.Network.parameters(), parameter => Assert.Null(parameter.grad));
    }

    [Fact]
    public void Steps_of_another_format_and_another_network_are_refused()
    {
        var problem = new SmallCase("format");
        var real = new SmallProblem(problem, ScalarType.Float32, EngineKind.Kernels);
        var other = new SmallProblem(problem, ScalarType.Float32, EngineKind.Kernels);
        using var objective = ObjectiveOf(real, problem);
        var wider = (problem with { Format = StepFormat.Tokens(9) }).Batch();

        Assert.Throws<ArgumentException>(() => objective.Differentiate(real.Network, wider, problem.Context));
        Assert.Throws<ArgumentException>(() => real.Network.Kernels!.LogProbabilities(wider));
        Assert.Throws<ArgumentException>(() => objective.Differentiate(other.Network, problem.Batch(), problem.Context));
    }

    [Fact]
    public void Kernels_follow_a_network_to_another_type()
    {
        var problem = new SmallCase("moved");
        var network = new SmallProblem(problem, ScalarType.Float32, EngineKind.Kernels).Network;
        var before = network.Kernels!.LogProbabilities(problem.Batch());

        network.to(ScalarType.Float64);

        var after = network.Kernels!.LogProbabilities(problem.Batch());
        Assert.All(before.Zip(after), rows => Assert.All(rows.First.Zip(rows.Second), pair => Assert.Equal(pair.First, pair.Second, 1e-5)));
    }

    /// <summary>Weights are taken over once, and again when anybody has written to them.</summary>
    [Theory]
    [InlineData("embedding.weight")]
    [InlineData("lstm.weight_hh_l0")]
    [InlineData("classifier.5.bias")]
    public void A_weight_that_changes_between_two_classifications_counts(string name)
    {
        var problem = new SmallCase("changed");
        var real = new SmallProblem(problem, ScalarType.Float32, EngineKind.Kernels);
        var (network, batch) = (real.Network, problem.Batch());
        var before = network.Kernels!.LogProbabilities(batch);
        Assert.Equal(before, network.Kernels!.LogProbabilities(batch));
        using (no_grad())
        {
            using var factor = 1.5.ToScalar();
            real.Parameters.Single(parameter => parameter.Name == name).Parameter.mul_(factor);
        }
        var after = network.Kernels!.LogProbabilities(batch);
        Assert.NotEqual(before, after);
        var fresh = new SmallProblem(problem, ScalarType.Float32, EngineKind.Kernels).WithWeightsOf(real);
        Assert.Equal(fresh.Network.Kernels!.LogProbabilities(batch), after);
    }

    [Fact]
    public void Two_threads_may_classify_with_one_network()
    {
        var problem = new SmallCase("threads") { Lengths = [40, 7, 23] };
        var network = new SmallProblem(problem, ScalarType.Float32, EngineKind.Kernels).Network;
        var batches = new[] { problem.Batch(), problem.RowAlone(1) };
        var expected = batches.Select(network.Kernels!.LogProbabilities).ToArray();

        Parallel.For(0, 200, i => Assert.Equal(expected[i % 2], network.Kernels!.LogProbabilities(batches[i % 2])));
    }

    private static SmallCase Case(string name)
    {
        var usual = new SmallCase(name) { Lengths = [9, 9, 9], Auxiliary = [SmallCase.Reconstruction(3)], AuxiliaryK = new(2) };
        AuxiliaryOptions[] skipped = [SmallCase.Reconstruction(30) with { TooShort = TooShort.Skip }];
        return name switch
        {
            "supervised k = 0" => usual with { Supervised = new(0), Auxiliary = [] },
            "supervised alone" => usual with { Auxiliary = [] },
            "pretraining" => usual with { Pretrain = true },
            "pretraining k_a = 0" => usual with { Pretrain = true, AuxiliaryK = new(0) },
            "supervised k = 0, k_a = 0" => usual with { Supervised = new(0), AuxiliaryK = new(0) },
            "no segments" => usual with { Auxiliary = skipped },
            "no loss at all" => usual with { Pretrain = true, Auxiliary = skipped },
            "prediction alone" => usual with { Pretrain = true, Auxiliary = [SmallCase.Prediction(3)] },
            _ => throw new ArgumentOutOfRangeException(nameof(name)),
        };
    }

    private static Objective ObjectiveOf(SmallProblem real, SmallCase problem) => Objective.Of(
        real.Network, problem.Pretrain ? null : new SupervisedLoss(problem.Supervised, problem.ClassWeights, SmallCase.Draws), real.Auxiliary);

    private static Dictionary<string, double[]?> GradientsOf(SmallProblem real) =>
        real.Parameters.ToDictionary(p => p.Name, p => p.Parameter.grad is { } gradient ? SmallProblem.Numbers(gradient) : null);

    private static double Norm(double[] values) => Math.Sqrt(values.Sum(value => value * value));
}
