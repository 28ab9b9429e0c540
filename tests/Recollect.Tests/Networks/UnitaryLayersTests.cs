using Recollect.Losses;
using Recollect.Networks;
using Recollect.Randomness;
using Recollect.Sequences;
using Recollect.Tests.Losses;
using Recollect.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Recollect.Tests.Networks;

public sealed class UnitaryLayersTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(128)]
    public void The_recurrent_matrix_is_unitary_at_the_start(int hidden)
    {
        var layers = new UnitaryLayers(3, hidden, 2);
        layers.Initialize(new Seed(hidden), "urnn");
        for (var layer = 0; layer < 2; layer++)
            Assert.InRange(DistanceFromUnitary(layers, layer), 0, 1e-5);
    }

    [Fact]
    [Trait("Tier", "slow")]
    public void The_recurrent_matrix_is_unitary_after_1000_updates()
    {
        var set = new InMemorySequences(StepFormat.Tokens(8), ["a", "b"]);
        var stream = new Seed(3).Stream("rows");
        for (var row = 0; row < 64; row++)
            set.AddTokens([.. Enumerable.Range(0, 30).Select(_ => stream.Next(8))], stream.Next(2));
        using var network = new RecurrentClassifier(
            set.Format, 2, new NetworkOptions { Cell = CellKind.Urnn, Embedding = 16, Hidden = 64, HeadUnits = 16, Dropout = 0 }, new Seed(4));
        var layers = (UnitaryLayers)network.Recurrence;
        var before = SmallProblem.Numbers(layers.RecurrentMatrix(0));
        using var optimizer = new ParameterOptimizer(new TrainingOptions { Optimizer = OptimizerKind.Adam }, [.. network.named_parameters()]);
        using var objective = Objective.Of(network, new SupervisedLoss(Truncation.Full, [], new Seed(4)), []);
        var step = new TrainingStep(network, objective, optimizer, clipNorm: 1, pieces: 1, new Seed(1));
        int[] rows = [.. Enumerable.Range(0, 64)];
        for (var update = 0; update < 1000; update++)
            step.Take(set, rows, update, 0, learningRate: 0.01);
        using var scope = NewDisposeScope();
        Assert.InRange(DistanceFromUnitary(layers, 0), 0, 1e-5);
        var moved = before.Zip(SmallProblem.Numbers(layers.RecurrentMatrix(0)), (a, b) => Math.Abs(a - b)).Max();
        Assert.True(moved > 0.01, $"The matrix moved by {moved} at most: nothing was trained.");
    }

    /// <summary>modReLU has no bounded derivative at 0, where a row of raw zeros begins.</summary>
    [Fact]
    public void A_row_that_begins_with_zeros_has_a_finite_gradient_whatever_the_bias()
    {
        using var scope = NewDisposeScope();
        var layers = new UnitaryLayers(1, 8, 2);
        layers.Initialize(new Seed(5), "urnn");
        using (no_grad())
        {
            for (var layer = 0; layer < 2; layer++)
                layers.Module.get_parameter($"bias_l{layer}")!.copy_(full([8], 0.05f));
        }
        var inputs = cat([zeros(200, 3, 1), ones(2, 3, 1)], 0);
        var run = layers.Run(inputs, layers.ZeroState(3));
        run.Outputs.sum().backward();
        foreach (var (name, parameter) in layers.Module.named_parameters())
            Assert.True(parameter.grad!.isfinite().all().ToBoolean(), name);
        Assert.True(layers.Module.get_parameter("weight_ih_l0")!.grad!.abs().max().ToDouble() is > 0 and < 1e4);
    }

    // The largest entry of W·Wᵀ − I.
    private static double DistanceFromUnitary(UnitaryLayers layers, int layer)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var w = layers.RecurrentMatrix(layer);
        return (w.matmul(w.t()) - eye(w.shape[0])).abs().max().ToDouble();
    }
}
