using System.Text.Json;

namespace Recollect.Sequences;

public class TruncationTests
{
    [Theory]
    [InlineData("300", 300)]
    [InlineData("0", 0)]
    [InlineData("\"full\"", int.MaxValue)]
    public void A_number_or_the_word_full_is_read_and_written_back(string json, int steps)
    {
        var truncation = JsonSerializer.Deserialize<Truncation>(json);
        Assert.Equal(steps, truncation.Steps);
        Assert.Equal(steps == int.MaxValue, truncation.IsFull);
        Assert.Equal(json, JsonSerializer.Serialize(truncation));
        Assert.Equal(json.Trim('"'), truncation.ToString());
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("\"Full\"")]
    [InlineData("\"300\"")]
    [InlineData("99999999999")]
    [InlineData("null")]
    [InlineData("[300]")]
    public void Anything_else_is_refused(string json) =>
        Assert.Contains("number of steps", Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Truncation>(json)).Message);
}
