using FsCheck.Xunit;
using ParquetSharp;
using Recollect.Data.Tests.Witnesses;
using Recollect.Sequences;

namespace Recollect.Data.Tests.Reading;

public sealed class ParquetTableReaderTests : IDisposable
{
    private static readonly InputColumns Defaults = new();
    private static readonly InputColumns Text = new() { Text = "text" };
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private IEnumerable<Sample> Read(byte[] file, InputColumns? columns = null, bool labelled = true) =>
        ParquetTableReader.Read(_folder.Write("a.parquet", file), columns ?? Defaults, labelled);

    private List<SeriesSample> Series(byte[] file, InputColumns? columns = null) => [.. Read(file, columns).Cast<SeriesSample>()];

    [Fact]
    public void Columns_of_numbers_are_the_steps_of_a_series_row_group_after_row_group()
    {
        var samples = Series(ParquetFiles.Scalars());
        Assert.Equal([[1.5f, 0.25f, 7], [-2f, float.NaN, 8], [3f, 8, -9], [0f, 1, 2]], samples.Select(sample => sample.Values));
        Assert.Equal(["x", "y", "x", "y"], samples.Select(sample => sample.Label));
        Assert.All(samples, sample => Assert.Equal(1, sample.Components));
        Assert.Equal("row group 2, row 4", samples[3].Origin.ToString().Split(", ", 2)[1]);
        Assert.Equal([[7f, 1.5f], [8f, -2], [-9f, 3], [2f, 0]], Series(ParquetFiles.Scalars(), new InputColumns { Values = ["c", "a"] }).Select(sample => sample.Values));
        Assert.Equal(["a", "b", "c"], ParquetTableReader.ValueColumns(_folder.Write("b.parquet", ParquetFiles.Scalars()), Defaults));
    }

    [Fact]
    public void Lists_of_numbers_and_of_vectors_may_differ_in_length()
    {
        var lists = Series(ParquetFiles.Lists());
        Assert.Equal([[1f, 2, float.NaN], [4f]], lists.Select(sample => sample.Values));
        Assert.Equal(["3", "4"], lists.Select(sample => sample.Label));
        var vectors = Series(ParquetFiles.Vectors());
        Assert.Equal([[1f, 2, 3, 4, 5, 6], [7f, 8]], vectors.Select(sample => sample.Values));
        Assert.Equal([2, 2], vectors.Select(sample => sample.Components));
        Assert.Equal(["true", "false"], vectors.Select(sample => sample.Label));
    }

    [Fact]
    public void Texts_are_read_and_labels_may_be_missing_where_that_is_allowed()
    {
        var texts = Read(ParquetFiles.Texts(), Text, labelled: false).Cast<TextSample>().ToList();
        Assert.Equal(["abc", "é", "abc", ""], texts.Select(sample => System.Text.Encoding.UTF8.GetString(sample.Utf8.Span)));
        Assert.Equal(["1", "2", "1", null], texts.Select(sample => sample.Label));
        Refusal.Of<DataException>(() => Read(ParquetFiles.Texts(), Text), "a.parquet, row group 1, row 4: the label (column 'label') is null");
        var unlabelled = ParquetFiles.Write([new Column<float>("v")], null, group => group.Next(1f));
        Assert.Null(Assert.Single(Read(unlabelled, labelled: false)).Label);
        Refusal.Of<DataException>(() => Read(unlabelled), "a.parquet: there is no column 'label' (data.label); found v");
    }

    [Fact]
    public void Whole_numbers_of_every_width_and_sign_are_read()
    {
        var file = ParquetFiles.Write(
            [new Column<sbyte>("a"), new Column<byte>("b"), new Column<short>("c"), new Column<ushort>("d"), new Column<uint>("e"), new Column<ulong>("f"), new Column<uint>("label")],
            null,
            group =>
            {
                group.Next<sbyte>(-128);
                group.Next<byte>(255);
                group.Next<short>(-32768);
                group.Next<ushort>(65535);
                group.Next(uint.MaxValue);
                group.Next(ulong.MaxValue);
                group.Next(uint.MaxValue);
            });
        var sample = Assert.Single(Series(file));
        Assert.Equal([-128, 255, -32768, 65535, uint.MaxValue, ulong.MaxValue], sample.Values);
        Assert.Equal("4294967295", sample.Label);
    }

    [Fact]
    public void Numbers_beyond_32_bit_floats_and_infinite_ones_are_refused_and_nan_is_missing()
    {
        byte[] Of(double value) => ParquetFiles.Write([new Column<double>("v"), new Column<string>("label")], null, group =>
        {
            group.Next(1, value);
            group.Next("a", "b");
        });
        Refusal.Of<DataException>(() => Read(Of(1e99)), "a.parquet, row group 1, row 2, column 'v': found 1E+99; expected a number within the range of 32-bit floats");
        Refusal.Of<DataException>(() => Read(Of(double.NegativeInfinity)), "row 2, column 'v': found -Infinity");
        Assert.Equal(float.NaN, Series(Of(double.NaN))[1].Values[0]);
    }

    [Fact]
    public void What_is_null_or_empty_where_a_sequence_belongs_is_refused_with_its_row()
    {
        byte[] Of(params float?[]?[] rows) => ParquetFiles.Write([new Column<float?[]>("v"), new Column<int>("label")], null, group =>
        {
            group.Next(rows!);
            group.Next([.. rows.Select(_ => 1)]);
        });
        Refusal.Of<DataException>(() => Read(Of([1], null)), "a.parquet, row group 1, row 2, column 'v', step 1: the list is null; expected at least one number");
        Refusal.Of<DataException>(() => Read(Of([1], [])), "row 2, column 'v', step 1: the list is empty");
        byte[] Nested(params double[]?[] row) => ParquetFiles.Write([new Column<double[][]>("v"), new Column<int>("label")], null, group =>
        {
            group.Next<double[][]>([[1]], row!);
            group.Next(1, 2);
        });
        Refusal.Of<DataException>(() => Read(Nested([1], [])), "row 2, column 'v', step 2: a list in it is empty");
        Refusal.Of<DataException>(() => Read(Nested([1], null)), "row 2, column 'v', step 2: a list in it is null");
        Refusal.Of<DataException>(() => Read(Nested([1, 2], [3])), "row 2, column 'v', step 2: found 1 number(s); expected 2, as in step 1");
        var texts = ParquetFiles.Write([new Column<string?>("text"), new Column<string?>("label")], null, group =>
        {
            group.Next("a", null);
            group.Next("x", "y");
        });
        Refusal.Of<DataException>(() => Read(texts, Text), "row 2, column 'text': the text is null");
    }

    [Fact]
    public void Columns_of_other_types_are_refused_by_name_and_type()
    {
        var file = ParquetFiles.Write(
            [
                new Column<string>("s"), new Column<Date>("date"), new Column<DateTime>("time"), new Column<decimal>("money", LogicalType.Decimal(29, 3)),
                new Column<bool>("flag"), new Column<float>("label"), new Column<float[][][]>("deep"), new Column<float[]>("list"), new Column<byte[]>("bytes"),
            ],
            null,
            group =>
            {
                group.Next("a");
                group.Next(new Date(1));
                group.Next(new DateTime(2020, 1, 1));
                group.Next(1.5m);
                group.Next(true);
                group.Next(1f);
                group.Next<float[][][]>([[[1]]]);
                group.Next<float[]>([1]);
                group.Next<byte[]>([0xff, 0xfe]);
            });
        void Refused(InputColumns columns, params string[] what) => Refusal.Of<DataException>(() => Read(file, columns, labelled: false), what);
        Refused(new InputColumns { Label = "none", Values = ["s"] }, "a.parquet, column 's' (data.values): found texts; expected numbers, lists of numbers or lists of lists of numbers");
        Refused(new InputColumns { Label = "none", Values = ["date"] }, "found dates; expected numbers");
        Refused(new InputColumns { Label = "none", Values = ["time"] }, "found points in time");
        Refused(new InputColumns { Label = "none", Values = ["money"] }, "found decimal numbers");
        Refused(new InputColumns { Label = "none", Values = ["flag"] }, "found truth values");
        Refused(new InputColumns { Label = "none", Values = ["deep"] }, "found a group of list");
        Refused(new InputColumns { Label = "none", Values = ["label", "list"] }, "column 'list' (data.values): found lists of numbers with fractions; expected numbers, or one column of lists alone");
        Refused(new InputColumns { Label = "label", Values = ["list"] }, "column 'label' (data.label): found numbers with fractions; expected texts, whole numbers or truth values");
        Refused(new InputColumns { Label = "none", Text = "flag" }, "column 'flag' (data.text): found truth values; expected texts");
        Refused(new InputColumns { Label = "none", Text = "txt" }, "there is no column 'txt' (data.text)");
        Refused(new InputColumns { Label = "none", Text = "bytes" }, "row group 1, row 1, column 'bytes': the text is not valid UTF-8");
        Assert.Equal([1f], ((SeriesSample)Assert.Single(Read(file, new InputColumns { Label = "none", Values = ["list"] }, labelled: false))).Values);
    }

    [Fact]
    public void What_is_no_file_of_parquet_is_refused()
    {
        Refusal.Of<DataException>(() => Read([.. "PAR1"u8]), "a.parquet: the file has 4 bytes; expected a Parquet file");
        Refusal.Of<DataException>(() => Read([.. "label,text\nx,y\n"u8]), "does not begin with 'PAR1'");
        Refusal.Of<DataException>(() => Read(ParquetFiles.Scalars()[..^1]), "does not end with 'PAR1'", "cut off or damaged");
        Refusal.Of<DataException>(() => Read([.. "PAR1"u8, .. new byte[8], 0xff, 0xff, 0xff, 0x7f, .. "PAR1"u8]), "the footer is said at byte 12 to have 2,147,483,647 bytes; expected at most 8");
        Refusal.Of<DataException>(() => Read([.. "PAR1"u8, 0x19, 0xff, 0xff, 0xff, 0x7f, 5, 0, 0, 0, .. "PAR1"u8]), "the footer, which begins at byte 4, is damaged");
        Refusal.Of<DataException>(() => ParquetTableReader.Read(Path.Combine(_folder.Path, "none"), Defaults), "no such file");
        Refusal.Of<DataException>(() => ParquetTableReader.Read(_folder.WriteGzip("b.parquet.gz", ParquetFiles.Scalars()), Defaults), "packed by gzip", "Unpack it");
        Refusal.Of<DataException>(() => Read(ParquetFiles.Write([new Column<float>("v")], null), labelled: false), "the file has columns and no row");
    }

    [Fact]
    public void Encrypted_files_are_refused() =>
        Refusal.Of<DataException>(() => Read([.. "PARE"u8, .. new byte[8], .. "PARE"u8]), "expected a Parquet file that is not encrypted");

    [Theory]
    [InlineData(20_000_000, 20, "column 'v': it is said to hold 20,000,000 values in ")]
    [InlineData(1, 2_000_000_000, "column 'v': it is said to hold a page of 2,000,000,000 bytes unpacked at byte 4")]
    public void Few_bytes_that_stand_for_very_many_are_refused_before_they_take_memory(int values, int unpacked, string what)
    {
        var file = Claiming(values, unpacked);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        Refusal.Of<DataException>(() => Read(file, labelled: false), what, "made to fill the memory");
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 1 << 20);
    }

    [Fact]
    public void A_page_whose_lengths_contradict_each_other_or_that_lacks_its_dictionary_is_refused()
    {
        Assert.Equal([1.5f], ((SeriesSample)Assert.Single(Read(Claiming(1, 4), labelled: false))).Values);
        Refusal.Of<DataException>(() => Read(Claiming(1, 8), labelled: false), "column 'v': a page that is not packed is said to have 4 bytes, and 8 unpacked");
        Refusal.Of<DataException>(() => Read(Claiming(1, 4, encoding: 8), labelled: false), "column 'v': the values cannot be decoded (the page at byte 4: places in a dictionary, and there is none before them)");
        Refusal.Of<DataException>(() => Read(Pages(3, [new(Page(4, int.MaxValue, 8), [0, 3, 0, 0])]), labelled: false), "column 'v': a page is said to hold 2,147,483,647 values, and the footer counts 3 more");
        Refusal.Of<DataException>(() => Read([.. Padded(Pages(3, [new(Page(4, 3, 0) with { Unpacked = 1_200_000_000 }, [0, 0, 0, 0])], codec: 1))], labelled: false), "column 'v': it has more than 1,073,741,823 bytes unpacked", "Write smaller row groups");

        // So much larger that it may hold more; its footer stays at the end.
        static byte[] Padded(byte[] file)
        {
            var footer = BitConverter.ToInt32(file, file.Length - 8) + 8;
            return [.. file[..^footer], .. new byte[2 << 20], .. file[^footer..]];
        }
    }

    [Fact]
    public void The_nulls_that_a_header_of_version_2_counts_are_counted_anew() => // parquet-java before 1.18 says −1 where it has no statistics
        Assert.Equal([1.5f], ((SeriesSample)Assert.Single(Read(Pages(1, [new(Page(4, 1, 0) with { Kind = ParquetPage.DataOfVersion2, Nulls = -1 }, BitConverter.GetBytes(1.5f))]), labelled: false))).Values);

    [Theory]
    [InlineData(3, "RLE")]
    [InlineData(5, "DELTA_BINARY_PACKED")]
    public void Encodings_that_a_kind_of_values_has_not_are_refused(int encoding, string name) =>
        Refusal.Of<DataException>(() => Read(Claiming(1, 4, encoding), labelled: false), $"column 'v': numbers with fractions are written as {name}");

    [Fact]
    public void Deltas_of_more_bits_than_the_column_are_refused()
    {
        byte[] Deltas(byte width) => [128, 1, 4, 3, 2, 0, width, 0, 0, 0, .. Enumerable.Repeat((byte)0, 4 * width)]; // 3 numbers from 1 on, in blocks of 128 of four parts, with deltas of so many bits
        Assert.Equal([1f, 1, 1], Read(Pages(3, [new(Page(Deltas(32).Length, 3, 5), Deltas(32))], physical: 1), labelled: false).Cast<SeriesSample>().Select(sample => sample.Values.Single()));
        Refusal.Of<DataException>(() => Read(Pages(3, [new(Page(Deltas(33).Length, 3, 5), Deltas(33))], physical: 1), labelled: false), "numbers of 33 bits, of 32 that the column has");
    }

    [Fact]
    public void A_column_without_any_value_is_read_however_it_is_packed()
    {
        foreach (var codec in ParquetFiles.Codecs)
        {
            foreach (var version in new[] { ParquetDataPageVersion.V1, ParquetDataPageVersion.V2 })
            {
                var file = ParquetFiles.Write([new Column<double?>("a"), new Column<float>("b")], settings => settings.Compression(codec).DataPageVersion(version), group =>
                {
                    group.Next<double?>(null, null);
                    group.Next(1f, 2);
                });
                Assert.Equal([[float.NaN, 1], [float.NaN, 2]], Read(file, labelled: false).Cast<SeriesSample>().Select(sample => sample.Values));
            }
        }
    }

    [Property(MaxTest = 100)]
    public bool Any_truth_values_come_back_as_another_program_wrote_them(bool?[] labels, byte repeats, byte way)
    {
        var all = Enumerable.Repeat(labels.Append(true), repeats % 40 + 1).SelectMany(some => some).ToArray(); // runs and groups, of one page and more
        var file = ParquetFiles.Write([new Column<bool?>("label"), new Column<float>("v")],
            settings =>
            {
                Choose(settings, way);
                if (way / 24 % 2 == 1)
                    settings.DataPageVersion(ParquetDataPageVersion.V2);
                if (way / 48 % 2 == 1)
                    settings.Encoding("label", Encoding.Rle);
            },
            writer =>
            {
                writer.Next(all);
                writer.Next([.. all.Select(_ => 1f)]);
            });
        return Read(file, labelled: false).Select(sample => sample.Label).SequenceEqual(all.Select(label => label is { } there ? there ? "true" : "false" : null));
    }

    [Theory]
    [InlineData(2, 0, new byte[] { 0, 0, 192, 63 }, "4 bytes for 2 value(s); expected 8")]
    [InlineData(2, 9, new byte[] { 0, 0, 192, 63 }, "4 bytes for 2 value(s)")]
    [InlineData(1, 9, new byte[] { 0, 0, 192, 63, 0 }, "5 bytes for 1 value(s)")]
    public void A_page_that_says_more_values_than_its_bytes_hold_is_refused(int values, int encoding, byte[] bytes, string what) =>
        Refusal.Of<DataException>(() => Read(Pages(values, [new(Page(bytes.Length, values, encoding), bytes)]), labelled: false), "a.parquet, row group 1, column 'v'", $"the page at byte 4: {what}");

    [Theory]
    [InlineData(new byte[] { 1, 3, 0b0010 }, null)] // one group of eight: 0, 1, 0
    [InlineData(new byte[] { 1, 2 << 1, 0, 1 << 1, 1 }, null)] // two times 0, once 1
    [InlineData(new byte[] { 1, 2 << 1, 0 }, "0 are left")] // ends before the third
    [InlineData(new byte[] { 1, 3 }, "0 are left")]
    [InlineData(new byte[] { 2, 3, 0b100100, 0 }, "the level or place 2, of 2 that there are")]
    [InlineData(new byte[] { 2, 3 << 1, 3 }, "the level or place 3, of 2 that there are")]
    [InlineData(new byte[] { 1, 0, 0 }, "a run of 0 values")]
    [InlineData(new byte[] { 40, 3, 0 }, "places in a dictionary of no bits, or of more than 32")]
    [InlineData(new byte[0], "places in a dictionary of no bits")]
    [InlineData(new byte[] { 0 }, null)] // of no bits: all are the first
    public void Places_in_a_dictionary_that_end_early_or_lie_past_it_are_refused(byte[] places, string? what)
    {
        byte[] dictionary = [.. BitConverter.GetBytes(1.5f), .. BitConverter.GetBytes(-2f)];
        var file = Pages(3, [new(Page(8, 2, 0) with { Kind = ParquetPage.Dictionary }, dictionary), new(Page(places.Length, 3, 8), places)]);
        if (what is null)
            Assert.Equal(places.Length switch { 1 => [1.5f, 1.5f, 1.5f], 3 => [1.5f, -2, 1.5f], _ => [1.5f, 1.5f, -2] }, Read(file, labelled: false).Cast<SeriesSample>().Select(sample => sample.Values.Single()));
        else
            Refusal.Of<DataException>(() => Read(file, labelled: false), "a.parquet, row group 1, column 'v': the values cannot be decoded (the page at byte ", what);
    }

    [Fact]
    public void A_page_whose_bytes_are_not_those_of_its_checksum_is_refused()
    {
        var file = ParquetFiles.Scalars(settings => settings.EnablePageChecksum().DisableDictionary().Compression(Compression.Uncompressed));
        var at = file.AsSpan().IndexOf(BitConverter.GetBytes(-2f));
        Assert.Equal(4, Series(file).Count);
        file[at]++;
        Refusal.Of<DataException>(() => Read(file), "a.parquet, row group 1, column 'a'", "its checksum is not that of its bytes");
    }

    private static ParquetPage Page(int bytes, int values, int encoding) => new(ParquetPage.Data, bytes, bytes, values, encoding, ParquetPage.RunLengths, 0, 0, 0, 0, true);

    /// <summary>A file of one row group whose one page, of one float, says that it holds so much.</summary>
    private static byte[] Claiming(int values, int unpacked, int encoding = 0) =>
        Pages(values, [new(Page(4, values, encoding) with { Unpacked = unpacked }, BitConverter.GetBytes(1.5f))]);

    private sealed record Handmade(ParquetPage Header, byte[] Bytes);

    /// <summary>A file of one row group with one column of numbers that are all there, of pages made by hand.</summary>
    private static byte[] Pages(int values, Handmade[] pages, int codec = 0, int physical = 4)
    {
        using var file = new MemoryStream();
        file.Write("PAR1"u8);
        foreach (var page in pages)
        {
            page.Header.Write(file);
            file.Write(page.Bytes);
        }
        var end = file.Length;
        var thrift = new ThriftWriter(file).Begin().Int(1, 1).List(2, ThriftType.Struct, 2).Begin().Text(4, "schema").Int(5, 1).End().Begin().Int(1, physical).Int(3, 0).Text(4, "v").End();
        thrift.Int(3, values, ThriftType.Int64).List(4, ThriftType.Struct, 1).Begin().List(1, ThriftType.Struct, 1).Begin().Begin(3).Int(1, physical).List(3, ThriftType.Binary, 1).Element("v");
        thrift.Int(4, codec).Int(5, values, ThriftType.Int64).Int(7, end - 4, ThriftType.Int64).Int(9, 4, ThriftType.Int64).End().End().Int(3, values, ThriftType.Int64).End().End();
        file.Write(BitConverter.GetBytes((int)(file.Length - end)));
        file.Write("PAR1"u8);
        return file.ToArray();
    }

    [Fact]
    public void Lists_in_pages_of_version_2_are_refused_and_numbers_are_read()
    {
        void Second(WriterPropertiesBuilder settings) => settings.DataPageVersion(ParquetDataPageVersion.V2).Compression(Compression.Snappy);
        Assert.Equal([[1.5f, 0.25f, 7], [-2f, float.NaN, 8], [3f, 8, -9], [0f, 1, 2]], Series(ParquetFiles.Scalars(Second)).Select(sample => sample.Values));
        Refusal.Of<DataException>(() => Read(ParquetFiles.Lists(Second)), "row group 1, column 'values': lists in data pages of version 2 are not read");
    }

    [Theory]
    [InlineData(Encoding.DeltaByteArray, "DELTA_BYTE_ARRAY")]
    [InlineData(Encoding.DeltaLengthByteArray, "DELTA_LENGTH_BYTE_ARRAY")]
    public void Encodings_that_are_not_read_are_refused_by_name(Encoding encoding, string name) => Refusal.Of<DataException>(
        () => Read(ParquetFiles.Texts(settings => settings.DisableDictionary("text").Encoding("text", encoding)), Text, labelled: false),
        $"row group 1, column 'text': texts are written as {name}; expected one of PLAIN", "default settings");

    [Fact]
    public void Codecs_that_are_not_read_are_refused_by_name() => Refusal.Of<DataException>(
        () => Read(ParquetFiles.Scalars(settings => settings.Compression(Compression.Lz4Hadoop))), "it is packed by LZ4; expected one of none, snappy, gzip, brotli, zstd, LZ4_RAW");

    /// <summary>How a file is written: every codec, with dictionaries and without, in small pages and large ones.</summary>
    private static void Choose(WriterPropertiesBuilder settings, int way)
    {
        settings.Compression(ParquetFiles.Codecs[way % ParquetFiles.Codecs.Length]);
        if (way / 6 % 2 == 1)
            settings.DisableDictionary();
        if (way / 12 % 2 == 1)
            settings.DataPagesize(32).WriteBatchSize(3);
    }

    private static float Single(double value) => float.IsFinite((float)value) ? (float)value : 0;

    [Property(MaxTest = 150)]
    public bool Any_lists_come_back_as_another_program_wrote_them((string? Label, float?[]? Values)[][] groups, byte way)
    {
        var rows = groups.Append([("last", [1])]).Select(group => group.Select(row => (Label: CsvTableReaderTests.Clean(row.Label).Trim() + "l",
            Values: (row.Values ?? []).Append(0.5f).Select(value => value is { } there ? (float?)Single(there) : null).ToArray())).ToArray()).ToArray();
        var file = ParquetFiles.Write([new Column<string>("label"), new Column<float?[]>("values")], settings => Choose(settings, way),
            [.. rows.Select(group => new Action<RowGroupWriter>(writer =>
            {
                writer.Next([.. group.Select(row => row.Label)]);
                writer.Next([.. group.Select(row => row.Values)]);
            }))]);
        var read = Series(file);
        var expected = rows.SelectMany(group => group).ToList();
        return read.Count == expected.Count && read.Zip(expected).All(pair => pair.First.Label == pair.Second.Label.Trim()
            && pair.First.Values.SequenceEqual(pair.Second.Values.Select(value => value ?? float.NaN)));
    }

    [Property(MaxTest = 100)]
    public bool Any_vectors_come_back_as_another_program_wrote_them((bool Label, double?[]? Values)[] rows, byte width, byte way)
    {
        var components = width % 3 + 1;
        double? Part(double? value, int k) => value is { } there ? Single(there / 8) * k : k == 1 ? 2 : null;
        var clean = rows.Select(row => (row.Label, Values: (double?[])[.. (row.Values ?? []).Append(null).SelectMany(value => Enumerable.Range(1, components).Select(k => Part(value, k)))])).ToArray();
        if (clean.Length == 0)
            return true;
        var file = ParquetFiles.Write([new Column<double?[][]>("values"), new Column<bool>("label")], settings => Choose(settings, way), writer =>
        {
            writer.Next([.. clean.Select(row => row.Values.Chunk(components).ToArray())]);
            writer.Next([.. clean.Select(row => row.Label)]);
        });
        var read = Series(file);
        return read.Count == clean.Length && read.Zip(clean).All(pair => pair.First.Components == components && pair.First.Label == (pair.Second.Label ? "true" : "false")
            && pair.First.Values.SequenceEqual(pair.Second.Values.Select(value => value is { } there ? (float)there : float.NaN)));
    }

    [Property(MaxTest = 150)]
    public bool Any_columns_come_back_as_another_program_wrote_them((int Label, float A, double? B, int C, long? D)[] rows, byte way)
    {
        var clean = rows.Append((1, 2, 3.5, 4, 5)).Select(row => (row.Item1, A: Single(row.Item2), B: row.Item3 is { } b ? (double?)Single(b) : null, C: row.Item4, D: row.Item5)).ToArray();
        var file = ParquetFiles.Write(
            [new Column<int>("label"), new Column<float>("a"), new Column<double?>("b"), new Column<int>("c"), new Column<long?>("d")],
            settings =>
            {
                Choose(settings, way);
                if (way / 24 % 2 == 1)
                    settings.DisableDictionary().Encoding("a", Encoding.ByteStreamSplit).Encoding("b", Encoding.ByteStreamSplit).Encoding("c", Encoding.DeltaBinaryPacked).Encoding("d", Encoding.DeltaBinaryPacked);
                if (way / 48 % 2 == 1)
                    settings.DataPageVersion(ParquetDataPageVersion.V2);
            },
            writer =>
            {
                writer.Next([.. clean.Select(row => row.Item1)]);
                writer.Next([.. clean.Select(row => row.A)]);
                writer.Next([.. clean.Select(row => row.B)]);
                writer.Next([.. clean.Select(row => row.C)]);
                writer.Next([.. clean.Select(row => row.D)]);
            });
        var read = Series(file);
        return read.Count == clean.Length && read.Zip(clean).All(pair => pair.First.Label == $"{pair.Second.Item1}"
            && pair.First.Values.SequenceEqual([pair.Second.A, pair.Second.B is { } b ? (float)b : float.NaN, pair.Second.C, pair.Second.D is { } d ? d : float.NaN]));
    }

    [Property(MaxTest = 100)]
    public bool Any_texts_come_back_as_another_program_wrote_them(string?[] texts, byte way)
    {
        var clean = texts.Select(CsvTableReaderTests.Clean).Append("last").Append("last").ToArray();
        var file = ParquetFiles.Write([new Column<string>("text"), new Column<string>("label")],
            settings =>
            {
                Choose(settings, way);
                if (way / 24 % 2 == 1)
                    settings.DataPageVersion(ParquetDataPageVersion.V2);
            },
            writer =>
            {
                writer.Next(clean);
                writer.Next([.. clean.Select((_, row) => $"l{row % 3}")]);
            });
        var read = Read(file, Text).Cast<TextSample>().ToList();
        return read.Select(sample => System.Text.Encoding.UTF8.GetString(sample.Utf8.Span)).SequenceEqual(clean)
            && read.Select(sample => sample.Label).SequenceEqual(clean.Select((_, row) => $"l{row % 3}"));
    }

    // What a small file may ask for (ParquetBudget): a million values, decoded, and each as a row of its own; 32 MiB unpacked.
    internal const long Most = 192L << 20;

    [Fact]
    public void Damaged_files_are_refused_or_read_as_what_they_are() => Fuzz(400);

    [Fact]
    [Trait("Tier", "slow")]
    public void Ten_thousand_damaged_files_are_refused_or_read_as_what_they_are() => Fuzz(10_000);

    private void Fuzz(int count)
    {
        void Plain(WriterPropertiesBuilder settings) => settings.DisableDictionary().Compression(Compression.Uncompressed);
        void Packed(WriterPropertiesBuilder settings) => settings.Compression(Compression.Zstd);
        void Delta(WriterPropertiesBuilder settings) => settings.DisableDictionary().Encoding("c", Encoding.DeltaBinaryPacked).Encoding("a", Encoding.ByteStreamSplit).Compression(Compression.Uncompressed);
        void Second(WriterPropertiesBuilder settings) => settings.DataPageVersion(ParquetDataPageVersion.V2).Compression(Compression.Snappy);
        void Bare(WriterPropertiesBuilder settings) => settings.DataPageVersion(ParquetDataPageVersion.V2).Compression(Compression.Gzip).Compression("label", Compression.Uncompressed);
        byte[][] numbers =
        [
            ParquetFiles.Scalars(), ParquetFiles.Scalars(Plain), ParquetFiles.Scalars(Bare), ParquetFiles.Scalars(Delta), ParquetFiles.Scalars(Second), ParquetFiles.Lists(), ParquetFiles.Lists(Plain),
            ParquetFiles.Lists(Packed), ParquetFiles.Truths(Second), ParquetFiles.Vectors(), ParquetFiles.Vectors(Plain), ParquetFiles.Vectors(Packed),
        ];
        byte[][] texts = [ParquetFiles.Texts(), ParquetFiles.Texts(Plain), ParquetFiles.Texts(Packed), ParquetFiles.Texts(Second)];
        IEnumerable<Sample> Of(byte[] bytes, InputColumns columns) => ParquetTableReader.Read(_folder.Write("fuzz.parquet", bytes), columns, labelled: false);
        // What Apache's reader refuses and this one does not is right where it is as it was before the damage.
        var (unchanged, unjudged) = (0, 0);
        int Refused(byte[][] whole, InputColumns columns)
        {
            Assert.All(whole, file => Assert.True(ParquetWitness.Judges(Of(file, columns), file, columns)));
            var undamaged = whole.Select(file => Of(file, columns).ToList()).ToList();
            return Mutations.Try(whole, count / 2, Most, bytes => Of(bytes, columns).ToList(), (samples, bytes) =>
            {
                if (ParquetWitness.Judges(samples, bytes, columns))
                    return;
                if (undamaged.Any(rows => WitnessRow.Same(samples, rows)))
                    unchanged++;
                else
                    unjudged++;
            }).Refused;
        }
        var refused = Refused(numbers, Defaults) + Refused(texts, Text);
        TestContext.Current.TestOutputHelper?.WriteLine($"Of those read Apache's reader refused {unchanged} that are as they were and {unjudged} others.");
        // Left are files that are damaged in a value and in what only Apache's reader looks at.
        Assert.InRange(unjudged, 0, 1 + count / 500);
        Assert.InRange(refused, count / 3, count - count / 20); // much of a footer is statistics, which no one reads here
    }
}
