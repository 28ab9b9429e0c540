using FsCheck.Xunit;
using Recollect.Randomness;
using Recollect.Sequences;

namespace Recollect.Data.Tests.Generated;

public sealed class AddingTaskTests
{
    [Property(MaxTest = 300)]
    public void The_label_says_whether_the_two_marked_numbers_one_in_each_half_sum_to_more_than_1(byte more, ushort row, long seed)
    {
        var steps = 2 + more;
        var sample = Assert.IsType<SeriesSample>(AddingTask.Row(new Origin("adding", "row", 1), steps, new Seed(seed).Stream("rows", 0, row)));
        var pairs = sample.Values.Chunk(2).ToArray();
        Assert.Equal(steps, pairs.Length);
        Assert.All(pairs, pair => Assert.InRange(pair[0], 0, 1));
        Assert.All(pairs, pair => Assert.True(pair[1] is 0 or 1));
        Assert.Single(pairs[..(steps / 2)], pair => pair[1] == 1);
        Assert.Single(pairs[(steps / 2)..], pair => pair[1] == 1);
        Assert.Equal(pairs.Where(pair => pair[1] == 1).Sum(pair => pair[0]) > 1 ? "above 1" : "at most 1", sample.Label);
    }

    [Fact]
    public void Half_of_the_rows_are_above()
    {
        using var sets = DataSetLoader.Load(new DataOptions { Source = "adding", Steps = 50 }, "");
        Assert.Equal((10_000, 1_000, 50), (sets.Train.Count, sets.Test.Count, sets.Train.LengthOf(0)));
        Assert.InRange(Enumerable.Range(0, sets.Train.Count).Count(row => sets.Train.LabelOf(row) == 1), 4750, 5250); // 5,000 ± 5 standard deviations
    }
}
