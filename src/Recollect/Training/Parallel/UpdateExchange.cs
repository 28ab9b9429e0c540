using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Recollect.Losses;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Recollect.Training;

/// <summary>Makes of each process's part of an update the whole: its gradients, losses and counts are summed over all.</summary>
/// <remarks>The mean over the update's rows needs no division here: every loss is divided by the rows of the whole update where it is computed.</remarks>
/// <param name="peers">The processes.</param>
/// <param name="parameters">What the phase changes, in the same order in each of them.</param>
internal sealed class UpdateExchange(Peers peers, IReadOnlyList<(string Name, Parameter Parameter)> parameters)
{
    /// <summary>Weights whose gradients one array can hold, beside the owners of up to 65,536 parameters.</summary>
    internal static readonly int MostWeights = Array.MaxLength / sizeof(float) - 65_536;

    private byte[] _room = []; // used again from update to update

    /// <summary>The memory of an exchange of so many bytes of gradients.</summary>
    public static long BytesFor(int processes, long gradients) => processes > 1 ? gradients : 0;

    /// <summary>Sums the parameters' gradients and <paramref name="own"/> over the processes.</summary>
    /// <remarks>A parameter that no process has a gradient of stays without one, as in one process; one that some have a gradient of gets their sum in all.</remarks>
    /// <param name="own">The losses of this process's rows; of none where it had no row.</param>
    /// <param name="auxiliary">How many auxiliary losses there are.</param>
    public ObjectiveValue Sum(ObjectiveValue own, int auxiliary)
    {
        if (peers.Count == 1)
            return own;
        if (parameters.Any(p => p.Parameter.dtype == ScalarType.Float64))
            SumGradients<double>();
        else
            SumGradients<float>();
        double[] sums = [own.Supervised is null ? 0 : 1, own.Supervised ?? 0, own.Correct, own.Shortened, own.Skipped, .. own.Auxiliary.Concat(new double[auxiliary]).Take(auxiliary)];
        peers.Sum<double>(sums);
        return new ObjectiveValue(sums[0] > 0 ? sums[1] : null, sums[5..], (int)sums[2], (int)sums[3], (int)sums[4]);
    }

    // One after the other in one array, for one call: a call has a cost of its own, whatever it carries. At its end, how many processes have each gradient.
    private void SumGradients<T>()
        where T : unmanaged, INumberBase<T>
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var flat = RoomFor<T>(checked((int)parameters.Sum(p => p.Parameter.numel()) + parameters.Count));
        var owners = flat[^parameters.Count..];
        var rest = flat;
        for (var p = 0; p < parameters.Count; p++)
        {
            var gradient = parameters[p].Parameter.grad;
            var numbers = Next(ref rest, parameters[p].Parameter);
            if (gradient is null)
                numbers.Clear();
            else
                TensorStorage.NumbersOf<T>(TensorStorage.OnHost(gradient)).CopyTo(numbers);
            owners[p] = gradient is null ? T.Zero : T.One;
        }
        peers.Sum(flat);
        rest = flat;
        for (var p = 0; p < parameters.Count; p++)
        {
            var parameter = parameters[p].Parameter;
            var numbers = Next(ref rest, parameter);
            if (owners[p] == T.Zero)
                continue;
            var gradient = parameter.grad ?? (parameter.grad = empty_like(parameter));
            var host = TensorStorage.OnHost(gradient);
            numbers.CopyTo(TensorStorage.NumbersOf<T>(host));
            TensorStorage.PutBack(host, gradient);
        }
    }

    private static Span<T> Next<T>(ref Span<T> rest, Parameter parameter)
    {
        var numbers = rest[..(int)parameter.numel()];
        rest = rest[numbers.Length..];
        return numbers;
    }

    private Span<T> RoomFor<T>(int count)
        where T : unmanaged
    {
        var bytes = checked(count * Unsafe.SizeOf<T>());
        if (_room.Length < bytes)
            _room = GC.AllocateUninitializedArray<byte>(bytes);
        return MemoryMarshal.Cast<byte, T>(_room.AsSpan(0, bytes));
    }
}
