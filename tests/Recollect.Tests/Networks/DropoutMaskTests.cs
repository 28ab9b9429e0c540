using Recollect.Networks;
using Recollect.Randomness;
using Recollect.Tests.Losses;
using static TorchSharp.torch;

namespace Recollect.Tests.Networks;

public sealed class DropoutMaskTests
{
    [Fact]
    public void A_rows_mask_depends_on_its_stream_alone_and_a_shorter_segments_is_the_beginning_of_a_longer_ones()
    {
        using var scope = NewDisposeScope();
        RandomStream Row(int row) => new Seed(3).Stream("dropout", 5, row);
        var alone = SmallProblem.Numbers(DropoutMask.Draw([Row(4)], 3, 5, 0.4, zeros(1, dtype: ScalarType.Float64)));
        var among = DropoutMask.Draw([Row(1), Row(4), Row(9)], 7, 5, 0.4, zeros(1, dtype: ScalarType.Float64));

        Assert.Equal([7, 3, 5], among.shape);
        Assert.Equal(alone, SmallProblem.Numbers(among[TensorIndex.Slice(0, 3), 1]));
        Assert.NotEqual(alone, SmallProblem.Numbers(among[TensorIndex.Slice(0, 3), 0]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(13)]
    [InlineData(24)]
    public void A_mask_is_the_same_however_few_numbers_are_reached_at_a_time(int span)
    {
        using var scope = NewDisposeScope();
        RandomStream[] streams = [new Seed(3).Stream("dropout", 5, 1), new Seed(3).Stream("dropout", 5, 2)];
        Assert.Equal(
            SmallProblem.Numbers(DropoutMask.Draw(streams, 7, 5, 0.4, zeros(1))),
            SmallProblem.Numbers(DropoutMask.Draw(streams, 7, 5, 0.4, zeros(1), span)));
    }

    [Fact]
    public void Units_are_dropped_at_their_rate_and_the_mean_stays_1()
    {
        using var scope = NewDisposeScope();
        var mask = SmallProblem.Numbers(DropoutMask.Draw([new Seed(3).Stream("dropout")], 200, 100, 0.3, zeros(1)));
        var dropped = mask.Count(unit => unit == 0);
        ChiSquare.AssertFits([dropped, mask.Length - dropped], [0.3, 0.7]);
        Assert.All(mask.Where(unit => unit != 0), unit => Assert.Equal(1 / 0.7, unit, 1e-6));
    }
}
