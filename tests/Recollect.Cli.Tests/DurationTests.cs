using Recollect.Cli;

namespace Recollect.Tests.Cli;

public class DurationTests
{
    [Theory]
    [InlineData("90s", 90)]
    [InlineData("10m", 600)]
    [InlineData("1.5h", 5400)]
    [InlineData("01:30:05", 5405)]
    [InlineData("100:00:00", 360000)]
    public void People_s_ways_to_write_a_time_are_read(string text, double seconds) => Assert.Equal(seconds, Duration.Parse(text)!.Value.TotalSeconds);

    [Theory]
    [InlineData("")]
    [InlineData("90")]
    [InlineData("-5s")]
    [InlineData("0m")]
    [InlineData("s")]
    [InlineData("1e9h")]
    [InlineData("99999999999h")]
    [InlineData("00:61:00")]
    [InlineData("00:00:00")]
    [InlineData("1:2")]
    public void Anything_else_is_none(string text) => Assert.Null(Duration.Parse(text));

    [Theory]
    [InlineData(4.24, "4.2s")]
    [InlineData(42, "42s")]
    [InlineData(123, "2m 03s")]
    [InlineData(3900, "1h 05m")]
    [InlineData(359_940, "99h 59m")]
    [InlineData(400_000, "4d 15h")]
    public void A_time_is_shown_in_its_two_largest_units(double seconds, string shown) => Assert.Equal(shown, Duration.Show(TimeSpan.FromSeconds(seconds)));
}
