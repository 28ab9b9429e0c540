using FsCheck.Xunit;
namespace Recollect.Randomness;

/// <summary>Statistics on fixed seeds: a limit is one that a fair generator passes with probability 0.9999 or more, so that a new seed passes too.</summary>
public class RandomStreamTests
{
    private static RandomStream Stream(string purpose) => new Seed(20180710).Stream(purpose);

    private static double ChiSquare(int[] counts)
    {
        var expected = counts.Sum() / (double)counts.Length;
        return counts.Sum(count => (count - expected) * (count - expected) / expected);
    }

    [Theory]
    [InlineData(2, 15.2)]   // χ² at 0.9999 for 1, 5 and 9 degrees of freedom
    [InlineData(6, 25.8)]
    [InlineData(10, 33.8)]
    public void Whole_numbers_are_uniform(int count, double limit)
    {
        var stream = Stream("whole");
        var counts = new int[count];
        for (var i = 0; i < 60_000; i++)
            counts[stream.Next(count)]++;
        Assert.InRange(ChiSquare(counts), 0, limit);
    }

    [Fact]
    public void A_large_range_is_not_biased_by_the_32_bits_of_a_word()
    {
        // 2³² / (3·2²⁹) = 8/3: without rejection, remainders 0 and 1 modulo 3 would come 3 times of 8 and remainder 2 only twice.
        var stream = Stream("large");
        var counts = new int[3];
        for (var i = 0; i < 30_000; i++)
            counts[stream.Next(3 << 29) % 3]++;
        Assert.InRange(ChiSquare(counts), 0, 18.5);
    }

    [Fact]
    public void A_range_of_one_is_zero_and_an_empty_one_is_refused()
    {
        var stream = Stream("one");
        Assert.Equal(0, stream.Next(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => { var empty = Stream("none"); empty.Next(0); });
    }

    [Fact]
    public void Uniform_numbers_fill_the_unit_interval()
    {
        var stream = Stream("uniform");
        var counts = new int[20];
        for (var i = 0; i < 100_000; i++)
        {
            var value = stream.NextDouble();
            Assert.InRange(value, 0, 1 - 1e-16);
            counts[(int)(value * 20)]++;
        }
        Assert.InRange(ChiSquare(counts), 0, 50.8); // 19 degrees of freedom
    }

    [Fact]
    public void Normal_numbers_have_the_normal_moments()
    {
        const int Count = 200_000;
        var stream = Stream("normal");
        var values = new double[Count];
        for (var i = 0; i < Count; i++)
            values[i] = stream.NextNormal();
        // Four standard errors of each moment: √(1/n), √(2/n), √(15/n), √(96/n).
        Assert.Equal(0, values.Average(), 4 * Math.Sqrt(1.0 / Count));
        Assert.Equal(1, values.Average(x => x * x), 4 * Math.Sqrt(2.0 / Count));
        Assert.Equal(0, values.Average(x => x * x * x), 4 * Math.Sqrt(15.0 / Count));
        Assert.Equal(3, values.Average(x => x * x * x * x), 4 * Math.Sqrt(96.0 / Count));
    }

    [Fact]
    public void Every_order_of_four_is_equally_likely()
    {
        var stream = Stream("orders");
        var counts = new Dictionary<string, int>();
        for (var i = 0; i < 48_000; i++)
        {
            var order = string.Concat(stream.Permutation(4));
            counts[order] = counts.GetValueOrDefault(order) + 1;
        }
        Assert.Equal(24, counts.Count);
        Assert.InRange(ChiSquare([.. counts.Values]), 0, 57.0); // 23 degrees of freedom
    }

    [Fact]
    public void A_permutation_holds_each_number_once()
    {
        var stream = Stream("permutation");
        Assert.Equal(Enumerable.Range(0, 1000), stream.Permutation(1000).Order());
        Assert.Empty(stream.Permutation(0));
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.3)]
    [InlineData(0.05)]
    public void Dropout_drops_at_its_rate_and_keeps_the_mean(double rate)
    {
        var mask = new float[200_001];
        var stream = Stream("dropout");
        stream.FillDropout(mask, rate);
        var error = 4 * Math.Sqrt(rate * (1 - rate) / mask.Length) + 1.0 / 65536;
        Assert.Equal(rate, mask.Count(unit => unit == 0) / (double)mask.Length, error);
        Assert.All(mask.Distinct(), unit => Assert.True(unit == 0 || unit == (float)(1 / (1 - rate))));
        Assert.Equal(1, mask.Average(unit => (double)unit), error / (1 - rate));
    }

    [Fact]
    public void Neighbours_that_share_a_word_are_dropped_independently()
    {
        var mask = new float[200_000];
        var stream = Stream("neighbours");
        stream.FillDropout(mask, 0.5);
        var counts = new int[4];
        for (var i = 0; i < mask.Length; i += 2)
            counts[(mask[i] == 0 ? 2 : 0) + (mask[i + 1] == 0 ? 1 : 0)]++;
        Assert.InRange(ChiSquare(counts), 0, 21.2); // 3 degrees of freedom
    }

    [Fact]
    public void A_rate_of_zero_keeps_everything_as_it_is()
    {
        var mask = new float[99];
        var stream = Stream("kept");
        stream.FillDropout(mask, 0);
        Assert.All(mask, unit => Assert.Equal(1f, unit));
    }

    [Fact]
    public void A_mask_filled_in_pieces_of_whole_words_is_the_mask_filled_at_once()
    {
        var whole = new float[100];
        var pieces = new float[100];
        var (first, second) = (Stream("pieces"), Stream("pieces"));
        first.FillDropout(whole, 0.4);
        second.FillDropout(pieces.AsSpan(52), 0.4, 52);
        second.FillDropout(pieces.AsSpan(0, 3), 0.4);
        second.FillDropout(pieces.AsSpan(3, 49), 0.4, 3);
        Assert.Equal(whole, pieces);
    }

    /// <summary>Single-precision masks are drawn by whole blocks where they begin with one, all others unit by unit.</summary>
    [Property]
    public void A_mask_does_not_depend_on_how_it_is_drawn(byte length, byte before, ushort place, double rate)
    {
        rate = double.IsFinite(rate) ? Math.Abs(rate % 1) : 0.99999;
        var first = (before % 3 == 0 ? 8L : 1L) * place;
        var single = new float[length];
        var wide = new double[length];
        var stream = Stream("drawn");
        stream.FillDropout(single, rate, first);
        stream.FillDropout(wide, rate, first);
        Assert.Equal(wide, single.Select(unit => (double)unit));
    }
}
