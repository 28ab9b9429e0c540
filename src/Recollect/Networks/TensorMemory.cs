using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Recollect.Networks;

/// <summary>Where libtorch keeps a tensor's numbers.</summary>
internal static unsafe class TensorMemory
{
    /// <summary>The address of the first number of a contiguous tensor on the CPU, whatever its size; 0 where it has none. It is good as long as the tensor is, which the caller keeps alive.</summary>
    /// <exception cref="InvalidOperationException">The tensor is not contiguous, or of another type of number.</exception>
    public static nint AddressOf<T>(Tensor tensor)
        where T : unmanaged
    {
        if (!tensor.is_contiguous() || tensor.ElementSize != sizeof(T))
            throw new InvalidOperationException($"Kernels need contiguous {typeof(T).Name} numbers on the CPU.");
        if (tensor.numel() == 0)
            return 0;
        // Of one number alone: a span of memory has an int's length, a window's states need not.
        using var flat = tensor.view(-1);
        using var first = flat.narrow(0, 0, 1);
        var address = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(first.bytes));
        GC.KeepAlive(tensor); // the caller keeps its memory, and perhaps not this object
        return address;
    }
}
