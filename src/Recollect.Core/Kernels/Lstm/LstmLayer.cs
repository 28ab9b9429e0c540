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
    private readonly Team _team;
    private readonly LayerInput _input;
    private readonly int[] _places; // 0, 1, 2 …
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
    /// <param name="team">Who packs, folds and unpacks.</param>
    /// <param name="input">What it reads.</param>
    /// <param name="width">Tokens: V; reals: D; vectors: their length.</param>
    /// <param name="embedding">Width of the folded embedding; unused for vectors.</param>
    /// <param name="hidden">Units H.</param>
    public LstmLayer(KernelSet<T> kernels, Team team, LayerInput input, int width, int embedding, int hidden)
    {
        (_kernels, _team, _input, _width, _embedding) = (kernels, team, input, width, embedding);
        Layout = new GateLayout(hidden, kernels.Lanes);
        _places = [.. Enumerable.Range(0, Math.Max(Layout.Columns, Math.Max(width, embedding)))];
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
        var bias = BiasOf(weights);
        _team.Run(worker => PackShare(worker, weights));
        if (_input == LayerInput.Vectors)
            Copy(bias, Bias, Layout.Columns);
        else
            Fold(embedding, bias);
        if (_input == LayerInput.Reals)
            Input!.Pack(Table.Pointer, _places.AsSpan(0, _width), Layout.Columns, _places.AsSpan(0, Layout.Columns), 1, 0, Input.Panels);
    }

    private void PackShare(int worker, LstmWeights<T> weights)
    {
        Transpose(worker, weights.RecurrentWeight, Layout.Hidden, Recurrent);
        Keep(worker, weights.RecurrentWeight, Layout.Hidden, RecurrentBack);
        var (matrix, back) = _input == LayerInput.Vectors ? (Input!, InputBack!) : (_fold!, _foldBack!);
        Transpose(worker, weights.InputWeight, matrix.Depth, matrix);
        Keep(worker, weights.InputWeight, matrix.Depth, back);
    }

    // weights: [4H, inputs] in PyTorch's order of gates
    private void Transpose(int worker, T* weights, int inputs, PackedMatrix<T> to)
    {
        var (first, end) = _team.Share(worker, to.Panels);
        to.Pack(weights, _places.AsSpan(0, inputs), 1, Layout.Sources, inputs, first, end);
    }

    private void Keep(int worker, T* weights, int inputs, PackedMatrix<T> to)
    {
        var (first, end) = _team.Share(worker, to.Panels);
        to.Pack(weights, Layout.Sources, inputs, _places.AsSpan(0, inputs), 1, first, end);
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
        _bias.Ensure(Layout.Columns);
        if (_input != LayerInput.Vectors)
            Unfold(embedding);
        _team.Run(worker => AddShare(worker, gradients));
    }

    // Every worker adds the gradients of its own gates.
    private void AddShare(int worker, LstmWeights<T> gradients)
    {
        var (firstPanel, endPanel) = _team.Share(worker, Layout.Columns / _kernels.PanelWidth);
        int first = firstPanel * _kernels.PanelWidth, end = endPanel * _kernels.PanelWidth;
        var sum = _input == LayerInput.Vectors ? TableSum.Pointer : _inputWeightSum.Pointer;
        var inputs = _input == LayerInput.Vectors ? _width : _embedding;
        if (_input != LayerInput.Vectors)
        {
            for (var row = 0; row < inputs; row++)
                new Span<T>(sum + (long)row * Layout.Columns + first, end - first).Clear();
            _kernels.AddTransposedProduct(FoldedRows, Factors, inputs, TableSumRowList, firstPanel, endPanel, sum, Layout.Columns);
        }
        TransposedSum.AddTo(sum, inputs, Layout.Columns, Layout.Sources, first, end, gradients.InputWeight);
        TransposedSum.AddTo(RecurrentSum.Pointer, Layout.Hidden, Layout.Columns, Layout.Sources, first, end, gradients.RecurrentWeight);
        AddBias(first, end, gradients);
    }

    private void AddBias(int first, int end, LstmWeights<T> gradients)
    {
        var bias = _bias.Pointer;
        new Span<T>(bias + first, end - first).Clear();
        for (var row = _input == LayerInput.Tokens ? 0 : TableRows - 1; row < TableRows; row++)
        {
            for (var column = first; column < end; column++)
                bias[column] += TableSum.Pointer[(long)row * Layout.Columns + column];
        }
        for (var column = first; column < end; column++)
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
        var factors = _factors.Ensure((long)FoldedRows * _embedding);
        ListRows(null);
        _team.Run(worker =>
        {
            var (first, end) = _team.Share(worker, FoldedRows);
            for (var row = first; row < end; row++)
                CopyFactor(row, embedding, factors + (long)row * _embedding, bias);
            _kernels.Multiply(end - first, Factors + first, _fold!, TableRowList + first, TableRowList + first, 0, _fold!.Panels);
        });
    }

    // A folded row's numbers, and what its product is added to: each token has the bias, of reals the last row alone.
    private void CopyFactor(int row, EmbeddingWeights<T> embedding, T* to, T* bias)
    {
        var table = Table.Pointer + (long)PlaceOf(row) * Layout.Columns;
        if (_input == LayerInput.Tokens)
            Copy(embedding.Weight + (long)row * _embedding, to, _embedding);
        else if (row == _width)
            Copy(embedding.Bias, to, _embedding);
        for (var e = 0; e < _embedding && _input == LayerInput.Reals && row < _width; e++)
            to[e] = embedding.Weight[(long)e * _width + row];
        if (_input == LayerInput.Tokens || row == _width)
            Copy(bias, table, Layout.Columns);
        else
            new Span<T>(table, Layout.Columns).Clear();
    }

    private void Unfold(EmbeddingWeights<T> embedding)
    {
        var stride = _foldBack!.Columns;
        var adjoints = _factorAdjoints.Ensure((long)FoldedRows * stride);
        ListRows(adjoints);
        _team.Run(worker =>
        {
            var (first, end) = _team.Share(worker, FoldedRows);
            new Span<T>(adjoints + (long)first * stride, (end - first) * stride).Clear();
            _kernels.Multiply(end - first, TableSumRowList + first, _foldBack, FactorAdjoints + first, FactorAdjoints + first, 0, _foldBack.Panels);
            for (var row = first; row < end; row++)
                AddFactorAdjoint(row, adjoints + (long)row * stride, embedding);
        });
    }

    private void AddFactorAdjoint(int row, T* adjoint, EmbeddingWeights<T> embedding)
    {
        var column = _input == LayerInput.Reals && row < _width;
        var to = _input == LayerInput.Tokens ? embedding.Weight + (long)row * _embedding : column ? embedding.Weight + row : embedding.Bias;
        for (var e = 0; e < _embedding; e++)
            to[(long)e * (column ? _width : 1)] += adjoint[e];
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
}
