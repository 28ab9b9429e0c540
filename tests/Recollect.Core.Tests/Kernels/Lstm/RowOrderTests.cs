using FsCheck.Xunit;
using Recollect.Kernels;

namespace Recollect.Core.Tests.Kernels.Lstm;

public sealed class RowOrderTests
{
    [Property]
    public void Rows_stand_from_the_longest_to_the_shortest_and_equal_ones_by_number(byte[] lengths)
    {
        var order = new RowOrder().Set(Array.ConvertAll(lengths, length => (int)length), 1);

        Assert.Equal(Enumerable.Range(0, lengths.Length).OrderByDescending(row => lengths[row]).ThenBy(row => row), order.Rows.ToArray());
        Assert.Equal(lengths.Length == 0 ? 0 : lengths.Max(), order.Longest);
    }

    [Property]
    public void Rows_that_still_run_are_the_first_of_the_order_and_of_every_share(byte[] lengths, byte team)
    {
        var shares = team % 5 + 1;
        var order = new RowOrder().Set(Array.ConvertAll(lengths, length => (int)length), shares);
        for (var done = 0; done <= order.Longest; done++)
        {
            var running = order.Running(done);
            Assert.Equal(lengths.Count(length => length > done), running);
            Assert.All(order.Rows[..running].ToArray(), row => Assert.True(lengths[row] > done));
            for (var share = 0; share < shares; share++)
            {
                var places = order.Share(share).ToArray();
                var expected = places.TakeWhile(place => lengths[order.Rows[place]] > done).Count();
                Assert.Equal(expected, order.Running(share, running));
                Assert.All(places[expected..], place => Assert.True(lengths[order.Rows[place]] <= done));
            }
        }
    }

    [Property]
    public void Every_place_is_dealt_once_and_shares_differ_by_a_tile_at_most(byte[] lengths, byte team)
    {
        var shares = team % 5 + 1;
        var order = new RowOrder().Set(Array.ConvertAll(lengths, length => (int)length), shares);
        var dealt = Enumerable.Range(0, shares).Select(share => order.Share(share).ToArray()).ToArray();

        Assert.Equal(Enumerable.Range(0, lengths.Length), dealt.SelectMany(places => places).Order());
        Assert.All(dealt, places => Assert.Equal(places.Order(), places));
        Assert.InRange(dealt.Max(places => places.Length) - dealt.Min(places => places.Length), 0, KernelSet.TileRows);
    }

    [Property]
    public void An_order_does_not_depend_on_the_order_before_it(byte[] before, byte[] lengths, byte team)
    {
        static int[] Ints(byte[] bytes) => Array.ConvertAll(bytes, length => (int)length);
        var shares = team % 5 + 1;
        var (fresh, again) = (new RowOrder().Set(Ints(lengths), shares), new RowOrder().Set(Ints(before), 3).Set(Ints(lengths), shares));
        Assert.Equal(fresh.Rows.ToArray(), again.Rows.ToArray());
        for (var share = 0; share < shares; share++)
            Assert.Equal(fresh.Share(share).ToArray(), again.Share(share).ToArray());
    }

    [Fact]
    public void Lengths_beyond_32_bits_of_a_difference_are_ordered_too() =>
        Assert.Equal([1, 2, 0], new RowOrder().Set([0, int.MaxValue, int.MaxValue - 1], 2).Rows.ToArray());
}
