using System.Runtime.InteropServices;

namespace Recollect.Kernels;

/// <summary>Memory outside the managed heap that kernels read and write: aligned to a cache line, grown on demand, used again from step to step.</summary>
/// <typeparam name="T">The element.</typeparam>
internal sealed unsafe class NativeArray<T> : IDisposable
    where T : unmanaged
{
    private const nuint Alignment = 64;

    // Kernels read whole vectors and tiles; what lies behind the last element may be read, and is never used.
    private const nuint Margin = 512;

    /// <summary>Creates an array without elements.</summary>
    public NativeArray()
    {
    }

    /// <summary>Creates an array of <paramref name="length"/> zeros.</summary>
    public NativeArray(long length)
    {
        Ensure(length);
        Clear(length);
    }

    /// <summary>Frees the memory of an array that was not disposed of.</summary>
    ~NativeArray() => Free();

    /// <summary>The first element.</summary>
    public T* Pointer { get; private set; }

    /// <summary>How many elements fit.</summary>
    public long Capacity { get; private set; }

    /// <summary>Its memory, bytes.</summary>
    public long Bytes => Capacity * sizeof(T);

    /// <summary>Makes room for <paramref name="length"/> elements; what was there is lost where the array must grow.</summary>
    /// <remarks>Who has grown once may grow again: there is then an eighth more.</remarks>
    /// <returns>The first element.</returns>
    public T* Ensure(long length)
    {
        if (length > Capacity)
        {
            if (Pointer is not null)
                length += length / 8;
            Free();
            Pointer = (T*)NativeMemory.AlignedAlloc((nuint)length * (nuint)sizeof(T) + Margin, Alignment);
            NativeMemory.Clear((byte*)Pointer + (nuint)length * (nuint)sizeof(T), Margin);
            Capacity = length;
            GC.AddMemoryPressure(length * sizeof(T));
        }
        return Pointer;
    }

    /// <summary>Sets the first <paramref name="length"/> elements to zero.</summary>
    public void Clear(long length) => NativeMemory.Clear(Pointer, (nuint)length * (nuint)sizeof(T));

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (Pointer is null)
            return;
        NativeMemory.AlignedFree(Pointer);
        GC.RemoveMemoryPressure(Capacity * sizeof(T));
        Pointer = null;
        Capacity = 0;
    }
}
