using Recollect.Runs;
using static TorchSharp.torch;

namespace Recollect.Training;

/// <summary>Tensors to files and back, bit for bit.</summary>
public static class TensorStorage
{
    /// <summary>A copy of <paramref name="value"/> under <paramref name="name"/>.</summary>
    public static StoredTensor Store(string name, Tensor value)
    {
        using var scope = NewDisposeScope();
        var host = value.detach().cpu().contiguous();
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

    private static StoredType TypeOf(ScalarType type) => type switch
    {
        ScalarType.Float32 => StoredType.F32,
        ScalarType.Float64 => StoredType.F64,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Weights are float32 or float64."),
    };
}
