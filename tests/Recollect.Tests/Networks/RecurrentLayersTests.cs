using Recollect.Losses;
using Recollect.Networks;
using Recollect.Randomness;
using Recollect.Sequences;
using Recollect.Tests.Losses;
using static TorchSharp.torch;

namespace Recollect.Tests.Networks;

public sealed class RecurrentLayersTests
{
    [Theory]
    [InlineData(1.0)]
    [InlineData(0.0)]
    [InlineData(2.5)]
    public void The_forget_gates_two_biases_sum_to_what_is_asked(double bias)
    {
        var layers = RecurrentLayers.Of(new NetworkOptions { Hidden = 4, Layers = 2, ForgetBias = bias }, 3);
        layers.Initialize(new Seed(5), "lstm");
        var weights = layers.Module.named_parameters().ToDictionary(p => p.name, p => SmallProblem.Numbers(p.parameter));
        for (var layer = 0; layer < 2; layer++)
        {
            var sum = weights[$"bias_ih_l{layer}"].Zip(weights[$"bias_hh_l{layer}"], (a, b) => a + b).ToArray();
            Assert.All(sum[4..8], value => Assert.Equal(bias, value));
            Assert.All(sum[..4].Concat(sum[8..]), value => Assert.InRange(value, -1, 1));
            Assert.Equal(12, sum[..4].Concat(sum[8..]).Distinct().Count());
        }
    }

    [Fact]
    public void A_networks_decoder_remembers_at_the_start_too()
    {
        var problem = new SmallCase("decoder") { Auxiliary = [SmallCase.Reconstruction(2)] };
        var weights = new SmallProblem(problem).Weights(); // 1.5 times the start
        for (var layer = 0; layer < 2; layer++)
        {
            var sum = weights[$"auxiliary.0.lstm.bias_ih_l{layer}"].Zip(weights[$"auxiliary.0.lstm.bias_hh_l{layer}"], (a, b) => a + b).ToArray();
            Assert.All(sum[3..6], value => Assert.Equal(1.5, value));
        }
    }

    [Theory]
    [InlineData(CellKind.Lstm, "lstm", 4)]
    [InlineData(CellKind.Gru, "gru", 3)]
    public void Parameters_have_the_names_and_shapes_of_PyTorchs(CellKind cell, string name, int gates)
    {
        var options = new NetworkOptions { Cell = cell, Embedding = 3, Hidden = 4, Layers = 2, HeadUnits = 5 };
        var network = new RecurrentClassifier(StepFormat.Tokens(7), 2, options, new Seed(5));
        var expected = new Dictionary<string, long[]>
        {
            ["embedding.weight"] = [7, 3],
            [$"{name}.weight_ih_l0"] = [gates * 4, 3],
            [$"{name}.weight_hh_l0"] = [gates * 4, 4],
            [$"{name}.bias_ih_l0"] = [gates * 4],
            [$"{name}.bias_hh_l0"] = [gates * 4],
            [$"{name}.weight_ih_l1"] = [gates * 4, 4],
            [$"{name}.weight_hh_l1"] = [gates * 4, 4],
            [$"{name}.bias_ih_l1"] = [gates * 4],
            [$"{name}.bias_hh_l1"] = [gates * 4],
            ["classifier.0.weight"] = [5, 4],
            ["classifier.0.bias"] = [5],
            ["classifier.2.weight"] = [5, 5],
            ["classifier.2.bias"] = [5],
            ["classifier.5.weight"] = [2, 5],
            ["classifier.5.bias"] = [2],
        };

        var found = network.named_parameters().ToDictionary(p => p.name, p => p.parameter.shape);

        Assert.Equal(expected.Keys.Order(), found.Keys.Order());
        Assert.All(expected, entry => Assert.Equal(entry.Value, found[entry.Key]));
    }

    [Fact]
    public void Decoders_are_saved_under_their_place_in_the_recipe()
    {
        var problem = new SmallCase("decoders")
        {
            Format = StepFormat.Reals(2),
            Auxiliary = [SmallCase.Prediction(2, layers: 1), SmallCase.Reconstruction(2, layers: 1)],
        };
        var real = new SmallProblem(problem);
        var found = real.Auxiliary.SelectMany(loss => loss.NamedParameters()).ToDictionary(p => p.Name, p => p.Parameter.shape);
        Assert.Equal([2, 2], found["auxiliary.1.embedding.weight"]);
        Assert.Equal([2], found["auxiliary.1.embedding.bias"]);
        Assert.Equal([12, 3], found["auxiliary.0.lstm.weight_ih_l0"]); // reads the main state
        Assert.Equal([12, 2], found["auxiliary.1.lstm.weight_ih_l0"]); // reads its own embedding
        Assert.Equal([2, 5], found["auxiliary.0.head.5.weight"]);
        Assert.DoesNotContain("auxiliary.0.embedding.weight", found.Keys);
    }

    [Theory]
    [InlineData(CellKind.Lstm)]
    [InlineData(CellKind.Lstm, GateKind.Refined)]
    [InlineData(CellKind.Gru)]
    [InlineData(CellKind.Irnn)]
    [InlineData(CellKind.Urnn)]
    public void Layers_compute_the_published_formulas(CellKind cell, GateKind gates = GateKind.Standard)
    {
        var problem = new SmallCase("formulas") { Cell = cell, Gates = gates, Layers = 2, Lengths = [12] };
        foreach (var (type, tolerance) in new[] { (ScalarType.Float64, 1e-13), (ScalarType.Float32, cell is CellKind.Irnn or CellKind.Urnn ? 3e-5 : 1e-6) }) // these two's states are not bounded by 1
        {
            using var scope = NewDisposeScope();
            var real = new SmallProblem(problem, type);
            var reference = new ScalarReference(real.Weights());
            var state = ScalarReference.Zero(cell, 2, problem.StateWidth);
            var run = real.Network.Run(new StepTensor(problem.Batch(), real.Network.Like).Steps(0, 12), real.Network.Recurrence.ZeroState(1));
            var outputs = SmallProblem.Numbers(run.Outputs);
            for (var t = 1; t <= 12; t++)
            {
                var input = reference.Embed("embedding", problem.Format, problem.ScalarRows()[0].Steps[t]);
                state = reference.Step(real.Network.Recurrence.Name, cell, input, state, gates);
                Assert.All(state.Hidden[1].Select((h, unit) => (h, outputs[(t - 1) * problem.StateWidth + unit])), pair => Assert.Equal(pair.h, pair.Item2, tolerance));
            }
            Assert.All(state.Hidden.SelectMany(h => h).Zip(SmallProblem.Numbers(run.End.Hidden)), pair => Assert.Equal(pair.First, pair.Second, tolerance));
            Assert.Equal(cell != CellKind.Lstm, run.End.Cell is null);
            if (run.End.Cell is not null)
                Assert.All(state.Cell!.SelectMany(c => c).Zip(SmallProblem.Numbers(run.End.Cell)), pair => Assert.Equal(pair.First, pair.Second, tolerance));
        }
    }

    [Fact]
    public void A_network_moved_to_another_type_computes_and_trains_in_it()
    {
        var problem = new SmallCase("moved") { Layers = 2, Auxiliary = [SmallCase.Reconstruction(2), SmallCase.Prediction(2)] };
        using var scope = NewDisposeScope();
        var real = new SmallProblem(problem);
        var parameters = real.Network.parameters().Concat(real.Auxiliary.SelectMany(l => l.NamedParameters().Select(p => p.Parameter)));
        var value = new GraphObjective(new SupervisedLoss(Truncation.Full, [], new Seed(0)), real.Auxiliary).Of(real.Network, problem.Batch(), problem.Context);
        Assert.Equal(ScalarType.Float64, value.Total!.dtype);
        value.Total.backward();
        foreach (var parameter in parameters)
        {
            Assert.Equal(ScalarType.Float64, parameter.dtype);
            Assert.Equal(ScalarType.Float64, parameter.grad!.dtype);
        }
    }

    [Fact]
    public void Another_part_changes_no_parts_start()
    {
        var plain = new SmallProblem(new SmallCase("plain")).Weights();
        var richer = new SmallProblem(new SmallCase("richer") { Auxiliary = [SmallCase.Prediction(2), SmallCase.Reconstruction(2)] }).Weights();
        var other = new SmallProblem(new SmallCase("other") { Auxiliary = [SmallCase.Reconstruction(3), SmallCase.Reconstruction(2)] }).Weights();
        Assert.All(plain, entry => Assert.Equal(entry.Value, richer[entry.Key]));
        Assert.Equal(richer["auxiliary.1.lstm.weight_hh_l0"], other["auxiliary.1.lstm.weight_hh_l0"]);
        Assert.NotEqual(richer["auxiliary.0.lstm.weight_hh_l0"], richer["auxiliary.1.lstm.weight_hh_l0"]);
        Assert.NotEqual(richer["lstm.weight_hh_l0"], richer["auxiliary.1.lstm.weight_hh_l0"]);
    }
}
