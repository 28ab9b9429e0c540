using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Recollect.Networks;

/// <summary>Memory for parameters' gradients, used again from update to update: to get it anew can cost more than to compute what goes there.</summary>
internal sealed class GradientRoom : IDisposable
{
    private readonly Dictionary<Parameter, Tensor> _tensors = new(ReferenceEqualityComparer.Instance); // TorchSharp compares all numbers

    /// <summary>The gradient of <paramref name="parameter"/>; where it has none, one of zeros.</summary>
    public Tensor Of(Parameter parameter) => parameter.grad ?? Attach(parameter).zero_();

    /// <summary>Where none of <paramref name="parameters"/> has a gradient, gives each one that holds any numbers, for the caller to set.</summary>
    /// <returns>Whether it did.</returns>
    public bool Unset(IReadOnlyCollection<Parameter> parameters)
    {
        if (parameters.Any(parameter => parameter.grad is not null))
            return false;
        foreach (var parameter in parameters)
            Attach(parameter);
        return true;
    }

    // In the room of the last gradient that was made here.
    private Tensor Attach(Parameter parameter)
    {
        if (!_tensors.TryGetValue(parameter, out var tensor))
            _tensors[parameter] = tensor = empty_like(parameter).DetachFromDisposeScope();
        parameter.grad = tensor;
        return tensor;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in _tensors.Values)
            tensor.Dispose();
        _tensors.Clear();
    }
}
