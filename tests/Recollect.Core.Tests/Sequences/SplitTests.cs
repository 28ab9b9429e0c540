using FsCheck.Xunit;
using Recollect.Sequences;

namespace Recollect.Core.Tests.Sequences;

public sealed class SplitTests
{
    [Property]
    public bool A_split_is_disjoint_and_complete_and_ascends(long seed, byte size, byte percent)
    {
        var split = Split.Of(size + 2, percent % 100 / 100.0, seed, "validation");
        return split.Kept.Concat(split.HeldOut).Order().SequenceEqual(Enumerable.Range(0, size + 2))
            && split.Kept.SequenceEqual(split.Kept.Order()) && split.HeldOut.SequenceEqual(split.HeldOut.Order());
    }

    [Fact]
    public void A_split_stays_the_same_from_version_to_version()
    {
        // Computed by a separate program, as in PermutationTests.
        Assert.Equal([0, 1, 6, 8, 11], Split.Of(20, 0.25, 0, "validation").HeldOut);
        Assert.Equal([6, 7, 12, 14, 17], Split.Of(20, 0.25, 0, "test").HeldOut);
    }

    [Theory]
    [InlineData(10, 0.25, 3)] // 2.5 goes up
    [InlineData(10, 0.01, 1)] // never none
    [InlineData(10, 0.99, 9)] // never all
    [InlineData(10, 0, 0)]
    [InlineData(2, 0.5, 1)]
    public void The_held_out_part_has_this_many_rows(int count, double fraction, int heldOut) =>
        Assert.Equal(heldOut, Split.Of(count, fraction, 7, "validation").HeldOut.Length);

    [Fact]
    public void A_fraction_outside_its_range_and_a_single_row_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Split.Of(10, 1, 0, "validation"));
        Assert.Throws<ArgumentOutOfRangeException>(() => Split.Of(10, -0.1, 0, "validation"));
        Assert.Throws<ArgumentOutOfRangeException>(() => Split.Of(1, 0.5, 0, "validation"));
    }
}
