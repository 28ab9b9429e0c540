using Recollect.Sequences;

namespace Recollect.Data.Tests.Loading;

public sealed class StandardizationTests
{
    [Fact]
    public void Each_component_has_its_own_mean_and_deviation_over_all_steps_of_all_series()
    {
        SeriesSample[] series = [new(default, null, [1, 7, 3, 7], 2), new(default, null, [8, 7], 2)];
        var (mean, scale) = Standardization.Of(series, 2);
        Assert.Equal([4, 7], mean);
        Assert.Equal(Math.Sqrt((9 + 1 + 16) / 3.0), scale[0], 12);
        Assert.Equal(1, scale[1]); // a component that never changes is moved and not scaled
    }
}
