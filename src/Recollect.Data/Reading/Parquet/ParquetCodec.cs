using System.IO.Compression;
using K4os.Compression.LZ4;
using Snappier;
using ZstdSharp;

namespace Recollect.Data;

/// <summary>How the pages of a column are packed, by the numbers in parquet.thrift.</summary>
internal static class ParquetCodec
{
    /// <summary>Bytes that are not packed.</summary>
    public const int None = 0;

    // LZ4 is the frame of Hadoop's, which was never specified; LZ4_RAW took its place.
    private static readonly string[] Names = ["none", "snappy", "gzip", "LZO", "brotli", "LZ4", "zstd", "LZ4_RAW"];
    private static readonly string[] Unread = ["LZO", "LZ4"];

    /// <summary>The codecs that are read, for messages.</summary>
    public static string Readable { get; } = string.Join(", ", Names.Except(Unread));

    /// <summary>A codec's name, for messages.</summary>
    public static string Name(int codec) => Names.ElementAtOrDefault(codec) ?? $"the unknown codec {codec}";

    /// <summary>Whether a codec is read.</summary>
    public static bool IsRead(int codec) => Names.ElementAtOrDefault(codec) is { } name && !Unread.Contains(name);

    /// <summary>Unpacks into <paramref name="page"/>, and refuses what does not fill it to the last byte.</summary>
    /// <param name="codec">A codec that is read.</param>
    /// <param name="packed">The packed bytes.</param>
    /// <param name="page">Room for as many bytes as they are said to stand for.</param>
    /// <exception cref="InvalidDataException">They are damaged, or stand for more bytes or fewer. The libraries throw others besides.</exception>
    public static void Unpack(int codec, ReadOnlyMemory<byte> packed, Span<byte> page)
    {
        if (page.IsEmpty)
            return; // of no bytes each codec makes some of its own, or none
        var filled = Names[codec] switch
        {
            "none" => packed.Length == page.Length && packed.Span.TryCopyTo(page),
            "snappy" => Snappy.GetUncompressedLength(packed.Span) == page.Length && Snappy.Decompress(packed.Span, page) == page.Length,
            "gzip" => Gunzip(packed, page),
            "brotli" => BrotliDecoder.TryDecompress(packed.Span, page, out var written) && written == page.Length,
            "zstd" => Unzstd(packed.Span, page),
            _ => LZ4Codec.Decode(packed.Span, page) == page.Length,
        };
        if (!filled)
            throw new InvalidDataException($"{packed.Length:N0} bytes do not unpack to the {page.Length:N0} that they are said to stand for");
    }

    private static bool Gunzip(ReadOnlyMemory<byte> packed, Span<byte> page)
    {
        using var bytes = new MemoryStream(packed.ToArray());
        using var stream = new GZipStream(bytes, CompressionMode.Decompress);
        return stream.ReadAtLeast(page, page.Length, throwOnEndOfStream: false) == page.Length && stream.ReadByte() < 0;
    }

    private static bool Unzstd(ReadOnlySpan<byte> packed, Span<byte> page)
    {
        using var decompressor = new Decompressor();
        return decompressor.Unwrap(packed, page) == page.Length;
    }
}
