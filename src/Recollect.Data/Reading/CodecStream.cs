namespace Recollect.Data;

/// <summary>What an image's codec reads of a file whose first bytes have been looked at: it ends where reading fails, as no exception may pass through the codec, and keeps what was thrown.</summary>
/// <param name="head">The first bytes.</param>
/// <param name="rest">Where the others are; not disposed.</param>
/// <param name="most">The bytes that are read at most.</param>
internal sealed class CodecStream(byte[] head, Stream rest, long most) : ForwardStream
{
    /// <summary>What reading failed with; null where it did not.</summary>
    public Exception? Fault { get; private set; }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        var room = buffer[..(int)Math.Min(buffer.Length, most - BytesRead)];
        var read = 0;
        if (BytesRead < head.Length)
        {
            read = Math.Min(room.Length, head.Length - (int)BytesRead);
            head.AsSpan((int)BytesRead, read).CopyTo(room);
        }
        else if (Fault is null)
        {
            try
            {
                read = rest.Read(room);
            }
            catch (Exception error) // whatever it is: it is thrown again once the codec is left
            {
                Fault = error;
            }
        }
        BytesRead += read;
        return read;
    }
}
