using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Recollect.Randomness;

/// <summary>The one seed of a run, from which every random draw is taken through a stream named by what it draws.</summary>
/// <remarks>
/// A stream is keyed by (purpose, update, row) and by nothing else, so that draws do not depend on threads, ranks or order of arrival,
/// and a resumed run needs no generator state (method, section 6.4).
/// </remarks>
/// <param name="Value">Any 64-bit number; negative ones are allowed.</param>
public readonly record struct Seed(long Value)
{
    /// <summary>The stream of draws for <paramref name="purpose"/> at one update and one row of the whole batch.</summary>
    /// <param name="purpose">What is drawn, such as <c>"anchors"</c>; the field's word, constant in the code.</param>
    /// <param name="update">The update, epoch or other counter in time; 0 or more.</param>
    /// <param name="row">The row within the update's whole batch; 0 or more.</param>
    public RandomStream Stream(string purpose, long update = 0, long row = 0) => Purpose(purpose).At(update, row);

    /// <summary>The family of streams for one purpose; cheaper than <see cref="Stream"/> where many rows are drawn.</summary>
    public StreamFamily Purpose(string purpose)
    {
        // Philox takes a 64-bit key: the first 8 bytes of SHA-256(seed, little-endian ‖ purpose, UTF-8).
        var name = Encoding.UTF8.GetBytes(purpose);
        Span<byte> message = stackalloc byte[8 + name.Length];
        BinaryPrimitives.WriteInt64LittleEndian(message, Value);
        name.CopyTo(message[8..]);
        Span<byte> digest = stackalloc byte[32];
        SHA256.HashData(message, digest);
        return new StreamFamily(BinaryPrimitives.ReadUInt64LittleEndian(digest));
    }
}

/// <summary>All streams of one purpose of one seed.</summary>
/// <param name="Key">The Philox key.</param>
public readonly record struct StreamFamily(ulong Key)
{
    /// <summary>The stream at <paramref name="update"/> and <paramref name="row"/>, each 0 or more and below 2³².</summary>
    /// <exception cref="ArgumentOutOfRangeException">A counter is negative or too large.</exception>
    public RandomStream At(long update, long row)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(update);
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(update, uint.MaxValue);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(row, uint.MaxValue);
        return new RandomStream(Key, (uint)update, (uint)row);
    }
}
