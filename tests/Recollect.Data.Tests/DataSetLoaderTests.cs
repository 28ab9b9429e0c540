using System.IO.Compression;
using System.Security.Cryptography;
using Recollect.Data.Tests.Reading;
using Recollect.Sequences;

namespace Recollect.Data.Tests;

public sealed class DataSetLoaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private DataSets Load(DataOptions options) => DataSetLoader.Load(options, _folder.Path);

    [Fact]
    public void Digits_need_no_folder_and_split_1437_to_360()
    {
        var sets = DataSetLoader.Load(new DataOptions(), Path.Combine(_folder.Path, "none"));
        Assert.Equal((1437, 360), (sets.Train.Count, sets.Test.Count));
        Assert.Null(sets.Validation);
        Assert.Equal((StepFormat.Tokens(17), 64), (sets.Train.Format, sets.Train.LengthOf(0)));
        Assert.Equal(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"], sets.Classes);
        using var lines = new StreamReader(new GZipStream(File.OpenRead(RepositoryFile("src/Recollect.Data/digits.csv.gz")), CompressionMode.Decompress));
        Assert.Equal(lines.ReadToEnd().Split('\n')[1437].Split(',')[..64].Select(int.Parse), Tokens(sets.Test, 0));
        var hash = Assert.Single(sets.Hashes);
        using var digits = new GZipStream(File.OpenRead(RepositoryFile("src/Recollect.Data/digits.csv.gz")), CompressionMode.Decompress);
        Assert.Equal(("digits.csv", Convert.ToHexStringLower(SHA256.HashData(digits))), (hash.Key, hash.Value));
    }

    [Fact]
    public void Validation_rows_come_out_of_the_training_rows_and_stay_the_same()
    {
        var options = new DataOptions { Validation = 0.1, Limit = 200, TestLimit = 7, SplitSeed = 3 };
        var sets = Load(options);
        Assert.Equal((180, 20, 7), (sets.Train.Count, sets.Validation!.Count, sets.Test.Count));
        var whole = Load(options with { Validation = 0 }).Train;
        var places = Enumerable.Range(0, 200).ToDictionary(row => string.Join(' ', Tokens(whole, row))); // no two of these digits are the same
        int[] Rows(SequenceSet set) => [.. Enumerable.Range(0, set.Count).Select(row => places[string.Join(' ', Tokens(set, row))])];
        Assert.Equal(Enumerable.Range(0, 200), Rows(sets.Train).Concat(Rows(sets.Validation)).Order());
        Assert.Equal(Rows(sets.Validation), Rows(Load(options).Validation!));
        Assert.NotEqual(Rows(sets.Validation), Rows(Load(options with { SplitSeed = 4 }).Validation!));
        Assert.Equal(Split.Of(200, 0.1, 3, "validation").HeldOut, Rows(sets.Validation));
    }

    [Fact]
    public void A_limit_leaves_out_rows_of_a_table_and_none_of_its_classes()
    {
        _folder.Write("a.csv", "label,v\nx,1\nx,2\nx,3\ny,4\ny,5\n");
        _folder.Write("t.csv", "label,v\ny,1\n");
        var sets = Load(new DataOptions { Source = "csv", Train = "a.csv", Test = "t.csv", Limit = 2 });
        Assert.Equal(["x", "y"], sets.Classes);
        Assert.Equal((2, 1), (sets.Train.Count, sets.Test.LabelOf(0)));
        Assert.Equal(["1 of 2 classes have no row among the 2 that are trained on: y. Raise data.limit, or mix the rows."], sets.Notes);
        Assert.Equal(2, Load(new DataOptions { Source = "csv", Train = "a.csv", Limit = 2, Validation = 0.5, TestFraction = 0.2 }).Classes.Count);
    }

    [Fact]
    public void A_wrong_row_behind_a_limit_decides_nothing_but_where_no_other_class_is_before_it()
    {
        _folder.Write("t.csv", "label,v\nx,1\n");
        var options = new DataOptions { Source = "csv", Train = "a.csv", Test = "t.csv", Limit = 2 };
        _folder.Write("a.csv", "label,v\nx,1\nx,2\ny,3\nz,wrong\n");
        Assert.Equal(["x", "y"], Load(options).Classes);
        _folder.Write("a.csv", "label,v\nx,1\nx,2\nx,3\nz,wrong\n");
        Refusal.Of<DataException>(() => Load(options), "a.csv, line 5", "'wrong'");
    }

    [Fact]
    public void Where_no_columns_are_named_what_is_no_number_is_told_with_the_options_that_name_them()
    {
        _folder.Write("a.csv", "subject,v,label\nS01,1,x\nS02,2,y\n");
        var options = new DataOptions { Source = "csv", Train = "a.csv", Test = "a.csv" };
        Refusal.Of<DataException>(() => Load(options), "column 'subject': found 'S01'", "Or name the columns: data.label that of the classes, data.values those of numbers or data.text one of text.");
        Assert.Equal(2, Load(options with { Values = ["v"] }).Train.Count);
        _folder.Write("t.csv", "class,v\nx,1\n");
        Refusal.Of<DataException>(() => Load(options with { Train = "t.csv" }), "no column 'label' (data.label)", "data.label that of the classes");
        Assert.DoesNotContain("Or name the columns", Assert.Throws<DataException>(() => Load(options with { Values = ["subject"] })).Message);
    }

    [Fact]
    public void What_is_missing_is_told_by_the_first_row_of_each_part()
    {
        _folder.Write("a.csv", "label,v\nx,1\ny,wrong\n");
        _folder.Write("t.csv", "label,v\nx,1\ny,wrong\n");
        var options = new DataOptions { Source = "csv", Train = "a.csv", Test = "t.csv", Limit = 1 };
        Assert.Equal(["a.csv", "t.csv"], DataSetLoader.RefuseMissing(options, _folder.Path, TestContext.Current.CancellationToken).Keys.Order());
        Refusal.Of<DataException>(() => DataSetLoader.RefuseMissing(options with { Test = "none.csv" }, _folder.Path, TestContext.Current.CancellationToken), "none.csv");
        Assert.Equal(["a.csv"], DataSetLoader.RefuseMissing(options with { Test = null }, _folder.Path, TestContext.Current.CancellationToken).Keys);
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("jsonl")]
    [InlineData("ts")]
    public void A_pipe_is_refused_as_a_table_before_it_is_waited_for(string source)
    {
        _folder.Pipe("rows");
        _folder.Write("whole", "label,v\nx,1\ny,2\n");
        Refusal.Of<DataException>(() => Load(new DataOptions { Source = source, Train = "rows" }), "rows: the file is empty, a pipe or a device; expected a file with rows, which is read more than once");
        if (source == "csv")
            Refusal.Of<DataException>(() => Load(new DataOptions { Source = source, Train = "whole", Test = "rows" }), "so that a pipe has to be saved as one");
    }

    [Fact]
    public void A_wish_to_stop_ends_the_reading_at_the_next_row()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        _folder.Write("a.csv", "label,v\nx,1\ny,2\nx,3\n");
        Assert.Throws<OperationCanceledException>(() => DataSetLoader.LoadUnless(new DataOptions { Source = "csv", Train = "a.csv" }, _folder.Path, stop.Token));
        Assert.Throws<OperationCanceledException>(() => DataSetLoader.LoadUnless(new DataOptions(), _folder.Path, stop.Token));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1000)]
    public void A_class_that_was_drawn_to_test_whole_is_named(int? limit)
    {
        _folder.Write("a.csv", "label,v\n" + string.Concat(Enumerable.Repeat("x,1\n", 9)) + "y,2\n");
        var seed = Enumerable.Range(0, 100).First(seed => Split.Of(10, 0.2, seed, "test").HeldOut.Contains(9));
        Refusal.Of<DataException>(() => Load(new DataOptions { Source = "csv", Train = "a.csv", SplitSeed = seed, Limit = limit }),
            "has the label 'x'; expected at least two classes", "The rows of 'y' were all drawn to test on", "data.splitSeed");
    }

    [Fact]
    public void A_published_set_that_is_not_whole_is_told()
    {
        var record = new byte[3073];
        Assert.All(Enumerable.Range(1, 5).Select(batch => $"data_batch_{batch}.bin").Append("test_batch.bin"), file => _folder.Write($"cifar-10-batches-bin/{file}", record));
        using var sets = Load(new DataOptions { Source = "cifar-10" });
        Assert.Equal(7, sets.Notes.Count);
        Assert.StartsWith("9 of 10 classes have no row among the 5 that are trained on: automobile, ", sets.Notes[^1], StringComparison.Ordinal);
        Assert.EndsWith("Add rows of them.", sets.Notes[^1], StringComparison.Ordinal);
        using var heldOut = Load(new DataOptions { Source = "cifar-10", Validation = 0.5 });
        Assert.EndsWith("Lower data.validation, or add rows of them.", heldOut.Notes[^1], StringComparison.Ordinal);
        Assert.Contains("data_batch_1.bin: the file has 3,073 bytes, and the published one 30,730,000: not the whole set. 'recollect data get cifar-10'", sets.Notes[0], StringComparison.Ordinal);
        Assert.Empty(Load(new DataOptions()).Notes);
    }

    [Fact]
    public void Options_of_images_reach_the_steps()
    {
        var options = new DataOptions { Downscale = 2, Levels = 4, PermutationSeed = 9, Limit = 10 };
        var sets = Load(options);
        Assert.Equal((StepFormat.Tokens(4), 16), (sets.Train.Format, sets.Train.LengthOf(0)));
        var plain = Load(options with { PermutationSeed = null });
        var order = new Permutation { Seed = 9 }.Order(16);
        var expected = Tokens(plain.Train, 0);
        Assert.Equal(order.Select(position => expected[position]), Tokens(sets.Train, 0));
        Assert.Equal(StepFormat.Reals(1), Load(new DataOptions { Encoding = StepEncoding.Reals, Limit = 10 }).Train.Format);
    }

    [Theory]
    [InlineData("mnist")]
    [InlineData("fashion-mnist")]
    public void Idx_sets_are_found_plain_or_gzip(string name)
    {
        WriteIdx(name, 5);
        var sets = Load(new DataOptions { Source = name, Downscale = 2 });
        Assert.Equal((5, 2), (sets.Train.Count, sets.Test.Count));
        Assert.Equal(196, sets.Train.LengthOf(0));
        Assert.Equal(4, sets.Hashes.Count);
        Assert.Contains($"{name}/t10k-labels-idx1-ubyte", sets.Hashes.Keys);
        Assert.Equal(name == "mnist" ? "3" : "Dress", sets.Classes[3]);
    }

    [Fact]
    public void Packed_files_have_the_names_and_hashes_of_plain_ones()
    {
        WriteIdx("mnist", 5);
        var options = new DataOptions { Source = "mnist" };
        var packed = Load(options).Hashes;
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(IdxReaderTests.Idx([0, 1], 2))), packed["mnist/t10k-labels-idx1-ubyte"]);
        foreach (var part in new[] { "train", "t10k" })
        {
            File.Delete(Path.Combine(_folder.Path, $"mnist/{part}-labels-idx1-ubyte.gz"));
            _folder.Write($"mnist/{part}-labels-idx1-ubyte", IdxReaderTests.Idx([.. Enumerable.Range(0, part == "train" ? 5 : 2).Select(label => (byte)label)], part == "train" ? 5 : 2));
        }
        Assert.Equal(packed, Load(options).Hashes);

        var rows = "label,v\nx,1\ny,2\nx,3\ny,4\n"u8.ToArray();
        _folder.Write("a.csv", rows);
        _folder.WriteGzip("a.csv.gz", rows);
        var table = new DataOptions { Source = "csv", Train = "a.csv", TestFraction = 0.5 };
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(rows)), Load(table).Hashes["a.csv"]);
        Assert.Equal(Load(table).Hashes, Load(table with { Train = "a.csv.gz" }).Hashes);
    }

    [Fact]
    public void Cifar_is_reals_of_three_channels_and_its_labels_are_names()
    {
        for (var batch = 1; batch <= 5; batch++)
            _folder.Write($"cifar-10-batches-bin/data_batch_{batch}.bin", [(byte)batch, .. new byte[3072]]);
        _folder.Write("cifar-10-batches-bin/test_batch.bin", [9, .. new byte[3072]]);
        var sets = Load(new DataOptions { Source = "cifar-10" });
        Assert.Equal((5, StepFormat.Reals(3), 1024), (sets.Train.Count, sets.Train.Format, sets.Train.LengthOf(0)));
        Assert.Equal("frog", sets.Classes[6]);
        Assert.Equal((1, 9), (sets.Train.LabelOf(0), sets.Test.LabelOf(0)));
        var tokens = Load(new DataOptions { Source = "cifar-10", Encoding = StepEncoding.Tokens });
        Assert.Equal((StepFormat.Tokens(256), 3072), (tokens.Train.Format, tokens.Train.LengthOf(0)));
    }

    [Fact]
    public void A_missing_file_or_folder_is_refused_with_the_command_that_mends_it()
    {
        Refusal.Of<DataException>(() => Load(new DataOptions { Source = "mnist" }),
            "train-images-idx3-ubyte", Path.Combine(_folder.Path, "mnist"), "recollect data get mnist", "--data DIR");
        Refusal.Of<DataException>(() => DataSetLoader.Load(new DataOptions { Source = "cifar-10" }, "/no/such/folder"),
            "/no/such/folder does not exist", "recollect data get cifar-10");
        Refusal.Of<DataException>(() => Load(new DataOptions { Source = "csv", Train = "none.csv" }), "data.train", Path.Combine(_folder.Path, "none.csv"), "--data DIR");
    }

    [Fact]
    public void Dbpedia_is_text_of_14_classes_and_a_column_text_is_what_its_models_read_of_tables()
    {
        WriteDbpedia();
        var sets = Load(new DataOptions { Source = "dbpedia" });
        Assert.Equal((StepFormat.Tokens(256), 3, 1), (sets.Train.Format, sets.Train.Count, sets.Test.Count));
        Assert.Equal("T c"u8.ToArray().Select(letter => (int)letter), Tokens(sets.Train, 0));
        Assert.Equal((0, 13, "name14"), (sets.Train.LabelOf(0), sets.Train.LabelOf(1), sets.Classes[13]));
        Assert.Equal(("text", "label"), (sets.Columns!.Text, sets.Columns.Label));
        Assert.Equal(["dbpedia_csv/classes.txt", "dbpedia_csv/test.csv", "dbpedia_csv/train.csv"], sets.Hashes.Keys.Order(StringComparer.Ordinal));
        _folder.Write("dbpedia_csv/classes.txt", "a\nb\n");
        Refusal.Of<DataException>(() => Load(new DataOptions { Source = "dbpedia" }), "classes.txt", "found 2 class names", "expected 14");
        Refusal.Of<DataException>(() => DataSetLoader.Load(new DataOptions { Source = "dbpedia" }, "/no/such/folder"), "recollect data get dbpedia");
    }

    [Fact]
    public void A_vocabulary_is_of_the_rows_to_train_on_alone()
    {
        var texts = Enumerable.Range(0, 10).Select(row => $"{row % 2},only{row}\n");
        _folder.Write("a.csv", "label,text\n" + string.Concat(texts));
        _folder.Write("t.csv", "label,text\n0,unseen\n");
        var options = new DataOptions { Source = "csv", Text = "text", Train = "a.csv", Test = "t.csv", Unit = TextUnit.Words, Vocabulary = 50, Validation = 0.3 };
        var sets = Load(options);
        var vocabulary = Assert.IsType<TextPreprocessing>(sets.Preprocessing).Vocabulary!;
        Assert.Equal(Split.Of(10, 0.3, 0, "validation").Kept.Select(row => $"only{row}").Order(StringComparer.Ordinal), vocabulary);
        Assert.Equal((7, 7), (Tokens(sets.Validation!, 0)[0], Tokens(sets.Test, 0)[0]));
        Assert.Equal(StepFormat.Tokens(4), Load(options with { Vocabulary = 3 }).Train.Format);
    }

    [Fact]
    public void Rows_that_are_cut_are_counted_and_told()
    {
        _folder.Write("a.csv", "label,text\n0,abcdef\n1,abc\n0,abcd\n");
        _folder.Write("t.csv", "label,text\n0,abcd\n");
        var options = new DataOptions { Source = "csv", Text = "text", Train = "a.csv", Test = "t.csv", MaxLength = 3 };
        var sets = Load(options);
        Assert.Equal([3, 3, 3], Enumerable.Range(0, 3).Select(sets.Train.LengthOf));
        Assert.Equal(
            ["data.maxLength: 2 of 3 train rows are cut to their first 3 bytes.", "data.maxLength: 1 of 1 test rows are cut to their first 3 bytes."], sets.Notes);
        Assert.Empty(Load(options with { MaxLength = 6 }).Notes);
    }

    [Fact]
    public void Classes_of_a_table_are_its_training_labels_sorted_by_value_where_they_are_numbers()
    {
        _folder.Write("a.csv", "label,text\n10,a\n9,b\n-1,c\n9,d\n");
        _folder.Write("t.csv", "label,text\n9,a\n");
        var options = new DataOptions { Source = "csv", Text = "text", Train = "a.csv", Test = "t.csv" };
        var sets = Load(options);
        Assert.Equal(["-1", "9", "10"], sets.Classes);
        Assert.Equal(1, sets.Test.LabelOf(0));
        Assert.Equal(["a.csv", "t.csv"], sets.Hashes.Keys.Order());
        _folder.Write("a.csv", "label,text\n10,a\n9,b\nx,c\n");
        Assert.Equal(["10", "9", "x"], Load(options).Classes);
    }

    [Fact]
    public void A_test_label_unseen_in_training_is_refused_with_its_row()
    {
        _folder.Write("a.jsonl", "{\"text\":\"a\",\"label\":\"x\"}\n{\"text\":\"b\",\"label\":\"y\"}");
        var test = _folder.Write("t.jsonl", "{\"text\":\"a\",\"label\":\"x\"}\n{\"text\":\"b\",\"label\":\"z\"}");
        Refusal.Of<DataException>(() => Load(new DataOptions { Source = "jsonl", Text = "text", Train = "a.jsonl", Test = "t.jsonl" }), $"{test}, line 2", "'z'", "x, y");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    public void A_class_whose_rows_are_all_held_out_for_validation_is_refused_with_them(long seed)
    {
        var train = _folder.Write("a.csv", "label,v\n" + string.Concat(Enumerable.Range(0, 10).Select(row => $"{(row == 4 ? "rare" : row % 2)},{row}\n")));
        _folder.Write("t.csv", "label,v\nrare,4\n");
        var options = new DataOptions { Source = "csv", Train = "a.csv", Test = "t.csv", Validation = 0.5, SplitSeed = seed, Limit = seed % 2 == 0 ? null : 10 };
        if (Split.Of(10, 0.5, seed, "validation").HeldOut.Contains(4))
            Refusal.Of<DataException>(() => Load(options), $"{train}, line 6: every row with the label 'rare' is held out for validation", "data.splitSeed", "data.validation");
        else
            Assert.Contains(2, Enumerable.Range(0, 5).Select(Load(options).Train.LabelOf)); // 0, 1, rare
    }

    [Fact]
    public void Without_a_test_file_a_fraction_of_the_rows_is_drawn()
    {
        _folder.Write("a.csv", "label,v\n" + string.Concat(Enumerable.Range(0, 50).Select(row => $"{row % 2},{row}\n")));
        var sets = Load(new DataOptions { Source = "csv", Train = "a.csv", Validation = 0.5, SplitSeed = 8 });
        Assert.Equal((20, 20, 10), (sets.Train.Count, sets.Validation!.Count, sets.Test.Count));
        Assert.Equal(Split.Of(50, 0.2, 8, "test").HeldOut.Select(row => (float)row), Values(sets.Test));
        Assert.Equal(50, Values(sets.Train).Concat(Values(sets.Validation!)).Concat(Values(sets.Test)).Distinct().Count());
        Assert.Equal(["v"], sets.Columns!.Values!);
        Assert.Equal(25, Load(new DataOptions { Source = "csv", Train = "a.csv", TestFraction = 0.5 }).Test.Count);
    }

    [Fact]
    public void Standardising_looks_at_the_rows_to_train_on_alone()
    {
        _folder.Write("a.csv", "label,a,b\n0,1,3\n1,5,7\n");
        _folder.Write("t.csv", "label,a,b\n0,100,100\n");
        var sets = Load(new DataOptions { Source = "csv", Train = "a.csv", Test = "t.csv", Standardize = true });
        var series = Assert.IsType<SeriesPreprocessing>(sets.Preprocessing);
        Assert.Equal([4], series.Mean!);
        Assert.Equal(Math.Sqrt(5), series.Scale![0], 12);
        var reals = new float[2];
        sets.Test.CopyReals(0, 0, reals);
        Assert.Equal((float)(96 / Math.Sqrt(5)), reals[1]);
    }

    [Fact]
    public void Series_of_another_width_in_the_test_file_are_refused()
    {
        _folder.Write("a.jsonl", "{\"values\":[1],\"label\":0}\n{\"values\":[1],\"label\":1}");
        var test = _folder.Write("t.jsonl", "{\"values\":[[1,2]],\"label\":0}");
        Refusal.Of<DataException>(() => Load(new DataOptions { Source = "jsonl", Train = "a.jsonl", Test = "t.jsonl" }), $"{test}, line 1", "1 number(s) a step");
    }

    private const string Gapped = "@classLabel true b a\n@data\n1,?,3:b\n?,5:a\n";

    [Fact]
    public void Time_series_are_filled_as_the_recipe_says_and_standardised_then()
    {
        _folder.Write("a.ts", Gapped);
        _folder.Write("t.ts", "@classLabel true a b\n@data\n?,?:B\n");
        var options = new DataOptions { Source = "ts", Train = "a.ts", Test = "t.ts", Missing = MissingValues.Previous, Standardize = true };
        var sets = Load(options);
        Assert.Equal(["a", "b"], sets.Classes);
        Assert.Equal((3, 2, 1), (sets.Train.LengthOf(0), sets.Train.LengthOf(1), sets.Test.LabelOf(0)));
        var series = Assert.IsType<SeriesPreprocessing>(sets.Preprocessing);
        Assert.Equal(MissingValues.Previous, series.Missing);
        Assert.Equal(2, series.Mean![0], 12); // of 1, 1, 3, 0 and 5
        var reals = new float[2];
        sets.Test.CopyReals(0, 0, reals);
        Assert.Equal([(float)(-2 / series.Scale![0]), (float)(-2 / series.Scale[0])], reals);
        Assert.Equal(["a.ts", "t.ts"], sets.Hashes.Keys.Order());
        Assert.Null(sets.Columns!.Values);
    }

    [Fact]
    public void Missing_values_are_refused_with_their_row_unless_the_recipe_fills_them()
    {
        var path = _folder.Write("a.ts", Gapped);
        Refusal.Of<DataException>(() => Load(new DataOptions { Source = "ts", Train = "a.ts", Test = "a.ts" }), $"{path}, line 3: the value at step 2 is missing", "data.missing");
        var table = _folder.Write("a.parquet", ParquetFiles.Scalars());
        var options = new DataOptions { Source = "parquet", Train = "a.parquet", Test = "a.parquet" };
        Refusal.Of<DataException>(() => Load(options), $"{table}, row group 1, row 2: the value at step 2 is missing", "data.missing");
        var sets = Load(options with { Missing = MissingValues.Interpolate });
        var reals = new float[3];
        sets.Train.CopyReals(1, 0, reals);
        Assert.Equal([-2f, 3, 8], reals);
        Assert.Equal(["a", "b", "c"], sets.Columns!.Values!);
    }

    [Fact]
    public void Parquet_of_lists_vectors_and_texts_becomes_sets_as_other_tables_do()
    {
        _folder.Write("l.parquet", ParquetFiles.Lists());
        var lists = new DataOptions { Source = "parquet", Train = "l.parquet", Missing = MissingValues.Zero, Values = ["values"], TestFraction = 0.5 };
        Refusal.Of<DataException>(() => Load(lists), "expected at least two classes"); // one of both rows is tested on
        Assert.Equal(["3", "4"], Load(lists with { Test = "l.parquet", TestFraction = null }).Classes);
        _folder.Write("v.parquet", ParquetFiles.Vectors());
        var vectors = Load(new DataOptions { Source = "parquet", Train = "v.parquet", Test = "v.parquet" });
        Assert.Equal((StepFormat.Reals(2), 3), (vectors.Train.Format, vectors.Train.LengthOf(0)));
        _folder.Write("t.parquet", ParquetFiles.Texts());
        var texts = Load(new DataOptions { Source = "parquet", Train = "t.parquet", Test = "t.parquet", Text = "text", Limit = 3, TestLimit = 3 });
        Assert.Equal((StepFormat.Tokens(256), 3), (texts.Train.Format, texts.Train.Count));
        Assert.Equal([0xc3, 0xa9], Tokens(texts.Train, 1));
    }

    [Fact]
    public void One_class_or_one_row_is_refused()
    {
        _folder.Write("a.csv", "label,v\nx,1\nx,2\nx,3\n");
        Refusal.Of<DataException>(() => Load(new DataOptions { Source = "csv", Train = "a.csv" }), "'x'", "at least two classes");
        _folder.Write("b.csv", "label,v\nx,1\n");
        Refusal.Of<DataException>(() => Load(new DataOptions { Source = "csv", Train = "b.csv" }), "1 row", "at least 2");
    }

    private void WriteIdx(string name, int rows)
    {
        foreach (var (prefix, count) in new[] { ("train", rows), ("t10k", 2) })
        {
            _folder.Write($"{name}/{prefix}-images-idx3-ubyte", IdxReaderTests.Idx(new byte[count * 784], count, 28, 28));
            _folder.WriteGzip($"{name}/{prefix}-labels-idx1-ubyte.gz", IdxReaderTests.Idx([.. Enumerable.Range(0, count).Select(label => (byte)label)], count));
        }
    }

    private void WriteDbpedia()
    {
        _folder.Write("dbpedia_csv/classes.txt", string.Concat(Enumerable.Range(1, 14).Select(number => $"name{number}\n")));
        _folder.Write("dbpedia_csv/train.csv", "1,\"T\",\" c\"\n14,\"\",\"d\"\n2,\"\",\"e\"\n");
        _folder.Write("dbpedia_csv/test.csv", "1,\"\",\"f\"\n");
    }

    private static float[] Values(SequenceSet set)
    {
        var values = new float[set.Count];
        for (var row = 0; row < values.Length; row++)
            set.CopyReals(row, 0, values.AsSpan(row, 1));
        return values;
    }

    private static int[] Tokens(SequenceSet set, int row)
    {
        var tokens = new int[set.LengthOf(row)];
        set.CopyTokens(row, 0, tokens);
        return tokens;
    }

    private static string RepositoryFile(string name)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Recollect.slnx")))
            folder = folder.Parent!;
        return Path.Combine(folder.FullName, name);
    }
}
