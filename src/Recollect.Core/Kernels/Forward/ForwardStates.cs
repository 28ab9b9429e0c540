using System.Numerics;

namespace Recollect.Kernels;

/// <summary>The states of some rows that step together, and the room that their steps need: nothing is allocated by a step.</summary>
/// <remarks>Each layer's h is held twice, before and after the last step, as a product may still read the one while the other is written; c is written in place.</remarks>
/// <typeparam name="T">The number.</typeparam>
internal sealed unsafe class ForwardStates<T> : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int SharedLists = 3, ListsOfLayer = 5;

    private readonly NativeArray<T> _numbers;
    private readonly NativeArray<nint> _lists; // pointers to rows
    private readonly int _rows, _states;       // numbers of all states
    private int _side;                         // which h is the newest: 0 or 1

    /// <summary>Makes room for states of zero.</summary>
    /// <param name="stack">The layers.</param>
    /// <param name="rows">Rows, at least 1.</param>
    public ForwardStates(ForwardStack<T> stack, int rows)
    {
        var (layers, units, columns) = (stack.Layers.Count, stack.Layers[0].Units, stack.Layers[0].Columns);
        _rows = rows;
        _states = checked(3 * layers * rows * units);
        _numbers = new NativeArray<T>(_states + 2L * rows * columns);
        _lists = new NativeArray<nint>((long)rows * (SharedLists + ListsOfLayer * layers));
        var rest = _numbers.Pointer + _states;
        for (var row = 0; row < rows; row++)
        {
            Gates[row] = rest + (long)row * columns;
            Inputs[row] = rest + (long)(rows + row) * columns;
            for (var layer = 0; layer < layers; layer++)
            {
                var state = _numbers.Pointer + 3L * (layer * rows + row) * units;
                for (var part = 0; part < 3; part++)
                    List(layer, part)[row] = state + part * units;
                InputStarts(layer)[row] = stack.Layers[layer].InputStart;
                RecurrentStarts(layer)[row] = stack.Layers[layer].RecurrentStart;
            }
        }
    }

    /// <summary>What each row reads in the next step: <see cref="ForwardLayer{T}.RowOf"/>, or its components. // [rows]</summary>
    public T** Read => (T**)_lists.Pointer;

    /// <summary>Room for gates. // [rows]</summary>
    public T** Gates => Read + _rows;

    /// <summary>Room for what inputs add to them. // [rows]</summary>
    public T** Inputs => Read + 2 * _rows;

    /// <summary>Each layer's h after the step before. // [rows] of [units]</summary>
    public T** Before(int layer) => List(layer, _side);

    /// <summary>Where h after this step goes. // [rows] of [units]</summary>
    public T** After(int layer) => List(layer, 1 - _side);

    /// <summary>Each layer's c; a GRU has none. // [rows] of [units]</summary>
    public T** Cells(int layer) => List(layer, 2);

    /// <summary>The pointer of <see cref="ForwardLayer{T}.InputStart"/>, for every row.</summary>
    public T** InputStarts(int layer) => List(layer, 3);

    /// <summary>The pointer of <see cref="ForwardLayer{T}.RecurrentStart"/>, for every row.</summary>
    public T** RecurrentStarts(int layer) => List(layer, 4);

    /// <summary>h of a row after <paramref name="steps"/> steps from <see cref="Clear"/>, which were its last.</summary>
    public T* Output(int layer, int row, long steps) => List(layer, (int)(steps & 1))[row];

    /// <summary>Ends a step: what was written is the newest.</summary>
    public void Turn() => _side = 1 - _side;

    /// <summary>Goes back to states of zero.</summary>
    public void Clear()
    {
        _numbers.Clear(_states);
        _side = 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _numbers.Dispose();
        _lists.Dispose();
    }

    private T** List(int layer, int part) => Read + (long)_rows * (SharedLists + ListsOfLayer * layer + part);
}
