using System.Buffers;

namespace Recollect.Data;

/// <summary>Passes the bytes of a CSV on unchanged and fails at the first row of more than <see cref="RowBounds.MostValues"/> cells, before the places of so many are kept.</summary>
/// <param name="input">The table.</param>
/// <param name="name">What messages call it.</param>
internal sealed class CellGuard(Stream input, string name) : ForwardStream
{
    private static readonly SearchValues<byte> Marks = SearchValues.Create("\",\r\n"u8);

    private bool _isQuoted;
    private int _commas; // of the row so far
    private long _line = 1;

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        var read = input.Read(buffer);
        Count(buffer[..read]);
        BytesRead += read;
        return read;
    }

    // A quote that is doubled within a quoted cell ends it and begins another, which counts alike.
    private void Count(ReadOnlySpan<byte> bytes)
    {
        while (true)
        {
            var at = _isQuoted ? bytes.IndexOf((byte)'"') : bytes.IndexOfAny(Marks);
            if (_isQuoted)
                _line += bytes[..(at < 0 ? bytes.Length : at)].Count((byte)'\n');
            if (at < 0)
                return;
            switch (bytes[at])
            {
                case (byte)'"':
                    _isQuoted = !_isQuoted;
                    break;
                case (byte)',':
                    if (++_commas == RowBounds.MostValues)
                        throw RowBounds.TooMany($"{name}, line {_line}", "cells");
                    break;
                default:
                    _commas = 0;
                    _line += bytes[at] == '\n' ? 1 : 0;
                    break;
            }
            bytes = bytes[(at + 1)..];
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            input.Dispose();
        base.Dispose(disposing);
    }
}
