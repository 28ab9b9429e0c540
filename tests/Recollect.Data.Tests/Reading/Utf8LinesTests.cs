namespace Recollect.Data.Tests.Reading;

public sealed class Utf8LinesTests
{
    private static List<long> Lengths(string text, int longest)
    {
        using var input = InputStream.From(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)), "a.txt");
        return [.. Utf8Lines.Of(input, longest).Select(line => (long)line.Line.Length)];
    }

    [Theory]
    [InlineData("ab\n12345678\n")]
    [InlineData("ab\n12345678")]
    public void A_line_of_the_greatest_length_is_read(string text) => Assert.Equal([2, 8], Lengths(text, 8));

    [Theory]
    [InlineData("ab\n123456789\n", "line 2")]
    [InlineData("\n\n123456789", "line 3")]
    public void A_longer_line_is_refused_with_its_number(string text, string line) =>
        Refusal.Of<DataException>(() => Lengths(text, 8), "a.txt", line, "more than 8 bytes");

    [Fact]
    public void A_long_line_within_a_small_gzip_file_is_refused_before_it_is_all_unpacked()
    {
        using var bomb = new MemoryStream(TemporaryFolder.Gzip(new byte[10_000_000]));
        using var input = InputStream.From(bomb, "a.txt.gz");
        Refusal.Of<DataException>(() => Assert.Empty(Utf8Lines.Of(input, 100_000)), "line 1", "100,000");
        Assert.InRange(input.Position, 100_000, 200_000);
    }
}
