using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Recollect.Runs;

/// <summary>Reads and writes the safetensors format, with a checksum over the whole file.</summary>
/// <remarks>
/// Layout: the header's length (8 bytes, little-endian), the header (JSON, padded with spaces), the tensors' bytes without gaps.
/// Source: "Format" in the safetensors project's README. The metadata key <c>sha256</c> is Recollect's own: the hexadecimal SHA-256 of the
/// file in which those 64 digits stand as zeros. Other readers ignore it; a file without it is read unless a checksum is required.
/// </remarks>
public static class Safetensors
{
    /// <summary>The metadata key of the checksum.</summary>
    public const string ChecksumKey = "sha256";

    /// <summary>The longest header that is read and written, in bytes: the limit of the format's own library.</summary>
    public const int LongestHeader = 100_000_000;

    internal const int LengthBytes = 8;
    internal const int ChecksumDigits = 64;

    private const int PieceBytes = 1 << 16; // of what is read and not kept

    /// <summary>Writes <paramref name="tensors"/>, in the order given, to <paramref name="path"/>, whole or not at all.</summary>
    /// <param name="path">The file; an earlier one is replaced.</param>
    /// <param name="metadata">Written in ordinal order of the keys, for equal bytes; a <see cref="ChecksumKey"/> of an earlier file is left out.</param>
    /// <param name="tensors">Names are unique, and none is <c>__metadata__</c>.</param>
    /// <exception cref="ArgumentException">Two tensors share a name, or one has a reserved name or data that do not fit its shape.</exception>
    /// <exception cref="RunException">The file cannot be written, or its header would be longer than <see cref="LongestHeader"/>; the earlier one is untouched.</exception>
    public static void Write(string path, IReadOnlyDictionary<string, string> metadata, IReadOnlyList<StoredTensor> tensors)
    {
        var (header, digits) = SafetensorsHeader.Write(metadata, tensors, path);
        var length = new byte[LengthBytes];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(length);
        hash.AppendData(header); // the digits still stand as zeros
        foreach (var tensor in tensors)
            hash.AppendData(tensor.Data.Span);
        Hexadecimal(hash).CopyTo(header.AsSpan(digits));
        AtomicFile.Write(path, stream =>
        {
            stream.Write(length);
            stream.Write(header);
            foreach (var tensor in tensors)
                stream.Write(tensor.Data.Span);
        });
    }

    /// <summary>Reads the file at <paramref name="path"/> into memory and checks its checksum where it has one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="requireChecksum">Whether a file without a checksum is refused: set it for what Recollect alone writes.</param>
    /// <exception cref="DataException">It is missing, unreadable, damaged or not safetensors; the message gives the offset.</exception>
    public static SafetensorsFile Read(string path, bool requireChecksum = false) => Read(path, requireChecksum, _ => { });

    /// <summary>As the other, of a file whose header <paramref name="look"/> may refuse before any tensor is read.</summary>
    internal static SafetensorsFile Read(string path, bool requireChecksum, Action<SafetensorsHeader> look)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            return Read(stream, path, requireChecksum, _ => true, look);
        }
        catch (Exception cause) when (StorageFailure.Is(cause))
        {
            throw StorageFailure.Reading(path, cause);
        }
    }

    /// <summary>Reads safetensors from a stream that knows its length; otherwise as <see cref="Read(string, bool)"/>.</summary>
    /// <param name="stream">Positioned at the start.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="requireChecksum">Whether a file without a checksum is refused.</param>
    public static SafetensorsFile Read(Stream stream, string name, bool requireChecksum = false) => Read(stream, name, requireChecksum, _ => true);

    /// <summary>As the other, of which tensors that are not wanted are checked and not kept.</summary>
    /// <param name="stream">Positioned at the start.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="requireChecksum">Whether a file without a checksum is refused.</param>
    /// <param name="wanted">Whether a tensor of this name is kept.</param>
    /// <param name="look">Sees the header before any tensor is read; may refuse it.</param>
    internal static SafetensorsFile Read(Stream stream, string name, bool requireChecksum, Predicate<string> wanted, Action<SafetensorsHeader>? look = null)
    {
        if (!stream.CanSeek)
            throw new DataException($"'{name}' is not a plain file; expected safetensors of a known length.");
        var fileLength = stream.Length;
        if (fileLength < LengthBytes)
            throw new DataException($"'{name}' ends at offset {fileLength}; expected at least the {LengthBytes} bytes of a safetensors header's length. The file is cut short or not safetensors.");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var headerLength = BinaryPrimitives.ReadUInt64LittleEndian(Take(stream, name, LengthBytes, hash));
        var room = (ulong)Math.Min(fileLength - LengthBytes, LongestHeader);
        if (headerLength > room)
            throw new DataException($"'{name}', offset 0: the header claims {headerLength:N0} bytes; expected at most {room:N0} in a file of {fileLength:N0}. The file is cut short or not safetensors.");
        var header = Take(stream, name, (int)headerLength, null);
        var content = SafetensorsHeader.Read(header, name, fileLength - LengthBytes - header.Length);
        look?.Invoke(content);
        var expected = TakeChecksum(header, content, name, requireChecksum);
        hash.AppendData(header); // the digits zeroed by now
        var data = new ReadOnlyMemory<byte>[content.Entries.Count];
        foreach (var entry in content.InFileOrder)
        {
            if (wanted(entry.Name))
                data[entry.Index] = Take(stream, name, (int)entry.Length, hash);
            else
                Pass(stream, name, (int)entry.Length, hash);
        }
        if (expected is not null && !Hexadecimal(hash).AsSpan().SequenceEqual(expected))
            throw new DataException($"'{name}' is damaged: its content does not have the SHA-256 written in it. Restore it from a copy, or train again.");
        return new SafetensorsFile(name, content.Metadata, [.. content.Entries.Where(entry => wanted(entry.Name)).Select(entry => new StoredTensor(entry.Name, entry.Type, entry.Shape, data[entry.Index]))]);
    }

    private static byte[] Take(Stream stream, string name, int count, IncrementalHash? hash)
    {
        var bytes = new byte[count];
        var got = stream.ReadAtLeast(bytes, count, throwOnEndOfStream: false);
        if (got < count)
            throw new DataException($"'{name}' ended at offset {stream.Position} while it was read; expected {count - got} more bytes. Something is changing the file.");
        hash?.AppendData(bytes);
        return bytes;
    }

    private static void Pass(Stream stream, string name, int count, IncrementalHash hash)
    {
        for (int left = count, piece; left > 0; left -= piece)
            Take(stream, name, piece = Math.Min(left, PieceBytes), hash);
    }

    private static byte[]? TakeChecksum(byte[] header, SafetensorsHeader content, string name, bool required)
    {
        if (content.ChecksumAt is not { } at)
        {
            return required
                ? throw new DataException($"'{name}' carries no checksum (metadata '{ChecksumKey}'); expected a file that Recollect wrote. It is damaged, or another program's.")
                : null;
        }
        var digits = header.AsSpan(at, ChecksumDigits);
        var found = digits.ToArray();
        digits.Fill((byte)'0');
        return found;
    }

    private static byte[] Hexadecimal(IncrementalHash hash) => System.Text.Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hash.GetHashAndReset()));
}
