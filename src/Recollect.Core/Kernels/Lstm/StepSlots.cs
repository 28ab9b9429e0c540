namespace Recollect.Kernels;

/// <summary>Which slot of a store holds the state after a step of a row.</summary>
internal abstract class StepSlots
{
    /// <summary>The slot of <paramref name="row"/> after <paramref name="step"/> steps.</summary>
    public abstract int Of(int row, int step);
}

/// <summary>Every step of a stretch has its slot, one step's rows side by side.</summary>
internal sealed class DenseSlots : StepSlots
{
    private int _rows, _first;

    /// <summary>Serves <paramref name="rows"/> rows from their <paramref name="first"/> step on.</summary>
    public DenseSlots Set(int rows, int first)
    {
        (_rows, _first) = (rows, first);
        return this;
    }

    /// <inheritdoc/>
    public override int Of(int row, int step) => (step - _first) * _rows + row;
}
