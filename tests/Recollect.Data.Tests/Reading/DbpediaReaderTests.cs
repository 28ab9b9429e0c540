using System.Text;
using Recollect.Sequences;

namespace Recollect.Data.Tests.Reading;

public sealed class DbpediaReaderTests : IDisposable
{
    private static readonly string[] Classes = [.. Enumerable.Range(1, 14).Select(number => $"class{number}")];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private IEnumerable<Sample> Read(string text) => DbpediaReader.Read(_folder.Write("train.csv", text), Classes);

    // The first row is the published file's own; titles may be empty, and quotes are doubled.
    [Fact]
    public void Title_and_content_are_joined_by_one_space_and_classes_count_from_1()
    {
        var rows = Read("""
            1,"E. D. Abbott Ltd"," Abbott of Farnham E D Abbott Limited was a British coachbuilding business."
            14,"","The ""Book"", a book "
            2,"Only a title",""

            """.ReplaceLineEndings("\n")).Cast<TextSample>().ToList();
        Assert.Equal(
            ["E. D. Abbott Ltd Abbott of Farnham E D Abbott Limited was a British coachbuilding business.", "The \"Book\", a book", "Only a title"],
            rows.Select(row => Encoding.UTF8.GetString(row.Utf8.Span)));
        Assert.Equal(["class1", "class14", "class2"], rows.Select(row => row.Label));
        Assert.Equal([1L, 2, 3], rows.Select(row => row.Origin.Number));
    }

    [Theory]
    [InlineData("1,\"a\"\n", "line 1: found 2 column(s); expected 3")]
    [InlineData("1,\"a\",\"b\"\n15,\"a\",\"b\"\n", "line 2: found the class '15'; expected a number 1…14")]
    [InlineData("0,\"a\",\"b\"\n", "found the class '0'")]
    [InlineData("1\0,\"a\",\"b\"\n", "line 1: found the class '1")]
    [InlineData("label,title,content\n", "found the class 'label'")]
    [InlineData("3,\" \",\"\"\n", "line 1: title and content are empty")]
    [InlineData("3,\"a,b\n", "line 1")]
    [InlineData("", "the file is empty")]
    public void A_row_that_is_wrong_is_refused_with_its_line(string text, string says) => Refusal.Of<DataException>(() => Read(text), "train.csv", says);
}
