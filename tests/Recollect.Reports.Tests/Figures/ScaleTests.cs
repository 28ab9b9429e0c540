using FsCheck.Xunit;
using Recollect.Reports;
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
    [InlineData(1565)]
    [InlineData(0.831)]
    [InlineData(-40)]
    [InlineData(0)]
    public void The_marks_about_one_value_are_told_apart_by_their_labels(double value)
    {
        var labels = Scale.Over([value], logarithmic: false, wide: false, 0, 10).Ticks.Select(Numbers.Short).ToList();
        Assert.InRange(labels.Count, 2, 9);
        Assert.Equal(labels.Distinct(), labels);
    }

    [Property]
    public bool Every_value_lies_between_the_ends_and_the_marks_are_few(int[] values, bool logarithmic, bool wide, bool close)
    {
        var shown = values.Select(value => logarithmic ? Math.Exp(value % 50 / (close ? 500.0 : 1)) : value / 7.0).ToArray();
        var scale = Scale.Over(shown, logarithmic, wide, 0, 300);
        return shown.All(value => scale.At(value) is >= -1e-6 and <= 300 + 1e-6) && scale.Ticks.Count is >= 1 and <= 9 && scale.Ticks.All(tick => scale.At(tick) is >= -1e-6 and <= 300 + 1e-6);
    }
}
