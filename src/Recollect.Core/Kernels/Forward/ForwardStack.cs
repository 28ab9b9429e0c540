using System.Numerics;

namespace Recollect.Kernels;

/// <summary>Recurrent layers one above the other, forwards alone: a step at a time, of one row or of several.</summary>
/// <typeparam name="T">float, or double for checking.</typeparam>
internal sealed unsafe class ForwardStack<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly ForwardLayer<T>[] _layers;

    /// <summary>Takes over weights.</summary>
    /// <param name="kernels">The kernels.</param>
    /// <param name="shape">The shape.</param>
    /// <param name="weights">Each layer's, bottom layer first.</param>
    /// <param name="embedding">What steps are read through; nothing for vectors.</param>
    public ForwardStack(KernelSet<T> kernels, ForwardShape shape, ReadOnlySpan<LstmWeights<T>> weights, EmbeddingWeights<T> embedding)
    {
        Shape = shape;
        _layers = new ForwardLayer<T>[shape.Layers];
        for (var layer = 0; layer < _layers.Length; layer++)
            _layers[layer] = new ForwardLayer<T>(kernels, shape, layer == 0, weights[layer], embedding);
    }

    /// <summary>The shape.</summary>
    public ForwardShape Shape { get; }

    /// <summary>The layers, bottom layer first.</summary>
    public IReadOnlyList<ForwardLayer<T>> Layers => _layers;

    /// <summary>Steps the first <paramref name="rows"/> rows, which read what <see cref="ForwardStates{T}.Read"/> names.</summary>
    public void Step(ForwardStates<T> states, int rows)
    {
        var read = states.Read;
        for (var layer = 0; layer < _layers.Length; layer++)
        {
            _layers[layer].Step(rows, read, states, layer);
            read = states.After(layer);
        }
        states.Turn();
    }
}
