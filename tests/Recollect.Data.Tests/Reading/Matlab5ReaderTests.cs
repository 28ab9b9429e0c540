using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Recollect.Data.Tests.Reading;

public sealed class Matlab5ReaderTests : IDisposable
{
    private const string Python = "/usr/bin/python3";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static T Of<T>(IReadOnlyList<MatlabArray> arrays, string name) where T : MatlabArray => Assert.IsType<T>(Assert.Single(arrays, array => array.Name == name));

    private static string[] Texts(MatlabCells cells) => [.. cells.Cells.Select(cell => Assert.Single(Assert.IsType<MatlabText>(cell).Rows()))];

    private static void SameNumbers(JsonElement told, MatlabNumbers found)
    {
        Assert.Equal(told.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32()), found.Dimensions);
        Assert.Equal(told.GetProperty("values").EnumerateArray().Select(value => value.GetDouble()), found.Values);
    }

    [Theory]
    [InlineData("list_plain.mat")]
    [InlineData("list_packed.mat")]
    public void Lists_like_those_of_Stanford_Dogs_are_what_another_program_put_in(string file)
    {
        var told = JsonDocument.Parse(Fixture.Bytes("list.json")).RootElement;
        var arrays = Matlab5Reader.Read(Fixture.Path(file));
        string[] files = [.. told.GetProperty("files").EnumerateArray().Select(name => name.GetString()!)];
        Assert.Equal(files, Texts(Of<MatlabCells>(arrays, "file_list")));
        Assert.Equal(files.Select(name => name[..^4]), Texts(Of<MatlabCells>(arrays, "annotation_list")));
        Assert.Equal(told.GetProperty("labels").EnumerateArray().Select(label => label.GetDouble()), Of<MatlabNumbers>(arrays, "labels").Values);
        Assert.Equal([9, 1], Of<MatlabCells>(arrays, "file_list").Dimensions);
    }

    [Theory]
    [InlineData("kinds_plain.mat")]
    [InlineData("kinds_packed.mat")]
    public void Every_kind_of_array_is_what_another_program_put_in(string file)
    {
        var arrays = Matlab5Reader.Read(Fixture.Path(file));
        foreach (var told in JsonDocument.Parse(Fixture.Bytes("kinds.json")).RootElement.EnumerateObject())
            SameNumbers(told.Value, Of<MatlabNumbers>(arrays, told.Name));
        Assert.Equal(["naïve 中"], Of<MatlabText>(arrays, "t_row").Rows());
        Assert.Equal(["ab", "cd", "ef"], Of<MatlabText>(arrays, "t_rows").Rows());
        Assert.Equal("", Of<MatlabText>(arrays, "t_none").Characters);
        var nested = Of<MatlabCells>(arrays, "c_nested");
        Assert.Equal(["a", "bc"], Texts(Assert.IsType<MatlabCells>(nested.Cells[0])));
        Assert.Equal([7], Assert.IsType<MatlabNumbers>(nested.Cells[1]).Values);
        Assert.Equal("a structure", Of<MatlabUnread>(arrays, "u_struct").Kind);
        Assert.Equal("a sparse array", Of<MatlabUnread>(arrays, "u_sparse").Kind);
        Assert.Equal("complex numbers", Of<MatlabUnread>(arrays, "u_complex").Kind);
    }

    private static void SkipWithoutScipy()
    {
        if (!File.Exists(Python))
            Assert.Skip($"{Python} is not on this machine; the witness needs it and Debian's python3-scipy.");
        using var probe = Process.Start(new ProcessStartInfo(Python, ["-c", "import scipy.io"]) { RedirectStandardError = true })!;
        probe.WaitForExit();
        if (probe.ExitCode != 0)
            Assert.Skip($"{Python} has no scipy; install Debian's python3-scipy.");
    }

    private static string Told(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Python, arguments) { RedirectStandardOutput = true })!;
        var told = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, string.Join(' ', arguments));
        return told;
    }

    /// <summary>Most of them MATLAB's own, of versions 6.1 to 7.4, on Linux and, big-endian, on Solaris.</summary>
    [Fact]
    public void The_files_that_scipy_is_tested_with_are_read_as_scipy_reads_them_value_by_value()
    {
        SkipWithoutScipy();
        var told = JsonDocument.Parse(Told(Fixture.Path("scipy_files.py"))).RootElement;
        var folder = told.GetProperty("folder").GetString()!;
        if (!Directory.Exists(folder))
            Assert.Skip($"{folder} is not there: this scipy comes without its tests' data.");
        var (arrays, bigEndian) = (0, 0);
        foreach (var file in told.GetProperty("files").EnumerateObject())
        {
            var path = Path.Combine(folder, file.Name);
            if (file.Value.ValueKind == JsonValueKind.String) // refused by scipy: damaged on purpose, or of version 7.3
            {
                if (file.Name != "bad_miutf8_array_name.mat") // a name that is not ASCII, which does no harm
                    Refusal.Of<DataException>(() => Matlab5Reader.Read(path), file.Name);
            }
            else if (file.Name.Contains("_4.2c_", StringComparison.Ordinal) || file.Name is "testvec_4_GLNX86.mat" or "test_mat4_le_floats.mat")
            {
                Refusal.Of<DataException>(() => Matlab5Reader.Read(path), file.Name, "no MATLAB file of version 5 to 7");
            }
            else if (file.Name == "broken_utf8.mat") // of which scipy replaces a byte
            {
                Refusal.Of<DataException>(() => Matlab5Reader.Read(path), file.Name, "a byte 0x", "not valid UTF-8");
            }
            else
            {
                var found = Matlab5Reader.Read(path);
                foreach (var array in file.Value.EnumerateObject())
                {
                    Same(file.Name, array.Value, Assert.Single(found, variable => variable.Name == array.Name));
                    arrays++;
                }
                bigEndian += File.ReadAllBytes(path)[126] == 'M' ? 1 : 0;
            }
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{arrays} arrays, {bigEndian} files big-endian");
        Assert.True(arrays >= 80 && bigEndian >= 10, $"{arrays} arrays, {bigEndian} files big-endian");
    }

    private static void Same(string file, JsonElement told, MatlabArray found)
    {
        var (kind, shape) = (told.GetProperty("kind").GetString()!, told.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32()));
        Assert.Equal($"{file} {found.Name}: {kind}", $"{file} {found.Name}: {(found.Kind == "an array of class 16" ? "a function" : found.Kind)}");
        if (kind != "a function") // which has no shape of its own
            Assert.Equal($"{file} {found.Name}: {string.Join('×', shape)}", $"{file} {found.Name}: {string.Join('×', found.Dimensions)}");
        switch (found)
        {
            case MatlabNumbers numbers:
                Assert.Equal(told.GetProperty("values").EnumerateArray().Select(value => value.ValueKind == JsonValueKind.String ? double.Parse(value.GetString()!, CultureInfo.InvariantCulture) : value.GetDouble()), numbers.Values);
                break;
            case MatlabText text:
                Assert.Equal(told.GetProperty("values").GetString(), text.Characters);
                break;
            case MatlabCells cells:
                Assert.All(told.GetProperty("values").EnumerateArray().Zip(cells.Cells), pair => Same(file, pair.First, pair.Second));
                break;
        }
    }

    [Fact]
    public void A_fresh_file_of_random_content_is_what_another_program_put_in()
    {
        SkipWithoutScipy();
        var seed = Random.Shared.Next(1_000_000);
        foreach (var packed in new[] { 0, 1 })
            Fresh(2 * seed + packed);
    }

    private void Fresh(int seed)
    {
        var path = Path.Combine(_folder.Path, $"{seed}.mat");
        var told = JsonDocument.Parse(Told(Fixture.Path("fresh_mat.py"), path, $"{seed}")).RootElement;
        var arrays = Matlab5Reader.Read(path);
        Assert.Equal(7, arrays.Count);
        for (var i = 0; i < 6; i++)
            SameNumbers(told.GetProperty($"n{i}"), Of<MatlabNumbers>(arrays, $"n{i}"));
        Assert.Equal(told.GetProperty("texts").EnumerateArray().Select(text => text.GetString()!), Texts(Of<MatlabCells>(arrays, "texts")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_put_together_by_hand_is_read_in_either_byte_order(bool bigEndian)
    {
        var write = new Writer(bigEndian);
        byte[] numbers = write.Array(6, [2, 2], "x", write.Element(3, [.. write.U16(1), .. write.U16(2), .. write.U16(0xffff), .. write.U16(4)]));
        byte[] one = write.Array(12, [1, 1], "one", write.Small(5, write.U32(0xfffffffe))); // an int32 in a small element
        byte[] text = write.Array(4, [2, 2], "t", write.Small(2, "acbd"u8.ToArray()));
        byte[] wide = write.Array(4, [1, 2], "w", write.Small(4, [.. write.U16('e'), .. write.U16(0x20ac)]));
        byte[] apart = write.Array(4, [2, 2], "a", write.Element(4, [.. write.U16(0xd83d), .. write.U16('x'), .. write.U16(0xde00), .. write.U16('y')])); // the halves of a character
        byte[] unsigned = write.Element(14, [.. write.Element(6, [.. write.U32(6), .. write.U32(0)]), .. write.Element(6, [.. write.U32(1), .. write.U32(1)]), .. write.Element(1, "u"u8.ToArray()), .. write.Element(9, write.F64(5))]);
        byte[] cells = write.Array(1, [1, 2], "c", [.. write.Array(6, [1, 1], "", write.Element(9, write.F64(0.5))), .. write.Element(14, [])]);
        var arrays = Matlab5Reader.Read(write.File(numbers, one, write.Packed(text), wide, apart, unsigned, cells), "fuzz");
        Assert.Equal(["x", "one", "t", "w", "a", "u", "c"], arrays.Select(array => array.Name));
        Assert.Equal([1, 2, -1, 4], Of<MatlabNumbers>(arrays, "x").Values);
        Assert.Equal([-2], Of<MatlabNumbers>(arrays, "one").Values);
        Assert.Equal(["ab", "cd"], Of<MatlabText>(arrays, "t").Rows()); // stored column by column
        Assert.Equal(["e€"], Of<MatlabText>(arrays, "w").Rows());
        Assert.Equal(["😀", "xy"], Of<MatlabText>(arrays, "a").Rows());
        Assert.Equal([5], Of<MatlabNumbers>(arrays, "u").Values); // dimensions without a sign, as some writers have them
        var inner = Of<MatlabCells>(arrays, "c").Cells;
        Assert.Equal([0.5], Assert.IsType<MatlabNumbers>(inner[0]).Values);
        Assert.Equal((0, "numbers"), (inner[1].Count, inner[1].Kind));
    }

    [Fact]
    public void What_is_no_such_file_is_refused()
    {
        var write = new Writer(false);
        Refusal.Of<DataException>(() => Matlab5Reader.Read([], "fuzz"), "fuzz", "no MATLAB file of version 5 to 7", "-v7");
        Refusal.Of<DataException>(() => Matlab5Reader.Read(new byte[500], "fuzz"), "no MATLAB file of version 5 to 7");
        var newer = write.File();
        newer[125] = 2;
        Refusal.Of<DataException>(() => Matlab5Reader.Read(newer, "fuzz"), "offset 124 is 0x0200", "version 7.3", "'-v7'");
        Refusal.Of<DataException>(() => Matlab5Reader.Read(Path.Combine(_folder.Path, "none.mat")), "none.mat", "no such file");
    }

    [Fact]
    public void What_contradicts_itself_is_refused_with_its_offset()
    {
        var write = new Writer(false);
        void Refused(byte[] variable, params string[] says) => Refusal.Of<DataException>(() => Matlab5Reader.Read(write.File(variable), "fuzz"), ["fuzz", .. says]);
        Refused([1, 2, 3], "offset 128: 3 byte(s) are left", "tag of 8");
        Refused([.. write.U32(14), .. write.U32(4_000_000_000)], "offset 128: an element announces 4,000,000,000 bytes, and 0 are left");
        Refused(write.Element(9, write.F64(1)), "offset 136: found an element of type 9; expected an array");
        Refused(write.Array(6, [2, 2], "x", write.Element(9, write.F64(1))), "8 bytes of numbers; expected 32");
        Refused(write.Array(6, [1 << 20, 1 << 20], "x", write.Element(9, [])), "dimension 2 is 1,048,576", "at most 33,554,432 elements");
        Refused(write.Array(6, [-1, 1], "x", write.Element(9, [])), "dimension 1 is -1");
        Refused(write.Array(6, [1], "x", write.Element(9, [])), "dimensions have 4 bytes");
        Refused(write.Array(1, [30_000_000, 1], "x", []), "30,000,000 cells are announced, and 0 bytes are left");
        Refused(write.Array(4, [1, 9], "x", write.Small(2, "ab"u8.ToArray())), "2 characters; expected 9");
        Refused(write.Array(4, [1, 1], "x", write.Element(9, write.F64(1))), "characters of type 9");
        Refused(write.Array(6, [1, 1], "x", write.Element(16, [1])), "numbers of type 16");
        Refused(write.Array(4, [1, 3], "x", write.Small(16, [(byte)'a', 0xff, (byte)'b'])), "offset 189: found a byte 0xFF that is not valid UTF-8");
        Refused(write.Array(4, [1, 1], "x", write.Small(18, [0xff, 0xff, 0xff, 0x7f])), "not valid UTF-32");
        Refused(write.Array(4, [1, 1], "x", write.Small(4, [1, 2, 3])), "there are 3 bytes of characters; expected 2 for each");
        Refused(write.Packed(write.Array(6, [1, 1], "x", write.Element(9, [])))[..^6], "offset 128", "announces");
        Refused(write.Packed(write.Array(6, [2, 2], "x", write.Element(9, []))), "of the variable that is packed at offset 136");
        Refused(write.Element(15, [0x78, 0x9c, 1, 2, 3, 4, 5]), "packed at offset 136 is damaged or cut off");
    }

    [Fact]
    public void Cells_in_cells_have_a_depth_that_a_stack_holds()
    {
        var write = new Writer(false);
        var deep = write.Element(14, []);
        for (var depth = 0; depth < 2_000; depth++)
            deep = write.Array(1, [1, 1], "", deep);
        Refusal.Of<DataException>(() => Matlab5Reader.Read(write.File(deep), "fuzz"), "more than 16 deep");
    }

    [Fact]
    public void A_packed_variable_that_unpacks_without_end_is_refused_in_bounded_memory()
    {
        var write = new Writer(false);
        var bomb = write.File(write.Packed(write.Array(9, [1, 17_000_000], "x", write.Element(2, new byte[17_000_000]))), write.Packed(write.Array(9, [1, 17_000_000], "y", write.Element(2, new byte[17_000_000]))));
        Assert.InRange(bomb.Length, 0, 100_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Refusal.Of<DataException>(() => Matlab5Reader.Read(bomb, "fuzz"), "fuzz", "more than 33,554,432 bytes");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16L * Matlab5Reader.MostBytes);
    }

    [Fact]
    public void Damaged_files_are_refused_or_read_and_nothing_else() => Fuzz(500);

    [Fact]
    [Trait("Tier", "slow")]
    public void Ten_thousand_damaged_files_are_refused_or_read_and_nothing_else() => Fuzz(10_000);

    private static void Fuzz(int count)
    {
        string[] names = ["list_plain.mat", "list_packed.mat", "kinds_plain.mat", "kinds_packed.mat"];
        var (refused, read) = Mutations.Try([.. names.Select(Fixture.Bytes)], count, 4 << 20, file => Matlab5Reader.Read(file, "fuzz"), arrays => Assert.All(arrays, Whole));
        Assert.True(refused > count / 10 && read > count / 50, $"{refused} refused, {read} read");
    }

    private static void Whole(MatlabArray array)
    {
        switch (array)
        {
            case MatlabNumbers numbers:
                Assert.Equal(array.Count, numbers.Values.Length);
                break;
            case MatlabText text:
                Assert.Equal(text.Characters.Length, text.Rows().Sum(row => row.Length));
                break;
            case MatlabCells cells:
                Assert.Equal(array.Count, cells.Cells.Count);
                Assert.All(cells.Cells, Whole);
                break;
        }
    }

    /// <summary>Writes what the format's description says, and not what the reader expects.</summary>
    private sealed class Writer(bool bigEndian)
    {
        public byte[] U16(int value) => Ordered(BitConverter.GetBytes((ushort)value));

        public byte[] U32(uint value) => Ordered(BitConverter.GetBytes(value));

        public byte[] F64(double value) => Ordered(BitConverter.GetBytes(value));

        public byte[] Element(uint type, byte[] content) => [.. U32(type), .. U32((uint)content.Length), .. content, .. new byte[(8 - content.Length % 8) % 8]];

        public byte[] Small(uint type, byte[] content) => [.. U32(((uint)content.Length << 16) | type), .. content, .. new byte[4 - content.Length]];

        public byte[] Array(uint kind, int[] sizes, string name, byte[] content) => Element(14,
            [.. Element(6, [.. U32(kind), .. U32(0)]), .. Element(5, [.. sizes.SelectMany(size => U32((uint)size))]), .. Element(1, Encoding.ASCII.GetBytes(name)), .. content]);

        public byte[] Packed(byte[] variable)
        {
            using var packed = new MemoryStream();
            using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal))
                zlib.Write(variable);
            return [.. U32(15), .. U32((uint)packed.ToArray().Length), .. packed.ToArray()];
        }

        public byte[] File(params byte[][] variables) =>
            [.. Encoding.ASCII.GetBytes("MATLAB 5.0 MAT-file, by hand".PadRight(116)), .. new byte[8], .. U16(0x0100), .. U16(('M' << 8) | 'I'), .. variables.SelectMany(variable => variable)];

        private byte[] Ordered(byte[] bytes)
        {
            if (bigEndian == BitConverter.IsLittleEndian)
                System.Array.Reverse(bytes);
            return bytes;
        }
    }
}
