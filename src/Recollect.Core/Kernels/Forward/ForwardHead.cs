using System.Numerics;

namespace Recollect.Kernels;

/// <summary>A feed-forward head with weights that never change: two ReLU layers and a linear one, for any number of threads, each with room of its own.</summary>
/// <remarks>The memory is freed when nothing refers to it any more.</remarks>
/// <typeparam name="T">The number.</typeparam>
internal sealed unsafe class ForwardHead<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Linear layers.</summary>
    internal const int Layers = 3;

    private readonly KernelSet<T> _kernels;
    private readonly PackedMatrix<T>[] _weights;
    private readonly NativeArray<T>[] _biases;

    /// <summary>Takes over weights.</summary>
    public ForwardHead(KernelSet<T> kernels, HeadShape shape, HeadWeights<T> weights)
    {
        (_kernels, Shape) = (kernels, shape);
        (_weights, _biases) = (new PackedMatrix<T>[Layers], new NativeArray<T>[Layers]);
        int[] widths = [shape.Inputs, shape.Units, shape.Units, shape.Outputs];
        for (var layer = 0; layer < Layers; layer++)
        {
            var (inputs, outputs) = (widths[layer], widths[layer + 1]);
            _weights[layer] = new PackedMatrix<T>(inputs, outputs, kernels.PanelWidth);
            _weights[layer].PackTransposed(weights.Weight(layer), inputs, [.. Enumerable.Range(0, outputs)], 0, _weights[layer].Panels);
            _biases[layer] = new NativeArray<T>(_weights[layer].Columns);
            new Span<T>(weights.Bias(layer), outputs).CopyTo(new Span<T>(_biases[layer].Pointer, outputs));
        }
    }

    /// <summary>The shape.</summary>
    public HeadShape Shape { get; }

    /// <summary>Columns of a layer's outputs, in whole panels.</summary>
    public int Columns(int layer) => _weights[layer].Columns;

    /// <summary>A layer's bias. // [columns]</summary>
    public T* Bias(int layer) => _biases[layer].Pointer;

    /// <summary>Computes the outputs of the rows that <see cref="HeadRoom{T}.Read"/> names, into <see cref="HeadRoom{T}.Outputs"/>.</summary>
    public void Apply(int rows, HeadRoom<T> room)
    {
        for (var layer = 0; layer < Layers; layer++)
        {
            var values = room.Values(layer);
            _kernels.Multiply(rows, layer == 0 ? room.Read : room.Values(layer - 1), _weights[layer], room.Biases(layer), values, 0, _weights[layer].Panels);
            for (var row = 0; row < rows && layer < Layers - 1; row++)
                _kernels.Relu(values[row], Columns(layer));
        }
    }
}

/// <summary>What a head needs for some rows at once.</summary>
/// <typeparam name="T">The number.</typeparam>
internal sealed unsafe class HeadRoom<T> : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly NativeArray<T> _numbers;
    private readonly NativeArray<nint> _lists; // what is read; each layer's outputs; each layer's biases
    private readonly int _rows;

    /// <summary>Makes room.</summary>
    public HeadRoom(ForwardHead<T> head, int rows)
    {
        _rows = rows;
        var columns = 0L;
        for (var layer = 0; layer < ForwardHead<T>.Layers; layer++)
            columns += head.Columns(layer);
        _numbers = new NativeArray<T>(rows * columns);
        _lists = new NativeArray<nint>((1 + 2L * ForwardHead<T>.Layers) * rows);
        var next = _numbers.Pointer;
        for (var layer = 0; layer < ForwardHead<T>.Layers; layer++)
        {
            for (var row = 0; row < rows; row++, next += head.Columns(layer))
            {
                Values(layer)[row] = next;
                Biases(layer)[row] = head.Bias(layer);
            }
        }
    }

    /// <summary>What each row reads. // [rows] of [inputs]</summary>
    public T** Read => (T**)_lists.Pointer;

    /// <summary>The outputs. // [rows] of [outputs]</summary>
    public T** Outputs => Values(ForwardHead<T>.Layers - 1);

    /// <summary>A layer's outputs.</summary>
    public T** Values(int layer) => Read + (1 + layer) * _rows;

    /// <summary>A layer's bias, for every row.</summary>
    public T** Biases(int layer) => Read + (1 + ForwardHead<T>.Layers + layer) * _rows;

    /// <inheritdoc/>
    public void Dispose()
    {
        _numbers.Dispose();
        _lists.Dispose();
    }
}
