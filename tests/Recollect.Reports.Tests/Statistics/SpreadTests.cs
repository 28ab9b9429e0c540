using Recollect.Reports.Statistics;

namespace Recollect.Tests.Reports.Statistics;

public class SpreadTests
{
    [Fact]
    public void Mean_and_standard_deviation_are_those_of_a_sample()
    {
        var spread = Spread.Of([2, 4, 4, 4, 5, 5, 7, 9])!; // squares of the distances from 5: 9 1 1 1 0 0 4 16
        Assert.Equal((8, 5.0), (spread.Count, spread.Mean));
        Assert.Equal(Math.Sqrt(32.0 / 7), spread.Deviation!.Value, 12);
    }

    [Fact]
    public void One_number_has_no_deviation_and_none_has_no_mean()
    {
        Assert.Equal(new Spread(1, 3, null), Spread.Of([3]));
        Assert.Null(Spread.Of([]));
    }
}
