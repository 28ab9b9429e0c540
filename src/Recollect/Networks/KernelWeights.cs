using Recollect.Kernels;

namespace Recollect.Networks;

/// <summary>Where the kernels find libtorch's parameters and their gradients: the tensors stay their owners, nothing is copied.</summary>
internal static unsafe class KernelWeights
{
    /// <summary>The weights of LSTM layers, bottom layer first; or, in <paramref name="gradients"/>, their gradients.</summary>
    public static LstmWeights<T>[] Of<T>(RecurrentLayers layers, GradientRoom? gradients = null)
        where T : unmanaged
    {
        var parameters = layers.Module.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter);
        var unset = gradients?.Unset(parameters.Values) ?? false;
        T* At(string name) => (T*)Pointer<T>(parameters[name], gradients);
        return [.. Enumerable.Range(0, layers.Layers).Select(l =>
            new LstmWeights<T>(At($"weight_ih_l{l}"), At($"weight_hh_l{l}"), At($"bias_ih_l{l}"), At($"bias_hh_l{l}"), unset))];
    }

    /// <summary>The weights of an input, or their gradients; nothing without an input.</summary>
    public static EmbeddingWeights<T> Of<T>(StepInput? input, GradientRoom? gradients = null)
        where T : unmanaged
    {
        if (input is null)
            return default;
        var tensors = input.Module!.named_parameters().ToDictionary(entry => entry.name, entry => Pointer<T>(entry.parameter, gradients));
        return new EmbeddingWeights<T>((T*)tensors["weight"], (T*)tensors.GetValueOrDefault("bias"));
    }

    /// <summary>The weights of a head, or their gradients.</summary>
    public static HeadWeights<T> Of<T>(FeedForward head, GradientRoom? gradients = null)
        where T : unmanaged
    {
        var tensors = head.named_parameters().ToDictionary(entry => entry.name, entry => Pointer<T>(entry.parameter, gradients));
        T* At(string name) => (T*)tensors[name];
        return new HeadWeights<T>(At("0.weight"), At("0.bias"), At("2.weight"), At("2.bias"), At("5.weight"), At("5.bias"));
    }

    private static nint Pointer<T>(TorchSharp.Modules.Parameter parameter, GradientRoom? gradients)
        where T : unmanaged
    {
        return TensorMemory.AddressOf<T>(gradients?.Of(parameter) ?? parameter);
    }
}
