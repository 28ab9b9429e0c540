using Recollect.Losses;
using Recollect.Networks;
using Recollect.Sequences;
using Recollect.Tests.Losses;
using Recollect.Training;
using TorchSharp;

namespace Recollect.Tests.Training;

public sealed class TrainingStepTests
{
    private static readonly int[] Rows = [3, 1, 4, 15, 9, 2, 6];

    private static (TrainingStep Step, ParameterOptimizer Optimizer) StepOf(TrainingTask task, double clip = 0, int pieces = 1, bool apart = false)
    {
        var supervised = new SupervisedLoss(task.SupervisedK, [], SmallTask.Seed);
        var objective = apart ? Objective.OfEach(task.Network, supervised, task.Auxiliary) : Objective.Of(task.Network, supervised, task.Auxiliary);
        var optimizer = new ParameterOptimizer(new TrainingOptions(), [.. task.NamedParameters()]);
        return (new TrainingStep(task.Network, objective, optimizer, clip, pieces, SmallTask.Seed), optimizer);
    }

    private static double Norm(ParameterOptimizer optimizer) => Math.Sqrt(optimizer.Parameters
        .Where(p => p.Parameter.grad is not null).Sum(p => SmallProblem.Numbers(p.Parameter.grad!).Sum(value => value * value)));

    [Theory]
    [MemberData(nameof(SmallTask.Engines), MemberType = typeof(SmallTask))]
    public void Clipping_sees_the_gradient_of_this_step(EngineKind engine, CellKind cell)
    {
        var task = SmallTask.Task([SmallTask.Reconstruction], engine: engine, cell: cell);
        var (free, unclipped) = StepOf(task);
        var before = free.Take(task.Train, Rows, 0, 0, learningRate: 0);
        Assert.Equal(Norm(unclipped), before.GradientNorm, 1e-5);

        var (step, optimizer) = StepOf(task, clip: before.GradientNorm / 10);
        var record = step.Take(task.Train, Rows, 0, 0, learningRate: 0);
        Assert.Equal(before.GradientNorm, record.GradientNorm, 1e-5);
        Assert.Equal(before.GradientNorm / 10, Norm(optimizer), 1e-5);
    }

    /// <summary>The sum of each loss's own gradient, scaled down to the norm: found by one step a loss.</summary>
    [Theory]
    [MemberData(nameof(SmallTask.Engines), MemberType = typeof(SmallTask))]
    public void Losses_may_be_clipped_apart(EngineKind engine, CellKind cell)
    {
        const double Clip = 1e-3; // less than any norm
        var task = SmallTask.Task([SmallTask.Reconstruction, SmallTask.Prediction], engine: engine, cell: cell);
        var supervised = new SupervisedLoss(task.SupervisedK, [], SmallTask.Seed);
        Dictionary<string, double[]> After(Objective objective, double clip)
        {
            var optimizer = new ParameterOptimizer(new TrainingOptions(), [.. task.NamedParameters()]);
            var record = new TrainingStep(task.Network, objective, optimizer, clip, 2, SmallTask.Seed).Take(task.Train, Rows, 0, 0, learningRate: 0);
            Assert.True(record.GradientNorm > Clip);
            return optimizer.Parameters.ToDictionary(p => p.Name, p => p.Parameter.grad is { } gradient
                ? gradient.to(torch.float64).flatten().data<double>().ToArray() : new double[p.Parameter.numel()]);
        }

        var alone = new[]
        {
            After(Objective.Of(task.Network, supervised, []), Clip), After(Objective.Of(task.Network, null, [task.Auxiliary[0]]), Clip),
            After(Objective.Of(task.Network, null, [task.Auxiliary[1]]), Clip),
        };
        var apart = After(Objective.OfEach(task.Network, supervised, task.Auxiliary), Clip);
        foreach (var (name, gradient) in apart)
            Assert.All(gradient.Select((g, i) => (g, Sum: alone.Sum(one => one[name][i]))), pair => Assert.Equal(pair.Sum, pair.g, 1e-8));

        // Unclipped, the parts are the whole.
        var (whole, parts) = (After(Objective.Of(task.Network, supervised, task.Auxiliary), 0), After(Objective.OfEach(task.Network, supervised, task.Auxiliary), 0));
        foreach (var (name, gradient) in whole)
            Assert.All(gradient.Zip(parts[name]), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
    }

    [Theory]
    [InlineData(2, EngineKind.Kernels, CellKind.Lstm)]
    [InlineData(3, EngineKind.Kernels, CellKind.Lstm)]
    [InlineData(7, EngineKind.Kernels, CellKind.Lstm)]
    [InlineData(2, EngineKind.Libtorch, CellKind.Lstm)]
    [InlineData(3, EngineKind.Libtorch, CellKind.Lstm)]
    [InlineData(7, EngineKind.Libtorch, CellKind.Lstm)]
    [InlineData(3, EngineKind.Libtorch, CellKind.Gru)]
    public void Accumulated_pieces_give_the_gradient_of_the_whole(int pieces, EngineKind engine, CellKind cell)
    {
        var gradients = new List<double[][]>();
        foreach (var count in new[] { 1, pieces })
        {
            var task = SmallTask.Task([SmallTask.Reconstruction, SmallTask.Prediction], engine: engine, cell: cell);
            task.Network.to(torch.float64);
            foreach (var loss in task.Auxiliary)
                loss.MoveTo(task.Network.Like);
            var (step, optimizer) = StepOf(task, pieces: count);
            step.Take(task.Train, Rows, 3, 0.7, learningRate: 0);
            gradients.Add([.. optimizer.Parameters.Select(p => p.Parameter.grad!.flatten().data<double>().ToArray())]);
        }
        Assert.All(gradients[0].Zip(gradients[1]), pair => Assert.All(pair.First.Zip(pair.Second), g => Assert.Equal(g.First, g.Second, 1e-12)));
        Assert.Contains(gradients[0], g => g.Any(value => Math.Abs(value) > 1e-4));
    }

    [Theory]
    [InlineData(double.NaN, EngineKind.Kernels, CellKind.Lstm)]
    [InlineData(double.PositiveInfinity, EngineKind.Kernels, CellKind.Lstm)]
    [InlineData(double.NaN, EngineKind.Libtorch, CellKind.Lstm)]
    [InlineData(double.PositiveInfinity, EngineKind.Libtorch, CellKind.Lstm)]
    [InlineData(double.NaN, EngineKind.Libtorch, CellKind.Gru)]
    public void A_loss_that_is_not_finite_is_not_applied(double poison, EngineKind engine, CellKind cell)
    {
        var task = SmallTask.Task([SmallTask.Prediction], engine: engine, cell: cell);
        var (step, _) = StepOf(task, clip: 1);
        task.Network.named_parameters().First(p => p.name == "classifier.5.bias").parameter.FillWith(poison);
        var before = SmallTask.Values(task);
        var record = step.Take(task.Train, Rows, 0, 0, 0.1);
        Assert.False(record.Finite);
        Assert.False(record.Applied);
        Assert.Equal(before.OrderBy(p => p.Key).Select(p => p.Value), SmallTask.Values(task).OrderBy(p => p.Key).Select(p => p.Value));
    }

    [Theory]
    [MemberData(nameof(SmallTask.Engines), MemberType = typeof(SmallTask))]
    public void Rows_too_short_for_any_segment_leave_pretraining_without_a_loss(EngineKind engine, CellKind cell)
    {
        var set = new InMemorySequences(StepFormat.Tokens(3), ["a", "b", "c"]);
        set.AddTokens([1, 2], 0);
        var task = SmallTask.Task([SmallTask.Reconstruction], set, engine: engine, cell: cell);
        var optimizer = new ParameterOptimizer(new TrainingOptions(), [.. task.NamedParameters()]);
        var step = new TrainingStep(task.Network, Objective.Of(task.Network, null, task.Auxiliary), optimizer, 1, 1, SmallTask.Seed);
        var record = step.Take(set, [0], 0, 0, 0.1);
        Assert.True(record.Finite);
        Assert.False(record.Applied);
        Assert.Equal(2, record.Skipped);
    }

    /// <summary>What an engine may compute, with losses clipped together or apart.</summary>
    public static TheoryData<EngineKind, CellKind, bool> Steps => new()
    {
        { EngineKind.Kernels, CellKind.Lstm, false },
        { EngineKind.Kernels, CellKind.Lstm, true },
        { EngineKind.Libtorch, CellKind.Lstm, false },
        { EngineKind.Libtorch, CellKind.Gru, false },
    };

    [Theory]
    [MemberData(nameof(Steps))]
    public void The_count_of_live_tensors_does_not_grow_over_40_steps(EngineKind engine, CellKind cell, bool apart) => StaysAlike(engine, cell, apart, 40);

    [Theory]
    [Trait("Tier", "slow")]
    [MemberData(nameof(Steps))]
    public void Nor_does_it_over_200_steps(EngineKind engine, CellKind cell, bool apart) => StaysAlike(engine, cell, apart, 200);

    private static void StaysAlike(EngineKind engine, CellKind cell, bool apart, int steps)
    {
        var task = SmallTask.Task([SmallTask.Reconstruction, SmallTask.Prediction], engine: engine, cell: cell);
        var (step, _) = StepOf(task, clip: 1, pieces: 2, apart);
        long Live() => DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        for (var update = 0; update < 3; update++)
            step.Take(task.Train, Rows, update, 0.5, 1e-3);
        var before = Live();
        for (var update = 3; update < 3 + steps; update++)
            step.Take(task.Train, Rows, update, 0.5, 1e-3);
        Assert.Equal(before, Live());
    }
}
