using Recollect.Reports;

namespace Recollect.Tests.Reports;

public class NumbersTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(0.00012, "1.2e-4")]
    [InlineData(0.25, "0.25")]
    [InlineData(9.876, "9.88")]
    [InlineData(65.94, "65.9")]
    [InlineData(1600, "1600")]
    [InlineData(16384, "16.4k")]
    [InlineData(390000, "390k")]
    [InlineData(2.5e6, "2.5M")]
    [InlineData(7e9, "7G")]
    [InlineData(-3.5, "-3.5")]
    [InlineData(double.NaN, "not a number")]
    public void Short_numbers_have_four_digits_at_most(double value, string shown) => Assert.Equal(shown, Numbers.Short(value));

    [Theory]
    [InlineData(2.26, "+2.3")]
    [InlineData(0, "+0.0")]
    [InlineData(-12.34, "−12.3")]
    [InlineData(12345, "+12,345.0")]
    public void A_difference_has_its_sign(double value, string shown) => Assert.Equal(shown, Numbers.Signed(value, 1));
}
