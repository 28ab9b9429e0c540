using System.Buffers.Binary;
using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Recollect.Data.Tests.Catalog;

public sealed class DataFetcherTests : IDisposable
{
    private static readonly byte[] One = [1, 2, 3], Two = [4, 5, 6, 7];

    private static readonly CatalogEntry Entry = new("set", "A set", "free", new Uri("http://127.0.0.1/"), "set",
        [new CatalogArchive("set.tar.gz", [], [File("one", One), File("two", Two)])]);

    // One set with files of the same names, as Fashion-MNIST has MNIST's, and one with names of its own.
    private static readonly CatalogEntry Twin = Entry with { Name = "twin", Archives = [new CatalogArchive("set.tar.gz", [], [File("one", [8, 8, 8]), File("two", [9])])] };
    private static readonly CatalogEntry Other = Entry with { Name = "other", Archives = [new CatalogArchive("other.tar.gz", [], [File("three", One)])] };

    private readonly TemporaryFolder _from = new(), _data = new();

    public void Dispose()
    {
        _from.Dispose();
        _data.Dispose();
    }

    private static CatalogFile File(string name, byte[] content) => new(name, content.Length, Convert.ToHexStringLower(SHA256.HashData(content)));

    private void Take(string from) => DataFetcher.Take(Entry, [Entry, Twin, Other], _data.Path, from, TestContext.Current.CancellationToken);

    private void AssertWhole()
    {
        Assert.True(DataFetcher.Check(Entry, _data.Path).IsWhole);
        Assert.Equal(["one", "two"], Directory.GetFiles(Path.Combine(_data.Path, "set")).Select(Path.GetFileName).Order());
    }

    // Nothing may be written anywhere but the two files into the set's own folder.
    private void AssertNothingElse() =>
        Assert.All(Directory.EnumerateFiles(_data.Path, "*", SearchOption.AllDirectories), path => Assert.Contains(Path.GetFileName(path), (string[])["one", "two"]));

    private string Tar(params (string Name, byte[] Content)[] files) => Tar([.. files.Select(file => (TarEntry)new PaxTarEntry(TarEntryType.RegularFile, file.Name)
    {
        DataStream = new MemoryStream(file.Content),
    })]);

    private string Tar(params TarEntry[] entries)
    {
        using var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, leaveOpen: true))
        {
            foreach (var entry in entries)
                writer.WriteEntry(entry);
        }
        return _from.WriteGzip("set.tar.gz", tar.ToArray());
    }

    private string Zip(Action<ZipArchive> fill)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
            fill(zip);
        return _from.Write("set.zip", bytes.ToArray());
    }

    private static void AddTo(ZipArchive zip, string name, byte[] content)
    {
        using var stream = zip.CreateEntry(name).Open();
        stream.Write(content);
    }

    [Fact]
    public void A_tar_archive_gives_the_sets_files_and_no_others()
    {
        Take(Tar(("./folder/one", One), ("folder/readme.html", [9]), ("folder/two", Two)));
        AssertWhole();
    }

    [Fact]
    public void A_file_without_a_published_sum_is_held_against_its_length()
    {
        var entry = Entry with { Archives = [new CatalogArchive("set.tar.gz", [], [File("one", One), new CatalogFile("two", 4, null)])] };
        void TakeIt(byte[] two) => DataFetcher.Take(entry, [entry], _data.Path, Tar(("one", One), ("two", two)), TestContext.Current.CancellationToken);
        Refusal.Of<DataException>(() => TakeIt([9, 9, 9]), "two", "it has 3 bytes; expected 4");
        TakeIt([9, 9, 9, 9]);
        Assert.True(DataFetcher.Check(entry, _data.Path).IsWhole);
    }

    [Fact]
    public void A_zip_archive_gives_the_sets_files_and_no_others()
    {
        Take(Zip(zip =>
        {
            AddTo(zip, "folder/one", One);
            AddTo(zip, "folder/readme", [9]);
            AddTo(zip, "two", Two);
        }));
        AssertWhole();
    }

    [Fact]
    public void A_folder_gives_plain_and_gzip_files_and_archives()
    {
        _from.Write("set/one", One);
        _from.WriteGzip("deeper/two.gz", Two);
        _from.Write("unrelated.tar.gz", [1]);
        Take(_from.Path);
        AssertWhole();
    }

    [Fact]
    public void Single_files_add_up()
    {
        Refusal.Of<DataException>(() => Take(_from.Write("one", One)), "did not find two of set", "set.tar.gz");
        Take(_from.WriteGzip("two.gz", Two));
        AssertWhole();
    }

    [Fact]
    public void Files_of_another_set_are_named_after_it_with_the_command_that_takes_them()
    {
        string[] Says(string from, string set) => [$"{from}: these look like the files of {set}, not of set", $"'recollect data get {set} --from {from}'"];
        var file = _from.Write("one", [8, 8, 8]);
        Refusal.Of<DataException>(() => Take(file), Says(file, "twin"));
        Refusal.Of<DataException>(() => Take(_from.Path), Says(_from.Path, "twin"));
        var archive = Tar(("folder/one", [8, 8, 8]), ("folder/two", [9]));
        Refusal.Of<DataException>(() => Take(archive), Says(archive, "twin"));
        System.IO.File.Delete(file);
        System.IO.File.Delete(archive);
        file = _from.Write("three", "damaged"u8.ToArray()); // nobody else's name
        Refusal.Of<DataException>(() => Take(file), Says(file, "other"));
        Refusal.Of<DataException>(() => Take(_from.Path), Says(_from.Path, "other"));
        AssertNothingElse();
    }

    [Fact]
    public void A_damaged_file_of_the_set_is_not_taken_for_another_sets() =>
        Refusal.Of<DataException>(() => Take(_from.Write("one", [1, 2, 4])), "one is not the published file", "Get it anew");

    [Fact]
    public void A_folder_of_several_sets_gives_the_right_one_though_the_names_are_the_same()
    {
        _from.Write("a-twin/one", [8, 8, 8]);
        _from.Write("a-twin/two", [9]);
        _from.Write("set/one", One);
        Refusal.Of<DataException>(() => Take(_from.Path), "did not find two of set", "without --from downloads", "a-twin", "one is not the published file");
        _from.Write("set/two", Two);
        Take(_from.Path);
        AssertWhole();
    }

    [Theory]
    [InlineData("../one")]
    [InlineData("a/../../one")]
    [InlineData("/tmp/one")]
    [InlineData("..\\one")]
    [InlineData("C:\\one")]
    public void An_entry_that_would_leave_the_folder_is_refused(string name)
    {
        Refusal.Of<DataException>(() => Take(Tar((name, One), ("two", Two))), "set.tar.gz", name, "leave the folder");
        Refusal.Of<DataException>(() => Take(Zip(zip => AddTo(zip, name, One))), "set.zip", name, "leave the folder");
        AssertNothingElse();
    }

    [Fact]
    public void Links_are_refused()
    {
        Refusal.Of<DataException>(() => Take(Tar(new PaxTarEntry(TarEntryType.SymbolicLink, "one") { LinkName = "/etc/passwd" })), "'one' is a SymbolicLink");
        Refusal.Of<DataException>(() => Take(Tar(new PaxTarEntry(TarEntryType.HardLink, "one") { LinkName = "two" })), "'one' is a HardLink");
        Refusal.Of<DataException>(() => Take(Zip(zip => zip.CreateEntry("one").ExternalAttributes = unchecked((int)0xA1FF0000))), "'one' is a link");
        AssertNothingElse();
    }

    [Fact]
    public void A_file_longer_than_published_is_not_unpacked_to_its_end()
    {
        Refusal.Of<DataException>(() => Take(Tar(("one", new byte[10_000_000]))), "one is not the published file", "more than 3 bytes");
        Refusal.Of<DataException>(() => Take(Tar(("one", [1, 2]))), "has 2 bytes; expected 3");
        Refusal.Of<DataException>(() => Take(Tar(("one", [1, 2, 4]))), "SHA-256");
        Refusal.Of<DataException>(() => Take(Tar(("one", One), ("b/one", One))), "'one' twice");
        AssertNothingElse();
    }

    [Fact]
    public void Damaged_archives_are_refused()
    {
        var whole = System.IO.File.ReadAllBytes(Tar(("one", One), ("two", [.. Enumerable.Range(0, 4000).Select(i => (byte)(i * i % 251))])));
        Refusal.Of<DataException>(() => Take(_from.Write("set.tar.gz", whole[..(whole.Length / 2)])), "set.tar.gz");
        Refusal.Of<DataException>(() => Take(_from.Write("set.zip", "PK not really"u8.ToArray())), "set.zip", "zip");
        Refusal.Of<DataException>(() => Take(Path.Combine(_from.Path, "none")), "no such file or folder");
    }

    [Fact]
    public void A_zip_whose_local_header_is_damaged_is_refused()
    {
        var whole = ZipOfBoth();
        whole[2] = 0; // after "PK", which tells what it is
        Refusal.Of<DataException>(() => Take(_from.Write("set.zip", whole)), "set.zip", "the zip archive is damaged", "Get it anew");
    }

    [Fact]
    public void A_zip_packed_by_an_unknown_method_is_refused()
    {
        var whole = ZipOfBoth();
        var directory = whole.AsSpan().IndexOf("PK\u0001\u0002"u8);
        foreach (var method in new[] { 8, directory + 10 }) // APPNOTE 4.3.7 and 4.3.12: in the local header, and in the directory
            BinaryPrimitives.WriteUInt16LittleEndian(whole.AsSpan(method), 97); // WavPack
        Refusal.Of<DataException>(() => Take(_from.Write("set.zip", whole)), "set.zip", "of a kind that is not read", "Get it anew");
    }

    [Fact]
    public void A_tar_with_a_time_before_any_calendar_is_refused()
    {
        var tar = TarOfBoth();
        tar.AsSpan(136, 12).Fill(0xff); // the time in base 256, negative
        tar.AsSpan(137, 1).Clear();
        FixChecksum(tar);
        Refusal.Of<DataException>(() => Take(_from.Write("set.tar", tar)), "set.tar", "the tar archive is damaged", "Get it anew");
    }

    [Property(MaxTest = 300)]
    public Property Any_damage_to_a_zip_is_refused_or_does_no_harm() => Prop.ForAll(
        Damage(ZipOfBoth().Length - 2).ToArbitrary(),
        damage =>
        {
            var bytes = ZipOfBoth();
            bytes[2 + damage.At] = damage.Value; // its first two bytes tell what it is
            return TakenOrRefused("set.zip", bytes);
        });

    /// <summary>Found by the property above: a name that runs on into what is packed.</summary>
    [Fact]
    public void A_zip_whose_content_cannot_be_unpacked_is_named_with_the_file_in_it()
    {
        var bytes = ZipOfBoth();
        bytes[2 + 31] = 249;
        Assert.True(TakenOrRefused("set.zip", bytes));
    }

    [Property(MaxTest = 300)]
    public Property Any_damage_to_a_tar_header_with_a_right_checksum_is_refused_or_does_no_harm() => Prop.ForAll(
        Damage(257).ToArbitrary(), // up to "ustar", which tells what it is
        Gen.Elements(1, 2, 8, 12).ToArbitrary(),
        (damage, length) =>
        {
            var bytes = TarOfBoth();
            bytes.AsSpan(damage.At, Math.Min(length, 257 - damage.At)).Fill(damage.Value);
            FixChecksum(bytes);
            return TakenOrRefused("set.tar", bytes);
        });

    /// <summary>An entry that says more of the file after it: pax's attributes ('x'), and GNU's long name ('L').</summary>
    [Property(MaxTest = 300)]
    public Property Any_damage_to_what_a_tar_says_of_the_next_entry_is_refused_or_does_no_harm() => Prop.ForAll(
        Damage(257).ToArbitrary(),
        Gen.Elements(1, 2, 8, 12).ToArbitrary(),
        Gen.Elements(TarEntryFormat.Pax, TarEntryFormat.Gnu).ToArbitrary(),
        (damage, length, format) =>
        {
            var bytes = TarOfBoth(format);
            bytes.AsSpan(damage.At, Math.Min(length, 257 - damage.At)).Fill(damage.Value);
            FixChecksum(bytes);
            return TakenOrRefused("set.tar", bytes);
        });

    [Theory]
    [InlineData(TarEntryFormat.Pax, 'x')]
    [InlineData(TarEntryFormat.Gnu, 'L')]
    public void A_tar_that_announces_more_of_an_entry_than_could_be_is_refused_before_there_is_room_for_it(TarEntryFormat format, char type)
    {
        foreach (var size in new[] { "77777777777\0", "17777777000\0", "00040000000\0", "\u0080\0\0\0\0\0\0\u0002\0\0\0\0", "\u0080\0\0\u0001\0\0\0\0\0\0\0\0" }) // 8 GiB, 2 GiB, 8 MiB, 8 GiB in base 256, 2^64
        {
            var tar = TarOfBoth(format);
            Assert.Equal((byte)type, tar[156]);
            Encoding.Latin1.GetBytes(size).CopyTo(tar, 124);
            FixChecksum(tar);
            var before = GC.GetTotalAllocatedBytes(precise: true);
            Refusal.Of<DataException>(() => Take(_from.Write("set.tar", tar)), "set.tar", "announces attributes or a name of", "expected at most 1,048,576", "Do not use this archive");
            Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 4 << 20);
        }
        AssertNothingElse();
    }

    [Theory]
    [InlineData(TarEntryFormat.Pax)]
    [InlineData(TarEntryFormat.Gnu)]
    public void A_tar_with_attributes_or_long_names_gives_the_sets_files(TarEntryFormat format)
    {
        Take(_from.Write("set.tar", TarOfBoth(format)));
        AssertWhole();
    }

    private static Gen<(int At, byte Value)> Damage(int bytes) =>
        from at in Gen.Choose(0, bytes - 1)
        from value in Gen.OneOf(Gen.Choose(0, 255), Gen.Elements(0, 0x80, 0xff))
        select (at, (byte)value);

    private bool TakenOrRefused(string name, byte[] bytes)
    {
        try
        {
            Take(_from.Write(name, bytes));
        }
        catch (DataException error)
        {
            Assert.Contains(name, error.Message, StringComparison.Ordinal);
        }
        AssertNothingElse();
        return true;
    }

    private byte[] ZipOfBoth() => System.IO.File.ReadAllBytes(Zip(zip =>
    {
        AddTo(zip, "one", One);
        AddTo(zip, "two", Two);
    }));

    // Of formats that can, names too long for a header, so that an entry before it holds the rest.
    private static byte[] TarOfBoth(TarEntryFormat format = TarEntryFormat.Ustar)
    {
        using var bytes = new MemoryStream();
        using (var writer = new TarWriter(bytes, format, leaveOpen: true))
        {
            foreach (var (name, content) in new[] { ("one", One), ("two", Two) })
            {
                var longName = $"{new string('f', 90)}/{new string('g', 90)}/{name}";
                TarEntry entry = format switch
                {
                    TarEntryFormat.Pax => new PaxTarEntry(TarEntryType.RegularFile, longName),
                    TarEntryFormat.Gnu => new GnuTarEntry(TarEntryType.RegularFile, longName),
                    _ => new UstarTarEntry(TarEntryType.RegularFile, name),
                };
                entry.DataStream = new MemoryStream(content);
                writer.WriteEntry(entry);
            }
        }
        return bytes.ToArray();
    }

    // POSIX ustar: the sum of the header's bytes, its own eight taken as blanks, as six octal digits, NUL, blank.
    private static void FixChecksum(byte[] tar)
    {
        var checksum = tar.AsSpan(148, 8);
        checksum.Fill((byte)' ');
        var sum = 0;
        foreach (var value in tar.AsSpan(0, 512))
            sum += value;
        Encoding.ASCII.GetBytes($"{Convert.ToString(sum, 8).PadLeft(6, '0')}\0 ").CopyTo(checksum);
    }

    [Fact]
    public void A_set_is_here_by_names_and_lengths_alone()
    {
        Assert.False(DataFetcher.IsHere(Entry, _data.Path));
        _data.Write("set/one", [9, 9, 9]);
        _data.Write("set/two", [9]);
        Assert.False(DataFetcher.IsHere(Entry, _data.Path));
        _data.Write("set/two", [9, 9, 9, 9]);
        Assert.True(DataFetcher.IsHere(Entry, _data.Path)); // other bytes, which only a check reads
        System.IO.File.Delete(Path.Combine(_data.Path, "set", "two"));
        var packed = _data.WriteGzip("set/two.gz", Two);
        Assert.True(DataFetcher.IsHere(Entry, _data.Path));
        foreach (var other in new byte[][] { TemporaryFolder.Gzip(One), System.IO.File.ReadAllBytes(packed)[..^3], [], [0x1f, 0x8b], [1, 2, 3] })
        {
            System.IO.File.WriteAllBytes(packed, other);
            Assert.False(DataFetcher.IsHere(Entry, _data.Path));
        }
    }

    [Fact]
    public void A_set_may_lie_elsewhere_with_links_to_it_but_not_to_what_has_no_end()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege.");
        var (one, two) = (_from.Write("one-elsewhere", One), _from.Write("two-elsewhere", Two));
        _data.Link("set/one", one);
        _data.Link("set/two", two);
        Assert.True(DataFetcher.IsHere(Entry, _data.Path));
        Assert.True(DataFetcher.Check(Entry, _data.Path).IsWhole);
        foreach (var target in new[] { "/dev/zero", _from.Pipe("pipe"), Path.Combine(_from.Path, "none") })
        {
            System.IO.File.Delete(Path.Combine(_data.Path, "set/two"));
            _data.Link("set/two", target);
            Assert.False(DataFetcher.IsHere(Entry, _data.Path));
            Assert.NotNull(DataFetcher.Check(Entry, _data.Path).Files[1].Fault);
        }
    }

    [Fact]
    public void A_check_says_what_is_missing_damaged_and_whole()
    {
        var none = DataFetcher.Check(Entry, _data.Path);
        Assert.Equal((false, false), (none.IsPresent, none.IsWhole));
        _data.WriteGzip("set/one.gz", One);
        _data.Write("set/two", [4, 5, 6, 8]);
        var state = DataFetcher.Check(Entry, _data.Path);
        Assert.Equal((true, false), (state.IsPresent, state.IsWhole));
        Assert.Equal(new DataFileState("one.gz", true, null), state.Files[0]);
        Assert.Contains("SHA-256", state.Files[1].Fault, StringComparison.Ordinal);
    }
}
