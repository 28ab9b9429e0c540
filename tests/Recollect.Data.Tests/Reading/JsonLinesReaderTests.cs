using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Recollect.Sequences;

namespace Recollect.Data.Tests.Reading;

public sealed class JsonLinesReaderTests : IDisposable
{
    private static readonly InputColumns Text = new() { Text = "text" };
    private static readonly InputColumns Series = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Texts_and_labels_are_read_past_a_byte_order_mark_and_blank_lines()
    {
        var path = _folder.Write("a.jsonl", "\uFEFF{\"text\":\"\\u00e9\\n\",\"label\":\"x\"}\r\n\n{\"label\":3,\"text\":\"b\"}");
        var samples = JsonLinesReader.Read(path, Text).Cast<TextSample>().ToList();
        Assert.Equal(["x", "3"], samples.Select(sample => sample.Label));
        Assert.Equal(["é\n", "b"], samples.Select(sample => Encoding.UTF8.GetString(sample.Utf8.Span)));
        Assert.Equal([1L, 3], samples.Select(sample => sample.Origin.Number));
    }

    [Fact]
    public void Lists_of_numbers_and_of_vectors_may_differ_in_length()
    {
        var path = _folder.Write("a.jsonl", "{\"values\":[[1,2],[3,4]],\"label\":0}\n{\"values\":[[5,6]],\"label\":1}\n");
        var samples = JsonLinesReader.Read(path, Series).Cast<SeriesSample>().ToList();
        Assert.Equal([1, 2, 3, 4], samples[0].Values);
        Assert.Equal((2, 2), (samples[0].Components, samples[1].Components));
        var flat = (SeriesSample)Assert.Single(JsonLinesReader.Read(_folder.Write("b.jsonl", "{\"v\":[1.5],\"label\":0}"), new InputColumns { Values = ["v"] }));
        Assert.Equal(1, flat.Components);
        Assert.Equal([1.5f], flat.Values);
    }

    /// <summary>As a Parquet file's are.</summary>
    [Fact]
    public void Labels_may_be_true_and_false() => Assert.Equal(["true", "false"],
        JsonLinesReader.Read(_folder.Write("a.jsonl", "{\"values\":[1],\"label\":true}\n{\"values\":[2],\"label\":false}"), new InputColumns()).Select(sample => sample.Label));

    [Theory]
    [InlineData("{\"values\":[1,2],\"label\":0}\n{\"values\":[[1,2]],\"label\":0}", "line 2", "found 2 number(s) a step; expected 1")]
    [InlineData("{\"values\":[[1,2],[1]],\"label\":0}", "step 2", "found 1 number(s); expected a list of 2")]
    [InlineData("{\"values\":[[1],2],\"label\":0}", "step 2", "found the number 2")]
    [InlineData("{\"values\":[1,\"2\"],\"label\":0}", "step 2", "found a string")]
    [InlineData("{\"values\":[1e99],\"label\":0}", "step 1", "1e99")]
    [InlineData("{\"values\":[],\"label\":0}", "line 1", "empty")]
    [InlineData("{\"values\":[[]],\"label\":0}", "step 1", "empty")]
    [InlineData("{\"values\":7,\"label\":0}", "line 1", "found the number 7")]
    [InlineData("{\"valeus\":[1],\"label\":0}", "line 1", "Nearest: valeus")]
    [InlineData("{\"values\":[1]}", "line 1", "no property 'label'")]
    [InlineData("{\"values\":[1],\"label\":\"\"}", "line 1", "label")]
    [InlineData("{\"values\":[1],\"label\":null}", "line 1", "found null as the label; expected a string that is not empty, a number, true or false")]
    [InlineData("{\"values\":[1],\"label\":0}\n{\"values\":[1,\"label\":0}", "line 2, byte 21 of the line", "not valid JSON: found ':'; expected a JSON object, such as")]
    [InlineData("{\"values\":[1],\"label\":0", "line 1, byte 24 of the line", "found the end of the line; expected")]
    [InlineData("{\"values\":[1],\u00e9}", "line 1, byte 15 of the line", "found 'é'; expected")]
    [InlineData("{\"values\":[1],\u0001}", "line 1, byte 15 of the line", "found the character U+0001; expected")]
    [InlineData("{\"values\":[1],\"values\":[2],\"label\":0}", "line 1: the property 'values' is there twice", "Remove or rename one")]
    [InlineData("{\"a\":{\"b\":1,\"b\":2}}", "line 1: a property is there twice in one object", "expected every property once")]
    [InlineData("[{\"b\":1,\"b\":2}]", "line 1: a property is there twice in one object", "expected every property once")]
    [InlineData("{\"\\ud800\":1,\"label\":0}", "line 1", "the name of a property holds half of a surrogate pair")]
    [InlineData("{\"a\":1,\"a\":2,\"\\ud800\":0}", "line 1", "expected")]
    [InlineData("[1,2]", "line 1", "found a list")]
    [InlineData("", "a.jsonl", "empty")]
    public void A_line_that_is_wrong_is_refused_with_its_place(string lines, string where, string what) =>
        Refusal.Of<DataException>(() => JsonLinesReader.Read(_folder.Write("a.jsonl", lines), Series), where, what);

    [Fact]
    public void A_wide_first_step_asks_for_no_memory_on_behalf_of_the_others()
    {
        var wide = string.Join(',', Enumerable.Repeat("0", 50_000));
        var line = $"{{\"values\":[[{wide}],{wide}],\"label\":0}}"; // 50,001 steps × 50,000 would overflow
        Refusal.Of<DataException>(() => JsonLinesReader.Read(_folder.Write("a.jsonl", line), Series), "step 2", "expected a list of 50000");
    }

    [Fact]
    public void A_text_that_is_no_string_or_no_unicode_is_refused()
    {
        Refusal.Of<DataException>(() => JsonLinesReader.Read(_folder.Write("a.jsonl", "{\"text\":1,\"label\":0}"), Text), "line 1, 'text'", "expected a string");
        Refusal.Of<DataException>(() => JsonLinesReader.Read(_folder.Write("b.jsonl", "{\"text\":\"\\ud800\",\"label\":0}"), Text), "surrogate");
        Refusal.Of<DataException>(() => JsonLinesReader.Read(_folder.Write("c.jsonl", [.. "{}\n{\""u8, 0xff]), Text, false), "text");
        Refusal.Of<DataException>(() => JsonLinesReader.Read(_folder.Write("d.jsonl", [.. "{\"text\":\""u8, 0xff]), Text), "line 1", "offset 9", "0xFF");
    }

    [Fact]
    public void Labels_may_be_missing_where_that_is_allowed()
    {
        var path = _folder.Write("a.jsonl", "{\"text\":\"a\"}\n{\"text\":\"b\",\"label\":null}\n{\"text\":\"c\",\"label\":\"x\"}");
        Assert.Equal([null, null, "x"], JsonLinesReader.Read(path, Text, labelled: false).Select(sample => sample.Label));
    }

    [Property]
    public Property Any_texts_come_back_as_they_were_written() => Prop.ForAll(
        ArbMap.Default.ArbFor<string[]>(),
        texts =>
        {
            var clean = texts.Select(CsvTableReaderTests.Clean).Append("last").ToList();
            var lines = clean.Select(text => JsonSerializer.Serialize(new { text, label = "k" }));
            var read = JsonLinesReader.Read(_folder.Write("p.jsonl", string.Join('\n', lines)), Text);
            return read.Cast<TextSample>().Select(sample => Encoding.UTF8.GetString(sample.Utf8.Span)).SequenceEqual(clean);
        });

    [Property]
    public Property Any_vectors_come_back_as_they_were_written() => Prop.ForAll(
        ArbMap.Default.ArbFor<float[]>(),
        numbers =>
        {
            var finite = numbers.Where(float.IsFinite).Append(0.1f).ToArray();
            var line = JsonSerializer.Serialize(new { values = finite.Select(value => new[] { value, -value }), label = 1 });
            var read = (SeriesSample)JsonLinesReader.Read(_folder.Write("n.jsonl", line), Series).Single();
            return read.Values.SequenceEqual(finite.SelectMany(value => new[] { value, -value }));
        });

    [Fact]
    public void A_line_longer_than_any_buffer_is_read_whole()
    {
        var path = _folder.Write("a.jsonl", $"{{\"text\":\"{new string('x', 300_000)}\",\"label\":0}}\n{{\"text\":\"y\",\"label\":0}}\n");
        Assert.Equal([300_000, 1], JsonLinesReader.Read(path, Text).Select(sample => ((TextSample)sample).Utf8.Length));
    }
}
