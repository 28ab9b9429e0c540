using ParquetSharp;
using Recollect.Data.Tests.Reading;
using Recollect.Sequences;
using Encoding = System.Text.Encoding;

namespace Recollect.Data.Tests;

public sealed class PredictionInputTests : IDisposable
{
    private static readonly ImagePreprocessing Image = new() { Shape = new ImageShape(1, 2, 1, 17), Encoding = StepKind.Tokens };
    private static readonly InputColumns Text = new() { Text = "text" };
    private static readonly string[] Classes = ["a", "b"];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Idx_images_are_read_without_labels()
    {
        var image = new ImagePreprocessing { Shape = new ImageShape(1, 2, 1, 256), Encoding = StepKind.Tokens };
        var set = PredictionInput.Read(_folder.WriteGzip("i.gz", IdxReaderTests.Idx([1, 2, 3, 4], 2, 1, 2)), image, null, Classes);
        Assert.Equal((2, SequenceSet.Unlabelled), (set.Count, set.LabelOf(0)));
        Assert.Equal([3, 4], Tokens(set, 1));
    }

    [Fact]
    public void Images_of_another_size_than_the_model_takes_are_refused()
    {
        var path = _folder.Write("i", IdxReaderTests.Idx([1, 2, 3], 1, 1, 3));
        Refusal.Of<DataException>(() => PredictionInput.Read(path, Image, null, Classes), $"{path}, image 1", "1×3×1", "expected an image of 1×2×1");
    }

    [Theory]
    [InlineData("p,q,label\n3,4,b\n", 1)]
    [InlineData("p,q\n3,4\n", SequenceSet.Unlabelled)]
    [InlineData("3,4,1\n", SequenceSet.Unlabelled)] // "1" is no class of this model
    [InlineData("3,4\n", SequenceSet.Unlabelled)]
    [InlineData("{\"values\":[3,4],\"label\":\"b\"}", 1)]
    [InlineData("{\"values\":[[3,4]]}", SequenceSet.Unlabelled)]
    public void A_table_of_pixels_is_read_as_images(string table, int label)
    {
        var set = PredictionInput.Read("-", Image, null, Classes, new MemoryStream(Encoding.UTF8.GetBytes(table)));
        Assert.Equal((1, label), (set.Count, set.LabelOf(0)));
        Assert.Equal([3, 4], Tokens(set, 0));
    }

    [Theory]
    [InlineData("3,4,1\n", "standard input: there is no header; the last of 3 numbers is taken for the label.")]
    [InlineData("3,4\n", null)]
    [InlineData("label,p,q\n1,3,4\n", null)]
    public void A_label_that_no_header_names_is_noted(string table, string? says)
    {
        var notes = new List<string>();
        var set = PredictionInput.Read("-", Image, null, Classes, new MemoryStream(Encoding.UTF8.GetBytes(table)), notes.Add);
        Assert.Equal([3, 4], Tokens(set, 0));
        Assert.Equal(says is null ? 0 : 1, notes.Count);
        Assert.All(notes, note => Assert.StartsWith(says, note, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("17", "is 17")]
    [InlineData("0.5", "is 0.5")]
    [InlineData("-1", "is -1")]
    public void A_number_that_is_no_grey_level_is_refused(string number, string says) =>
        Refusal.Of<DataException>(() => PredictionInput.Read(_folder.Write("a.csv", $"p,q\n1,{number}\n"), Image, null, Classes), "a.csv, line 2: number 2", says, "0…16");

    [Fact]
    public void Samples_come_a_row_at_a_time_and_a_wrong_one_is_told_when_it_is_reached()
    {
        var path = _folder.Write("a.csv", "p,q,label\n3,4,b\n5,6,new\n7,17,a\n");
        using var rows = PredictionInput.Samples(path, Image, null, Classes).GetEnumerator();
        string?[] labels = [rows.MoveNext() ? rows.Current.Label : null, rows.MoveNext() ? rows.Current.Label : null];
        Assert.Equal(["b", "new"], labels);
        Refusal.Of<DataException>(() => rows.MoveNext(), "a.csv, line 4: number 2", "is 17", "0…16");
    }

    [Fact]
    public void The_embedded_digits_are_read_back_from_their_own_table()
    {
        using var copy = new MemoryStream();
        using (var digits = DigitsReader.Open())
            digits.CopyTo(copy);
        var sets = DataSetLoader.Load(new DataOptions(), _folder.Path);
        var set = PredictionInput.Read(_folder.Write("digits.csv.gz", copy.ToArray()), sets.Preprocessing, sets.Columns, sets.Classes);
        Assert.Equal(1797, set.Count);
        Assert.Equal(Tokens(sets.Test, 359), Tokens(set, 1796));
        Assert.Equal(sets.Test.LabelOf(359), set.LabelOf(1796));
    }

    [Theory]
    [InlineData("t.txt", "hello\r\nworld\n")]
    [InlineData("-", "hello\nworld")]
    [InlineData("-", "text,label\nhello,a\nworld,\n")]
    [InlineData("-", "{\"text\":\"hello\"}\n{\"text\":\"world\"}")]
    [InlineData("t.csv", "other,text\nx,hello\ny,world")]
    [InlineData("t.jsonl", "{\"text\":\"hello\",\"label\":\"zzz\"}\n{\"text\":\"world\"}")]
    public void Text_is_read_from_lines_and_tables_and_standard_input(string name, string content)
    {
        var path = name == "-" ? name : _folder.Write(name, content);
        var set = PredictionInput.Read(path, new TextPreprocessing(), Text, Classes, new MemoryStream(Encoding.UTF8.GetBytes(content)));
        Assert.Equal(["hello", "world"], Enumerable.Range(0, set.Count).Select(row => string.Concat(Tokens(set, row).Select(token => (char)token))));
    }

    /// <summary>As lines of logs do; a list in JSON is no text.</summary>
    [Fact]
    public void A_text_may_begin_with_a_bracket()
    {
        SampleSequences Read(string content) => PredictionInput.Read("-", new TextPreprocessing(), Text, Classes, new MemoryStream(Encoding.UTF8.GetBytes(content)));
        Assert.All(["[error] disk full\n[info] so it is\n", "[\"quoted\" he said\nso", "[[wiki]] page\n[[package]]", "[1] Trinh et al.\n[2] Arjovsky et al.", "[12 angry men]\n[sic]"], text => Assert.Equal(2, Read(text).Count));
        Assert.All(["[1, 2]", "[true]\n", "[]", "[null, \"a\"]", "[\"hello\"]\n[\"world\"]\n", "[\"a\", \"b\",]", $"[\"{new string('a', 5000)}\"]", "[ {\"text\":\"hello\"}]", "[\"hello\", \"world\"]", "[\n  \"hello\",\n  \"world\"\n]", "[[1], [2]]"], list => Refusal.Of<DataException>(() => Read(list), "JSON list", "a file that ends in .txt"));
        Refusal.Of<DataException>(() => PredictionInput.Read(_folder.Write("rows.json", "[1, 2]"), new TextPreprocessing(), Text, Classes), "rows.json: found a JSON list");
    }

    [Fact]
    public void Every_line_of_a_text_is_the_row_of_its_number()
    {
        var set = PredictionInput.Read(_folder.Write("t.txt", "hello\n \nworld\n\t"), new TextPreprocessing(), Text, Classes);
        Assert.Equal([5, 1, 5, 1], Enumerable.Range(0, set.Count).Select(set.LengthOf));
    }

    [Theory]
    [InlineData("hello\n\nworld\n", 2)]
    [InlineData("hello\nworld\n\n", 3)]
    [InlineData("hello\r\n\r\n", 2)]
    [InlineData("\uFEFF\nhello", 1)]
    public void An_empty_line_of_a_text_is_refused_by_its_number(string content, int line) => Refusal.Of<DataException>(
        () => PredictionInput.Read(_folder.Write("t.txt", content), new TextPreprocessing(), Text, Classes), $"t.txt, line {line}: the line is empty", "put a space in it");

    [Fact]
    public void Series_are_read_by_the_columns_that_the_model_names()
    {
        var series = new SeriesPreprocessing { Components = 1 };
        var set = PredictionInput.Read(_folder.Write("a.csv", "id,y,x\n7,1,2\n"), series, new InputColumns { Values = ["x", "y"] }, Classes);
        var reals = new float[2];
        set.CopyReals(0, 0, reals);
        Assert.Equal([2, 1], reals);
    }

    [Fact]
    public void A_model_fills_what_is_missing_as_it_was_trained()
    {
        var model = Preprocessing.FromJson("""{"kind":"series","components":1,"missing":"previous"}""", "model");
        var ts = PredictionInput.Read(_folder.Write("a.ts", "@classLabel true a z\n@data\n?,7,?:a\n1:z\n"), model, null, Classes);
        Assert.Equal([0f, 7, 7], Reals(ts, 0));
        Assert.Equal((0, SequenceSet.Unlabelled), (ts.LabelOf(0), ts.LabelOf(1))); // the model knows no class z
        var piped = PredictionInput.Read("-", model, null, Classes, new MemoryStream("# c\n@ClassLabel false\n@data\n1,?\n"u8.ToArray()));
        Assert.Equal([1f, 1], Reals(piped, 0));
        var scalars = PredictionInput.Read(_folder.Write("a.parquet", ParquetFiles.Scalars()), model, new InputColumns { Values = ["a", "b"] }, Classes);
        Assert.Equal((4, SequenceSet.Unlabelled), (scalars.Count, scalars.LabelOf(0)));
        Assert.Equal([-2f, -2], Reals(scalars, 1));
        var lists = PredictionInput.Read(_folder.Write("whatever", ParquetFiles.Lists()), model, null, Classes); // by its magic number
        Assert.Equal([1f, 2, 2], Reals(lists, 0));
        Refusal.Of<DataException>(() => PredictionInput.Read(Path.Combine(_folder.Path, "whatever"), new SeriesPreprocessing { Components = 1 }, null, Classes),
            "row group 1, row 1: the value at step 3 is missing");
        Refusal.Of<DataException>(() => PredictionInput.Read("-", model, null, Classes, new MemoryStream(ParquetFiles.Lists())), "standard input: this is Parquet in a stream", "name the file");
    }

    [Fact]
    public void Texts_and_pixels_are_read_from_parquet_too()
    {
        var texts = PredictionInput.Read(_folder.Write("t.parquet", ParquetFiles.Write([new Column<string>("text")], null, group => group.Next("ab"))), new TextPreprocessing(), Text, Classes);
        Assert.Equal(['a', 'b'], Tokens(texts, 0));
        byte[] Pixels(float second) => ParquetFiles.Write([new Column<int>("p"), new Column<float>("q")], null, group =>
        {
            group.Next(3);
            group.Next(second);
        });
        Assert.Equal([3, 4], Tokens(PredictionInput.Read(_folder.Write("p.parquet", Pixels(4)), Image, null, Classes), 0));
        Refusal.Of<DataException>(() => PredictionInput.Read(_folder.Write("q.parquet", Pixels(float.NaN)), Image, null, Classes), "row 1: number 2 is NaN", "0…16");
    }

    private static float[] Reals(SequenceSet set, int row)
    {
        var reals = new float[set.LengthOf(row) * set.Format.Width];
        set.CopyReals(row, 0, reals);
        return reals;
    }

    [Fact]
    public void What_cannot_be_predicted_from_is_refused()
    {
        var series = new SeriesPreprocessing { Components = 1 };
        Refusal.Of<DataException>(() => PredictionInput.Read(Path.Combine(_folder.Path, "none"), Image, null, Classes), "no such file");
        Refusal.Of<DataException>(() => PredictionInput.Read("-", series, null, Classes, new MemoryStream("[[1,2]]"u8.ToArray())), "standard input", "JSON list");
        Refusal.Of<DataException>(() => PredictionInput.Read("-", series, null, Classes, new MemoryStream()), "standard input", "empty");
        Refusal.Of<DataException>(() => PredictionInput.Read(_folder.Write("a.txt", "hello"), series, null, Classes), "a.txt, line 1", "a text of 5 bytes");
        Refusal.Of<DataException>(() => PredictionInput.Read(_folder.Path, series, null, Classes), _folder.Path, "is a folder; expected a file");
    }

    [Fact]
    public void An_image_file_is_scaled_to_what_the_model_reads_also_from_standard_input()
    {
        var model = new ImagePreprocessing { Shape = new ImageShape(4, 4, 1, 256), Encoding = StepKind.Tokens };
        var expected = ImageFile.Read(Fixture.Path("rgb.png"), null, model.Shape).Pixels.Select(pixel => (int)pixel);
        Assert.Equal(expected, Tokens(PredictionInput.Read(Fixture.Path("rgb.png"), model, null, Classes), 0));
        Assert.Equal(expected, Tokens(PredictionInput.Read("-", model, null, Classes, new MemoryStream(Fixture.Bytes("rgb.png"))), 0));
        Refusal.Of<DataException>(() => PredictionInput.Read(Fixture.Path("rgb.png"), new TextPreprocessing(), Text, Classes), "rgb.png", "is an image, which this model does not read");
        Refusal.Of<DataException>(() => PredictionInput.Read(Fixture.Path("list_plain.mat"), model, null, Classes), "list_plain.mat", "is a MATLAB file");
    }

    [Fact]
    public void A_folder_is_a_row_a_file_in_the_order_of_their_names()
    {
        var model = new ImagePreprocessing { Shape = new ImageShape(4, 4, 3, 256), Encoding = StepKind.Reals };
        string[] files = [_folder.Write("x/b.png", Fixture.Bytes("rgb.png")), _folder.Write("x/z.jpg", Fixture.Bytes("photo.jpg")), _folder.Write("x/in/a.png", Fixture.Bytes("grey.png"))];
        var set = PredictionInput.Read(Path.Combine(_folder.Path, "x"), model, null, Classes);
        Assert.Equal(files, Enumerable.Range(0, set.Count).Select(row => set.OriginOf(row).File));
        var bytes = PredictionInput.Read(Path.Combine(_folder.Path, "x"), new BytesPreprocessing { MaxLength = 3 }, null, Classes);
        Assert.Equal([0x89, 'P', 'N'], Tokens(bytes, 0));
        Assert.Equal(3, bytes.CutRows);
        var stray = _folder.Write("x/readme.txt", "hello");
        Refusal.Of<DataException>(() => PredictionInput.Read(Path.Combine(_folder.Path, "x"), model, null, Classes), stray, "expected a JPEG or PNG");
        Directory.CreateDirectory(Path.Combine(_folder.Path, "none"));
        Refusal.Of<DataException>(() => PredictionInput.Read(Path.Combine(_folder.Path, "none"), model, null, Classes), "there is no file in this folder");
    }

    [Fact]
    public void A_model_of_bytes_reads_any_file_as_it_is()
    {
        var packed = TemporaryFolder.Gzip("hello"u8.ToArray());
        var set = PredictionInput.Read(_folder.Write("a.csv.gz", packed), new BytesPreprocessing(), null, Classes);
        Assert.Equal(packed.Select(value => (int)value), Tokens(set, 0));
        Assert.Equal([104, 105], Tokens(PredictionInput.Read("-", new BytesPreprocessing(), null, Classes, new MemoryStream("hi"u8.ToArray())), 0));
        Refusal.Of<DataException>(() => PredictionInput.Read("-", new BytesPreprocessing(), null, Classes, new MemoryStream()), "standard input: the file is empty");
    }

    private static int[] Tokens(SequenceSet set, int row)
    {
        var tokens = new int[set.LengthOf(row)];
        set.CopyTokens(row, 0, tokens);
        return tokens;
    }
}
