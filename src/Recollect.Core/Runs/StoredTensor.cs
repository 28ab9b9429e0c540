using System.Runtime.InteropServices;

namespace Recollect.Runs;

/// <summary>The element types that Recollect stores, by the names of the safetensors format.</summary>
public enum StoredType
{
    /// <summary>32-bit floats.</summary>
    F32,

    /// <summary>64-bit floats.</summary>
    F64,

    /// <summary>64-bit signed integers.</summary>
    I64,

    /// <summary>Bytes.</summary>
    U8,

    /// <summary>16-bit floats (IEEE 754 binary16).</summary>
    F16,

    /// <summary>The upper 16 bits of a 32-bit float (bfloat16).</summary>
    BF16,
}

/// <summary>One named tensor of a safetensors file: row-major, little-endian, without gaps.</summary>
/// <param name="Name">Unique within its file.</param>
/// <param name="Type">The type of an element.</param>
/// <param name="Shape">The sizes, outermost first; empty for a scalar.</param>
/// <param name="Data">The elements' bytes: product of the sizes × bytes an element.</param>
public sealed record StoredTensor(string Name, StoredType Type, long[] Shape, ReadOnlyMemory<byte> Data)
{
    /// <summary>The number of elements.</summary>
    public long Count => Data.Length / SizeOf(Type);

    /// <summary>The elements, seen as floats without a copy.</summary>
    /// <exception cref="InvalidOperationException">They have another type.</exception>
    public ReadOnlySpan<float> Floats => As<float>(StoredType.F32);

    /// <summary>The elements, seen as doubles without a copy.</summary>
    /// <exception cref="InvalidOperationException">They have another type.</exception>
    public ReadOnlySpan<double> Doubles => As<double>(StoredType.F64);

    /// <summary>The elements, seen as 64-bit integers without a copy.</summary>
    /// <exception cref="InvalidOperationException">They have another type.</exception>
    public ReadOnlySpan<long> Longs => As<long>(StoredType.I64);

    /// <summary>The elements, seen as bytes without a copy.</summary>
    /// <exception cref="InvalidOperationException">They have another type.</exception>
    public ReadOnlySpan<byte> Bytes => As<byte>(StoredType.U8);

    /// <summary>A copy of the elements as 32-bit floats; a 64-bit one is rounded, to infinity where it is beyond their range.</summary>
    /// <exception cref="InvalidOperationException">They are whole numbers.</exception>
    public float[] ToFloats() => Type switch
    {
        StoredType.F32 => Floats.ToArray(),
        StoredType.F64 => Array.ConvertAll(Doubles.ToArray(), value => (float)value),
        StoredType.F16 => Array.ConvertAll(As<Half>(StoredType.F16).ToArray(), value => (float)value),
        StoredType.BF16 => Array.ConvertAll(As<ushort>(StoredType.BF16).ToArray(), value => BitConverter.UInt32BitsToSingle((uint)value << 16)),
        _ => throw new InvalidOperationException($"'{Name}' holds {Describe(Type, Shape)}, which are no floating-point numbers."),
    };

    /// <summary>A tensor of 32-bit floats; the values are copied.</summary>
    /// <exception cref="ArgumentException">The number of values is not the product of the shape.</exception>
    public static StoredTensor Of(string name, long[] shape, ReadOnlySpan<float> values) => Of(name, StoredType.F32, shape, values);

    /// <summary>A tensor of 64-bit floats; the values are copied.</summary>
    /// <exception cref="ArgumentException">The number of values is not the product of the shape.</exception>
    public static StoredTensor Of(string name, long[] shape, ReadOnlySpan<double> values) => Of(name, StoredType.F64, shape, values);

    /// <summary>A tensor of 64-bit integers; the values are copied.</summary>
    /// <exception cref="ArgumentException">The number of values is not the product of the shape.</exception>
    public static StoredTensor Of(string name, long[] shape, ReadOnlySpan<long> values) => Of(name, StoredType.I64, shape, values);

    /// <summary>A tensor of bytes; the values are copied.</summary>
    /// <exception cref="ArgumentException">The number of values is not the product of the shape.</exception>
    public static StoredTensor Of(string name, long[] shape, ReadOnlySpan<byte> values) => Of(name, StoredType.U8, shape, values);

    /// <summary>Bytes an element of <paramref name="type"/> takes.</summary>
    public static int SizeOf(StoredType type) => type switch
    {
        StoredType.F32 => 4,
        StoredType.F64 or StoredType.I64 => 8,
        StoredType.F16 or StoredType.BF16 => 2,
        StoredType.U8 => 1,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };

    /// <summary>Whether elements of <paramref name="type"/> are floating-point numbers.</summary>
    internal static bool IsFloating(StoredType type) => type is StoredType.F32 or StoredType.F64 or StoredType.F16 or StoredType.BF16;

    /// <summary>The type and shape, such as <c>F32 [512, 128]</c>.</summary>
    public static string Describe(StoredType type, ReadOnlySpan<long> shape) => $"{type} [{string.Join(", ", shape.ToArray())}]";

    private static StoredTensor Of<T>(string name, StoredType type, long[] shape, ReadOnlySpan<T> values) where T : unmanaged
    {
        var count = 1L;
        foreach (var size in shape)
            count = checked(count * size);
        if (count != values.Length)
            throw new ArgumentException($"'{name}' has {values.Length} values; {Describe(type, shape)} holds {count}.", nameof(values));
        RequireLittleEndian();
        return new StoredTensor(name, type, [.. shape], MemoryMarshal.AsBytes(values).ToArray());
    }

    private ReadOnlySpan<T> As<T>(StoredType type) where T : unmanaged
    {
        if (type != Type)
            throw new InvalidOperationException($"'{Name}' holds {Describe(Type, Shape)}, not {type}.");
        RequireLittleEndian();
        return MemoryMarshal.Cast<byte, T>(Data.Span);
    }

    private static void RequireLittleEndian()
    {
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("Stored tensors are little-endian; this processor is not.");
    }
}
