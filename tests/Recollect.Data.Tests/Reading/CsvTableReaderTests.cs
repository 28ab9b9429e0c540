using System.IO.Compression;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Recollect.Sequences;

namespace Recollect.Data.Tests.Reading;

public sealed class CsvTableReaderTests : IDisposable
{
    private static readonly InputColumns Text = new() { Text = "text" };
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>DBpedia's own files have no header: the first row is a class and an article.</summary>
    [Fact]
    public void A_first_row_that_is_no_header_is_not_told_whole()
    {
        var path = _folder.Write("long.csv", $"14,\"\",{new string('x', 300)}\n");
        var told = Assert.Throws<DataException>(() => CsvTableReader.Read(path, new InputColumns { Text = "text" }).ToList()).Message;
        Assert.Contains($"found 14, , {new string('x', 40)}….", told);
        Assert.DoesNotContain(new string('x', 41), told);
    }

    [Fact]
    public void A_text_column_is_read_with_quotes_commas_and_line_breaks()
    {
        var path = _folder.Write("a.csv", "label,text\r\na,plain\r\n b ,\"one, \"\"two\"\"\nthree\"\r\n\r\nc,é\r\n");
        var samples = CsvTableReader.Read(path, Text).Cast<TextSample>().ToList();
        Assert.Equal(["a", "b", "c"], samples.Select(sample => sample.Label));
        Assert.Equal(["plain", "one, \"two\"\nthree", "é"], samples.Select(sample => Encoding.UTF8.GetString(sample.Utf8.Span)));
        Assert.Equal([2L, 3, 6], samples.Select(sample => sample.Origin.Number)); // where each row starts in the file
    }

    [Fact]
    public void A_gzip_that_is_cut_off_between_two_rows_is_refused()
    {
        using var packed = new MemoryStream();
        using var gzip = new GZipStream(packed, CompressionLevel.Fastest);
        gzip.Write("label,text\na,one\nb,two\n"u8);
        gzip.Flush(); // all of these rows can be unpacked from what is written so far
        var path = _folder.Write("a.csv.gz", packed.ToArray());
        Refusal.Of<DataException>(() => CsvTableReader.Read(path, Text), path, "cut off");
    }

    [Fact]
    public void A_byte_order_mark_is_no_part_of_the_first_name() =>
        Assert.Equal("x", Assert.Single(CsvTableReader.Read(_folder.Write("a.csv", "\uFEFFlabel,text\nx,y\n"), Text)).Label);

    [Fact]
    public void Gzip_is_unpacked() =>
        Assert.Single(CsvTableReader.Read(_folder.WriteGzip("a.csv.gz", "label,text\nx,y"u8.ToArray()), Text));

    [Fact]
    public void All_columns_but_the_label_are_numbers_unless_some_are_named()
    {
        var path = _folder.Write("a.csv", "a,label,b\n1,x,-2.5e1\n");
        Assert.Equal([1, -25], Values(CsvTableReader.Read(path, new InputColumns())));
        Assert.Equal([-25, 1], Values(CsvTableReader.Read(path, new InputColumns { Values = ["b", "a"] })));
        Assert.Equal(["a", "b"], CsvTableReader.ValueColumns(path, new InputColumns()));
    }

    [Fact]
    public void A_ragged_row_is_refused_with_its_line_and_counts()
    {
        Refusal.Of<DataException>(() => CsvTableReader.Read(_folder.Write("a.csv", "label,text\nx,y\nx,y,z\n"), Text), "a.csv, line 3", "found 3 column", "expected 2");
        Refusal.Of<DataException>(() => CsvTableReader.Read(_folder.Write("b.csv", "label,text\nx\n"), Text), "b.csv, line 2", "found 1 column");
    }

    [Theory]
    [InlineData("two", "found 'two'")]
    [InlineData("NaN", "found 'NaN'")]
    [InlineData("1e99", "found '1e99'")]
    [InlineData("1\0", "found '1\0'")]
    [InlineData("", "JSON Lines")]
    public void A_cell_that_is_no_finite_number_is_refused(string cell, string says) =>
        Refusal.Of<DataException>(() => CsvTableReader.Read(_folder.Write("a.csv", $"label,v\nx,1\nx,{cell}\n"), new InputColumns()), "line 3, column 'v'", says);

    [Fact]
    public void A_missing_column_is_refused_with_the_nearest_name()
    {
        var path = _folder.Write("a.csv", "lable,text\nx,y\n");
        Refusal.Of<DataException>(() => CsvTableReader.Read(path, Text), "no column 'label'", "data.label", "found lable, text", "Nearest: lable");
        Refusal.Of<DataException>(() => CsvTableReader.Read(_folder.Write("b.csv", "label;text\nx;y\n"), Text), "not to be separated by commas");
        Refusal.Of<DataException>(() => CsvTableReader.Read(_folder.Write("c.csv", "label,text,text\nx,y,z\n"), Text), "'text' is there twice");
    }

    [Fact]
    public void Rows_may_lack_labels_only_where_that_is_allowed()
    {
        var path = _folder.Write("a.csv", "label,text\n,y\n");
        Refusal.Of<DataException>(() => CsvTableReader.Read(path, Text), "line 2", "label", "empty");
        Assert.Null(Assert.Single(CsvTableReader.Read(path, Text, labelled: false)).Label);
        Assert.Null(Assert.Single(CsvTableReader.Read(_folder.Write("b.csv", "text\ny\n"), Text, labelled: false)).Label);
    }

    [Fact]
    public void An_empty_file_and_a_header_alone_are_refused()
    {
        Refusal.Of<DataException>(() => CsvTableReader.Read(_folder.Write("a.csv", ""), Text), "empty");
        Refusal.Of<DataException>(() => CsvTableReader.Read(_folder.Write("b.csv", "label,text\n"), Text), "no row");
    }

    [Theory]
    [InlineData("label,text\nx,\"y\n", 16, "a quoted field that is never closed")]
    [InlineData("label,text\nx,\"y\"z\n", 16, "text after the closing quote of a quoted field")]
    [InlineData("label,text\nx,y\"z\n", 14, "a quote inside an unquoted field")]
    public void Quotes_that_do_not_match_are_refused_with_their_place(string table, int offset, string fault) =>
        Refusal.Of<DataException>(() => CsvTableReader.Read(_folder.Write("a.csv", table), Text), $"a.csv, line 2, byte {offset}: {fault}; expected a cell with quotes");

    [Fact]
    public void Bytes_that_are_not_utf_8_are_refused_with_line_and_offset()
    {
        var path = _folder.Write("a.csv", [.. "label,text\nx,y\nx,"u8, 0xe9, .. "\n"u8]);
        Refusal.Of<DataException>(() => CsvTableReader.Read(path, Text), $"{path}, line 3", "0xE9", "offset 17");
        Refusal.Of<DataException>(() => CsvTableReader.Read(_folder.Write("b.csv", Encoding.Unicode.GetPreamble()), Text), "UTF-16");
    }

    [Property]
    public Property Any_table_of_texts_comes_back_as_it_was_written() => Prop.ForAll(
        ArbMap.Default.ArbFor<string[]>(),
        texts =>
        {
            var clean = texts.Select(text => Clean(text) + ".").Append("last").ToList(); // a row is never blank
            var table = "text,label\r\n" + string.Concat(clean.Select(text => $"\"{text.Replace("\"", "\"\"")}\",k\r\n"));
            var read = CsvTableReader.Read(_folder.Write("p.csv", table), Text);
            return read.Cast<TextSample>().Select(sample => Encoding.UTF8.GetString(sample.Utf8.Span)).SequenceEqual(clean);
        });

    [Property]
    public Property Any_table_of_numbers_comes_back_as_it_was_written() => Prop.ForAll(
        ArbMap.Default.ArbFor<float[]>(),
        numbers =>
        {
            var finite = numbers.Where(float.IsFinite).Append(0.1f).ToArray();
            var header = string.Join(',', finite.Select((_, column) => $"c{column}"));
            var path = _folder.Write("n.csv", $"{header},label\n{string.Join(',', finite)},k\n");
            return Values(CsvTableReader.Read(path, new InputColumns())).SequenceEqual(finite);
        });

    private static float[] Values(IEnumerable<Sample> samples) => ((SeriesSample)Assert.Single(samples)).Values;

    // A lone surrogate has no UTF-8 bytes.
    internal static string Clean(string? text) => string.Concat((text ?? "").EnumerateRunes().Where(rune => rune != Rune.ReplacementChar));
}
