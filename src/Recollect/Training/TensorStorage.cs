using System.Runtime.InteropServices;
using Recollect.Runs;
using static TorchSharp.torch;

namespace Recollect.Training;

/// <summary>Tensors to files and back, bit for bit.</summary>
internal static class TensorStorage
{
    /// <summary>A copy of <paramref name="value"/> under <paramref name="name"/>.</summary>
    public static StoredTensor Store(string name, Tensor value)
    {
        using var scope = NewDisposeScope();
        var host = OnHost(value);
        return new StoredTensor(name, TypeOf(host.dtype), host.shape, host.bytes.ToArray());
    }

    /// <summary>Overwrites <paramref name="target"/> with the tensor called <paramref name="name"/>.</summary>
    /// <exception cref="DataException">The file lacks it, or it has another type or shape.</exception>
    public static void Load(SafetensorsFile file, string name, Tensor target)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var stored = file.Get(name, TypeOf(target.dtype), target.shape);
        var host = empty(target.shape, dtype: target.dtype);
        stored.Data.Span.CopyTo(host.bytes);
        target.copy_(host);
    }

    /// <summary>The numbers of <paramref name="value"/> one after the other in the processor's memory: its own where they lie so, else a copy.</summary>
    internal static Tensor OnHost(Tensor value) => value.detach().cpu().contiguous();

    /// <summary>The numbers of a tensor that <see cref="OnHost"/> gave.</summary>
    internal static Span<T> NumbersOf<T>(Tensor host)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(host.bytes);

    /// <summary>Brings what was written to <paramref name="host"/> back to the tensor that it was made of.</summary>
    internal static void PutBack(Tensor host, Tensor value)
    {
        using var _ = no_grad();
        if (value.device_type != TorchSharp.DeviceType.CPU || !value.is_contiguous())
            value.copy_(host);
    }

    private static StoredType TypeOf(ScalarType type) => type switch
    {
        ScalarType.Float32 => StoredType.F32,
        ScalarType.Float64 => StoredType.F64,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Weights are float32 or float64."),
    };
}
