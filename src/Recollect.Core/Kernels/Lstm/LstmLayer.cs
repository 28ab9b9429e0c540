using System.Numerics;

namespace Recollect.Kernels;

/// <summary>One LSTM layer's weights as the kernels read them, and the sums that become their gradients.</summary>
/// <remarks>
/// An embedding, or a projection of reals, is folded into the layer once an update: the gates see a step only through E·W_ihᵀ + b, a table of
/// one row a token, or of one row a component and one for the bias. Its gradient is summed in the same form; two small products
/// turn that into the gradients of both factors. That is exact, and spares the product of every step.
/// </remarks>
/// <typeparam name="T">The number.</typeparam>
internal sealed unsafe class LstmLayer<T> : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly KernelSet<T> _kernels;
    private readonly LayerInput _input;
    private readonly int _width;
    private readonly int _embedding;
    private readonly PackedMatrix<T>? _fold, _foldBack;
    private readonly NativeArray<T> _factors = new();      // rows of the embedding. // [folded rows, E]
    private readonly NativeArray<T> _factorAdjoints = new();
    private readonly NativeArray<T> _bias = new();
    private readonly NativeArray<T> _inputWeightSum = new(); // [E or inputs, gates]
    private readonly NativeArray<nint> _rows = new();

    /// <summary>Creates a layer without numbers.</summary>
    /// <param name="kernels">The kernels.</param>
    /// <param name="input">What it reads.</param>
    /// <param name="width">Tokens: V; reals: D; vectors: their length.</param>
    /// <param name="embedding">Width of the folded embedding; unused for vectors.</param>
    /// <param name="hidden">Units H.</param>
    public LstmLayer(KernelSet<T> kernels, LayerInput input, int width, int embedding, int hidden)
    {
        (_kernels, _input, _width, _embedding) = (kernels, input, width, embedding);
        Layout = new GateLayout(hidden, kernels.Lanes);
        Recurrent = new PackedMatrix<T>(hidden, Layout.Columns, kernels.PanelWidth);
        RecurrentBack = new PackedMatrix<T>(Layout.Columns, hidden, kernels.PanelWidth);
        RecurrentSum = new NativeArray<T>((long)KernelSet.SumRows(hidden) * Layout.Columns);
        TableRows = input == LayerInput.Tokens ? width : KernelSet.SumRows(width) + 1;
        Table = new NativeArray<T>((long)TableRows * Layout.Columns);
        TableSum = new NativeArray<T>((long)TableRows * Layout.Columns);
        if (input != LayerInput.Tokens)
            Input = new PackedMatrix<T>(width, Layout.Columns, kernels.PanelWidth);
        if (input == LayerInput.Vectors)
        {
            InputBack = new PackedMatrix<T>(Layout.Columns, width, kernels.PanelWidth);
            return;
        }
        _fold = new PackedMatrix<T>(embedding, Layout.Columns, kernels.PanelWidth);
        _foldBack = new PackedMatrix<T>(Layout.Columns, embedding, kernels.PanelWidth);
        _inputWeightSum.Ensure((long)KernelSet.SumRows(embedding) * Layout.Columns);
    }

    /// <summary>How gates lie.</summary>
    public GateLayout Layout { get; }

    /// <summary>Whether it reads rows of numbers, and not tokens.</summary>
    public bool Dense => Input is not null;

    /// <summary>Columns of a row that it reads.</summary>
    public int Inputs => _width;

    /// <summary>W_hhᵀ. // [H, gates]</summary>
    public PackedMatrix<T> Recurrent { get; }

    /// <summary>W_hh. // [gates, H]</summary>
    public PackedMatrix<T> RecurrentBack { get; }

    /// <summary>Dense inputs' weights, transposed. // [inputs, gates]</summary>
    public PackedMatrix<T>? Input { get; }

    /// <summary>Vectors' weights. // [gates, inputs]</summary>
    public PackedMatrix<T>? InputBack { get; }

    /// <summary>Tokens: what each adds to the gates, bias included. Dense inputs: their weights, and in the last row the bias. // [rows, gates]</summary>
    public NativeArray<T> Table { get; }

    /// <summary>Rows of the table.</summary>
    public int TableRows { get; }

    /// <summary>The gradient of <see cref="Table"/>. // [rows, gates]</summary>
    public NativeArray<T> TableSum { get; }

    /// <summary>The gradient of W_hhᵀ. // [H in tiles, gates]</summary>
    public NativeArray<T> RecurrentSum { get; }

    /// <summary>The table's row that a dense input's gates start from.</summary>
    public T* Bias => Table.Pointer + (long)(TableRows - 1) * Layout.Columns;

    /// <summary>Takes over weights that have changed.</summary>
    public void Pack(LstmWeights<T> weights, EmbeddingWeights<T> embedding)
    {
        var (gates, hidden) = (Layout.Sources, Layout.Hidden);
        ReadOnlySpan<int> units = Enumerable.Range(0, Math.Max(hidden, Math.Max(_width, _embedding))).ToArray();
        Recurrent.Pack(weights.RecurrentWeight, units[..hidden], 1, gates, hidden, 0, Recurrent.Panels);
        RecurrentBack.Pack(weights.RecurrentWeight, gates, hidden, units[..hidden], 1, 0, RecurrentBack.Panels);
        var bias = BiasOf(weights);
        if (_input == LayerInput.Vectors)
        {
            Input!.Pack(weights.InputWeight, units[.._width], 1, gates, _width, 0, Input.Panels);
            InputBack!.Pack(weights.InputWeight, gates, _width, units[.._width], 1, 0, InputBack.Panels);
            Copy(bias, Bias, Layout.Columns);
            return;
        }
        _fold!.Pack(weights.InputWeight, units[.._embedding], 1, gates, _embedding, 0, _fold.Panels);
        _foldBack!.Pack(weights.InputWeight, gates, _embedding, units[.._embedding], 1, 0, _foldBack.Panels);
        Fold(embedding, bias);
        if (_input == LayerInput.Reals)
            Input!.Pack(Table.Pointer, units[.._width], Layout.Columns, Enumerable.Range(0, Layout.Columns).ToArray(), 1, 0, Input.Panels);
    }

    /// <summary>Sets all sums to zero.</summary>
    public void ClearSums()
    {
        RecurrentSum.Clear((long)KernelSet.SumRows(Layout.Hidden) * Layout.Columns);
        TableSum.Clear((long)TableRows * Layout.Columns);
    }

    /// <summary>Adds the sums to gradients in PyTorch's layout.</summary>
    public void AddGradients(LstmWeights<T> gradients, EmbeddingWeights<T> embedding)
    {
        Unpack(RecurrentSum.Pointer, Layout.Hidden, gradients.RecurrentWeight);
        if (_input == LayerInput.Vectors)
            Unpack(TableSum.Pointer, _width, gradients.InputWeight);
        else
            Unfold(gradients, embedding);
        var bias = _bias.Ensure(Layout.Columns);
        _bias.Clear(Layout.Columns);
        for (var row = _input == LayerInput.Tokens ? 0 : TableRows - 1; row < TableRows; row++)
        {
            for (var column = 0; column < Layout.Columns; column++)
                bias[column] += TableSum.Pointer[(long)row * Layout.Columns + column];
        }
        for (var column = 0; column < Layout.Columns; column++)
        {
            if (Layout.Sources[column] is >= 0 and var gate)
            {
                gradients.InputBias[gate] += bias[column];
                gradients.RecurrentBias[gate] += bias[column];
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var matrix in new[] { Recurrent, RecurrentBack, Input, InputBack, _fold, _foldBack })
            matrix?.Dispose();
        foreach (var array in new[] { Table, TableSum, RecurrentSum, _factors, _factorAdjoints, _bias, _inputWeightSum })
            array.Dispose();
        _rows.Dispose();
    }

    // The folded rows: each token's embedding; or each component's column of the projection, and its bias.
    private int FoldedRows => _input == LayerInput.Tokens ? _width : _width + 1;

    private int PlaceOf(int foldedRow) => _input == LayerInput.Reals && foldedRow == _width ? TableRows - 1 : foldedRow;

    private T* BiasOf(LstmWeights<T> weights)
    {
        var bias = _bias.Ensure(Layout.Columns);
        for (var column = 0; column < Layout.Columns; column++)
            bias[column] = Layout.Sources[column] is >= 0 and var gate ? weights.InputBias[gate] + weights.RecurrentBias[gate] : T.Zero;
        return bias;
    }

    private void Fold(EmbeddingWeights<T> embedding, T* bias)
    {
        var rows = FoldedRows;
        var factors = _factors.Ensure((long)rows * _embedding);
        for (var row = 0; row < rows; row++)
        {
            for (var e = 0; e < _embedding; e++)
            {
                factors[(long)row * _embedding + e] = _input == LayerInput.Tokens ? embedding.Weight[(long)row * _embedding + e]
                    : row == _width ? embedding.Bias[e] : embedding.Weight[(long)e * _width + row];
            }
            // Each token has the bias; of reals the last row alone.
            if (_input == LayerInput.Tokens || row == _width)
                Copy(bias, Table.Pointer + (long)PlaceOf(row) * Layout.Columns, Layout.Columns);
            else
                new Span<T>(Table.Pointer + (long)row * Layout.Columns, Layout.Columns).Clear();
        }
        ListRows(null);
        _kernels.Multiply(rows, Factors, _fold!, TableRowList, TableRowList, 0, _fold!.Panels);
    }

    private void Unfold(LstmWeights<T> gradients, EmbeddingWeights<T> embedding)
    {
        var (rows, stride) = (FoldedRows, _foldBack!.Columns);
        var adjoints = _factorAdjoints.Ensure((long)rows * stride);
        _factorAdjoints.Clear((long)rows * stride);
        ListRows(adjoints);
        _kernels.Multiply(rows, TableSumRowList, _foldBack, FactorAdjoints, FactorAdjoints, 0, _foldBack.Panels);
        for (var row = 0; row < rows; row++)
        {
            for (var e = 0; e < _embedding; e++)
            {
                var value = adjoints[(long)row * stride + e];
                if (_input == LayerInput.Tokens)
                    embedding.Weight[(long)row * _embedding + e] += value;
                else if (row == _width)
                    embedding.Bias[e] += value;
                else
                    embedding.Weight[(long)e * _width + row] += value;
            }
        }
        _inputWeightSum.Clear((long)KernelSet.SumRows(_embedding) * Layout.Columns);
        _kernels.AddTransposedProduct(
            rows, Factors, _embedding, TableSumRowList, 0, Layout.Columns / _kernels.PanelWidth, _inputWeightSum.Pointer, Layout.Columns);
        Unpack(_inputWeightSum.Pointer, _embedding, gradients.InputWeight);
    }

    private void ListRows(T* adjoints)
    {
        var rows = FoldedRows;
        var lists = _rows.Ensure(4L * rows);
        for (var row = 0; row < rows; row++)
        {
            lists[row] = (nint)(_factors.Pointer + (long)row * _embedding);
            lists[rows + row] = (nint)(Table.Pointer + (long)PlaceOf(row) * Layout.Columns);
            lists[2 * rows + row] = (nint)(TableSum.Pointer + (long)PlaceOf(row) * Layout.Columns);
            lists[3 * rows + row] = (nint)(adjoints + (long)row * _foldBack!.Columns);
        }
    }

    private T** Factors => (T**)_rows.Pointer;

    private T** TableRowList => (T**)(_rows.Pointer + FoldedRows);

    private T** TableSumRowList => (T**)(_rows.Pointer + 2 * FoldedRows);

    private T** FactorAdjoints => (T**)(_rows.Pointer + 3 * FoldedRows);

    private static void Copy(T* from, T* to, int count) => new Span<T>(from, count).CopyTo(new Span<T>(to, count));

    // A sum [inputs, gates] to a gradient [4H, inputs].
    private void Unpack(T* sum, int inputs, T* gradient)
    {
        for (var column = 0; column < Layout.Columns; column++)
        {
            if (Layout.Sources[column] is not (>= 0 and var gate))
                continue;
            var to = gradient + (long)gate * inputs;
            for (var k = 0; k < inputs; k++)
                to[k] += sum[(long)k * Layout.Columns + column];
        }
    }
}
