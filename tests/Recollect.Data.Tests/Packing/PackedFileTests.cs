using System.Security.Cryptography;
using Recollect.Sequences;

namespace Recollect.Data.Tests.Packing;

public sealed class PackedFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string In(string name) => Path.Combine(_folder.Path, name);

    private DataSets Load(string file) => DataSetLoader.Load(new DataOptions { Source = "packed", Train = file }, _folder.Path);

    [Fact]
    public void A_file_laid_by_hand_as_the_decision_says_is_read()
    {
        var path = _folder.Write("hand.packed", HandLaidFile.Bytes());
        using var sets = Load("hand.packed");
        Assert.Equal((1, 1, null), (sets.Train.Count, sets.Test.Count, sets.Validation));
        Assert.Equal([97, 98, 99], Tokens(sets.Train, 0));
        Assert.Equal([100], Tokens(sets.Test, 0));
        Assert.Equal((0, 1, StepFormat.Tokens(256)), (sets.Train.LabelOf(0), sets.Test.LabelOf(0), sets.Train.Format));
        Assert.Equal(["x", "y"], sets.Classes);
        Assert.Equal(["a.csv", "hand.packed"], sets.Hashes.Keys);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path).AsSpan(128))), sets.Hashes["hand.packed"]);
        var tokens = new int[2];
        sets.Train.CopyTokens(0, 1, tokens);
        Assert.Equal([98, 99], tokens);
        Assert.Throws<ArgumentOutOfRangeException>(() => sets.Train.CopyTokens(0, 2, new int[2]));
        Assert.Throws<InvalidOperationException>(() => sets.Train.CopyReals(0, 0, new float[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => sets.Train.LengthOf(1));
    }

    [Fact]
    public void What_only_checksums_would_let_pass_is_refused_with_its_offset()
    {
        void Refused(byte[] bytes, params string[] says) => Refusal.Of<DataException>(() => Load(_folder.Write("hand.packed", bytes)), ["hand.packed", .. says]);
        Refused(HandLaidFile.Bytes(version: 2), "version 2 (offset 8)", "reads version 1");
        Refused(HandLaidFile.Bytes(steps: 9), "row table of 'train' (offset 144)", "row 1 that cannot be there");
        Refused(HandLaidFile.Bytes(steps: 0), "row table of 'train'");
        Refused(HandLaidFile.Bytes(label: 2), "row table of 'train'");
        Refused(HandLaidFile.Bytes(label: -1), "row table of 'train'");
        Refused(HandLaidFile.Bytes(blockAt: 1 << 20), "block table of 'train'", "a block that cannot be there");
        Refused(HandLaidFile.Bytes(blockAt: -8), "block table of 'train'");
        Refused(HandLaidFile.Bytes(preprocessing: """{\"kind\":\"audio\"}"""), "directory (offset ", "audio");
        Refused(HandLaidFile.Bytes(preprocessing: """{\"kind\":\"series\",\"components\":536870912}"""), "directory (offset ", "steps of 2,147,483,648 bytes");
    }

    [Fact]
    public void A_token_outside_the_vocabulary_is_refused_when_its_block_is_read()
    {
        const string letters = """{\"kind\":\"text\",\"unit\":\"characters\",\"vocabulary\":[\"a\",\"b\"]}""";
        _folder.Write("hand.packed", HandLaidFile.Bytes(preprocessing: letters)); // V = 3, tokens 97, 98, 99
        using var sets = Load("hand.packed");
        Refusal.Of<DataException>(() => Tokens(sets.Train, 0), "hand.packed", "block (offset 128)", "number at offset 128", "not 0…2");
    }

    [Fact]
    public void A_foreign_file_and_a_missing_one_are_refused()
    {
        _folder.Write("a.csv", "label,text\nx,a\n");
        Refusal.Of<DataException>(() => Load("a.csv"), "a.csv", "no packed file (offset 0)", "recollect data pack");
        _folder.Write("empty", Array.Empty<byte>());
        Refusal.Of<DataException>(() => Load("empty"), "no packed file");
        Refusal.Of<DataException>(() => Load("none.packed"), "data.train", "none.packed");
    }

    [Fact]
    public void A_file_of_any_other_length_is_refused_when_it_is_opened()
    {
        var whole = HandLaidFile.Bytes();
        for (var length = 8; length < whole.Length; length += 13)
            Refusal.Of<DataException>(() => Load(_folder.Write("cut.packed", whole[..length])), "cut.packed", length < 128 ? $"ends at offset {length}" : $"has {length:N0} bytes; expected {whole.Length:N0}", "damaged");
        Refusal.Of<DataException>(() => Load(_folder.Write("long.packed", [.. whole, 0])), $"has {whole.Length + 1:N0} bytes");
    }

    [Fact]
    public void A_damaged_block_is_refused_when_it_is_first_read_and_the_others_are_read()
    {
        var bytes = HandLaidFile.Bytes();
        bytes[129] ^= 1;
        _folder.Write("damaged.packed", bytes);
        using var sets = Load("damaged.packed");
        Assert.Equal([100], Tokens(sets.Test, 0));
        Assert.Equal(3, sets.Train.LengthOf(0));
        Refusal.Of<DataException>(() => DataInfo.Of(In("damaged.packed"), ""), "damaged.packed", "block (offset 128) does not agree with its checksum");
        for (var time = 0; time < 2; time++)
            Refusal.Of<DataException>(() => Tokens(sets.Train, 0), "damaged.packed", "block (offset 128) does not agree with its checksum", "copy it again");
    }

    [Fact]
    public void A_file_that_was_shortened_after_it_was_opened_is_refused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows keeps a mapped file from being shortened.");
        var path = _folder.Write("short.packed", HandLaidFile.Bytes());
        using var sets = Load("short.packed");
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            file.SetLength(130);
        Refusal.Of<DataException>(() => Tokens(sets.Test, 0), "short.packed", "block (offset 136) is not read", "shortened to 130 of its");
    }

    /// <summary>A vocabulary of 200 in a byte a token: 255 would be read beyond the network's table.</summary>
    [Fact]
    public void A_token_that_was_overwritten_after_its_block_was_checked_is_refused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows keeps a mapped file from being written.");
        var path = In("changed.packed");
        Write(path, StepFormat.Tokens(200), part => part.AddTokens([7, 8, 9], 1));
        using var file = PackedFile.Open(path);
        var set = file.Rows("train", null)!;
        Assert.Equal([7, 8, 9], Tokens(set, 0));
        using (var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            stream.Position = PackedFormat.HeadLength + 1;
            stream.WriteByte(255);
        }
        Refusal.Of<DataException>(() => Tokens(set, 0), "changed.packed", "holds 255 as step 2 of row 1", "0…199 when it was opened");
    }

    [Fact]
    public void A_real_that_was_overwritten_after_its_block_was_checked_is_refused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows keeps a mapped file from being written.");
        var path = In("changed-reals.packed");
        Write(path, StepFormat.Reals(2), part => part.AddReals([1, 2, 3, 4], 1));
        using var file = PackedFile.Open(path);
        var set = file.Rows("train", null)!;
        var reals = new float[4];
        set.CopyReals(0, 0, reals);
        Assert.Equal([1f, 2, 3, 4], reals);
        using (var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            stream.Position = PackedFormat.HeadLength + 2 * sizeof(float);
            stream.Write(BitConverter.GetBytes(float.NaN));
        }
        Refusal.Of<DataException>(() => set.CopyReals(0, 0, reals), "changed-reals.packed", "holds NaN in step 2 of row 1", "finite when it was opened");
    }

    [Theory]
    [InlineData(200)] // a byte a token
    [InlineData(60_000)] // two
    [InlineData(70_000)] // four
    public void Tokens_of_every_width_come_back(int vocabulary)
    {
        int[][] rows = [[0, vocabulary - 1, 5], [vocabulary / 2], [.. Enumerable.Range(0, 3000).Select(t => t * 7919 % vocabulary)]];
        var path = In("w.packed");
        Write(path, StepFormat.Tokens(vocabulary), part =>
        {
            foreach (var row in rows)
                part.AddTokens(row, 1);
        });
        using var file = PackedFile.Open(path);
        var set = file.Rows("train", null)!;
        for (var row = 0; row < rows.Length; row++)
            Assert.Equal(rows[row], Tokens(set, row));
    }

    [Fact]
    public void More_blocks_than_are_mapped_at_a_time_are_read_in_any_order_from_several_threads()
    {
        // 90 rows, each a little less than a block: each in a block of its own, the last two in one that is longer.
        const int rows = PackedSequences.MostMapped + 10, length = PackedFormat.BlockLength - 100;
        var path = In("many.packed");
        var tokens = new int[length];
        Write(path, StepFormat.Tokens(256), part =>
        {
            for (var row = 0; row < rows; row++)
            {
                Array.Fill(tokens, row);
                part.AddTokens(tokens.AsSpan(0, row == rows - 1 ? 50 : length), row % 2);
            }
        });
        using var file = PackedFile.Open(path);
        var set = file.Rows("train", null)!;
        Assert.Equal(Enumerable.Range(0, rows - 1), set.BlockStarts);
        Parallel.For(0, 4 * rows, new ParallelOptions { MaxDegreeOfParallelism = 4 }, number =>
        {
            var row = number * 31 % rows;
            var some = new int[50];
            set.CopyTokens(row, set.LengthOf(row) - 50, some);
            Assert.All(some, token => Assert.Equal(row, token));
        });
        var first = file.Rows("train", 3)!;
        Assert.Equal((3, 3), (first.Count, first.BlockStarts.Count));
    }

    [Fact]
    public void All_parts_of_a_file_share_the_blocks_that_are_mapped_at_a_time()
    {
        const int rows = PackedSequences.MostMapped / 2 + 5, length = PackedFormat.BlockLength - 100;
        var path = In("parts.packed");
        var tokens = new int[length];
        void Fill(PackedPartWriter part, int first)
        {
            for (var row = 0; row < rows; row++)
            {
                Array.Fill(tokens, first + row);
                part.AddTokens(tokens, row % 2);
            }
        }

        Write(path, StepFormat.Tokens(256), part => Fill(part, 0), part => Fill(part, 100));
        using var file = PackedFile.Open(path);
        var (train, test) = (file.Rows("train", null)!, file.Rows("test", null)!);
        var two = new int[2];
        for (var row = 0; row < rows; row++)
        {
            train.CopyTokens(row, length - 2, two);
            Assert.Equal([row, row], two);
            test.CopyTokens(row, length - 2, two);
            Assert.Equal([100 + row, 100 + row], two);
        }
        Assert.Equal(PackedSequences.MostMapped, file.Mapped.Count);
        train.Dispose();
        Assert.InRange(file.Mapped.Count, 1, PackedSequences.MostMapped / 2);
        Assert.Throws<ObjectDisposedException>(() => train.CopyTokens(0, 0, two));
        test.CopyTokens(0, 0, two); // the other part is as it was
        Assert.Equal([100, 100], two);
    }

    [Fact]
    public void Blocks_of_long_rows_are_mapped_up_to_as_many_bytes_as_short_ones()
    {
        const int rows = 11, length = 16 << 20;
        var path = In("rows.packed");
        var tokens = new int[length];
        Write(path, StepFormat.Tokens(256), part =>
        {
            for (var row = 0; row < rows; row++)
            {
                Array.Fill(tokens, row);
                part.AddTokens(tokens.AsSpan(0, row == 5 ? 4 : length), row % 2); // a short one among them
            }
        });
        using var file = PackedFile.Open(path);
        var (set, two) = (file.Rows("train", null)!, new int[2]);
        for (var number = 0; number < 3 * rows; number++)
        {
            var row = number * 7 % rows;
            set.CopyTokens(row, set.LengthOf(row) - 2, two);
            Assert.Equal([row, row], two);
            Assert.InRange(file.Mapped.Bytes, 1, PackedSequences.MostMappedBytes);
        }
        Assert.InRange(file.Mapped.Count, 4, 6);
        set.Dispose();
        Assert.Equal((0, 0L), (file.Mapped.Count, file.Mapped.Bytes));
    }

    [Fact]
    public void A_row_longer_than_a_block_has_one_of_its_own()
    {
        var path = In("long.packed");
        var reals = Enumerable.Range(0, 3 * 200_000).Select(i => i / 7f).ToArray();
        Write(path, StepFormat.Reals(3), part =>
        {
            part.AddReals([1, 2, 3], 0);
            part.AddReals(reals, 1);
            part.AddReals([4, 5, 6], 0);
        });
        using var file = PackedFile.Open(path);
        var set = file.Rows("train", null)!;
        Assert.Equal([0, 1, 2], set.BlockStarts);
        var back = new float[reals.Length];
        set.CopyReals(1, 0, back);
        Assert.Equal(reals, back);
        set.CopyReals(2, 0, back.AsSpan(0, 3));
        Assert.Equal([4f, 5, 6], back[..3]);
    }

    /// <summary>Writes a file whose part to train on is given; that to test on has one row unless it is given as well.</summary>
    private static void Write(string path, StepFormat format, Action<PackedPartWriter> fill, Action<PackedPartWriter>? fillTest = null)
    {
        using var target = File.Create(path);
        using var writer = new PackedWriter(target, path, format, 2);
        fill(writer.Begin("train"));
        var test = writer.Begin("test");
        Preprocessing preprocessing = format.Kind == StepKind.Reals
            ? new SeriesPreprocessing { Components = format.Width }
            : format.Width == 256 ? new TextPreprocessing() : new TextPreprocessing { Unit = TextUnit.Words, Vocabulary = [.. Enumerable.Range(1, format.Width - 1).Select(word => $"{word}")] };
        if (fillTest is not null)
            fillTest(test);
        else if (format.Kind == StepKind.Reals)
            test.AddReals(new float[format.Width], 0);
        else
            test.AddTokens([0], 0);
        writer.Finish(preprocessing, null, ["a", "b"], new Dictionary<string, string>());
    }

    private static int[] Tokens(SequenceSet set, int row)
    {
        var tokens = new int[set.LengthOf(row)];
        set.CopyTokens(row, 0, tokens);
        return tokens;
    }
}
