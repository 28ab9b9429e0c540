namespace Recollect.Data.Tests.Reading;

public sealed class ForwardStreamTests
{
    [Fact]
    public void Both_ways_to_read_give_the_same_bytes_and_count_them()
    {
        using var stream = new Letters("abcdef"u8.ToArray());
        var buffer = new byte[6];
        Assert.Equal(2, stream.Read(buffer, 1, 2));
        Assert.Equal(2, stream.Read(buffer.AsSpan(3, 2)));
        Assert.Equal("\0abcd\0"u8, buffer);
        Assert.Equal(4, stream.Position);
    }

    [Fact]
    public void Whatever_would_go_back_or_write_is_refused()
    {
        using var stream = new Letters([1]);
        Assert.Equal((true, false, false), (stream.CanRead, stream.CanSeek, stream.CanWrite));
        Action[] refused =
        [
            () => _ = stream.Length, () => stream.Position = 0, () => stream.Seek(0, SeekOrigin.Begin), () => stream.SetLength(1), () => stream.Write([1], 0, 1),
        ];
        Assert.All(refused, action => Assert.Throws<NotSupportedException>(action));
    }

    private sealed class Letters(byte[] bytes) : ForwardStream
    {
        public override int Read(Span<byte> buffer)
        {
            var read = Math.Min(buffer.Length, bytes.Length - (int)BytesRead);
            bytes.AsSpan((int)BytesRead, read).CopyTo(buffer);
            BytesRead += read;
            return read;
        }
    }
}
