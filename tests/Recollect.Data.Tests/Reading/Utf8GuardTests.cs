using System.Text;
using FsCheck.Xunit;

namespace Recollect.Data.Tests.Reading;

public sealed class Utf8GuardTests
{
    [Property]
    public bool Valid_text_passes_unchanged_however_it_is_cut(string? text, byte chunk)
    {
        var bytes = Encoding.UTF8.GetBytes(CsvTableReaderTests.Clean(text) + "é€😀");
        using var guard = new Utf8Guard(InputStream.From(new Chunks(bytes, chunk % 5 + 1), "t"));
        using var copy = new MemoryStream();
        guard.CopyTo(copy);
        return copy.ToArray().SequenceEqual(bytes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(100)]
    public void The_first_bad_byte_is_named_however_the_text_is_cut(int chunk)
    {
        byte[][] bad =
        [
            [.. "é\nab"u8, 0xff, .. "c"u8], // offset 5
            [.. "é\nab"u8, 0xe2, 0x82, .. "c"u8], // a character of three bytes that has two
            [.. "é\nab"u8, 0xe2, 0x82], // cut off by the end
            [.. "é\nab"u8, 0xc0, 0x80], // an overlong form
        ];
        foreach (var bytes in bad)
        {
            using var guard = new Utf8Guard(InputStream.From(new Chunks(bytes, chunk), "t"));
            var error = Assert.Throws<DataException>(() => guard.CopyTo(Stream.Null));
            Assert.StartsWith($"t, line 2: byte 0x{bytes[5]:X2} at offset 5 ", error.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>Gives at most so many bytes a read.</summary>
    private sealed class Chunks(byte[] bytes, int size) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(size, buffer.Length)]);
    }
}
