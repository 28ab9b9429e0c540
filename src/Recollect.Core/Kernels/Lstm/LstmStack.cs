using System.Numerics;

namespace Recollect.Kernels;

/// <summary>Layers of an LSTM one above the other, over rows of unequal lengths, forwards and backwards through windows.</summary>
/// <remarks>
/// Each worker of the team owns some rows for many steps at a time, so that workers do not wait for each other at every step, unless rows are
/// few (<see cref="Division"/>); sums over rows are shared out by columns instead. Results do not depend on the number of workers, bit for bit.
/// </remarks>
/// <typeparam name="T">float, or double for checking gradients.</typeparam>
internal sealed unsafe partial class LstmStack<T> : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    // Steps whose inputs are multiplied at once, where a layer's inputs are known before it runs: at most so many…
    private const int Chunk = 16;

    // … and no more than keep their gates in a worker's second cache.
    private const int RowsInCache = 256;

    private readonly KernelSet<T> _kernels;
    private readonly Team _team;
    private readonly LstmLayer<T>[] _layers;
    private readonly NativeArray<nint>[] _lists; // each worker's pointers to rows
    private readonly Action<int> _forwardShare, _backwardShare, _sumShare;

    /// <summary>Creates a stack without numbers.</summary>
    public LstmStack(KernelSet<T> kernels, Team team, StackShape shape)
    {
        (_kernels, _team, Shape) = (kernels, team, shape);
        _layers = new LstmLayer<T>[shape.Layers];
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            _layers[layer] = layer == 0
                ? new LstmLayer<T>(kernels, team, shape.Input, shape.Width, shape.Embedding, shape.Hidden)
                : new LstmLayer<T>(kernels, team, LayerInput.Vectors, shape.Hidden, 0, shape.Hidden);
        }
        _lists = [.. Enumerable.Range(0, team.Size).Select(_ => new NativeArray<nint>())];
        (_forward, _backward) = (new Division(team, Layout), new Division(team, Layout));
        (_forwardShare, _backwardShare, _sumShare) = (ForwardShare, BackwardShare, SumShare);
        _preAdjoints = NewArrays<T>();
        _inputAdjoints = NewArrays<T>();
        _sumRows = NewArrays<nint>();
        _hidden = NewArrays<T>();
        _cells = NewArrays<T>();
    }

    /// <summary>The shape.</summary>
    public StackShape Shape { get; }

    /// <summary>How gates lie.</summary>
    public GateLayout Layout => _layers[0].Layout;

    /// <summary>Steps for which a state outside every window must last: see <see cref="WindowSlots"/>.</summary>
    public int Ring => Array.Exists(_layers, layer => layer.Dense) ? Chunk + 1 : 2;

    /// <summary>The memory of its weights and of their sums, bytes: it does not depend on the batch.</summary>
    public long Bytes => _layers.Sum(layer => layer.Bytes);

    /// <summary>Takes over weights that have changed.</summary>
    /// <param name="weights">Each layer's, bottom layer first.</param>
    public void Pack(ReadOnlySpan<LstmWeights<T>> weights)
    {
        for (var layer = 0; layer < _layers.Length; layer++)
            _layers[layer].Pack(weights[layer]);
    }

    /// <summary>Makes ready for a batch, after <see cref="Pack"/>.</summary>
    /// <param name="embedding">The bottom layer's input, as it was when weights were packed; empty for vectors.</param>
    /// <param name="tokens">Every token that the batch reads, in any order and as often as it likes; nothing of reals and vectors.</param>
    public void Prepare(EmbeddingWeights<T> embedding, ReadOnlySpan<int> tokens) => _layers[0].Prepare(embedding, tokens);

    /// <summary>Sets the sums of gradients to zero, after <see cref="Prepare"/>.</summary>
    public void ClearSums()
    {
        foreach (var layer in _layers)
            layer.ClearSums();
    }

    /// <summary>Adds what <see cref="Backward"/> has summed to gradients in PyTorch's layout.</summary>
    public void AddGradients(ReadOnlySpan<LstmWeights<T>> gradients, EmbeddingWeights<T> embedding)
    {
        for (var layer = 0; layer < _layers.Length; layer++)
            _layers[layer].AddGradients(gradients[layer], embedding);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var layer in _layers)
            layer.Dispose();
        foreach (var array in _lists.Concat(_sumRows))
            array.Dispose();
        foreach (var array in _preAdjoints.Concat(_inputAdjoints).Concat(_hidden).Concat(_cells).Append(_zeros))
            array.Dispose();
    }

    private NativeArray<TItem>[] NewArrays<TItem>()
        where TItem : unmanaged => [.. _layers.Select(_ => new NativeArray<TItem>())];
}
