using Recollect.Networks;
using Recollect.Randomness;
using Recollect.Sequences;
using TorchSharp;
using static TorchSharp.torch;

namespace Recollect.Tests.Networks;

public sealed class TransformerEncoderTests
{
    private static readonly NetworkOptions Options = new() { Cell = CellKind.Transformer, Layers = 2, Hidden = 8, Heads = 2, FeedForward = 12, HeadUnits = 6 };

    [Theory]
    [InlineData(ScalarType.Float64, 1e-10)]
    [InlineData(ScalarType.Float32, 1e-5)]
    public void A_batch_of_unequal_rows_equals_its_rows_one_by_one(ScalarType type, double tolerance)
    {
        var set = new InMemorySequences(StepFormat.Tokens(5), ["a", "b", "c"]);
        var stream = new Seed(1).Stream("rows");
        foreach (var length in new[] { 9, 1, 4, 12 })
            set.AddTokens([.. Enumerable.Range(0, length).Select(_ => stream.Next(5))], 0);
        using var network = new RecurrentClassifier(set.Format, 3, Options, new Seed(2));
        network.to(type);
        var together = Classification.Of(network, set, 4).ToArray();
        var alone = Classification.Of(network, set, 1).ToArray();
        foreach (var (a, b) in together.Zip(alone))
            Assert.All(a.LogProbabilities.Zip(b.LogProbabilities), pair => Assert.Equal(pair.Second, pair.First, tolerance));
    }

    [Fact]
    public void Where_a_step_stands_matters()
    {
        var set = new InMemorySequences(StepFormat.Tokens(3), ["a", "b"]);
        set.AddTokens([0, 1, 2, 2], 0);
        set.AddTokens([2, 1, 0, 2], 0);
        foreach (var positions in new[] { PositionKind.Sinusoidal, PositionKind.Learned })
        {
            using var network = new RecurrentClassifier(set.Format, 2, Options with { Positions = positions, MaxSteps = 4 }, new Seed(3));
            var rows = Classification.Of(network, set, 2).ToArray();
            Assert.NotEqual(rows[0].LogProbabilities[0], rows[1].LogProbabilities[0], 1e-6);
        }
    }

    [Fact]
    public void A_row_beyond_the_learned_positions_is_refused()
    {
        var set = new InMemorySequences(StepFormat.Tokens(3), ["a", "b"]);
        set.AddTokens([0, 1, 2, 2], 0);
        using var network = new RecurrentClassifier(set.Format, 2, Options with { Positions = PositionKind.Learned, MaxSteps = 3 }, new Seed(3));
        var error = Assert.Throws<DataException>(() => Classification.Of(network, set, 1).ToArray());
        Assert.Contains("4 steps", error.Message);
        Assert.Contains("3 positions", error.Message);
    }

    [Fact]
    public void Learned_positions_need_their_number() =>
        Assert.Contains("MaxSteps is missing", Assert.Throws<ArgumentException>(() => new TransformerEncoder(Options with { Positions = PositionKind.Learned, MaxSteps = null })).Message);

    [Fact]
    public void Its_gradient_equals_finite_differences()
    {
        var set = new InMemorySequences(StepFormat.Reals(2), ["a", "b"]);
        var stream = new Seed(4).Stream("rows");
        foreach (var length in new[] { 5, 3 })
            set.AddReals([.. Enumerable.Range(0, 2 * length).Select(_ => (float)stream.NextNormal())], stream.Next(2));
        using var network = new RecurrentClassifier(set.Format, 2, Options with { Dropout = 0 }, new Seed(5));
        network.to(ScalarType.Float64);
        var batch = Batch.Of(set, [0, 1]);
        double Loss()
        {
            using var scope = NewDisposeScope();
            using var _ = no_grad();
            var logits = network.Classify(network.Encode(new StepTensor(batch, network.Like)));
            return TensorNumber.Of(nn.functional.cross_entropy(logits, tensor(batch.Labels.Select(l => (long)l).ToArray())));
        }

        using var objective = Recollect.Losses.Objective.Of(network, new Recollect.Losses.SupervisedLoss(Truncation.Full, [], new Seed(0)), []);
        Assert.Equal(Loss(), objective.Differentiate(network, batch, new Recollect.Losses.UpdateContext(0, 2, 0)).Supervised!.Value, 1e-12);
        foreach (var (name, parameter) in network.named_parameters())
        {
            var gradient = parameter.grad!.data<double>().ToArray();
            for (var place = 0; place < gradient.Length; place += 7)
            {
                var difference = (Moved(parameter, place, 1e-5, Loss) - Moved(parameter, place, -1e-5, Loss)) / 2e-5;
                Assert.True(Math.Abs(difference - gradient[place]) < 1e-8 + 1e-5 * Math.Abs(difference), $"{name}[{place}]: expected {difference}, found {gradient[place]}.");
            }
        }
    }

    private static double Moved(Tensor parameter, int place, double by, Func<double> value)
    {
        using var _ = no_grad();
        var numbers = parameter.detach().view(-1).data<double>();
        var before = numbers[place];
        numbers[place] = before + by;
        var result = value();
        numbers[place] = before;
        return result;
    }
}
