namespace Recollect.Kernels;

public sealed unsafe partial class LstmStack<T>
{
    private RowOrder? _forwardOrder;
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
        _forwardOrder = new RowOrder(lengths, _team.Size);
        _team.Run(_forwardShare);
    }

    private void ForwardShare(int worker)
    {
        var order = _forwardOrder!;
        var share = order.Share(worker);
        var steps = Math.Clamp(RowsInCache / Math.Max(1, share.Length), 1, Chunk);
        var most = (long)share.Length * Math.Min(steps, _to - _from);
        var lists = new RowLists(_lists[worker].Ensure(7 * Math.Max(most, share.Length)), (int)Math.Max(most, share.Length));
        for (var chunk = _from; chunk < _to; chunk += steps)
        {
            var end = Math.Min(_to, chunk + steps);
            for (var layer = 0; layer < _layers.Length; layer++)
            {
                if (_layers[layer].Dense)
                    MultiplyInputs(layer, share, worker, chunk, end, lists);
                for (var step = chunk + 1; step <= end; step++)
                    ForwardStep(layer, share[..order.Running(worker, order.Running(step - 1))], step, lists);
            }
        }
    }

    // The gates of some steps at once: bias + x·W_ihᵀ.
    private void MultiplyInputs(int layer, ReadOnlySpan<int> share, int worker, int chunk, int end, RowLists lists)
    {
        var (cell, order) = (_layers[layer], _forwardOrder!);
        T** inputs = lists[0], start = lists[1], gates = lists[2];
        var count = 0;
        for (var step = chunk + 1; step <= end; step++)
        {
            foreach (var place in share[..order.Running(worker, order.Running(step - 1))])
            {
                var row = order.Rows[place];
                var slot = _slots!.Of(row, step);
                inputs[count] = layer == 0 ? _source!.Values(row, step) : _store!.Output(layer - 1, slot);
                start[count] = cell.Bias;
                gates[count++] = _store!.Gates(layer, slot);
            }
        }
        _kernels.Multiply(count, inputs, cell.Input!, start, gates, 0, cell.Input!.Panels);
    }

    private void ForwardStep(int layer, ReadOnlySpan<int> places, int step, RowLists lists)
    {
        var (cell, store, slots, order) = (_layers[layer], _store!, _slots!, _forwardOrder!);
        T** before = lists[0], start = lists[1], gates = lists[2], cellBefore = lists[3], cells = lists[4], output = lists[5];
        for (var i = 0; i < places.Length; i++)
        {
            var row = order.Rows[places[i]];
            int slot = slots.Of(row, step), slotBefore = slots.Of(row, step - 1);
            before[i] = store.Output(layer, slotBefore);
            cellBefore[i] = store.Cell(layer, slotBefore);
            gates[i] = store.Gates(layer, slot);
            cells[i] = store.Cell(layer, slot);
            output[i] = store.Output(layer, slot);
            start[i] = cell.Dense ? gates[i] : cell.Table.Pointer + (long)_source!.Token(row, step) * cell.Layout.Columns;
        }
        _kernels.LstmForward(places.Length, before, cell.Recurrent, start, gates, cellBefore, cells, output, 0, cell.Layout.Blocks);
    }

    /// <summary>Lists of rows for one worker.</summary>
    private readonly struct RowLists(nint* lists, int length)
    {
        public T** this[int list] => (T**)(lists + (long)list * length);
    }
}
