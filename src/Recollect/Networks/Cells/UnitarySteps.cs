using System.Numerics;
using Recollect.Kernels;
using static TorchSharp.torch;

namespace Recollect.Networks;

/// <summary>A uRNN layer's steps on Recollect's kernels, as one node of libtorch's graph: its small operations, one after the other, take ten times as long and more (decision 0015).</summary>
internal sealed class UnitarySteps : autograd.SingleTensorFunction<UnitarySteps>
{
    private const string KernelsKey = "kernels";

    /// <inheritdoc/>
    public override string Name => nameof(UnitarySteps);

    /// <summary>h of every step. // [T, B, 2H]</summary>
    /// <param name="kernels">What computes.</param>
    /// <param name="driven">What the inputs add. // [T, B, 2H]</param>
    /// <param name="matrix">Wᵀ, which states are multiplied by. // [2H, 2H]</param>
    /// <param name="bias">modReLU's. // [H]</param>
    /// <param name="start">h before the first step. // [B, 2H]</param>
    public static Tensor Of(UnitaryKernels kernels, Tensor driven, Tensor matrix, Tensor bias, Tensor start)
    {
        (driven, matrix, bias, start) = (driven.contiguous(), matrix.contiguous(), bias.contiguous(), start.contiguous());
        if (is_grad_enabled() && (driven.requires_grad || matrix.requires_grad || bias.requires_grad || start.requires_grad))
            return apply(driven, matrix, bias, start, kernels);
        var outputs = empty_like(driven);
        using var sums = empty_like(driven);
        kernels.Forward(driven, matrix, bias, start, sums, outputs);
        return outputs;
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        Tensor driven = (Tensor)vars[0], matrix = (Tensor)vars[1], bias = (Tensor)vars[2], start = (Tensor)vars[3];
        var kernels = (UnitaryKernels)vars[4];
        Tensor sums = empty_like(driven), outputs = empty_like(driven);
        kernels.Forward(driven, matrix, bias, start, sums, outputs);
        ctx.save_for_backward([matrix, bias, start, sums]);
        ctx.save_data(KernelsKey, kernels);
        return outputs;
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var saved = ctx.get_saved_variables();
        Tensor matrix = saved[0], bias = saved[1], start = saved[2], sums = saved[3];
        Tensor ofDriven = empty_like(sums), ofMatrix = empty_like(matrix), ofBias = empty_like(bias), ofStart = empty_like(start);
        ((UnitaryKernels)ctx.get_data(KernelsKey)).Backward(matrix, bias, start, sums, grad_output.contiguous(), ofDriven, ofMatrix, ofBias, ofStart);
        return [ofDriven, ofMatrix, ofBias, ofStart, null!];
    }
}

/// <summary>The kernels of a uRNN's layers for one type of number.</summary>
internal abstract unsafe class UnitaryKernels : IDisposable
{
    /// <summary>Whether kernels can compute with weights like <paramref name="like"/>: floats or doubles on a CPU.</summary>
    public static bool Serve(Tensor like) => like.device_type == TorchSharp.DeviceType.CPU && like.dtype is ScalarType.Float32 or ScalarType.Float64;

    /// <summary>The kernels for weights that they serve.</summary>
    /// <param name="like">A weight.</param>
    /// <param name="cells">Complex cells H.</param>
    /// <param name="before">What served until now; it goes on where it can.</param>
    public static UnitaryKernels For(Tensor like, int cells, UnitaryKernels? before)
    {
        if (like.dtype == ScalarType.Float64 ? before is Of<double> : before is Of<float>)
            return before;
        before?.Dispose();
        return like.dtype == ScalarType.Float64 ? new Of<double>(cells) : new Of<float>(cells);
    }

    /// <summary>As <see cref="UnitaryWindow{T}.Forward"/>; all contiguous.</summary>
    public abstract void Forward(Tensor driven, Tensor matrix, Tensor bias, Tensor start, Tensor sums, Tensor outputs);

    /// <summary>As <see cref="UnitaryWindow{T}.Backward"/>; all contiguous.</summary>
    public abstract void Backward(
        Tensor matrix, Tensor bias, Tensor start, Tensor sums, Tensor outputs, Tensor ofDriven, Tensor ofMatrix, Tensor ofBias, Tensor ofStart);

    /// <inheritdoc/>
    public abstract void Dispose();

    private sealed class Of<T> : UnitaryKernels
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly Team _team = new(get_num_threads());
        private readonly UnitaryWindow<T> _window;
        private readonly Lock _gate = new(); // buffers are used again

        public Of(int cells) => _window = new UnitaryWindow<T>(KernelSet.Best<T>(), _team, cells);

        public override void Forward(Tensor driven, Tensor matrix, Tensor bias, Tensor start, Tensor sums, Tensor outputs)
        {
            lock (_gate)
            {
                _window.Forward(
                    (int)driven.shape[0], (int)driven.shape[1], At(driven), At(matrix), At(bias), At(start), At(sums), At(outputs));
            }
            Keep(driven, matrix, bias, start, sums, outputs);
        }

        public override void Backward(
            Tensor matrix, Tensor bias, Tensor start, Tensor sums, Tensor outputs, Tensor ofDriven, Tensor ofMatrix, Tensor ofBias, Tensor ofStart)
        {
            lock (_gate)
            {
                _window.Backward(
                    (int)sums.shape[0], (int)sums.shape[1], At(matrix), At(bias), At(start), At(sums), At(outputs), At(ofDriven), At(ofMatrix), At(ofBias), At(ofStart));
            }
            Keep(matrix, bias, start, sums, outputs, ofDriven, ofMatrix, ofBias, ofStart);
        }

        public override void Dispose()
        {
            lock (_gate) // what is being computed ends first
            {
                _window.Dispose();
                _team.Dispose();
            }
        }

        // Outside a dispose scope a tensor that nothing names any more may be collected, and its numbers freed, while the kernel reads them.
        private static void Keep(params ReadOnlySpan<Tensor> tensors)
        {
            foreach (var tensor in tensors)
                GC.KeepAlive(tensor);
        }

        private static T* At(Tensor tensor) => (T*)TensorMemory.AddressOf<T>(tensor);
    }
}
