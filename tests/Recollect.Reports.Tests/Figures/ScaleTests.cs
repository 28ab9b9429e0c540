using System.Globalization;
using FsCheck.Xunit;
using Recollect.Reports.Figures;

namespace Recollect.Tests.Reports.Figures;

public class ScaleTests
{
    [Fact]
    public void A_wide_linear_scale_ends_at_round_numbers()
    {
        var scale = Scale.Over([13, 87], logarithmic: false, wide: true, 0, 100);
        Assert.Equal([0, 20, 40, 60, 80, 100], scale.Ticks);
        Assert.Equal(43, scale.At(43), 9);
    }

    [Fact]
    public void A_tight_linear_scale_ends_at_its_values()
    {
        var scale = Scale.Over([45, 2250], logarithmic: false, wide: false, 10, 20);
        Assert.Equal([500, 1000, 1500, 2000], scale.Ticks);
        Assert.Equal((10, 20), (scale.At(45), scale.At(2250)));
    }

    [Fact]
    public void A_logarithmic_scale_marks_powers_of_ten()
    {
        var scale = Scale.Over([0.002, 30], logarithmic: true, wide: true, 0, 5);
        Assert.All(new[] { 1e-3, 1e-2, 1e-1, 1, 10, 100 }.Zip(scale.Ticks), pair => Assert.Equal(pair.First, pair.Second, 9));
        Assert.Equal(3, scale.At(1), 9); // three of five decades
        Assert.Equal(double.NaN, scale.At(0));
        Assert.Equal(double.NaN, scale.At(-1));
    }

    [Fact]
    public void Within_a_decade_1_2_and_5_are_marked() => Assert.Equal([2000, 5000, 10000], Scale.Over([1600, 16384], logarithmic: true, wide: false, 0, 1).Ticks);

    [Fact]
    public void Numbers_close_to_each_other_are_marked_by_even_steps_on_logarithms_too() =>
        Assert.Equal([210, 215, 220, 225], Scale.Over([209, 226], logarithmic: true, wide: true, 0, 1).Ticks);

    [Fact]
    public void One_value_and_none_have_a_scale_too()
    {
        Assert.Equal(5, Scale.Over([7], logarithmic: false, wide: false, 0, 10).At(7), 9);
        Assert.NotEmpty(Scale.Over([], logarithmic: true, wide: true, 0, 10).Ticks);
        Assert.NotEmpty(Scale.Over([double.NaN, double.PositiveInfinity], logarithmic: false, wide: true, 0, 10).Ticks);
    }

    [Theory]
    [InlineData(new[] { 1565.0 })]
    [InlineData(new[] { 0.831 })]
    [InlineData(new[] { -40.0 })]
    [InlineData(new[] { 0.0 })]
    [InlineData(new[] { 98.95, 99.05 })]
    [InlineData(new[] { 98.6, 98.8 })]
    [InlineData(new[] { 512.0, 514.0 })]
    [InlineData(new[] { 511.6, 512.7 })] // marked at 512 and 512.5, which is not 513
    [InlineData(new[] { 12_340.0, 12_349.0 })]
    public void The_marks_about_one_value_or_between_two_that_are_close_are_told_apart_by_their_labels(double[] values)
    {
        foreach (var (logarithmic, wide) in new[] { (false, false), (false, true), (true, true) })
        {
            var scale = Scale.Over(values, logarithmic, wide, 0, 10);
            var labels = scale.Ticks.Select(scale.Label).ToList();
            Assert.InRange(labels.Count, 2, 9);
            Assert.Equal(labels.Distinct(), labels);
            if (labels.All(label => char.IsAsciiDigit(label[^1]))) // without k, M or G
                Assert.All(scale.Ticks.Zip(labels), mark => Assert.Equal(mark.First, double.Parse(mark.Second, CultureInfo.InvariantCulture), 9));
        }
    }

    [Fact]
    public void Labels_are_short_where_that_rounds_no_mark()
    {
        static IEnumerable<string> Labels(double least, double most)
        {
            var scale = Scale.Over([least, most], logarithmic: false, wide: true, 0, 10);
            return scale.Ticks.Select(scale.Label);
        }
        Assert.Equal(["0", "20k", "40k", "60k", "80k", "100k"], Labels(0, 100_000));
        Assert.Equal(["98.8", "98.9", "99", "99.1", "99.2"], Labels(98.8, 99.2));
        Assert.Equal(["98.94", "98.96", "98.98", "99.00", "99.02", "99.04", "99.06"], Labels(98.95, 99.05));
    }

    [Property]
    public bool Every_value_lies_between_the_ends_and_the_marks_are_few(int[] values, bool logarithmic, bool wide, bool close)
    {
        var shown = values.Select(value => logarithmic ? Math.Exp(value % 50 / (close ? 500.0 : 1)) : value / 7.0).ToArray();
        var scale = Scale.Over(shown, logarithmic, wide, 0, 300);
        return shown.All(value => scale.At(value) is >= -1e-6 and <= 300 + 1e-6) && scale.Ticks.Count is >= 1 and <= 9 && scale.Ticks.All(tick => scale.At(tick) is >= -1e-6 and <= 300 + 1e-6);
    }
}
