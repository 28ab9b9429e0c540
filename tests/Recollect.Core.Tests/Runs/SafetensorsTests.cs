using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Recollect.Runs;

public sealed class SafetensorsTests : IDisposable
{
    private static readonly Dictionary<string, string> Metadata = new() { ["version"] = "1", ["architecture"] = """{"cell":"lstm","ü":"\u0001"}""" };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static StoredTensor[] Tensors =>
    [
        StoredTensor.Of("z.weight", [2, 3], [1f, -2f, 3.5f, float.NaN, float.NegativeInfinity, 0f]),
        StoredTensor.Of("a.moments", [2], [1.0 / 3, double.MaxValue]),
        StoredTensor.Of("none", [0, 4], ReadOnlySpan<float>.Empty),
        StoredTensor.Of("step", [], [long.MinValue]),
        StoredTensor.Of("bytes", [5], "hello"u8),
    ];

    private byte[] Written()
    {
        var path = _folder.File("written");
        Safetensors.Write(path, Metadata, Tensors);
        return File.ReadAllBytes(path);
    }

    private static SafetensorsFile Read(byte[] bytes, bool requireChecksum = false) => Safetensors.Read(new MemoryStream(bytes), "m.safetensors", requireChecksum);

    [Fact]
    public void What_is_written_is_read_back_in_order()
    {
        var path = _folder.File("m.safetensors");
        Safetensors.Write(path, Metadata, Tensors);
        var read = Safetensors.Read(path, requireChecksum: true);
        Assert.True(read.Verified);
        Assert.Equal(Metadata["architecture"], read.GetMetadata("architecture"));
        Assert.Equal(["z.weight", "a.moments", "none", "step", "bytes"], read.Tensors.Select(tensor => tensor.Name));
        Assert.Equal([1f, -2f, 3.5f, float.NaN, float.NegativeInfinity, 0f], read.Get("z.weight", StoredType.F32, 2, 3).Floats.ToArray());
        Assert.Equal([1.0 / 3, double.MaxValue], read.Get("a.moments", StoredType.F64, 2).Doubles.ToArray());
        Assert.Equal(0, read.Get("none", StoredType.F32, 0, 4).Count);
        Assert.Equal([long.MinValue], read.Get("step", StoredType.I64).Longs.ToArray());
        Assert.Equal("hello"u8.ToArray(), read.Get("bytes", StoredType.U8, 5).Bytes.ToArray());
    }

    [Fact]
    public void Equal_content_gives_equal_bytes_and_survives_a_second_write()
    {
        var first = Written();
        var again = Read(first);
        var path = _folder.File("again");
        Safetensors.Write(path, again.Metadata.Reverse().ToDictionary(), again.Tensors);
        Assert.Equal(first, File.ReadAllBytes(path));
    }

    [Fact]
    public void A_file_without_tensors_is_a_file()
    {
        var path = _folder.File("empty");
        Safetensors.Write(path, new Dictionary<string, string>(), []);
        Assert.Empty(Safetensors.Read(path, requireChecksum: true).Tensors);
    }

    [Fact]
    public void Every_single_flipped_bit_is_found()
    {
        var whole = Written();
        for (var bit = 0; bit < whole.Length * 8; bit++)
        {
            var bytes = (byte[])whole.Clone();
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<DataException>(() => Read(bytes, requireChecksum: true));
        }
    }

    [Fact]
    public void Every_truncation_is_found_and_so_is_an_addition()
    {
        var whole = Written();
        for (var length = 0; length < whole.Length; length++)
            Assert.Throws<DataException>(() => Read(whole[..length]));
        Assert.Throws<DataException>(() => Read([.. whole, 0]));
    }

    [Property(MaxTest = 3000)]
    public void Random_damage_gives_an_error_or_data_but_never_another_exception(NonNegativeInt at, byte value, NonNegativeInt at2, byte value2, bool cut)
    {
        var bytes = Foreign("""{"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"__metadata__":{"k":"\u0076"},"b":{"dtype":"U8","shape":[],"data_offsets":[8,9]}}""", 9);
        bytes[at.Get % bytes.Length] = value;
        bytes[at2.Get % bytes.Length] = value2;
        if (cut)
            bytes = bytes[..(at.Get % bytes.Length)];
        try
        {
            foreach (var tensor in Read(bytes).Tensors)
                Assert.Equal(tensor.Count * StoredTensor.SizeOf(tensor.Type), tensor.Data.Length);
        }
        catch (DataException error)
        {
            Assert.StartsWith("'m.safetensors'", error.Message);
        }
    }

    [Property(MaxTest = 300)]
    public Property Any_tensors_survive_a_round_trip() => Prop.ForAll(
        ArbMap.Default.ArbFor<(NonNull<string> Name, double[] Values)[]>(),
        rows =>
        {
            var tensors = rows.Where(row => row.Name.Get != "__metadata__" && IsUnicode(row.Name.Get)).DistinctBy(row => row.Name.Get)
                .Select(row => StoredTensor.Of(row.Name.Get, [row.Values.Length], row.Values)).ToList();
            var path = _folder.File("any");
            Safetensors.Write(path, new Dictionary<string, string>(), tensors);
            var read = Safetensors.Read(path, requireChecksum: true);
            Assert.Equal(tensors.Select(tensor => tensor.Name), read.Tensors.Select(tensor => tensor.Name));
            foreach (var tensor in tensors)
                Assert.Equal(tensor.Doubles.ToArray(), read.Get(tensor.Name, StoredType.F64, tensor.Shape).Doubles.ToArray());
        });

    private static bool IsUnicode(string text) => !text.Any(char.IsSurrogate);

    private static byte[] Foreign(string header, int dataLength) =>
        [.. BitConverter.GetBytes((long)Encoding.UTF8.GetByteCount(header)), .. Encoding.UTF8.GetBytes(header), .. new byte[dataLength]];

    [Fact]
    public void A_foreign_file_is_read_unless_a_checksum_is_required()
    {
        var bytes = Foreign("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}  """, 4);
        Assert.False(Read(bytes).Verified);
        Assert.Contains("carries no checksum", Assert.Throws<DataException>(() => Read(bytes, requireChecksum: true)).Message);
    }

    [Theory]
    [InlineData("not json at all", 0, "not valid JSON")]
    [InlineData("", 0, "not valid JSON")]
    [InlineData("{} {}", 0, "JSON")]
    [InlineData("[]", 0, "expected an object")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "'a' stands there twice")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"\u0061":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "'a' stands there twice")]
    [InlineData("""{"__metadata__":{"k":"1","k":"2"}}""", 0, "'k' stands there twice")]
    [InlineData("""{"__metadata__":{"k":1}}""", 0, "expected a string")]
    [InlineData("""{"__metadata__":{"sha256":"abc"}}""", 0, "64 hexadecimal digits")]
    [InlineData("""{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "each once")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}}""", 4, "the key 'x'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1]}}""", 4, "lacks")]
    [InlineData("""{"a":{"dtype":"BF16","shape":[2],"data_offsets":[0,8]}}""", 8, "has 8 bytes; expected 4 for BF16 [2]")]
    [InlineData("""{"a":{"dtype":"I16","shape":[2],"data_offsets":[0,4]}}""", 4, "I16, which Recollect does not read")]
    [InlineData("""{"a":{"dtype":"F33","shape":[1],"data_offsets":[0,4]}}""", 4, "'F33', which the format does not know")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "has 4 bytes; expected 8 for F32 [2]")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "0 or more")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", 4, "whole number")]
    [InlineData("""{"a":{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}}""", 4, "whole number")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}""", 0, "more than any file holds")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4,0],"data_offsets":[0,0]}}""", 0, "more than any file holds")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1099511627776],"data_offsets":[0,1099511627776]}}""", 4, "at most")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1000000000],"data_offsets":[0,1000000000]}}""", 4, "expected at most 4")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[4,0]}}""", 4, "[begin, end]")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4,8]}}""", 4, "[begin, end]")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}""", 6, "overlaps")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[5,9]}}""", 9, "gap")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[1,5]}}""", 5, "gap")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", 5, "where its last tensor ends")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", 3, "cut short")]
    [InlineData("""{"\ud800":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", 4, "not valid Unicode")]
    public void A_header_that_lies_is_refused(string header, int dataLength, string complaint)
    {
        var error = Assert.Throws<DataException>(() => Read(Foreign(header, dataLength)));
        Assert.Contains(complaint, error.Message);
        Assert.Contains("m.safetensors", error.Message);
    }

    [Fact]
    public void Numbers_of_other_widths_become_floats()
    {
        static float[] Floats(StoredType type, byte[] bytes) => new StoredTensor("a", type, [bytes.Length / StoredTensor.SizeOf(type)], bytes).ToFloats();
        // 1, −2 and the smallest subnormal of binary16, 2⁻²⁴; 1, −2 and 2⁻¹³³ of bfloat16; 1 and 1e300.
        Assert.Equal([1f, -2f, MathF.ScaleB(1, -24)], Floats(StoredType.F16, [0x00, 0x3c, 0x00, 0xc0, 0x01, 0x00]));
        Assert.Equal([1f, -2f, MathF.ScaleB(1, -133)], Floats(StoredType.BF16, [0x80, 0x3f, 0x00, 0xc0, 0x01, 0x00]));
        Assert.Equal([1f, float.PositiveInfinity], Floats(StoredType.F64, [.. BitConverter.GetBytes(1.0), .. BitConverter.GetBytes(1e300)]));
        Assert.Equal([0.1f], Floats(StoredType.F32, BitConverter.GetBytes(0.1f)));
        Assert.Contains("no floating-point numbers", Assert.Throws<InvalidOperationException>(() => Floats(StoredType.I64, new byte[8])).Message);
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(-1)]
    [InlineData(100_000_001)]
    [InlineData(3)]
    public void A_header_length_that_lies_is_refused_before_anything_is_allocated(long claimed)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<DataException>(() => Read([.. BitConverter.GetBytes(claimed), .. "{}"u8]));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
        Assert.Contains($"the header claims {(ulong)claimed:N0} bytes; expected at most 2", error.Message);
    }

    [Fact]
    public void A_header_beyond_the_limit_is_refused_even_where_the_file_is_long_enough()
    {
        var path = _folder.File("long");
        using (var file = File.Create(path))
        {
            file.Write(BitConverter.GetBytes(100_000_001L));
            file.SetLength(100_000_100); // a hole: no disk is used
        }
        Assert.Contains("expected at most 100,000,000", Assert.Throws<DataException>(() => Safetensors.Read(path)).Message);
    }

    [Fact]
    public void A_header_that_could_not_be_read_again_is_not_written()
    {
        var path = _folder.File("long");
        var quotes = new string('"', 5_000_000); // each takes a backslash beside itself
        foreach (var values in new[] { 10, 21 })
        {
            var error = Assert.Throws<RunException>(() => Safetensors.Write(path, Enumerable.Range(0, values).ToDictionary(value => $"{value}", _ => quotes), []));
            Assert.StartsWith($"Cannot write '{path}': its header would take 10", error.Message);
            Assert.Contains("expected at most 100,000,000", error.Message);
        }
        Assert.Empty(_folder.Names);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("\"quoted\" \\ \u0001 жё 語 🙂")]
    public void What_a_value_takes_of_a_header_is_known_beforehand(string value)
    {
        static int Length(string value) => SafetensorsHeader.Write(new Dictionary<string, string> { ["key"] = value }, [], "m").Header.AsSpan().TrimEnd((byte)' ').Length;
        Assert.Equal(Length(value) - Length(""), (int)SafetensorsHeader.BytesOf(value));
    }

    [Fact]
    public void Invalid_bytes_in_a_name_are_refused()
    {
        var bytes = Foreign("""{"?":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", 4);
        bytes[Array.IndexOf(bytes, (byte)'?')] = 0xff;
        Assert.Throws<DataException>(() => Read(bytes));
    }

    [Fact]
    public void A_missing_file_and_a_folder_are_named()
    {
        Assert.Contains("does not exist", Assert.Throws<DataException>(() => Safetensors.Read(_folder.File("none"))).Message);
        Assert.Contains("is a folder", Assert.Throws<DataException>(() => Safetensors.Read(_folder.Path)).Message);
    }

    [Fact]
    public void A_tensor_of_another_shape_or_type_is_refused_with_both()
    {
        var read = Read(Written());
        Assert.Contains("is F32 [2, 3]; expected F32 [3, 2]", Assert.Throws<DataException>(() => read.Get("z.weight", StoredType.F32, 3, 2)).Message);
        Assert.Contains("is F32 [2, 3]; expected F64 [2, 3]", Assert.Throws<DataException>(() => read.Get("z.weight", StoredType.F64, 2, 3)).Message);
        Assert.Contains("has no tensor 'gone'", Assert.Throws<DataException>(() => read.Get("gone", StoredType.F32)).Message);
    }

    [Fact]
    public void Writing_what_could_not_be_read_back_is_a_defect()
    {
        var path = _folder.File("never");
        var empty = new Dictionary<string, string>();
        Assert.Throws<ArgumentException>(() => Safetensors.Write(path, empty, [Tensors[0], Tensors[0]]));
        Assert.Throws<ArgumentException>(() => Safetensors.Write(path, empty, [Tensors[0] with { Name = "__metadata__" }]));
        Assert.Throws<ArgumentException>(() => Safetensors.Write(path, empty, [Tensors[0] with { Shape = [7] }]));
        Assert.Throws<ArgumentException>(() => StoredTensor.Of("a", [2], [1f]));
        Assert.False(File.Exists(path));
    }
}
