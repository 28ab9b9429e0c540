namespace Recollect.Kernels;

internal sealed unsafe partial class LstmStack<T>
{
    private const int ForwardLists = 6;

    private readonly Division _forward;
    private StateStore<T>? _store;
    private StepSlots? _slots;
    private StepSource<T>? _source;
    private int _from, _to;

    /// <summary>Runs steps <paramref name="from"/>+1 … <paramref name="to"/> of every row that is so long, from the states that the store holds.</summary>
    /// <param name="store">States before and after; gates where slots keep them.</param>
    /// <param name="slots">Where states are.</param>
    /// <param name="source">What the bottom layer reads.</param>
    /// <param name="lengths">Each row's last step. // [rows]</param>
    /// <param name="from">Steps done before.</param>
    /// <param name="to">The last step to do.</param>
    public void Forward(StateStore<T> store, StepSlots slots, StepSource<T> source, ReadOnlySpan<int> lengths, int from, int to)
    {
        (_store, _slots, _source, _from, _to) = (store, slots, source, from, to);
        _forward.Set(lengths);
        Run(_forwardShare, _forward, (long)lengths.Length * (to - from));
        Forget();
    }

    // Those who own units meet; all others are free to work one after the other.
    private void Run(Action<int> share, Division division, long rows)
    {
        if (division.ByUnits)
            _team.Run(share);
        else
            _team.Run(share, rows * _layers.Length * Layout.Columns * Shape.Hidden);
    }

    // What a pass worked on is not kept alive by the stack.
    private void Forget() => (_store, _slots, _source, _flow) = (null, null, null, null);

    private void ForwardShare(int worker)
    {
        var places = _forward.Places(worker).Length;
        var steps = Math.Clamp(RowsInCache / Math.Max(1, places), 1, Chunk);
        var most = Math.Max(places, (long)places * Math.Min(steps, _to - _from));
        var lists = new RowLists(_lists[worker].Ensure(ForwardLists * most), (int)most);
        for (var chunk = _from; chunk < _to; chunk += steps)
        {
            var end = Math.Min(_to, chunk + steps);
            for (var layer = 0; layer < _layers.Length; layer++)
            {
                if (_layers[layer].Dense)
                    MultiplyInputs(layer, worker, chunk, end, lists);
                for (var step = chunk + 1; step <= end; step++)
                {
                    ForwardStep(layer, worker, step, lists);
                    _forward.Meet();
                }
            }
        }
    }

    // The gates of some steps at once: bias + x·W_ihᵀ.
    private void MultiplyInputs(int layer, int worker, int chunk, int end, RowLists lists)
    {
        var cell = _layers[layer];
        T** inputs = lists[0], start = lists[1], gates = lists[2];
        var count = 0;
        for (var step = chunk + 1; step <= end; step++)
        {
            foreach (var place in _forward.Running(worker, step - 1))
            {
                var row = _forward.Order.Rows[place];
                var slot = _slots!.Of(row, step);
                inputs[count] = layer == 0 ? _source!.Values(row, step) : _store!.Output(layer - 1, slot);
                start[count] = cell.Bias;
                gates[count++] = _store!.Gates(layer, slot);
            }
        }
        var (first, last) = _forward.Units(worker, cell.Layout.Blocks);
        _kernels.Multiply(count, inputs, cell.Input!, start, gates, GateLayout.PanelsOfBlock * first, GateLayout.PanelsOfBlock * last);
    }

    private void ForwardStep(int layer, int worker, int step, RowLists lists)
    {
        var (cell, store, slots) = (_layers[layer], _store!, _slots!);
        T** before = lists[0], start = lists[1], gates = lists[2], cellBefore = lists[3], cells = lists[4], output = lists[5];
        var places = _forward.Running(worker, step - 1);
        for (var i = 0; i < places.Length; i++)
        {
            var row = _forward.Order.Rows[places[i]];
            int slot = slots.Of(row, step), slotBefore = slots.Of(row, step - 1);
            before[i] = store.Output(layer, slotBefore);
            cellBefore[i] = store.Cell(layer, slotBefore);
            gates[i] = store.Gates(layer, slot);
            cells[i] = store.Cell(layer, slot);
            output[i] = store.Output(layer, slot);
            start[i] = cell.Dense ? gates[i] : cell.Table.Pointer + (long)_source!.Token(row, step) * cell.Layout.Columns;
        }
        var (first, end) = _forward.Units(worker, cell.Layout.Blocks);
        _kernels.LstmForward(Shape.Refined, places.Length, before, cell.Recurrent, start, gates, cellBefore, cells, output, first, end);
    }

    /// <summary>Lists of rows for one worker.</summary>
    private readonly struct RowLists(nint* lists, int length)
    {
        public T** this[int list] => (T**)(lists + (long)list * length);
    }
}
