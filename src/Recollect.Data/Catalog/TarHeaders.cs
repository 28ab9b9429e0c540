using System.Buffers.Binary;

namespace Recollect.Data;

/// <summary>The bytes of a tar on their way to .NET's reader, which would make room for whatever length an entry of attributes or of a long name announces.</summary>
/// <remarks>That reader asks for a header's 512 bytes, and for them alone; what looks like one elsewhere would need a header's checksum too.</remarks>
internal sealed class TarHeaders(InputStream input) : ForwardStream
{
    private const int Header = 512, SizeAt = 124, ChecksumAt = 148, TypeAt = 156, SizeLength = 12;
    private const ulong MostBytes = 1 << 20; // names and attributes of real archives have some hundred

    /// <inheritdoc/>
    /// <exception cref="DataException">An entry announces more attributes, or a longer name, than any honest one has.</exception>
    public override int Read(Span<byte> buffer)
    {
        var read = buffer.Length == Header ? input.Fill(buffer) : input.Read(buffer);
        BytesRead += read;
        // pax: 'x' of one file, 'g' of all; GNU: 'L' a long name, 'K' where a link leads.
        if (read == Header && IsHeader(buffer) && buffer[TypeAt] is (byte)'x' or (byte)'g' or (byte)'L' or (byte)'K'
            && Size(buffer.Slice(SizeAt, SizeLength)) is > MostBytes and var size)
        {
            throw new DataException($"{input.Name}: an entry of the tar archive (offset {BytesRead - Header:N0}) announces attributes or a name of {size:N0} bytes; expected at most {MostBytes:N0}. Do not use this archive.");
        }
        return read;
    }

    // POSIX ustar: the sum of all bytes, the checksum's own eight taken as blanks.
    private static bool IsHeader(ReadOnlySpan<byte> header)
    {
        var sum = 8 * ' ';
        for (var i = 0; i < Header; i++)
            sum += i is >= ChecksumAt and < ChecksumAt + 8 ? 0 : header[i];
        return (ulong)sum == Octal(header.Slice(ChecksumAt, 8));
    }

    // Octal digits; or, where the first bit is set, GNU's base 256.
    private static ulong Size(ReadOnlySpan<byte> field) => field[0] < 0x80 ? Octal(field)
        : field[1..^8].ContainsAnyExcept((byte)0) ? ulong.MaxValue : BinaryPrimitives.ReadUInt64BigEndian(field[^8..]);

    private static ulong Octal(ReadOnlySpan<byte> field)
    {
        var value = 0UL;
        foreach (var digit in field)
        {
            if (digit is >= (byte)'0' and <= (byte)'7')
                value = value * 8 + (ulong)(digit - '0');
        }
        return value;
    }
}
