using Recollect.Sequences;

namespace Recollect.Data.Tests.Packing;

public sealed class DataPackerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public DataPackerTests()
    {
        _folder.Write("a.csv", "label,text,v,w\n" + string.Concat(Enumerable.Range(0, 60).Select(row => $"{"xyz"[row % 3]},\"Row {row}, wörd{row % 7}!\",{row},{row * 0.5}\n")));
        _folder.Write("t.csv", "label,text,v,w\nz,a test,1,2\nx,b,3,4\n");
        _folder.Write("a.jsonl", string.Concat(Enumerable.Range(0, 40).Select(row => $"{{\"label\":{row % 4},\"values\":[{string.Join(',', Enumerable.Range(0, 1 + row % 9).Select(step => $"[{row},{step * 0.25}]"))}]}}\n")));
    }

    public void Dispose() => _folder.Dispose();

    private static DataOptions Text => new() { Source = "csv", Train = "a.csv", Text = "text" };

    public static TheoryData<DataOptions> Recipes =>
    [
        Text,
        Text with { Test = "t.csv", Limit = 31, TestLimit = 1 },
        Text with { Validation = 0.25, TestFraction = 0.3, SplitSeed = 5 },
        Text with { Unit = TextUnit.Characters, MaxLength = 9 },
        Text with { Unit = TextUnit.Words, Vocabulary = 5, Validation = 0.2, Test = "t.csv" },
        new DataOptions { Source = "csv", Train = "a.csv", Values = ["w", "v"], Standardize = true, Validation = 0.1 },
        new DataOptions { Source = "jsonl", Train = "a.jsonl", Standardize = true },
        new DataOptions { Validation = 0.1, Limit = 300, TestLimit = 40, PermutationSeed = 4, Downscale = 2 },
        new DataOptions { Encoding = StepEncoding.Reals, Limit = 50, TestLimit = 5 },
    ];

    [Theory]
    [MemberData(nameof(Recipes), DisableDiscoveryEnumeration = true)]
    public void What_is_packed_is_what_would_be_loaded(DataOptions options)
    {
        var path = Path.Combine(_folder.Path, "all.packed");
        var summary = DataPacker.Pack(options, _folder.Path, path, TestContext.Current.CancellationToken);
        using var source = DataSetLoader.Load(options, _folder.Path);
        using var packed = DataSetLoader.Load(new DataOptions { Source = "packed", Train = "all.packed" }, _folder.Path);
        Same(source.Train, packed.Train);
        Same(source.Test, packed.Test);
        Assert.Equal(source.Validation is null, packed.Validation is null);
        if (source.Validation is not null)
            Same(source.Validation, packed.Validation!);
        Assert.Equal(source.Classes, packed.Classes);
        Assert.Equal(source.Preprocessing.ToJson(), packed.Preprocessing.ToJson());
        Assert.Equivalent(source.Columns, packed.Columns);
        Assert.Equal(source.Hashes, packed.Hashes.Where(hash => hash.Key != "all.packed"));
        Assert.Equal(source.Notes, packed.Notes);
        Assert.Equal((source.Train.Count, new FileInfo(path).Length), (summary.Parts[0].Rows, summary.Bytes));
        Assert.Equal(Enumerable.Range(0, source.Train.Count).Sum(row => (long)source.Train.LengthOf(row)), summary.Parts[0].Steps);
        Assert.Empty(Directory.GetFiles(_folder.Path, ".*")); // the tables that waited are gone
    }

    [Fact]
    public void Limits_take_the_first_packed_rows()
    {
        DataPacker.Pack(Text with { Test = "t.csv" }, _folder.Path, Path.Combine(_folder.Path, "all.packed"), TestContext.Current.CancellationToken);
        using var sets = DataSetLoader.Load(new DataOptions { Source = "packed", Train = "all.packed", Limit = 7, TestLimit = 1 }, _folder.Path);
        Assert.Equal((7, 1), (sets.Train.Count, sets.Test.Count));
    }

    [Fact]
    public void Cut_rows_are_those_of_the_file_where_a_limit_leaves_rows_out()
    {
        _folder.Write("b.csv", "label,text\nx,abcdef\ny,abc\nx,abcd\n");
        DataPacker.Pack(Text with { Train = "b.csv", Test = "b.csv", MaxLength = 3 }, _folder.Path, Path.Combine(_folder.Path, "b.packed"), TestContext.Current.CancellationToken);
        using var sets = DataSetLoader.Load(new DataOptions { Source = "packed", Train = "b.packed", Limit = 2, TestLimit = 3 }, _folder.Path);
        Assert.Equal(
            ["data.maxLength: 2 of the file's 3 train rows are cut to their first 3 bytes.", "data.maxLength: 2 of 3 test rows are cut to their first 3 bytes."], sets.Notes);
    }

    [Fact]
    public void A_class_without_a_row_to_train_on_is_told_as_it_is_packed_and_read()
    {
        _folder.Write("b.csv", "label,text\nx,abc\nx,abd\ny,abe\n");
        var summary = DataPacker.Pack(Text with { Train = "b.csv", Test = "b.csv", Limit = 2 }, _folder.Path, Path.Combine(_folder.Path, "b.packed"), TestContext.Current.CancellationToken);
        const string Lost = "1 of 2 classes have no row among the 2 that are trained on: y.";
        Assert.Equal([$"{Lost} Raise data.limit, or mix the rows."], summary.Notes);
        using var sets = DataSetLoader.Load(new DataOptions { Source = "packed", Train = "b.packed" }, _folder.Path);
        Assert.Equal([$"{Lost} Pack them with rows of every class."], sets.Notes);
        using var limited = DataSetLoader.Load(new DataOptions { Source = "packed", Train = "b.packed", Limit = 50 }, _folder.Path);
        Assert.Equal(sets.Notes, limited.Notes); // a limit that leaves out nothing
    }

    [Fact]
    public void Packing_the_same_twice_gives_the_same_bytes()
    {
        var (one, two) = (Path.Combine(_folder.Path, "1"), Path.Combine(_folder.Path, "2"));
        foreach (var path in new[] { one, two })
            DataPacker.Pack(Text with { Unit = TextUnit.Words, Vocabulary = 9 }, _folder.Path, path, TestContext.Current.CancellationToken);
        Assert.Equal(File.ReadAllBytes(one), File.ReadAllBytes(two));
    }

    [Fact]
    public void A_packing_that_fails_or_is_stopped_leaves_the_earlier_file_and_nothing_else()
    {
        byte[] earlier = [.. PackedFormat.Magic, 1, 2, 3];
        var path = _folder.Write("all.packed", earlier);
        var before = Directory.GetFiles(_folder.Path).Order().ToList();
        _folder.Write("t.csv", "label,text\nunknown,a\n");
        Refusal.Of<DataException>(() => DataPacker.Pack(Text with { Test = "t.csv" }, _folder.Path, path, TestContext.Current.CancellationToken), "t.csv, line 2", "'unknown' is in no training row");
        using var stopped = new CancellationTokenSource();
        stopped.Cancel();
        Assert.Throws<OperationCanceledException>(() => DataPacker.Pack(Text, _folder.Path, path, stopped.Token));
        Assert.Equal(earlier, File.ReadAllBytes(path));
        Assert.Equal(before, Directory.GetFiles(_folder.Path).Order());
    }

    /// <summary>Whatever goes over all rows before the first is written: counting, classes, a vocabulary, means; and hashing before that.</summary>
    [Theory]
    [MemberData(nameof(Recipes), DisableDiscoveryEnumeration = true)]
    public void Each_pass_over_the_rows_can_be_stopped(DataOptions options)
    {
        using var stop = new CancellationTokenSource();
        var rows = SourceRows.Of(options, _folder.Path, hold: false, stop.Token);
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() => rows.Train.Count());
        Assert.Throws<OperationCanceledException>(() => rows.Test.Count());
        Assert.Throws<OperationCanceledException>(() => SourceRows.Of(options, _folder.Path, hold: false, stop.Token)); // hashing
        Assert.Throws<OperationCanceledException>(() => ArrangedRows.Of(options, _folder.Path, hold: false, stop.Token));
    }

    [Fact]
    public void A_packing_that_is_stopped_reads_no_further()
    {
        _folder.Write("b.csv", "label,text\nx,a\ny\n"); // its second row is wrong
        using var stopped = new CancellationTokenSource();
        stopped.Cancel();
        Assert.Throws<OperationCanceledException>(() => DataPacker.Pack(Text with { Train = "b.csv" }, _folder.Path, Path.Combine(_folder.Path, "b.packed"), stopped.Token));
    }

    [Fact]
    public void What_a_killed_packing_left_is_removed_by_the_next_one_unless_somebody_still_writes_it()
    {
        var path = Path.Combine(_folder.Path, "all.packed");
        var guid = new string('0', 31);
        string[] kept = [".all.packed.part", $".other.packed.12-{guid}0.part", ".all.packed.12-mine.part"];
        foreach (var name in (string[])[$".all.packed.12-{guid}1.part", $".all.packed.train-{guid}2.part", .. kept])
            _folder.Write(name, "x");
        using (new FileStream(Path.Combine(_folder.Path, $".all.packed.test-{guid}3.part"), FileMode.CreateNew, FileAccess.Write, FileShare.None))
        {
            DataPacker.Pack(Text, _folder.Path, path, TestContext.Current.CancellationToken);
            Assert.Equal(kept.Length + 1, Directory.GetFiles(_folder.Path, ".*").Length);
        }
        DataPacker.Pack(Text, _folder.Path, path, TestContext.Current.CancellationToken);
        Assert.Equal(kept.Order(), Directory.GetFiles(_folder.Path, ".*").Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_packed_file_that_is_not_the_one_its_SHA_256_names_is_told_when_it_is_described()
    {
        var bytes = HandLaidFile.Bytes();
        var head = PackedFormat.Read(bytes.AsSpan(0, PackedFormat.HeadLength), "");
        PackedFormat.Write(head with { Sha256 = new byte[32] }).CopyTo(bytes, 0); // the head's own checksum is right
        var path = _folder.Write("other.packed", bytes);
        Refusal.Of<DataException>(() => DataInfo.Of(path, ""), "other.packed: the body (offset 128) has the SHA-256", $"expected {new string('0', 64)}", "make it anew");
    }

    [Fact]
    public void Numbers_that_are_missing_are_filled_as_the_recipe_says_before_they_are_packed()
    {
        var rows = _folder.Write("gaps.ts", "@problemName gaps\n@missing true\n@univariate true\n@equalLength true\n@seriesLength 3\n@classLabel true a b\n@data\n1,?,3:a\n?,2,4:b\n5,6,7:a\n8,?,?:b\n");
        var options = new DataOptions { Source = "ts", Train = rows, Test = rows, Missing = MissingValues.Previous };
        var path = Path.Combine(_folder.Path, "gaps.packed");
        DataPacker.Pack(options, _folder.Path, path, TestContext.Current.CancellationToken);
        using var packed = DataSetLoader.Load(new DataOptions { Source = "packed", Train = path }, _folder.Path);
        float[] Row(int row)
        {
            var values = new float[3];
            packed.Train.CopyReals(row, 0, values);
            return values;
        }
        Assert.Equal([1, 1, 3], Row(0));
        Assert.Equal([0, 2, 4], Row(1));
        Assert.Equal([8, 8, 8], Row(3));
    }

    [Fact]
    public void A_file_that_is_not_packed_is_not_replaced()
    {
        var rows = _folder.Write("mine.csv", "label,text\na,x\n");
        Refusal.Of<RecipeException>(() => DataPacker.Pack(Text, _folder.Path, rows, TestContext.Current.CancellationToken), rows, "exists and is no packed file");
        Assert.StartsWith("label,text", File.ReadAllText(rows));
    }

    [Fact]
    public void What_is_packed_already_and_a_folder_that_is_not_there_are_refused()
    {
        Refusal.Of<RecipeException>(() => DataPacker.Pack(new DataOptions { Source = "packed", Train = "a.packed" }, _folder.Path, "b", TestContext.Current.CancellationToken), "packed already");
        Refusal.Of<RunException>(() => DataPacker.Pack(Text, _folder.Path, Path.Combine(_folder.Path, "no", "b"), TestContext.Current.CancellationToken), "its folder does not exist");
    }

    [Fact]
    public void A_packed_file_is_described_and_is_nothing_to_predict()
    {
        var path = Path.Combine(_folder.Path, "all.data");
        DataPacker.Pack(Text with { Test = "t.csv" }, _folder.Path, path, TestContext.Current.CancellationToken);
        var info = DataInfo.Of(path, "");
        Assert.Equal(("packed, tokens 0…255 (every byte was read, and agrees with its checksums)", "train test"), (info.Format, string.Join(' ', info.Parts.Select(part => part.Name))));
        Assert.Equal((60, 20), (info.Parts[0].Rows, info.Parts[0].Classes["y"]));
        Refusal.Of<DataException>(() => PredictionInput.Read(path, new TextPreprocessing(), null, ["x"]), "packed file, which is for training");
        Refusal.Of<RecipeException>(() => DataInfo.Of(path, "", new NamedColumns(Text: "text")), "has no columns");
    }

    private static void Same(SequenceSet expected, SequenceSet found)
    {
        Assert.Equal((expected.Count, expected.Format), (found.Count, found.Format));
        for (var row = 0; row < expected.Count; row++)
        {
            Assert.Equal((expected.LengthOf(row), expected.LabelOf(row)), (found.LengthOf(row), found.LabelOf(row)));
            Assert.Equal(Steps(expected, row), Steps(found, row));
        }
    }

    private static float[] Steps(SequenceSet set, int row)
    {
        if (set.Format.Kind == StepKind.Tokens)
        {
            var tokens = new int[set.LengthOf(row)];
            set.CopyTokens(row, 0, tokens);
            return Array.ConvertAll(tokens, token => (float)token);
        }
        var reals = new float[set.LengthOf(row) * set.Format.Width];
        set.CopyReals(row, 0, reals);
        return reals;
    }
}
