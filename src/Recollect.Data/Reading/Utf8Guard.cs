using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Recollect.Data;

/// <summary>Passes bytes on unchanged and fails at the first that is not UTF-8, naming line and offset.</summary>
/// <remarks>A text reader would replace such bytes, or report a place within its own buffer.</remarks>
internal sealed class Utf8Guard(InputStream input) : ForwardStream
{
    private readonly byte[] _unfinished = new byte[4]; // the head of a character that the last read cut
    private int _unfinishedLength;
    private long _line = 1;

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        var read = input.Read(buffer);
        if (read > 0)
            Check(buffer[..read]);
        else if (_unfinishedLength > 0)
            throw Utf8Lines.Invalid(input, _line, BytesRead - _unfinishedLength, _unfinished[0]);
        return read;
    }

    private void Check(ReadOnlySpan<byte> bytes)
    {
        var rest = bytes;
        while (_unfinishedLength > 0 && !rest.IsEmpty)
        {
            _unfinished[_unfinishedLength++] = rest[0];
            rest = rest[1..];
            var status = Rune.DecodeFromUtf8(_unfinished.AsSpan(0, _unfinishedLength), out _, out _);
            if (status == OperationStatus.InvalidData)
                throw Utf8Lines.Invalid(input, _line, BytesRead + (bytes.Length - rest.Length) - _unfinishedLength, _unfinished[0]);
            if (status == OperationStatus.Done)
                _unfinishedLength = 0;
        }
        if (!Utf8.IsValid(rest))
            KeepUnfinished(rest, BytesRead + (bytes.Length - rest.Length));
        _line += bytes.Count((byte)'\n');
        BytesRead += bytes.Length;
    }

    private void KeepUnfinished(ReadOnlySpan<byte> bytes, long offset)
    {
        var at = 0;
        while (true)
        {
            var status = Rune.DecodeFromUtf8(bytes[at..], out _, out var used);
            if (status == OperationStatus.InvalidData)
                throw Utf8Lines.Invalid(input, _line + bytes[..at].Count((byte)'\n'), offset + at, bytes[at]);
            if (status == OperationStatus.NeedMoreData)
                break;
            at += used;
        }
        bytes[at..].CopyTo(_unfinished);
        _unfinishedLength = bytes.Length - at;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            input.Dispose();
        base.Dispose(disposing);
    }
}
