using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Recollect.Data;

/// <summary>Splits an input into lines of valid UTF-8: the byte-order mark is dropped, and bytes that are not UTF-8 are named by line and offset.</summary>
/// <remarks>
/// Lines end with LF or CRLF. A line grows the buffer to at most twice its own length, so files of any size stream; a line without end, such as a
/// small gzip file may hold, is refused at <see cref="RowBounds.MostBytes"/>.
/// </remarks>
internal static class Utf8Lines
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xef, 0xbb, 0xbf];

    /// <summary>The lines that are not blank, with their numbers from 1, each valid until the next is taken.</summary>
    /// <exception cref="DataException">A line is not UTF-8, or longer than <paramref name="longest"/> bytes.</exception>
    public static IEnumerable<(long Number, ReadOnlyMemory<byte> Line)> Of(InputStream input, int longest = RowBounds.MostBytes) =>
        Every(input, longest).Where(line => line.Line.Span.IndexOfAnyExcept(" \t"u8) >= 0);

    /// <summary>As <see cref="Of"/>, the blank lines with the others.</summary>
    public static IEnumerable<(long Number, ReadOnlyMemory<byte> Line)> Every(InputStream input, int longest = RowBounds.MostBytes)
    {
        foreach (var (number, offset, line) in Raw(input, longest))
        {
            var content = line;
            if (number == 1 && content.Span.StartsWith(ByteOrderMark))
                content = content[ByteOrderMark.Length..];
            if (content.Span.EndsWith("\r"u8))
                content = content[..^1];
            Check(input, number, offset, line.Span);
            yield return (number, content);
        }
    }

    /// <summary>Fails where <paramref name="line"/>, which starts at byte <paramref name="offset"/> of the file, is not UTF-8.</summary>
    private static void Check(InputStream input, long number, long offset, ReadOnlySpan<byte> line)
    {
        if (Utf8.IsValid(line))
            return;
        var at = 0;
        while (Rune.DecodeFromUtf8(line[at..], out _, out var used) == OperationStatus.Done)
            at += used;
        throw Invalid(input, number, offset + at, line[at]);
    }

    /// <summary>The error for one byte that cannot stand where it does.</summary>
    public static DataException Invalid(InputStream input, long line, long offset, byte value) =>
        new($"{input.Name}, line {line}: byte 0x{value:X2} at offset {offset:N0} of the file is not valid UTF-8. {KnownBytes.Hint(input.Head()) ?? "Save the file as UTF-8."}");

    private static IEnumerable<(long Number, long Offset, ReadOnlyMemory<byte> Line)> Raw(InputStream input, int longest)
    {
        var buffer = new byte[Math.Min(1 << 16, longest + 1)];
        var (start, end, offset, number) = (0, 0, 0L, 1L);
        while (true)
        {
            var newline = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            if (newline >= 0)
            {
                yield return (number, offset, buffer.AsMemory(start, newline));
                start += newline + 1;
                offset += newline + 1;
                number++;
                continue;
            }
            // No whole line is left: move the rest to the front, and make room where the line is longer than the buffer.
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
            if (end > longest)
                throw RowBounds.TooLong($"{input.Name}, line {number}", "the line", longest);
            if (end == buffer.Length)
                Array.Resize(ref buffer, (int)Math.Min(buffer.Length * 2L, longest + 1L));
            var read = input.Read(buffer.AsSpan(end));
            if (read == 0)
            {
                if (end > 0)
                    yield return (number, offset, buffer.AsMemory(0, end));
                yield break;
            }
            end += read;
        }
    }
}
