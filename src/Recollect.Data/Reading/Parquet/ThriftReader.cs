namespace Recollect.Data;

/// <summary>The types of Thrift's compact protocol, by their numbers in it.</summary>
internal enum ThriftType : byte
{
    Stop = 0,
    True = 1,
    False = 2,
    Byte = 3,
    Int16 = 4,
    Int32 = 5,
    Int64 = 6,
    Double = 7,
    Binary = 8,
    List = 9,
    Set = 10,
    Map = 11,
    Struct = 12,
    Uuid = 13,
}

/// <summary>Reads Thrift's compact protocol from bytes that may be damaged: every length is held against what is left, every type against what is expected.</summary>
/// <remarks>
/// <see href="https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md">The protocol's specification</see>. What is wrong is an
/// <see cref="InvalidDataException"/> that names the offset within the bytes.
/// </remarks>
internal ref struct ThriftReader(ReadOnlySpan<byte> bytes)
{
    private const int Deepest = 16;
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>The bytes that are read.</summary>
    public int Position { get; private set; }

    /// <summary>Goes to the next field of a struct, or past its end.</summary>
    /// <param name="id">The field's number; before, that of the field before it, or 0.</param>
    public ThriftType Field(ref int id)
    {
        var head = Byte();
        if (head == 0)
            return ThriftType.Stop;
        id = head >> 4 is > 0 and var step ? id + step : (short)Zigzag();
        return Known((byte)(head & 15));
    }

    /// <summary>A whole number.</summary>
    public long Int64(ThriftType type)
    {
        Expect(type is ThriftType.Int16 or ThriftType.Int32 or ThriftType.Int64, type, "a whole number");
        return Zigzag();
    }

    /// <summary>A whole number of 32 bits.</summary>
    public int Int32(ThriftType type) => Int64(type) is >= int.MinValue and <= int.MaxValue and var value
        ? (int)value
        : throw new InvalidDataException($"the number before byte {Position:N0} does not fit 32 bits");

    /// <summary>A truth value, which the type alone holds.</summary>
    public readonly bool Flag(ThriftType type)
    {
        Expect(type is ThriftType.True or ThriftType.False, type, "true or false");
        return type == ThriftType.True;
    }

    /// <summary>Bytes, or a text's.</summary>
    public ReadOnlySpan<byte> Binary(ThriftType type)
    {
        Expect(type == ThriftType.Binary, type, "bytes");
        return Take(Varint());
    }

    /// <summary>The number of a list's elements, which follow, each of type <paramref name="element"/>.</summary>
    public int List(ThriftType type, ThriftType element)
    {
        Expect(type == ThriftType.List, type, "a list");
        var count = Elements(out var found);
        Expect(found == element || count == 0, found, element.ToString());
        return count;
    }

    /// <summary>Begins a struct, whose fields follow.</summary>
    public readonly void Struct(ThriftType type) => Expect(type == ThriftType.Struct, type, "a struct");

    /// <summary>Passes over a value, whatever is in it.</summary>
    public void Skip(ThriftType type) => Skip(type, 0);

    private void Skip(ThriftType type, int depth)
    {
        if (depth > Deepest)
            throw new InvalidDataException($"structures are nested more than {Deepest} deep at byte {Position:N0}");
        switch (type)
        {
            case ThriftType.True or ThriftType.False:
                break;
            case ThriftType.Byte:
                Take(1);
                break;
            case ThriftType.Int16 or ThriftType.Int32 or ThriftType.Int64:
                Zigzag();
                break;
            case ThriftType.Double:
                Take(sizeof(double));
                break;
            case ThriftType.Uuid:
                Take(16);
                break;
            case ThriftType.Binary:
                Take(Varint());
                break;
            case ThriftType.List or ThriftType.Set:
                for (var left = Elements(out var element); left > 0; left--)
                    SkipElement(element, depth);
                break;
            case ThriftType.Map:
                SkipMap(depth);
                break;
            default:
                var id = 0;
                for (var field = Field(ref id); field != ThriftType.Stop; field = Field(ref id))
                    Skip(field, depth + 1);
                break;
        }
    }

    private void SkipMap(int depth)
    {
        var count = Count(Varint());
        if (count == 0)
            return;
        var types = Byte();
        var (key, value) = (Known((byte)(types >> 4)), Known((byte)(types & 15)));
        for (; count > 0; count--)
        {
            SkipElement(key, depth);
            SkipElement(value, depth);
        }
    }

    // In a collection a truth value takes a byte.
    private void SkipElement(ThriftType type, int depth) => Skip(type is ThriftType.True or ThriftType.False ? ThriftType.Byte : type, depth + 1);

    private int Elements(out ThriftType type)
    {
        var head = Byte();
        var count = Count(head >> 4 is < 15 and var few ? (ulong)few : Varint());
        type = count == 0 ? ThriftType.Stop : Known((byte)(head & 15)); // of an empty list some writers leave the type out
        return count;
    }

    // An element takes a byte at least, so that no more than are left can be meant.
    private readonly int Count(ulong count) => count <= (ulong)(_bytes.Length - Position)
        ? (int)count
        : throw new InvalidDataException($"{count:N0} elements are announced at byte {Position:N0}, where {_bytes.Length - Position:N0} bytes are left");

    private byte Byte() => Take(1)[0];

    /// <summary>The next bytes, as they are.</summary>
    public ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)(_bytes.Length - Position))
            throw new InvalidDataException($"{count:N0} byte(s) are announced at byte {Position:N0}, where {_bytes.Length - Position:N0} are left");
        var taken = _bytes.Slice(Position, (int)count);
        Position += (int)count;
        return taken;
    }

    private long Zigzag()
    {
        var value = Varint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    /// <summary>A whole number without a sign, of seven bits a byte.</summary>
    public ulong Varint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = Byte();
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
                return value;
        }
        throw new InvalidDataException($"the number before byte {Position:N0} has more than 64 bits");
    }

    private readonly ThriftType Known(byte type) => type is > 0 and <= (byte)ThriftType.Uuid
        ? (ThriftType)type
        : throw new InvalidDataException($"there is no type {type}, as before byte {Position:N0}");

    private readonly void Expect(bool holds, ThriftType found, string expected)
    {
        if (!holds)
            throw new InvalidDataException($"found {found} before byte {Position:N0} in the place of {expected}");
    }
}
