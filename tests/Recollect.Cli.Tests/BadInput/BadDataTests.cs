using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;

namespace Recollect.Tests.Cli.BadInput;

/// <summary>Data that are missing or wrong end with 3, name the file and the place in it, and leave no run behind.</summary>
public sealed class BadDataTests : IDisposable
{
    private const int Rows = 12;
    private readonly SmallRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    private Ran Train(string recipe, params string[] edits) => Ran.Command(SmallRuns.Words(recipe, _runs.In("run"), edits, "--data", _runs.In("data")));

    private Ran TrainTable(string source, string file, string? text = "text", string? test = null)
    {
        var data = new JsonObject { ["source"] = source, ["train"] = file, ["text"] = text, ["test"] = test };
        return Train("digits-lstm", $"data={data.ToJsonString()}");
    }

    private void NothingWasMade() => Assert.False(Directory.Exists(_runs.In("run")));

    /// <summary>A small MNIST: blank images, labels 0…9 in turn.</summary>
    private string Mnist(int labels = Rows, int cut = 0, bool gzip = false)
    {
        var folder = Directory.CreateDirectory(_runs.In("data", "mnist")).FullName;
        foreach (var part in new[] { "train", "t10k" })
        {
            var images = Idx([Rows, 28, 28]);
            var names = Idx([labels]);
            for (var row = 0; row < labels; row++)
                names[8 + row] = (byte)(row % 10);
            Save(Path.Combine(folder, $"{part}-images-idx3-ubyte"), part == "train" ? images[..^cut] : images, gzip);
            Save(Path.Combine(folder, $"{part}-labels-idx1-ubyte"), names, gzip);
        }
        return Path.Combine(folder, "train-images-idx3-ubyte");
    }

    private static byte[] Idx(int[] sizes)
    {
        var bytes = new byte[4 + 4 * sizes.Length + sizes.Aggregate(1, (product, size) => product * size)];
        (bytes[2], bytes[3]) = (8, (byte)sizes.Length);
        foreach (var (d, size) in sizes.Index())
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4 + 4 * d), size);
        return bytes;
    }

    private static void Save(string path, byte[] content, bool gzip)
    {
        using Stream file = gzip ? new GZipStream(File.Create(path + ".gz"), CompressionLevel.Fastest) : File.Create(path);
        file.Write(content);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_idx_file_that_is_cut_off_is_named_with_both_lengths(bool gzip)
    {
        var file = Mnist(cut: 5, gzip: gzip);
        Train("mnist14-lstm").Refused(
            3, file, "the file is cut off", "12", "28×28", $"{16 + Rows * 784:N0} bytes in all", $"{16 + Rows * 784 - 5:N0}", "Get the file anew");
        NothingWasMade();
    }

    [Fact]
    public void A_gzip_file_that_is_cut_off_is_named()
    {
        var file = Mnist(gzip: true) + ".gz";
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..^9]);
        Train("mnist14-lstm").Refused(3, file);
        NothingWasMade();
    }

    [Fact]
    public void Images_and_labels_that_differ_in_count_are_named_with_both_counts()
    {
        var file = Mnist(labels: Rows - 1);
        Train("mnist14-lstm").Refused(3, file, "11 labels", "12 images", "expected one label an image");
        NothingWasMade();
    }

    [Fact]
    public void The_same_files_undamaged_are_trained_on()
    {
        Mnist();
        var ran = Train("mnist14-lstm", "data.validation=0", "data.limit=12", "training.epochs=1", "training.batch=6");
        Assert.True(ran.Code == 0, ran.Error);
    }

    [Fact]
    public void A_ragged_csv_row_is_named_by_its_line()
    {
        var file = _runs.Write("mine.csv", "text,label\nabc,yes\nabc,yes,more\n");
        TrainTable("csv", file).Refused(3, $"{file}, line 3", "found 3 column(s)", "expected 2");
        NothingWasMade();
    }

    [Theory]
    [InlineData("csv", "text,label\nabc,yes\nd\u00ff,no\n")]
    [InlineData("jsonl", "{\"text\":\"abc\",\"label\":1}\n\n{\"text\":\"\u00ff\",\"label\":2}\n")]
    public void Invalid_utf8_is_named_by_line_and_offset(string source, string latin)
    {
        File.WriteAllBytes(_runs.In("mine"), Encoding.Latin1.GetBytes(latin));
        TrainTable(source, _runs.In("mine"))
            .Refused(3, $"{_runs.In("mine")}, line 3: byte 0xFF at offset {latin.IndexOf('\u00ff')}", "not valid UTF-8", "Save the file as UTF-8");
        NothingWasMade();
    }

    [Fact]
    public void A_label_unseen_in_training_is_named_with_its_row_and_the_known_ones()
    {
        var train = _runs.Write("train.csv", "text,label\nabc,yes\nabd,no\n");
        var test = _runs.Write("test.csv", "text,label\nabc,yes\nabd,maybe\n");
        TrainTable("csv", train, test: test).Refused(3, $"{test}, line 3", "'maybe' is in no training row", "expected one of no, yes", "Correct it");
        NothingWasMade();
    }

    [Fact]
    public void A_label_that_is_held_out_whole_is_named_with_its_rows()
    {
        var train = _runs.Write("train.csv", "text,label\nabc,yes\nabd,no\n"); // half of two rows is held out, whichever it is
        var data = new JsonObject { ["source"] = "csv", ["train"] = train, ["text"] = "text", ["test"] = train, ["validation"] = 0.5 };
        Train("digits-lstm", $"data={data.ToJsonString()}").Refused(3, $"{train}, line ", "is held out for validation", "data.splitSeed");
        NothingWasMade();
    }

    [Fact]
    public void A_property_that_is_there_twice_is_named()
    {
        var file = _runs.Write("mine.jsonl", "{\"text\":\"abc\",\"label\":1}\n{\"text\":\"abc\",\"label\":1,\"label\":2}\n");
        TrainTable("jsonl", file).Refused(3, $"{file}, line 2: the property 'label' is there twice", "Remove or rename one");
        NothingWasMade();
    }

    [Fact]
    public void A_missing_data_folder_is_named_with_every_way_to_it()
    {
        Train("mnist14-lstm").Refused(3, $"the data folder {_runs.In("data")} does not exist", "recollect data get mnist", "--data DIR", "$RECOLLECT_DATA");
        NothingWasMade();
        Assert.False(Directory.Exists(_runs.In("data")));
    }

    [Fact]
    public void A_data_folder_without_the_set_is_told_from_a_missing_one()
    {
        Directory.CreateDirectory(_runs.In("data"));
        Train("mnist14-lstm").Refused(3, "found neither train-images-idx3-ubyte nor train-images-idx3-ubyte.gz in", "recollect data get mnist");
        NothingWasMade();
    }

    [Fact]
    public void A_missing_file_of_ones_own_is_named_with_the_places_looked_at()
    {
        TrainTable("csv", "none.csv").Refused(3, "data.train: there is no file 'none.csv'", _runs.In("data", "none.csv"), "--data DIR");
        NothingWasMade();
    }

    [Fact]
    public void A_folder_in_the_place_of_a_file_and_a_file_in_that_of_the_folder_are_told()
    {
        var folder = Directory.CreateDirectory(_runs.In("data", "mine")).FullName;
        TrainTable("csv", "mine").Refused(3, $"data.train: {folder} is a folder; expected a file");
        var table = _runs.Write("mine.csv", "text,label\nabc,yes\nabd,no\n");
        TrainTable("csv", table, test: folder).Refused(3, $"data.test: {folder} is a folder; expected a file");
        Ran.Command("data", "info", folder).Refused(3, $"{folder}: the folder is empty; expected a folder for each class");
        Ran.Command("train", "mnist14-lstm", "--out", _runs.In("run"), "--data", table).Refused(3, $"the data folder {table} is a file; expected a folder");
        NothingWasMade();
    }

    [Fact]
    public void An_empty_table_is_named()
    {
        var file = _runs.Write("mine.csv", "");
        TrainTable("csv", file).Refused(3, file, "the file is empty");
        NothingWasMade();
    }
}
