using Recollect.Networks;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Recollect.Tests.Networks;

public sealed class WeightCopyTests
{
    [Fact]
    public void Whatever_is_written_anywhere_is_noticed_once()
    {
        using var scope = NewDisposeScope();
        var (copy, weights) = (new WeightCopy(), new[] { Weight(3), Weight(1), Weight(5) });
        Assert.True(copy.Differ(weights));
        Assert.False(copy.Differ(weights));
        foreach (var weight in weights)
        {
            weight.bytes[^1] ^= 1;
            Assert.True(copy.Differ(weights));
            Assert.False(copy.Differ(weights));
        }
    }

    [Fact]
    public void After_forgetting_the_same_differ()
    {
        using var scope = NewDisposeScope();
        var (copy, weights) = (new WeightCopy(), new[] { Weight(3), Weight(1) });
        _ = copy.Differ(weights);
        copy.Forget();
        Assert.True(copy.Differ(weights));
        Assert.False(copy.Differ(weights));
    }

    /// <summary>The same numbers one after the other, cut otherwise, are other weights.</summary>
    [Fact]
    public void More_fewer_and_other_weights_differ()
    {
        using var scope = NewDisposeScope();
        var copy = new WeightCopy();
        foreach (var sizes in (int[][])[[2, 2], [2, 2, 1], [2, 2], [4], [1, 3], [3, 1]])
        {
            Parameter[] weights = [.. sizes.Select(size => Weight(size))];
            Assert.True(copy.Differ(weights));
            Assert.False(copy.Differ(weights));
        }
    }

    /// <summary>A network of 8,192 cells has two weights of 1 GiB.</summary>
    [Fact, Trait("Tier", "slow")]
    public void Weights_that_no_one_array_could_hold_are_kept()
    {
        using var scope = NewDisposeScope();
        var (copy, weights) = (new WeightCopy(), new[] { Weight(1 << 28), Weight(1 << 28) });
        Assert.True(copy.Differ(weights));
        Assert.False(copy.Differ(weights));
        weights[1].bytes[^1] ^= 1;
        Assert.True(copy.Differ(weights));
    }

    private static Parameter Weight(int size) => new(zeros(size));
}
