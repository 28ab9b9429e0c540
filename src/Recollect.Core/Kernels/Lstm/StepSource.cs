namespace Recollect.Kernels;

/// <summary>What the bottom layer reads at each step of each row; steps are counted from 1.</summary>
/// <typeparam name="T">The number.</typeparam>
internal abstract unsafe class StepSource<T>
    where T : unmanaged
{
    /// <summary>The token, where tokens are read.</summary>
    public virtual int Token(int row, int step) => throw new NotSupportedException("This source has no tokens.");

    /// <summary>The numbers, where reals or vectors are read.</summary>
    public virtual T* Values(int row, int step) => throw new NotSupportedException("This source has no numbers.");
}

/// <summary>Steps side by side in time-major arrays.</summary>
/// <typeparam name="T">The number.</typeparam>
internal sealed unsafe class ArraySource<T> : StepSource<T>
    where T : unmanaged
{
    private int[] _tokens = [];
    private T* _values;
    private int _rows, _width, _first;

    /// <summary>Serves tokens. // [steps, rows]</summary>
    /// <param name="tokens">The tokens.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="first">The step that the array begins with.</param>
    public ArraySource<T> Set(int[] tokens, int rows, int first = 1)
    {
        (_tokens, _rows, _first) = (tokens, rows, first);
        return this;
    }

    /// <summary>Serves numbers. // [steps, rows, width]</summary>
    public ArraySource<T> Set(T* values, int rows, int width, int first = 1)
    {
        _values = values;
        (_rows, _width, _first) = (rows, width, first);
        return this;
    }

    /// <inheritdoc/>
    public override int Token(int row, int step) => _tokens[(step - _first) * _rows + row];

    /// <inheritdoc/>
    public override T* Values(int row, int step) => _values + ((long)(step - _first) * _rows + row) * _width;
}
