using Recollect.Benchmarks;

namespace Recollect.Tests.Benchmarks;

public class ContestTests
{
    private readonly List<string> _order = [];

    [Fact]
    public void Sides_take_turns_in_the_same_rounds()
    {
        var row = Contest.Measure(Sleeping(ours: 2, libtorch: 60), new ContestOptions(1, 3) { ShortestTurn = 0 }, new Silence());
        Assert.Equal(["ours 0", "libtorch 0", "ours 1", "libtorch 1", "ours 2", "libtorch 2"], _order[^6..]);
        Assert.Equal((3, 1, 4), (row.Repetitions, row.LibtorchThreads, row.LibtorchRows));
        Assert.Equal(row.Libtorch / row.Ours, row.Ratio, 12);
        Assert.InRange(row.Ours, row.OursLeast, row.OursMost);
        Assert.True(row.Ratio > 1.2, $"{row.Ratio}");
    }

    [Fact]
    public void A_peer_of_half_the_work_counts_twice_its_time()
    {
        var row = Contest.Measure(Sleeping(ours: 8, libtorch: 8) with { LibtorchRows = [2] }, new ContestOptions(1, 1) { ShortestTurn = 0 }, new Silence());
        Assert.True(row.Libtorch >= 0.016, $"{row.Libtorch}");
        Assert.Equal(2, row.LibtorchRows);
    }

    [Fact]
    public void The_median_is_the_middle_of_the_order()
    {
        Assert.Equal(new Spread(3, 1, 9), Spread.Of([9.0, 1, 3]));
        Assert.Equal(new Spread(2.5, 1, 9), Spread.Of([9.0, 2, 3, 1]));
    }

    private Workload Sleeping(int ours, int libtorch) => new("S", "S", "sleeps", 4,
        setting => new Sleeper(setting, ours, round => _order.Add($"ours {round}")), setting => new Sleeper(setting, libtorch, round => _order.Add($"libtorch {round}")));

    private sealed class Sleeper(SideSetting setting, int milliseconds, Action<int> tell) : Side(setting)
    {
        public override double Share => Setting.Rows / 4.0;

        public override void Run(int round)
        {
            tell(round);
            Thread.Sleep(milliseconds);
        }

        public override Outcome Result() => new(0, new Dictionary<string, float[]>());

        public override void Dispose()
        {
        }
    }

    private sealed class Silence : IProgress<string>
    {
        public void Report(string value)
        {
        }
    }
}
