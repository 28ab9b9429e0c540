using System.Text;

namespace Recollect.Data;

/// <summary>Writes Thrift's compact protocol: fields in rising order of their numbers, each a few steps after the one before it.</summary>
internal sealed class ThriftWriter(Stream output)
{
    private readonly Stack<int> _outer = new();
    private int _id;

    /// <summary>A whole number.</summary>
    public ThriftWriter Int(int id, long value, ThriftType type = ThriftType.Int32)
    {
        Field(id, type);
        Varint((ulong)((value << 1) ^ (value >> 63)));
        return this;
    }

    /// <summary>A truth value.</summary>
    public ThriftWriter Flag(int id, bool value)
    {
        Field(id, value ? ThriftType.True : ThriftType.False);
        return this;
    }

    /// <summary>A text.</summary>
    public ThriftWriter Text(int id, string value)
    {
        Field(id, ThriftType.Binary);
        return Element(value);
    }

    /// <summary>A list, whose elements follow.</summary>
    public ThriftWriter List(int id, ThriftType element, int count)
    {
        Field(id, ThriftType.List);
        output.WriteByte((byte)(0xf0 | (byte)element));
        Varint((ulong)count);
        return this;
    }

    /// <summary>A text as an element of a list.</summary>
    public ThriftWriter Element(string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        Varint((ulong)bytes.Length);
        output.Write(bytes);
        return this;
    }

    /// <summary>Begins a struct: a field, or (0) an element of a list or the whole.</summary>
    public ThriftWriter Begin(int id = 0)
    {
        if (id != 0)
            Field(id, ThriftType.Struct);
        _outer.Push(_id);
        _id = 0;
        return this;
    }

    /// <summary>Ends the struct begun last.</summary>
    public ThriftWriter End()
    {
        output.WriteByte((byte)ThriftType.Stop);
        _id = _outer.Pop();
        return this;
    }

    private void Field(int id, ThriftType type)
    {
        output.WriteByte((byte)(((id - _id) << 4) | (byte)type));
        _id = id;
    }

    private void Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            output.WriteByte((byte)(value | 0x80));
        output.WriteByte((byte)value);
    }
}
