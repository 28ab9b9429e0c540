using FsCheck.Xunit;
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
        var layers = new UnitaryLayers(3, hidden, 2, byKernels: true);
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
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_row_that_begins_with_zeros_has_a_finite_gradient_whatever_the_bias(bool byKernels)
    {
        using var scope = NewDisposeScope();
        var layers = new UnitaryLayers(1, 8, 2, byKernels);
        layers.Initialize(new Seed(5), "urnn");
        for (var layer = 0; layer < 2; layer++)
            layers.Module.get_parameter($"bias_l{layer}")!.FillWith(0.05);
        var inputs = cat([zeros(200, 3, 1), ones(2, 3, 1)], 0);
        var run = layers.Run(inputs, layers.ZeroState(3));
        run.Outputs.sum().backward();
        foreach (var (name, parameter) in layers.Module.named_parameters())
            Assert.True(TensorNumber.Of(parameter.grad!.isfinite().all()) == 1, name);
        Assert.InRange(TensorNumber.Of(layers.Module.get_parameter("weight_ih_l0")!.grad!.abs().max()), double.Epsilon, 1e4);
    }

    /// <summary>Widths that fill no panel, one row and many, windows of many chunks; biases of both signs, so that cells close.</summary>
    [Property(MaxTest = 25)]
    public void Kernels_agree_with_libtorch_in_outputs_and_gradients(byte widths, byte rowCount, byte stepCount, int seed)
    {
        var (hidden, rows, steps) = (1 + widths % 40, 1 + rowCount % 70, 1 + stepCount % 60);
        var found = Everything(byKernels: true, hidden, rows, steps, seed);
        var expected = Everything(byKernels: false, hidden, rows, steps, seed);
        var nudged = Everything(byKernels: false, hidden, rows, steps, seed, nudge: 1e-15);
        var size = expected.Values.Max(values => values.Max(Math.Abs)); // where all cancels, what is left is as small as the largest's rounding
        // A unit that passes close to 0 makes a gradient of thousands out of its last digits: no two orders of summation agree there, so that libtorch is asked how far its own go.
        var moved = expected.Max(e => e.Value.Zip(nudged[e.Key], (a, b) => Math.Abs(a - b)).Max());
        var bound = 1e-11 * (1 + size) + 50 * moved;
        foreach (var (name, e) in expected)
        {
            for (var i = 0; i < e.Length; i++)
                Assert.True(Math.Abs(e[i] - found[name][i]) <= bound, $"{name}[{i}]: {found[name][i]} by kernels, {e[i]} by libtorch; H = {hidden}, B = {rows}, T = {steps}, seed {seed}");
        }
    }

    [Fact]
    public void Results_of_kernels_do_not_depend_on_the_number_of_threads_bit_for_bit()
    {
        var threads = get_num_threads();
        try
        {
            set_num_threads(1);
            var one = Everything(byKernels: true, 33, 67, 70, 5, ScalarType.Float32);
            set_num_threads(3);
            var three = Everything(byKernels: true, 33, 67, 70, 5, ScalarType.Float32);
            foreach (var (name, values) in one)
                Assert.Equal(values, three[name]);
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    [Fact]
    public void Two_threads_may_begin_to_classify_with_one_network()
    {
        var set = new InMemorySequences(StepFormat.Tokens(4), ["a", "b"]);
        foreach (var length in new[] { 9, 4, 12 })
            set.AddTokens([.. Enumerable.Range(0, length).Select(step => step * step % 4)], 0);
        var options = new NetworkOptions { Cell = CellKind.Urnn, Embedding = 3, Hidden = 5, HeadUnits = 4 };
        double[] Labelled(RecurrentClassifier network) => [.. Classification.Of(network, set, 2).SelectMany(row => row.LogProbabilities)];
        using var one = new RecurrentClassifier(set.Format, 2, options, new Seed(6));
        var expected = Labelled(one);
        for (var i = 0; i < 20; i++)
        {
            using var network = new RecurrentClassifier(set.Format, 2, options, new Seed(6));
            Parallel.For(0, 4, _ => Assert.Equal(expected, Labelled(network)));
        }
    }

    /// <summary>No model file holds the permutation: another one would make another network of every model that was saved.</summary>
    [Fact]
    public void The_permutation_is_that_of_all_networks_of_a_width_and_stays() =>
        Assert.Equal([3, 0, 4, 1, 2, 6, 7, 5], UnitaryLayers.PermutationOf(8));

    // Two layers' outputs, ends and gradients, by name; nudge changes every input by such a part of it.
    private static Dictionary<string, double[]> Everything(
        bool byKernels, int hidden, int rows, int steps, int seed, ScalarType type = ScalarType.Float64, double nudge = 0)
    {
        using var scope = NewDisposeScope();
        var layers = new UnitaryLayers(3, hidden, 2, byKernels);
        layers.Initialize(new Seed(seed), "urnn");
        layers.Module.to(type);
        var stream = new Seed(seed).Stream("numbers");
        Tensor Draw(params long[] shape) =>
            tensor(Enumerable.Range(0, (int)shape.Aggregate(1L, (a, b) => a * b)).Select(_ => 2 * stream.NextDouble() - 1).ToArray()).reshape(shape).to(type);
        using (no_grad())
        {
            for (var layer = 0; layer < 2; layer++)
                layers.Module.get_parameter($"bias_l{layer}")!.copy_(Draw(hidden));
        }
        using var part = nudge.ToScalar(); // held until libtorch has read it: decision 0010
        Tensor inputs = (Draw(steps, rows, 3) * Draw(steps, rows, 3).mul(part).Plus(ones(steps, rows, 3, dtype: type))).requires_grad_(), start = Draw(2, rows, 2 * hidden).requires_grad_();
        var run = layers.Run(inputs, new RecurrentState(start, null));
        (run.Outputs * Draw(steps, rows, 2 * hidden)).sum().Plus((run.End.Hidden * Draw(2, rows, 2 * hidden)).sum()).backward();
        var all = layers.Module.named_parameters().ToDictionary(p => p.name, p => SmallProblem.Numbers(p.parameter.grad!));
        (all["outputs"], all["ends"]) = (SmallProblem.Numbers(run.Outputs.detach()), SmallProblem.Numbers(run.End.Hidden.detach()));
        (all["inputs"], all["start"]) = (SmallProblem.Numbers(inputs.grad!), SmallProblem.Numbers(start.grad!));
        return all;
    }

    // The largest entry of W·Wᵀ − I.
    private static double DistanceFromUnitary(UnitaryLayers layers, int layer)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var w = layers.RecurrentMatrix(layer);
        return TensorNumber.Of((w.matmul(w.t()) - eye(w.shape[0])).abs().max());
    }
}
