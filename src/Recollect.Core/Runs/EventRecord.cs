using System.Buffers.Binary;
using System.Numerics;

namespace Recollect.Runs;

/// <summary>The records of a TensorBoard event file: TFRecord's framing around the protocol buffer <c>tensorflow.Event</c>.</summary>
/// <remarks>
/// Fields and their numbers are those of <c>event.proto</c> and <c>summary.proto</c> in <c>tensorboard/compat/proto</c>, in the order of their numbers, as protobuf's own
/// writers have them; the framing is that of TensorFlow's <c>record_writer.h</c>.
/// </remarks>
internal static class EventRecord
{
    // A field's number and how its value is coded: 0 varint, 1 eight bytes, 2 length and bytes, 5 four bytes.
    private const byte WallTime = (1 << 3) | 1, Step = 2 << 3, FileVersion = (3 << 3) | 2, Summary = (5 << 3) | 2, SessionLog = (7 << 3) | 2;
    private const byte SummaryValue = (1 << 3) | 2, Tag = (1 << 3) | 2, SimpleValue = (2 << 3) | 5, SessionStatus = 1 << 3;
    private const byte SessionStarts = 1;

    /// <summary>The first record of every file. From this version on readers go by <see cref="SessionStart"/> where a training went on.</summary>
    public static byte[] Version(double wallTime) => Framed(Event(wallTime, 0, FileVersion, "brain.Event:2"u8));

    /// <summary>Says that a sitting begins: readers drop what earlier files of the folder have of <paramref name="firstStep"/> and later.</summary>
    public static byte[] SessionStart(double wallTime, long firstStep) => Framed(Event(wallTime, firstStep, SessionLog, [SessionStatus, SessionStarts]));

    /// <summary>What was measured at one moment, each number under its tag.</summary>
    public static byte[] Scalars(double wallTime, long step, IEnumerable<(string Tag, double Value)> scalars) => Framed(Event(wallTime, step, Summary, Bytes(writer =>
    {
        foreach (var (tag, value) in scalars)
        {
            Field(writer, SummaryValue, Bytes(inner =>
            {
                Field(inner, Tag, System.Text.Encoding.UTF8.GetBytes(tag));
                inner.Write(SimpleValue);
                inner.Write((float)value);
            }));
        }
    })));

    /// <summary>A record: length, its checksum, the bytes, their checksum; numbers little-endian.</summary>
    internal static byte[] Framed(ReadOnlySpan<byte> payload)
    {
        var record = new byte[8 + 4 + payload.Length + 4];
        BinaryPrimitives.WriteInt64LittleEndian(record, payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(8), Masked(record.AsSpan(0, 8)));
        payload.CopyTo(record.AsSpan(12));
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(12 + payload.Length), Masked(payload));
        return record;
    }

    /// <summary>CRC-32C (Castagnoli), as in RFC 3720, section 12.1.</summary>
    internal static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
            crc = BitOperations.Crc32C(crc, value);
        return ~crc;
    }

    // TensorFlow's mask (crc32c.h): a checksum of bytes that hold checksums would be weak.
    private static uint Masked(ReadOnlySpan<byte> bytes) => BitOperations.RotateRight(Crc32C(bytes), 15) + 0xa282ead8;

    private static byte[] Event(double wallTime, long step, byte what, ReadOnlySpan<byte> content)
    {
        var value = content.ToArray();
        return Bytes(writer =>
        {
            writer.Write(WallTime);
            writer.Write(wallTime);
            if (step != 0) // proto3 leaves out what is 0
            {
                writer.Write(Step);
                writer.Write7BitEncodedInt64(step);
            }
            Field(writer, what, value);
        });
    }

    private static void Field(BinaryWriter writer, byte field, byte[] content)
    {
        writer.Write(field);
        writer.Write7BitEncodedInt(content.Length);
        writer.Write(content);
    }

    private static byte[] Bytes(Action<BinaryWriter> write)
    {
        using var memory = new MemoryStream();
        using var writer = new BinaryWriter(memory); // little-endian on every machine
        write(writer);
        return memory.ToArray();
    }
}
