namespace Recollect.Kernels;

/// <summary>Which slot of a store holds the state after a step of a row.</summary>
internal abstract class StepSlots
{
    /// <summary>Slots in all.</summary>
    public abstract int Count { get; }

    /// <summary>The slot of <paramref name="row"/> after <paramref name="step"/> steps.</summary>
    public abstract int Of(int row, int step);
}

/// <summary>Every step of a stretch has its slot, one step's rows side by side.</summary>
internal sealed class DenseSlots : StepSlots
{
    private int _rows, _first, _count;

    /// <summary>Serves <paramref name="rows"/> rows after <paramref name="first"/> … <paramref name="first"/> + <paramref name="steps"/> steps.</summary>
    public DenseSlots Set(int rows, int first, int steps)
    {
        (_rows, _first, _count) = (rows, first, rows * (steps + 1));
        return this;
    }

    /// <inheritdoc/>
    public override int Count => _count;

    /// <inheritdoc/>
    public override int Of(int row, int step) => (step - _first) * _rows + row;
}
