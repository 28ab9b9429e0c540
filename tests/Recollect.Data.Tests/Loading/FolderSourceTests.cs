using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Recollect.Sequences;

namespace Recollect.Data.Tests.Loading;

/// <summary>The sources images and bytes, from a folder to sets of sequences.</summary>
public sealed class FolderSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private DataSets Load(DataOptions options) => DataSetLoader.Load(options, _folder.Path);

    private static DataOptions Images(string train, int size) => new() { Source = "images", Train = train, Size = size };

    private void WriteImages(string folder)
    {
        foreach (var (name, fixture) in new[] { ("cat/1.png", "rgb.png"), ("cat/2.jpg", "photo.jpg"), ("dog/1.JPEG", "exif6.jpg"), ("dog/2.png", "rgba.png"), ("dog/3.png", "grey.png") })
            _folder.Write($"{folder}/{name}", Fixture.Bytes(fixture));
    }

    [Fact]
    public void Images_become_squares_of_one_size_and_a_fraction_is_kept_to_test_on()
    {
        WriteImages("pets");
        var sets = Load(Images("pets", 6));
        Assert.Equal((4, 1), (sets.Train.Count, sets.Test.Count));
        Assert.Equal(["cat", "dog"], sets.Classes);
        Assert.Equal((StepFormat.Reals(3), 36), (sets.Train.Format, sets.Train.LengthOf(0))); // colour: reals unless it is said
        var grey = Load(Images("pets", 6) with { Grey = true, Downscale = 2, Levels = 16 });
        Assert.Equal((StepFormat.Tokens(16), 9), (grey.Train.Format, grey.Train.LengthOf(0)));
        Assert.Equal(108, Load(Images("pets", 6) with { Encoding = StepEncoding.Tokens }).Train.LengthOf(0));
    }

    [Fact]
    public void A_second_folder_may_hold_the_rows_to_test_on()
    {
        WriteImages("pets");
        _folder.Write("more/dog/9.png", Fixture.Bytes("rgb.png"));
        var sets = Load(Images("pets", 4) with { Test = "more", Grey = true });
        Assert.Equal((5, 1, 1), (sets.Train.Count, sets.Test.Count, sets.Test.LabelOf(0)));
        var tokens = new int[16];
        sets.Test.CopyTokens(0, 0, tokens);
        Assert.Equal(ImageFile.Read(Fixture.Path("rgb.png"), null, new ImageShape(4, 4, 1, 256)).Pixels.Select(pixel => (int)pixel), tokens);
        var unknown = _folder.Write("more/cow/1.png", Fixture.Bytes("rgb.png"));
        Refusal.Of<DataException>(() => Load(Images("pets", 4) with { Test = "more" }), unknown, "'cow' is in no training row", "cat, dog");
    }

    [Fact]
    public void A_folders_hash_is_that_of_sorted_names_and_hashes_and_changes_with_any_of_them()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/sha256sum"), "This system has no sha256sum.");
        WriteImages("pets");
        var hash = Assert.Single(Load(Images("pets", 4)).Hashes);
        Assert.Equal("pets", hash.Key);
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "LC_ALL=C; export LC_ALL; sha256sum $(ls -d */* | sort) | sed 's/  / /' | sha256sum"])
        {
            WorkingDirectory = Path.Combine(_folder.Path, "pets"),
            RedirectStandardOutput = true,
        })!;
        Assert.Equal(shell.StandardOutput.ReadToEnd().Split(' ')[0], hash.Value);
        File.Move(Path.Combine(_folder.Path, "pets/cat/1.png"), Path.Combine(_folder.Path, "pets/cat/0.png"));
        Assert.NotEqual(hash.Value, Assert.Single(Load(Images("pets", 4)).Hashes).Value);
    }

    [Fact]
    public void Limits_keep_rows_of_every_class()
    {
        for (var i = 0; i < 10; i++)
        {
            foreach (var name in new[] { "a", "b", "c" })
                _folder.Write($"files/{name}/{i}", $"{name}{i}");
        }
        var sets = Load(new DataOptions { Source = "bytes", Train = "files", Test = "files", Limit = 6, TestLimit = 3 });
        Assert.Equal([0, 1, 2, 0, 1, 2], Enumerable.Range(0, 6).Select(sets.Train.LabelOf));
        Assert.Equal([0, 1, 2], Enumerable.Range(0, 3).Select(sets.Test.LabelOf));
    }

    [Fact]
    public void A_file_is_its_bytes_packed_or_not_and_may_be_cut()
    {
        byte[] all = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];
        var packed = TemporaryFolder.Gzip("hello"u8.ToArray());
        _folder.Write("files/x/all", all);
        _folder.Write("files/y/packed.gz", packed);
        var options = new DataOptions { Source = "bytes", Train = "files", Test = "files" };
        var set = Load(options).Train;
        Assert.Equal((StepFormat.Tokens(256), 256, packed.Length), (set.Format, set.LengthOf(0), set.LengthOf(1)));
        var tokens = new int[256];
        set.CopyTokens(0, 0, tokens);
        Assert.Equal(Enumerable.Range(0, 256), tokens);
        var cut = Load(options with { MaxLength = 10 });
        Assert.Equal((10, 10), (cut.Train.LengthOf(0), cut.Test.LengthOf(1)));
        Assert.Equal(10, Assert.IsType<BytesPreprocessing>(Preprocessing.FromJson(cut.Preprocessing.ToJson(), "")).MaxLength);
        var empty = _folder.Write("files/y/empty", "");
        Refusal.Of<DataException>(() => Load(options), $"{empty}: the file is empty", "remove it");
    }

    [Fact]
    public void Files_that_are_cut_are_counted_and_told_also_when_they_are_packed()
    {
        _folder.Write("files/x/1", "abcd");
        _folder.Write("files/y/1", "abc");
        var options = new DataOptions { Source = "bytes", Train = "files", Test = "files", MaxLength = 3 };
        string[] notes = ["data.maxLength: 1 of 2 train rows are cut to their first 3 bytes.", "data.maxLength: 1 of 2 test rows are cut to their first 3 bytes."];
        Assert.Equal(notes, Load(options).Notes);
        var packed = DataPacker.Pack(options, _folder.Path, Path.Combine(_folder.Path, "files.packed"), TestContext.Current.CancellationToken);
        Assert.Equal([1, 1], packed.Parts.Select(part => part.Cut));
        Assert.Equal(notes, packed.Notes);
        Assert.Empty(Load(options with { MaxLength = 4 }).Notes);
    }

    [Fact]
    public void Folders_that_are_missing_or_files_are_refused()
    {
        var file = _folder.Write("pets", "x");
        Refusal.Of<DataException>(() => Load(Images("none", 4)), "data.train: there is no folder 'none'", Path.Combine(_folder.Path, "none"), "--data DIR");
        Refusal.Of<DataException>(() => Load(Images("pets", 4)), $"data.train: {file} is a file", "a folder for each class");
        _folder.Write("one/a/1", "x");
        Refusal.Of<DataException>(() => Load(new DataOptions { Source = "bytes", Train = "one" }), "there is 1 row");
        _folder.Write("one/a/2", "x");
        Refusal.Of<DataException>(() => Load(new DataOptions { Source = "bytes", Train = "one" }), "data.train: every row of 'one'", "'a'", "at least two classes");
    }

    [Fact]
    public void A_damaged_image_is_refused_with_its_path()
    {
        WriteImages("pets");
        var bad = _folder.Write("pets/cat/3.png", Encoding.ASCII.GetBytes("GIF89a"));
        Refusal.Of<DataException>(() => Load(Images("pets", 4)), bad, "expected a JPEG or PNG image");
    }

    [Fact]
    public void A_class_of_which_no_file_is_left_to_train_on_is_refused()
    {
        foreach (var name in new[] { "a/1", "a/2", "a/3", "b/1", "b/2", "c/1" })
            _folder.Write($"files/{name}", "x");
        _folder.Write("test/a/1", "x");
        // Of six rows some seed holds out the only one of c.
        var refusals = 0;
        for (var seed = 0; seed < 10; seed++)
        {
            var options = new DataOptions { Source = "bytes", Train = "files", Test = "test", Validation = 0.3, SplitSeed = seed };
            if (!Split.Of(6, 0.3, seed, "validation").HeldOut.Contains(2)) // in turn: a/1, b/1, c/1 …
                continue;
            Refusal.Of<DataException>(() => Load(options), Path.Combine("files", "c", "1"), "every row with the label 'c' is held out for validation");
            refusals++;
        }
        Assert.True(refusals > 0);
    }

    [Fact]
    public void The_hash_of_the_bytes_is_in_the_manifests_form()
    {
        _folder.Write("files/a/1", "x");
        _folder.Write("files/b/1", "y");
        var line = (string text, string name) => $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))} {name}\n";
        var expected = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(line("x", "a/1") + line("y", "b/1"))));
        Assert.Equal(expected, Load(new DataOptions { Source = "bytes", Train = "files", Test = "files" }).Hashes["files"]);
    }
}
