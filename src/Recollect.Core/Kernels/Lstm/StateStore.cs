namespace Recollect.Kernels;

/// <summary>What LSTM layers remember of steps: each slot holds one row's gates, cell and output at one step, for every layer.</summary>
/// <typeparam name="T">The number.</typeparam>
/// <param name="layers">Layers.</param>
/// <param name="layout">How gates lie.</param>
internal sealed unsafe class StateStore<T>(int layers, GateLayout layout) : IDisposable
    where T : unmanaged
{
    private readonly NativeArray<T> _gates = new(), _cells = new(), _outputs = new();
    private long _slots;

    /// <summary>Makes room; what was there may be lost.</summary>
    public void Ensure(long slots)
    {
        _slots = slots;
        _gates.Ensure(layers * slots * layout.Stride);
        _cells.Ensure(layers * slots * layout.Units);
        _outputs.Ensure(layers * slots * layout.Units);
    }

    /// <summary>The memory that <see cref="Ensure"/> takes for so many slots, bytes.</summary>
    public long BytesFor(long slots) => layers * slots * (layout.Stride + 2L * layout.Units) * sizeof(T);

    /// <summary>The gates. // [4·H in blocks]</summary>
    public T* Gates(int layer, int slot) => _gates.Pointer + (layer * _slots + slot) * layout.Stride;

    /// <summary>c. // [H]</summary>
    public T* Cell(int layer, int slot) => _cells.Pointer + (layer * _slots + slot) * layout.Units;

    /// <summary>h. // [H]</summary>
    public T* Output(int layer, int slot) => _outputs.Pointer + (layer * _slots + slot) * layout.Units;

    /// <summary>Sets the state of a slot to zero.</summary>
    public void Zero(int slot)
    {
        for (var layer = 0; layer < layers; layer++)
        {
            new Span<T>(Cell(layer, slot), layout.Units).Clear();
            new Span<T>(Output(layer, slot), layout.Units).Clear();
        }
    }

    /// <summary>Copies the state of a slot to another, of this or of another store of the same shape.</summary>
    public void Copy(int slot, StateStore<T> to, int toSlot)
    {
        for (var layer = 0; layer < layers; layer++)
        {
            new Span<T>(Cell(layer, slot), layout.Units).CopyTo(new Span<T>(to.Cell(layer, toSlot), layout.Units));
            new Span<T>(Output(layer, slot), layout.Units).CopyTo(new Span<T>(to.Output(layer, toSlot), layout.Units));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _gates.Dispose();
        _cells.Dispose();
        _outputs.Dispose();
    }
}
