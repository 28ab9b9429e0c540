using Recollect.Losses;
using Recollect.Networks;
using Recollect.Sequences;
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

    /// <summary>Memory on the managed heap grows with windows and segments, not with the sequence: but for the plan's one int a step.</summary>
    [Fact]
    public void Ten_times_longer_sequences_allocate_no_more_than_the_plan_of_their_slots()
    {
        var (few, many) = (AllocatedBy(200), AllocatedBy(2000));
        TestContext.Current.TestOutputHelper?.WriteLine($"{few:N0} bytes with 200 steps, {many:N0} with 2,000.");
        Assert.InRange(many - few, -2048, (2000 - 200) * sizeof(int) + 2048);
    }

    private static long AllocatedBy(int steps)
    {
        var problem = new SmallCase("long")
        {
            Lengths = [steps, steps, steps - 7],
            Supervised = new(20),
            AuxiliaryK = new(10),
            Auxiliary = [SmallCase.Reconstruction(10), SmallCase.Prediction(10)],
        };
        var real = new SmallProblem(problem, ScalarType.Float32, EngineKind.Kernels);
        using var objective = ObjectiveOf(real, problem);
        var batch = problem.Batch();
        var least = long.MaxValue;
        for (var i = 0; i < 8; i++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            objective.Differentiate(real.Network, batch, problem.Context);
            var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
            if (i >= 3) // the first calls make room
                least = Math.Min(least, allocated);
        }
        return least;
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
