namespace Recollect.Kernels;

internal sealed unsafe partial class LstmStack<T>
{
    private const int RowsAtOnce = 1024; // rows whose gates' adjoints are kept until they are summed: what the caches hold
    private const int BackwardLists = 8, SumLists = 4;

    private readonly NativeArray<T> _zeros = new();
    private readonly NativeArray<T>[] _preAdjoints, _inputAdjoints; // a chunk's. // [rows, gates], [rows, inputs]
    private readonly NativeArray<nint>[] _sumRows; // a chunk's: h before, gates' adjoints, table rows, inputs
    private readonly NativeArray<T>[] _hidden, _cells; // // [windows, H in panels]
    private readonly Division _backward;
    private GradientWindow[] _windows = [];
    private int[] _windowLengths = [];
    private AdjointFlow<T>? _flow;
    private int[] _offsets = [];
    private int _chunkFrom, _chunkEnd, _chunkRows, _capacity;

    /// <summary>The adjoint of h: before <see cref="Backward"/> that of a window's last step, after it that of the state before the window. // [H]</summary>
    public T* HiddenAdjoint(int layer, int window) => _hidden[layer].Pointer + (long)window * _kernels.Padded(Shape.Hidden);

    /// <summary>The adjoint of c, likewise. // [H]</summary>
    public T* CellAdjoint(int layer, int window) => _cells[layer].Pointer + (long)window * _kernels.Padded(Shape.Hidden);

    /// <summary>Makes room for the adjoints of <paramref name="windows"/> windows' states, and sets them to zero.</summary>
    public void ClearAdjoints(int windows)
    {
        var size = (long)windows * _kernels.Padded(Shape.Hidden);
        for (var layer = 0; layer < Shape.Layers; layer++)
        {
            Clear(_hidden[layer], size);
            Clear(_cells[layer], size);
        }
    }

    private static void Clear(NativeArray<T> array, long size)
    {
        array.Ensure(size);
        array.Clear(size);
    }

    /// <summary>Lets gradients flow back through windows, each from its own end to its own start, and adds up those of the weights.</summary>
    /// <remarks>Windows of a row may overlap: each carries its own adjoints, through the states that one forward pass has left.</remarks>
    /// <param name="store">What <see cref="Forward"/> left; it is not changed.</param>
    /// <param name="slots">Where states are.</param>
    /// <param name="source">What the bottom layer read.</param>
    /// <param name="windows">The windows.</param>
    /// <param name="flow">What comes from above and goes below; null where nothing does but at the windows' ends.</param>
    /// <param name="from">Steps from the windows' ends that earlier calls, with the same windows' lengths, have gone back through.</param>
    /// <param name="to">Steps from their ends to stop after.</param>
    public void Backward(
        StateStore<T> store, StepSlots slots, StepSource<T> source, ReadOnlySpan<GradientWindow> windows, AdjointFlow<T>? flow, int from = 0, int to = int.MaxValue)
    {
        var last = Math.Min(Order(windows), to);
        if (last <= from)
            return;
        (_store, _slots, _source, _flow) = (store, slots, source, flow);
        var chunk = ChunkOf(windows.Length, last - from);
        MakeRoom(windows.Length, chunk);
        for (_chunkFrom = from; _chunkFrom < last; _chunkFrom = _chunkEnd)
        {
            _chunkEnd = Math.Min(last, _chunkFrom + chunk);
            _chunkRows = 0;
            for (var done = _chunkFrom; done < _chunkEnd; done++)
            {
                _offsets[done - _chunkFrom] = _chunkRows;
                _chunkRows += _backward.Order.Running(done);
            }
            Run(_backwardShare, _backward, _chunkRows);
            _team.Run(_sumShare, (long)_chunkRows * _layers.Length * Layout.Columns * Shape.Hidden);
        }
        Forget();
    }

    /// <summary>The memory that <see cref="ClearAdjoints"/> and <see cref="Backward"/> take for so many windows, bytes; the stack's own is not among it.</summary>
    public long BytesFor(long windows, int longest)
    {
        if (windows == 0)
            return 0;
        var states = 2L * windows * _kernels.Padded(Shape.Hidden);
        var rows = windows * ChunkOf(windows, Math.Max(1, longest));
        return _layers.Select((layer, place) =>
            sizeof(T) * (states + rows * (Layout.Stride + (place > 0 ? layer.InputBack!.Columns : 0))) + sizeof(nint) * SumLists * rows).Sum() + sizeof(nint) * BackwardLists * rows;
    }

    private static int ChunkOf(long windows, int longest) => (int)Math.Clamp(RowsAtOnce / windows, 1, longest);

    // Windows by length; the longest one's.
    private int Order(ReadOnlySpan<GradientWindow> windows)
    {
        if (_windows.Length < windows.Length)
            (_windows, _windowLengths) = (new GradientWindow[windows.Length], new int[windows.Length]);
        windows.CopyTo(_windows);
        for (var window = 0; window < windows.Length; window++)
            _windowLengths[window] = windows[window].Length;
        return _backward.Set(_windowLengths.AsSpan(0, windows.Length)).Order.Longest;
    }

    private void MakeRoom(int windows, int chunk)
    {
        _capacity = windows * chunk;
        if (_offsets.Length < chunk)
            _offsets = new int[chunk];
        var width = Math.Max(_kernels.Padded(Math.Max(Shape.Hidden, Layout.Units)), _layers[0].InputBack?.Columns ?? 0);
        _zeros.Ensure(width);
        _zeros.Clear(width);
        for (var layer = 0; layer < _layers.Length; layer++)
        {
            _preAdjoints[layer].Ensure((long)_capacity * Layout.Stride);
            _sumRows[layer].Ensure((long)SumLists * _capacity);
            if (layer > 0)
                _inputAdjoints[layer].Ensure((long)_capacity * _layers[layer].InputBack!.Columns);
        }
    }

    private void BackwardShare(int worker)
    {
        var rows = _backward.Places(worker).Length * (_chunkEnd - _chunkFrom);
        var lists = new RowLists(_lists[worker].Ensure((long)BackwardLists * rows), rows);
        for (var layer = _layers.Length - 1; layer >= 0; layer--)
        {
            for (var done = _chunkFrom; done < _chunkEnd; done++)
                BackwardStep(layer, worker, done, lists);
            if (layer > 0 || _flow is { ReachesInputs: true })
            {
                MultiplyBack(layer, worker, lists);
                _backward.Meet();
            }
        }
    }

    private void BackwardStep(int layer, int worker, int done, RowLists lists)
    {
        var (cell, store, slots) = (_layers[layer], _store!, _slots!);
        T** gates = lists[0], cellBefore = lists[1], cells = lists[2], output = lists[3], hidden = lists[4], cellAdjoint = lists[5], result = lists[6], zero = lists[7];
        var sums = _sumRows[layer].Pointer;
        var places = _backward.Running(worker, done);
        for (var i = 0; i < places.Length; i++)
        {
            var window = _backward.Order.Rows[places[i]];
            var (row, step) = (_windows[window].Row, _windows[window].End - done);
            int slot = slots.Of(row, step), slotBefore = slots.Of(row, step - 1);
            var place = _offsets[done - _chunkFrom] + places[i];
            gates[i] = store.Gates(layer, slot);
            cellBefore[i] = store.Cell(layer, slotBefore);
            cells[i] = store.Cell(layer, slot);
            output[i] = FromAbove(layer, window, step, place);
            hidden[i] = HiddenAdjoint(layer, window);
            cellAdjoint[i] = CellAdjoint(layer, window);
            result[i] = _preAdjoints[layer].Pointer + (long)place * Layout.Stride;
            zero[i] = _zeros.Pointer;
            sums[place] = (nint)store.Output(layer, slotBefore);
            sums[_capacity + place] = (nint)result[i];
            sums[2 * _capacity + place] = (nint)(cell.Dense ? cell.BiasSum : cell.TableSum.Pointer + (long)_source!.Token(row, step) * Layout.Columns);
            if (cell.Dense)
                sums[3 * _capacity + place] = (nint)(layer == 0 ? _source!.Values(row, step) : store.Output(layer - 1, slot));
        }
        var (firstBlock, endBlock) = _backward.Units(worker, Layout.Blocks);
        _kernels.LstmBackward(Shape.Refined, places.Length, gates, cellBefore, cells, output, hidden, cellAdjoint, result, firstBlock, endBlock);
        _backward.Meet(); // the product reads the adjoints of all gates
        var (firstPanel, endPanel) = _backward.Units(worker, cell.RecurrentBack.Panels);
        _kernels.Multiply(places.Length, result, cell.RecurrentBack, zero, hidden, firstPanel, endPanel);
        _backward.Meet(); // and the step before it all of the product
    }

    private T* FromAbove(int layer, int window, int step, int place)
    {
        var adjoint = layer == _layers.Length - 1
            ? _flow is null ? null : _flow.OfOutput(window, step)
            : _inputAdjoints[layer + 1].Pointer + (long)place * _layers[layer + 1].InputBack!.Columns;
        return adjoint is null ? _zeros.Pointer : adjoint;
    }

    // The adjoints of a layer's inputs, of a chunk's steps at once.
    private void MultiplyBack(int layer, int worker, RowLists lists)
    {
        var weights = _layers[layer].InputBack!;
        T** from = lists[0], zero = lists[1], to = lists[2];
        var count = 0;
        for (var done = _chunkFrom; done < _chunkEnd; done++)
        {
            foreach (var at in _backward.Running(worker, done))
            {
                var window = _backward.Order.Rows[at];
                var place = _offsets[done - _chunkFrom] + at;
                from[count] = _preAdjoints[layer].Pointer + (long)place * Layout.Stride;
                zero[count] = _zeros.Pointer;
                to[count++] = layer == 0
                    ? _flow!.OfInput(window, _windows[window].End - done)
                    : _inputAdjoints[layer].Pointer + (long)place * weights.Columns;
            }
        }
        var (first, end) = _backward.Units(worker, weights.Panels);
        _kernels.Multiply(count, from, weights, zero, to, first, end);
    }

    // Who sums a panel of columns does so over all rows of the chunk, in their order.
    private void SumShare(int worker)
    {
        var panels = Layout.Columns / _kernels.PanelWidth;
        for (var piece = _team.Deal(); piece < panels * _layers.Length; piece = _team.Deal())
        {
            var (layer, panel) = (piece / panels, piece % panels);
            var cell = _layers[layer];
            var sums = _sumRows[layer].Pointer;
            T** before = (T**)sums, adjoints = (T**)(sums + _capacity), table = (T**)(sums + 2 * _capacity), inputs = (T**)(sums + 3 * _capacity);
            _kernels.AddTransposedProduct(_chunkRows, before, Shape.Hidden, adjoints, panel, panel + 1, cell.RecurrentSum.Pointer, Layout.Columns);
            _kernels.AddRows(_chunkRows, table, adjoints, panel, panel + 1);
            if (cell.Dense)
                _kernels.AddTransposedProduct(_chunkRows, inputs, cell.Inputs, adjoints, panel, panel + 1, cell.TableSum.Pointer, Layout.Columns);
        }
    }
}
