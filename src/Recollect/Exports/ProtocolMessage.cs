using System.Buffers;
using System.Text;

namespace Recollect.Exports;

/// <summary>A message of protocol buffers: its fields one after the other, whole numbers as varints, all else with its length before it.</summary>
internal sealed class ProtocolMessage
{
    private const int LengthDelimited = 2;
    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>The message so far.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.WrittenSpan;

    /// <summary>Adds a whole number.</summary>
    public ProtocolMessage Add(int field, long value)
    {
        Varint((ulong)field << 3);
        Varint((ulong)value);
        return this;
    }

    /// <summary>Adds a text.</summary>
    public ProtocolMessage Add(int field, string text) => Add(field, Encoding.UTF8.GetBytes(text));

    /// <summary>Adds a message within this one.</summary>
    public ProtocolMessage Add(int field, ProtocolMessage inner) => Add(field, inner.Bytes);

    /// <summary>Adds bytes.</summary>
    public ProtocolMessage Add(int field, ReadOnlySpan<byte> bytes)
    {
        Varint(((ulong)field << 3) | LengthDelimited);
        Varint((ulong)bytes.Length);
        _bytes.Write(bytes);
        return this;
    }

    private void Varint(ulong value)
    {
        var room = _bytes.GetSpan(10);
        var used = 0;
        for (; value >= 128; value >>= 7)
            room[used++] = (byte)(value | 128);
        room[used++] = (byte)value;
        _bytes.Advance(used);
    }
}
