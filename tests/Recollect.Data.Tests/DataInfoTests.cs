using System.IO.Pipes;
using Recollect.Data.Tests.Reading;
using Recollect.Sequences;

namespace Recollect.Data.Tests;

public sealed class DataInfoTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_set_is_described_part_by_part()
    {
        var info = DataInfo.Of("digits", _folder.Path);
        Assert.Equal(["train", "test"], info.Parts.Select(part => part.Name));
        Assert.Equal((1437, 64, 64.0, 64), (info.Parts[0].Rows, info.Parts[0].MinLength, info.Parts[0].MeanLength, info.Parts[0].MaxLength));
        Assert.Equal(1437, info.Parts[0].Classes.Values.Sum());
    }

    [Fact]
    public void A_file_is_described_by_its_kind_rows_lengths_and_classes()
    {
        var text = DataInfo.Of(_folder.Write("a.csv", "label,text\nx,abc\ny,a\nx,ab\n"), "");
        Assert.Equal("CSV", text.Format);
        var part = Assert.Single(text.Parts);
        Assert.Equal((3, 1, 2.0, 3), (part.Rows, part.MinLength, part.MeanLength, part.MaxLength));
        Assert.Equal(new Dictionary<string, int> { ["x"] = 2, ["y"] = 1 }, part.Classes);

        var series = DataInfo.Of(_folder.Write("a.jsonl", "{\"values\":[[1,2],[3,4]]}"), "");
        Assert.Equal(("JSON Lines", 2), (series.Format, series.Parts[0].MaxLength));
        var labels = DataInfo.Of(_folder.Write("l", IdxReaderTests.Idx([1, 1, 0], 3)), "");
        Assert.Equal(("IDX labels", 2), (labels.Format, labels.Parts[0].Classes["1"]));
        Assert.Equal(6, DataInfo.Of(_folder.Write("i", IdxReaderTests.Idx([1, 1, 0, 1, 2, 3], 1, 2, 3)), "").Parts[0].MaxLength);
        Refusal.Of<DataException>(() => DataInfo.Of(Path.Combine(_folder.Path, "none"), ""), "no such file");
    }

    [Theory]
    [InlineData("a.csv", "subject,from,kind\nabc,ann,x\na,bob,y\n")]
    [InlineData("a.jsonl", "{\"subject\":\"abc\",\"kind\":\"x\"}\n{\"subject\":\"a\",\"kind\":\"y\"}")]
    public void Columns_of_other_names_are_described_once_they_are_named(string file, string content)
    {
        var path = _folder.Write(file, content);
        Refusal.Of<DataException>(() => DataInfo.Of(path, ""), "are a guess", "--text, --values and --label");
        var info = DataInfo.Of(path, "", new NamedColumns("kind", "subject"));
        Assert.Equal((3, "x y"), (info.Parts[0].MaxLength, string.Join(' ', info.Parts[0].Classes.Keys)));
        Assert.Equal(("kind", "subject", null), (info.Columns!.Label, info.Columns.Text, info.Columns.Values));
        Refusal.Of<DataException>(() => DataInfo.Of(path, "", new NamedColumns(Text: "subjct")), "no ", "'subjct' (data.text)", "Nearest: subject");
        Refusal.Of<DataException>(() => DataInfo.Of(path, "", new NamedColumns("knd", "subject")), "'knd' (data.label)", "Nearest: kind");
    }

    [Fact]
    public void A_file_is_looked_for_in_the_data_folder_as_a_training_does()
    {
        _folder.Write("only-here.csv", "label,v\nx,1\n");
        Assert.Equal(1, DataInfo.Of("only-here.csv", _folder.Path).Parts[0].Rows);
        Refusal.Of<DataException>(() => DataInfo.Of("nowhere.csv", _folder.Path), "nowhere.csv: there is no such file, nor a set of that name; looked for ", Path.Combine(_folder.Path, "nowhere.csv"), "Correct the name");
    }

    [Fact]
    public void A_file_of_a_published_set_that_is_none_by_itself_is_told_with_the_sets_name() =>
        Refusal.Of<DataException>(() => DataInfo.Of(_folder.Write("dbpedia_csv/train.csv", "1,\"a\",\"b\"\n2,\"c\",\"d\"\n"), ""), "'recollect data info dbpedia' describes");

    [Theory]
    [InlineData("50415231 1504", "It is a Parquet file: data.source = parquet reads it")]
    [InlineData("504B0304 1400", "It is a zip archive, as spreadsheets are")]
    [InlineData("934E554D5059 0100", "It is an array of NumPy")]
    [InlineData("E9610A", "Save the file as UTF-8")]
    public void What_is_no_text_is_called_what_it_is(string first, string what)
    {
        byte[] bytes = [.. Convert.FromHexString(first.Replace(" ", "")), 0xc3, 0x28, (byte)'\n'];
        Refusal.Of<DataException>(() => CsvTableReader.Read(_folder.Write("a.csv", bytes), new InputColumns()), "is not valid UTF-8", what);
        Refusal.Of<DataException>(() => JsonLinesReader.Read(_folder.Write("a.jsonl", bytes), new InputColumns()), "is not valid UTF-8", what);
    }

    [Fact]
    public void Where_the_label_alone_is_named_the_others_are_called_a_guess() =>
        Refusal.Of<DataException>(() => DataInfo.Of(_folder.Write("a.csv", "kind,a,b\nx,1,note\n"), "", new NamedColumns("kind")), "The columns beside the label are a guess: --text and --values");

    [Theory]
    [InlineData("a.csv", "label,a,b\nx,1,note\n", "found 'note'")]
    [InlineData("a.jsonl", "{\"values\":\"note\"}", "found a string")]
    [InlineData("a.jsonl", "{\"values\":[\"note\"]}", "found a string")]
    [InlineData("a.jsonl", "{\"values\":[1],\"label\":[1]}", "found a list as the label")]
    [InlineData("a.jsonl", "{\"text\":[1]}", "found a list; expected a string")]
    public void A_guess_of_columns_is_told_where_others_may_help(string file, string content, string what) =>
        Refusal.Of<DataException>(() => DataInfo.Of(_folder.Write(file, content), ""), what, "are a guess");

    [Theory]
    [InlineData("a.csv", "label,a\n\"x,1\n")]
    [InlineData("a.csv", "label,a\nx,1,2\n")]
    [InlineData("a.csv", "label,a\nx,1e99\n")]
    [InlineData("a.csv", "label,a\n")]
    [InlineData("a.jsonl", "{\"values\":[1],}")]
    [InlineData("a.jsonl", "[1,2]")]
    [InlineData("a.jsonl", "{\"values\":[1e99]}")]
    [InlineData("a.jsonl", "{\"values\":[1],\"values\":[2]}")]
    public void A_guess_of_columns_is_not_told_where_no_other_would_help(string file, string content)
    {
        var error = Assert.Throws<DataException>(() => DataInfo.Of(_folder.Write(file, content), ""));
        Assert.DoesNotContain("guess", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Numeric_columns_are_those_named_or_all_but_the_label_and_are_told()
    {
        var path = _folder.Write("a.csv", "state,t0,t1,t2\nrest,1,2,3\n");
        Assert.Equal(3, DataInfo.Of(path, "", new NamedColumns("state")).Parts[0].MaxLength);
        Assert.Equal(["t0", "t1", "t2"], DataInfo.Of(path, "", new NamedColumns("state")).Columns!.Values!);
        var named = DataInfo.Of(path, "", new NamedColumns(Values: ["t2", "t0"]));
        Assert.Equal((2, null), (named.Parts[0].MaxLength, named.Columns!.Label));
        Assert.Equal(["t2", "t0"], named.Columns.Values!);
        var series = DataInfo.Of(_folder.Write("a.jsonl", "{\"series\":[1,2],\"label\":\"x\"}"), "", new NamedColumns(Values: ["series"]));
        Assert.Equal((2, "label"), (series.Parts[0].MaxLength, series.Columns!.Label));
    }

    [Fact]
    public void Columns_that_a_recipe_could_not_name_are_refused_in_its_words()
    {
        var table = _folder.Write("a.csv", "text,a\nx,1\n");
        Refusal.Of<RecipeException>(() => DataInfo.Of(table, "", new NamedColumns(Text: "text", Values: ["a"])), "data.values", "'data.text' names the sequence");
        var lines = _folder.Write("a.jsonl", "{}");
        Refusal.Of<RecipeException>(() => DataInfo.Of(lines, "", new NamedColumns(Values: ["a", "b"])), "'data.values' is a list of 2", "the one property");
        Refusal.Of<RecipeException>(() => DataInfo.Of("digits", "", new NamedColumns(Text: "text")), "--text: 'digits' has no columns");
        Refusal.Of<RecipeException>(() => DataInfo.Of(_folder.Write("a.txt", "x"), "", new NamedColumns("kind")), "--label: ", "has no columns");
    }

    [Fact]
    public void Time_series_are_described_with_their_dimensions_and_missing_values()
    {
        var info = DataInfo.Of(Fixture.Path("ts", "Missing.ts"), "");
        var part = Assert.Single(info.Parts);
        Assert.Equal(("time series (.ts)", null), (info.Format, info.Columns));
        Assert.Equal((3, 2, 3.0, 4, 2, 6L), (part.Rows, part.MinLength, part.MeanLength, part.MaxLength, part.Components, part.Missing));
        Assert.Equal(new Dictionary<string, int> { ["RUN"] = 2, ["Rest"] = 1 }, part.Classes);
        Refusal.Of<RecipeException>(() => DataInfo.Of(Fixture.Path("ts", "Missing.ts"), "", new NamedColumns("kind")), "--label: ", "it is time series (.ts)");
    }

    [Fact]
    public void Parquet_is_described_by_the_columns_that_are_named_or_guessed()
    {
        var scalars = DataInfo.Of(_folder.Write("a.parquet", ParquetFiles.Scalars()), "");
        Assert.Equal(("Parquet", 4, 3, 1, 1L), (scalars.Format, scalars.Parts[0].Rows, scalars.Parts[0].MaxLength, scalars.Parts[0].Components, scalars.Parts[0].Missing));
        Assert.Equal(["a", "b", "c"], scalars.Columns!.Values!);
        var texts = DataInfo.Of(_folder.Write("t.parquet", ParquetFiles.Texts()), "");
        Assert.Equal(("text", 3, null), (texts.Columns!.Text, texts.Parts[0].MaxLength, texts.Parts[0].Components));
        Assert.Equal(2, DataInfo.Of(_folder.Write("v.parquet", ParquetFiles.Vectors()), "", new NamedColumns(Values: ["values"])).Parts[0].Components);
        var path = Path.Combine(_folder.Path, "a.parquet");
        Refusal.Of<DataException>(() => DataInfo.Of(path, "", new NamedColumns("c")), "column 'label' (data.values): found texts");
        Refusal.Of<DataException>(() => DataInfo.Of(path, "", new NamedColumns("x")), "no column 'x' (data.label)");
    }

    [Fact]
    public void A_label_that_is_named_must_be_in_every_row_as_in_training() => Refusal.Of<DataException>(
        () => DataInfo.Of(_folder.Write("a.csv", "text,kind\nx,1\ny,\n"), "", new NamedColumns("kind", "text")), "line 3", "'kind'", "is empty");

    [Fact]
    public void A_folder_of_class_folders_is_described_by_its_files()
    {
        Refusal.Of<DataException>(() => DataInfo.Of(_folder.Path, ""), _folder.Path, "the folder is empty", "a folder for each class");
        _folder.Write("a/1.jpg", Fixture.Bytes("photo.jpg")); // 40×24
        _folder.Write("b/1.png", Fixture.Bytes("rgb.png")); // 13×9
        _folder.Write("b/2.png", Fixture.Bytes("grey.png"));
        var info = DataInfo.Of(_folder.Path, "");
        var part = Assert.Single(info.Parts);
        Assert.Equal(("images, a folder a class (sizes as their headers state them; no pixel was read)", 3, 117, 960), (info.Format, part.Rows, part.MinLength, part.MaxLength));
        Assert.Equal(new Dictionary<string, int> { ["a"] = 1, ["b"] = 2 }, part.Classes);
        Refusal.Of<RecipeException>(() => DataInfo.Of(_folder.Path, "", new NamedColumns("x")), "--label", "has no columns");
        Assert.Empty(info.Notes);
        _folder.Write("b/3", "hello");
        info = DataInfo.Of(_folder.Path, "");
        Assert.Equal(("files as bytes, a folder a class", 5), (info.Format, info.Parts[0].MinLength));
        Assert.StartsWith("1 of 4 files is no image by its name, such as b/3; 'data.source = images' refuses it", Assert.Single(info.Notes));
        _folder.Write("a/4", "hello");
        Assert.StartsWith("2 of 5 files are no images by their names, such as a/4; ", Assert.Single(DataInfo.Of(_folder.Path, "").Notes)); // a comes before b
        foreach (var name in new[] { "a/1.jpg", "b/1.png", "b/2.png" })
            File.Delete(Path.Combine(_folder.Path, name));
        Assert.Empty(DataInfo.Of(_folder.Path, "").Notes);
    }

    [Fact]
    public void A_file_of_more_than_two_gigabytes_is_as_long_as_it_is()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Holes in a file take room elsewhere.");
        _folder.Write("b/small", "hello");
        const long bytes = 5L << 30;
        using (var file = File.OpenWrite(_folder.Write("a/large", "")))
            file.SetLength(bytes);
        var part = Assert.Single(DataInfo.Of(_folder.Path, "").Parts);
        Assert.Equal((5, (bytes + 5) / 2.0, bytes), (part.MinLength, part.MeanLength, part.MaxLength));
    }

    [Fact]
    public void A_link_in_a_folder_is_as_long_as_the_file_it_leads_to()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege.");
        using var elsewhere = new TemporaryFolder();
        var file = elsewhere.Write("file", new byte[5000]);
        foreach (var name in new[] { "a/1", "a/2", "b/1", "b/2" })
            _folder.Link(name, file);
        var part = DataInfo.Of(_folder.Path, "").Parts[0];
        Assert.Equal((4, 5000, 5000), (part.Rows, part.MinLength, part.MaxLength));
    }

    [Theory]
    [InlineData("label;a;b\nx;1;2\n", "'x;1;2'")]
    [InlineData("a;b\n1,5;2,5\n", "found 3 column(s); expected 1")]
    [InlineData("a\tb\n1\t2\n", "expected a finite number")]
    public void A_table_whose_columns_something_else_separates_is_said_to_be_that(string table, string found) => Refusal.Of<DataException>(
        () => DataInfo.Of(_folder.Write("semi.csv", table), ""), found, "The columns seem not to be separated by commas");

    [Theory]
    [InlineData("a.mat", "this is no MATLAB file")]
    [InlineData("a.png", "the file is empty; expected a JPEG or PNG image")]
    [InlineData("a.JPEG", "the file is empty; expected a JPEG or PNG image")]
    public void An_empty_file_is_of_the_kind_that_its_name_tells(string name, string says) => Refusal.Of<DataException>(() => DataInfo.Of(_folder.Write(name, ""), ""), name, says);

    [Fact]
    public void Damaged_gzip_is_told_in_our_own_words()
    {
        var bytes = TemporaryFolder.Gzip([.. Enumerable.Repeat("label,text\nx,abc\n"u8.ToArray(), 50).SelectMany(line => line)]);
        bytes.AsSpan(12).Fill(0xff);
        var error = Assert.Throws<DataException>(() => DataInfo.Of(_folder.Write("a.csv.gz", bytes), ""));
        Assert.Matches(@"a\.csv\.gz: the gzip data is damaged or cut off after \d+ bytes of what it unpacks to\. Get the file anew\.$", error.Message);
    }

    [Fact]
    public void An_image_and_a_MATLAB_file_are_described()
    {
        var image = DataInfo.Of(Fixture.Path("rgb.png"), "");
        Assert.Equal(("an image (its size as its header states it; no pixel was read)", 117), (image.Format, Assert.Single(image.Parts).MaxLength));
        var list = DataInfo.Of(Fixture.Path("list_packed.mat"), "");
        Assert.Equal("MATLAB arrays", list.Format);
        Assert.Equal(["annotation_list (cells, 9×1)", "file_list (cells, 9×1)", "labels (numbers, 9×1)"], list.Parts.Select(part => part.Name).Order());
        Assert.Equal(new Dictionary<string, int> { ["1"] = 3, ["2"] = 3, ["3"] = 3 }, list.Parts.Single(part => part.Name.StartsWith("labels")).Classes);
        Assert.Equal(43, list.Parts.Single(part => part.Name.StartsWith("file_list")).MaxLength); // n02085782-Japanese_spaniel/n02085782_10.jpg
        Assert.Equal(0, DataInfo.Of(Fixture.Path("kinds_plain.mat"), "").Parts.Single(part => part.Name.StartsWith("u_struct")).Rows);
    }

    [Fact]
    public void A_folder_like_Stanford_Dogs_is_described_by_its_lists()
    {
        _folder.Write("stanford-dogs/train_list.mat", Fixture.Bytes("list_plain.mat"));
        _folder.Write("stanford-dogs/test_list.mat", Loading.StanfordDogsTests.OtherList());
        Refusal.Of<DataException>(() => DataInfo.Of("stanford-dogs", _folder.Path), "n02085620_0.jpg", "no such file");
        using var told = System.Text.Json.JsonDocument.Parse(Fixture.Bytes("list.json"));
        foreach (var file in told.RootElement.GetProperty("files").EnumerateArray())
        {
            var name = file.GetString()!;
            _folder.Write($"stanford-dogs/Images/{name}", Fixture.Bytes("rgb.png"));
            _folder.Write($"stanford-dogs/Images/{name[..^5]}{name[^5] - '0' + 5}.jpg", Fixture.Bytes("rgb.png"));
        }
        foreach (var info in new[] { DataInfo.Of("stanford-dogs", _folder.Path), DataInfo.Of(Path.Combine(_folder.Path, "stanford-dogs"), "") })
        {
            Assert.Equal(("Stanford Dogs (sizes as their headers state them; no pixel was read)", "train test"), (info.Format, string.Join(' ', info.Parts.Select(part => part.Name))));
            Assert.Equal((9, 117, 3), (info.Parts[0].Rows, info.Parts[0].MaxLength, info.Parts[1].Classes["Chihuahua"]));
        }
    }

    [Fact]
    public void Stanford_Dogs_that_are_not_there_are_told_with_where_to_get_them() =>
        Refusal.Of<DataException>(() => DataInfo.Of("stanford-dogs", _folder.Path), "stanford-dogs: there is no train_list.mat in ", "Unpack images.tar, annotation.tar and lists.tar");

    [Fact]
    public void A_class_called_Images_is_a_class_like_any_other()
    {
        _folder.Write("Images/1.png", Fixture.Bytes("rgb.png"));
        _folder.Write("Texts/1.txt", "hello");
        var info = DataInfo.Of(_folder.Path, "");
        Assert.Equal("files as bytes, a folder a class", info.Format);
        Assert.Equal(new Dictionary<string, int> { ["Images"] = 1, ["Texts"] = 1 }, Assert.Single(info.Parts).Classes);
    }

    /// <summary>Else it would be called a text of one column.</summary>
    [Theory]
    [InlineData("a.data", "8952434C504B0A")] // sent as text: CR LF became LF
    [InlineData("a.data", "EFBFBD52434C504B0D0A")] // read as UTF-8 and written again
    [InlineData("a.data", "8952434C40CB0D0A")] // some bits
    [InlineData("a.packed", "0000000000000000")] // a block of a disk
    public void A_packed_file_whose_first_bytes_are_damaged_is_named_as_one(string name, string first)
    {
        var path = _folder.Write(name, [.. Convert.FromHexString(first), .. Packing.HandLaidFile.Bytes()[8..]]);
        Refusal.Of<DataException>(() => DataInfo.Of(path, ""), name, "no packed file (offset 0), or a damaged one", "begins with the bytes " + first[..14], "expected 8952434C504B0D0A", "make it anew");
    }

    [Fact]
    public void A_packed_file_of_which_the_head_is_damaged_further_on_is_named_too()
    {
        var bytes = Packing.HandLaidFile.Bytes();
        bytes[20] ^= 1;
        Refusal.Of<DataException>(() => DataInfo.Of(_folder.Write("a.data", bytes), ""), "a.data: the head (offset 0, 128 bytes) does not agree with its checksum");
    }

    [Fact]
    public void A_pipe_is_described_as_a_file_is()
    {
        Assert.SkipUnless(Directory.Exists("/dev/fd"), "This system has no /dev/fd.");
        Assert.Equal(("CSV", 3), Piped("label,text\nx,abc\ny,a\n"u8));
        Assert.Equal(("JSON Lines", 5), Piped("\n{\"text\":\"abcde\"}\n"u8));
        Assert.Equal(("IDX labels", 1), Piped(IdxReaderTests.Idx([1, 1, 0], 3)));
    }

    private static (string Format, long MaxLength) Piped(ReadOnlySpan<byte> content)
    {
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out);
        using var end = pipe.ClientSafePipeHandle;
        pipe.Write(content);
        pipe.Dispose();
        var info = DataInfo.Of($"/dev/fd/{end.DangerousGetHandle()}", "");
        return (info.Format, info.Parts[0].MaxLength);
    }
}
