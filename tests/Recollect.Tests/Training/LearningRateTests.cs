using Recollect.Training;

namespace Recollect.Tests.Training;

public sealed class LearningRateTests
{
    [Fact]
    public void Warm_up_rises_linearly_and_ends_at_the_full_rate()
    {
        var rate = new LearningRate(new ScheduleOptions { Warmup = 4 }, 0.8, 10, 5);
        Assert.Equal([0.2, 0.4, 0.6, 0.8, 0.8, 0.8], Enumerable.Range(0, 6).Select(u => rate.At(u)), Close);
    }

    [Fact]
    public void Step_multiplies_every_so_many_epochs()
    {
        var rate = new LearningRate(new ScheduleOptions { Kind = ScheduleKind.Step, Every = 2, Factor = 0.5 }, 1, 6, 3);
        Assert.Equal([1, 1, 0.5, 0.5, 0.25, 0.25], Enumerable.Range(0, 6).Select(epoch => rate.At(epoch * 3 + 2)), Close);
    }

    [Fact]
    public void Cosine_starts_full_is_half_way_in_the_middle_and_ends_at_its_minimum()
    {
        var rate = new LearningRate(new ScheduleOptions { Kind = ScheduleKind.Cosine, Minimum = 0.2, Warmup = 10 }, 2, 11, 10);
        Assert.Equal(2, rate.At(10), 1e-12);
        Assert.Equal(2 * 0.6, rate.At(60), 1e-12);
        Assert.Equal(2 * 0.2, rate.At(110), 1e-12);
        Assert.True(Enumerable.Range(10, 99).All(u => rate.At(u + 1) < rate.At(u)));
    }

    private static bool Close(double expected, double actual) => Math.Abs(expected - actual) < 1e-12;
}
