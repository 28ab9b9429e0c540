using Recollect.Networks;
using Recollect.Randomness;
using Recollect.Sequences;
using Recollect.Tests.Losses;

namespace Recollect.Tests.Networks;

public sealed class InitializationTests
{
    private static readonly NetworkOptions Options = new() { Embedding = 40, Hidden = 25, HeadUnits = 100 };

    /// <summary>PyTorch's defaults: ±1/√H in recurrent layers, ±1/√inputs in linear ones, a standard normal table.</summary>
    [Theory]
    [InlineData("lstm.weight_ih_l0", 0.2)]
    [InlineData("lstm.weight_hh_l0", 0.2)]
    [InlineData("classifier.0.weight", 0.2)]
    [InlineData("classifier.2.weight", 0.1)]
    [InlineData("classifier.2.bias", 0.1)]
    public void Weights_fill_their_range_evenly(string name, double bound)
    {
        var values = Weights(new Seed(8))[name];
        Assert.All(values, value => Assert.InRange(value, -bound, bound));
        var parts = values.CountBy(value => (int)((value + bound) / (bound / 2))).OrderBy(part => part.Key).Select(part => part.Value).ToArray();
        ChiSquare.AssertFits(parts, [0.25, 0.25, 0.25, 0.25]);
    }

    [Fact]
    public void Embeddings_are_standard_normal()
    {
        var values = Weights(new Seed(8))["embedding.weight"];
        Assert.InRange(values.Average(), -0.05, 0.05);
        Assert.InRange(values.Average(value => value * value), 0.95, 1.05);
        int[] within = [values.Count(value => Math.Abs(value) < 1), values.Count(value => Math.Abs(value) >= 1)];
        ChiSquare.AssertFits(within, [0.682689, 0.317311]);
    }

    [Fact]
    public void The_same_seed_gives_the_same_weights_and_another_gives_others()
    {
        var (first, again, other) = (Weights(new Seed(8)), Weights(new Seed(8)), Weights(new Seed(9)));
        Assert.Equal(first, again);
        Assert.All(first, entry => Assert.NotEqual(entry.Value, other[entry.Key]));
    }

    private static Dictionary<string, double[]> Weights(Seed seed) =>
        new RecurrentClassifier(StepFormat.Tokens(256), 3, Options, seed).named_parameters()
            .ToDictionary(p => p.name, p => SmallProblem.Numbers(p.parameter));
}
