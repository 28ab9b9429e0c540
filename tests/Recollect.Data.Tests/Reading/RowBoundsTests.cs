using System.Diagnostics;
using System.Text;
using Recollect.Sequences;

namespace Recollect.Data.Tests.Reading;

/// <summary>Rows that a small packed file may hold: refused at a bound, before what they would take is asked for; and wide tables, read in time.</summary>
public sealed class RowBoundsTests : IDisposable
{
    private const long MiB = 1 << 20;
    private static readonly InputColumns Text = new() { Text = "text" }, Numbers = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>A beginning, and a piece over and over, 1 GiB of it.</summary>
    private sealed class Endless(string head, string piece) : ForwardStream
    {
        private readonly byte[] _head = Encoding.UTF8.GetBytes(head), _pieces = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(piece, 1 << 15)));

        public override int Read(Span<byte> buffer)
        {
            var at = BytesRead - _head.Length;
            ReadOnlySpan<byte> from = at < 0 ? _head.AsSpan((int)BytesRead) : at < 1024 * MiB ? _pieces.AsSpan((int)(at % _pieces.Length)) : [];
            var read = Math.Min(from.Length, buffer.Length);
            from[..read].CopyTo(buffer);
            BytesRead += read;
            return read;
        }
    }

    private static void Refused(string head, string piece, Func<InputStream, IEnumerable<Sample>> read, long most, params string[] says)
    {
        using var input = InputStream.From(new Endless(head, piece), "a");
        var before = GC.GetAllocatedBytesForCurrentThread();
        Refusal.Of<DataException>(() => read(input), says);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, most);
        Assert.InRange(input.Position, 0, 2L * RowBounds.MostBytes);
    }

    // A buffer grows by doubling: all of them together have four times the bytes of the row.
    [Fact]
    public void A_row_without_end_is_refused_at_its_bound()
    {
        const string says = "more than 67,108,864 bytes";
        Refused("label,text\na,", "x", input => CsvTableReader.Read(input, Text, true), 320 * MiB, "a, line 2: the row, or a quoted cell in it that does not end,", says);
        Refused("label,text\na,\"", "x\n", input => CsvTableReader.Read(input, Text, true), 320 * MiB, "a, line 2: ", "a quoted cell", says);
        Refused("\"", "x\n", input => TableColumns.Read(input, DataSources.Csv, new NamedColumns(), out _), 320 * MiB, "a, line 1: the header has", says);
        Refused("{\"text\":\"", "x", input => JsonLinesReader.Read(input, Text, false), 320 * MiB, "a, line 1: the line has", says);
        Refused("ab\n", "x", TextLinesReader.Read, 320 * MiB, "a, line 2: the line has", says);
        Refused("@classLabel true a b\n@data\n", "x", input => TsReader.Read(input, true), 320 * MiB, "a, line 3: the line has", says);
    }

    [Fact]
    public void A_row_of_too_many_values_is_refused_before_room_is_made_for_them()
    {
        const string says = "the row has more than 4,194,304 ";
        Refused("label,a\n", "1,", input => CsvTableReader.Read(input, Numbers, true), 160 * MiB, "a, line 2: " + says + "cells");
        Refused("", "a,", input => CsvTableReader.Read(input, Numbers, true), 160 * MiB, "a, line 1: " + says + "cells");
        string zeros = string.Concat(Enumerable.Repeat("0,", RowBounds.MostValues)) + "0", some = string.Concat(Enumerable.Repeat("0,", 100)) + "0";
        Whole("{\"values\":[1],\"label\":0}\n{\"label\":0,\"values\":[" + zeros + "]}\n", input => JsonLinesReader.Read(input, Numbers, true), "a, line 2: " + says + "values");
        Whole("{\"label\":0,\"values\":[" + string.Concat(Enumerable.Repeat("[0],", RowBounds.MostValues / 2)) + "[0]]}\n", input => JsonLinesReader.Read(input, Numbers, true), "a, line 1: " + says);
        Whole("@classLabel true a\n@data\n" + some + ":" + zeros + ":a\n", input => TsReader.Read(input, true), "a, line 3, dimension 2, step ", says + "values");

        static void Whole(string content, Func<InputStream, IEnumerable<Sample>> read, params string[] what)
        {
            using var input = InputStream.From(new MemoryStream(Encoding.UTF8.GetBytes(content)), "a");
            var before = GC.GetAllocatedBytesForCurrentThread();
            Refusal.Of<DataException>(() => read(input), what);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100 * MiB);
        }
    }

    [Fact]
    public void A_text_may_hold_any_number_of_commas_and_brackets()
    {
        var text = string.Concat(Enumerable.Repeat(",[", RowBounds.MostValues));
        Assert.Equal(text.Length, ((TextSample)Assert.Single(CsvTableReader.Read(_folder.Write("a.csv", $"label,text\na,\"{text}\"\n"), Text))).Utf8.Length);
        Assert.Equal(text.Length, ((TextSample)Assert.Single(JsonLinesReader.Read(_folder.Write("a.jsonl", $"{{\"text\":\"{text}\",\"label\":0}}\n"), Text))).Utf8.Length);
    }

    [Fact]
    public void A_line_of_a_header_that_is_longer_than_names_of_classes_are_is_refused() => Refusal.Of<DataException>(
        () => TsReader.Read(_folder.Write("a.ts", "@classLabel true" + string.Concat(Enumerable.Repeat(" a", 1 << 19)) + "\n@data\n1:a\n")), "a.ts, line 1: this line of the header has more than 1,048,576 bytes");

    [Fact]
    public void Where_memory_ends_the_row_before_is_named_and_no_key_of_a_training()
    {
        static IEnumerable<Sample> Rows(int many)
        {
            for (var row = 1; row <= many; row++)
                yield return new TextSample(new Origin("a.csv", "line", row + 1), null, "x"u8.ToArray());
            throw new InsufficientMemoryException();
        }
        Refusal.Of<RecipeException>(() => RowBounds.WithinMemory(Rows(2), "a.csv"), "a.csv, after line 3: there is not enough memory to read on", "data.limit");
        Refusal.Of<RecipeException>(() => RowBounds.WithinMemory(Rows(0), "a.csv"), "a.csv, before its first row: there is not enough memory");
    }

    // What looks through all columns for each would take minutes.
    [Fact]
    public void Tables_of_many_columns_are_read_in_time()
    {
        const int columns = 140_000;
        var watch = Stopwatch.StartNew();
        var header = "label," + string.Join(',', Enumerable.Range(0, columns).Select(column => $"t{column:D7}"));
        var row = string.Concat(Enumerable.Repeat(",1", columns));
        var info = DataInfo.Of(_folder.Write("wide.csv", $"{header}\na{row}\nb{row}\n"), "");
        Assert.Equal((2, columns, columns), (info.Parts[0].Rows, info.Parts[0].MaxLength, info.Columns!.Values!.Count));

        ParquetNode[] nodes = [.. Enumerable.Range(0, columns).Select(column => new ParquetNode($"t{column}", 0, ParquetPhysical.Float, ParquetMeaning.None, []))];
        var layout = ParquetLayout.Of(new ParquetNode("schema", 0, null, ParquetMeaning.None, nodes), Numbers, "a", labelled: false);
        Assert.Equal(Enumerable.Range(0, columns), layout.Values.Select(column => column.Index));
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 20);
    }

    [Theory]
    [InlineData("\uFEFFlabel,a\nx,1\n")]
    [InlineData("\n\r\nlabel,a\nx,1\n")]
    [InlineData("label,\"a\"\r\nx,1")]
    [InlineData("\"label\",a\rx,1\r")]
    public void The_header_that_is_looked_at_beforehand_is_the_one_that_is_read(string table) =>
        Assert.Equal(["a"], DataInfo.Of(_folder.Write("a.csv", table), "").Columns!.Values!);

    [Fact]
    public void A_name_with_a_line_break_is_one_of_the_header_s() =>
        Assert.Equal(["a\nb", "c\"d"], DataInfo.Of(_folder.Write("a.csv", "label,\"a\nb\",\"c\"\"d\"\nx,1,2\n"), "").Columns!.Values!);
}
