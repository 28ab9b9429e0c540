using System.Numerics;

namespace Recollect.Kernels;

/// <summary>An embedding, or a projection of reals, folded into the layer that reads it: the gates see a step only through E·W_ihᵀ + b.</summary>
/// <remarks>
/// That is a table of one row a token, or of one row a component and one for the bias. Its gradient is summed in the same form; two small products
/// turn that into the gradients of both factors. It is exact, and spares the product of every step. Of tokens only those that a batch
/// reads are folded, so that a large vocabulary costs what is used of it.
/// </remarks>
/// <typeparam name="T">The number.</typeparam>
internal sealed unsafe class FoldedInput<T> : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly KernelSet<T> _kernels;
    private readonly Team _team;
    private readonly GateLayout _layout;
    private readonly bool _tokens;
    private readonly int _width, _embedding, _lastRow;
    private readonly NativeArray<T> _table, _tableSum;
    private readonly NativeArray<T> _factors = new();  // what is folded. // [rows, E]
    private readonly NativeArray<T> _adjoints = new(); // its gradients, of the rows that are read. // [read, E in panels]
    private readonly NativeArray<T> _weightSum;        // // [E in tiles, gates]
    private readonly NativeArray<nint> _lists = new();
    private readonly bool[] _isFolded, _isRead; // by row
    private readonly int[] _read, _missing;     // rows, ascending: those that the batch reads; of them those not folded yet
    private int _readCount, _missingCount;

    /// <summary>Creates a fold without numbers.</summary>
    /// <param name="kernels">The kernels.</param>
    /// <param name="team">Who folds.</param>
    /// <param name="layout">How gates lie.</param>
    /// <param name="tokens">Whether tokens are read, and not reals.</param>
    /// <param name="width">Tokens: V; reals: D.</param>
    /// <param name="embedding">E.</param>
    /// <param name="table">Where the table goes; of reals, the last row is the bias. // [rows, gates]</param>
    /// <param name="tableSum">Where its gradient is summed. // [rows, gates]</param>
    /// <param name="tableRows">Their rows.</param>
    public FoldedInput(
        KernelSet<T> kernels, Team team, GateLayout layout, bool tokens, int width, int embedding, NativeArray<T> table, NativeArray<T> tableSum, int tableRows)
    {
        (_kernels, _team, _layout, _tokens, _width, _embedding) = (kernels, team, layout, tokens, width, embedding);
        (_table, _tableSum, _lastRow) = (table, tableSum, tableRows - 1);
        Weights = new PackedMatrix<T>(embedding, layout.Columns, kernels.PanelWidth);
        WeightsBack = new PackedMatrix<T>(layout.Columns, embedding, kernels.PanelWidth);
        _weightSum = new NativeArray<T>((long)KernelSet.SumRows(embedding) * layout.Columns);
        var rows = tokens ? width : width + 1; // each token's embedding; or each component's column of the projection, and its bias
        _factors.Ensure((long)rows * embedding);
        (_isFolded, _isRead, _read, _missing) = (new bool[rows], new bool[rows], new int[rows], new int[rows]);
    }

    /// <summary>W_ihᵀ. // [E, gates]</summary>
    public PackedMatrix<T> Weights { get; }

    /// <summary>W_ih. // [gates, E]</summary>
    public PackedMatrix<T> WeightsBack { get; }

    /// <summary>The gradient of W_ihᵀ, which <see cref="AddShare"/> sums. // [E in tiles, gates]</summary>
    public T* WeightSum => _weightSum.Pointer;

    /// <summary>Its memory where a batch reads every row, bytes; the tables are the layer's.</summary>
    public long Bytes => Weights.Bytes + WeightsBack.Bytes + _weightSum.Bytes + _factors.Bytes + (long)_read.Length * WeightsBack.Columns * sizeof(T);

    /// <summary>Says that weights have changed.</summary>
    public void Forget() => Array.Clear(_isFolded);

    /// <summary>Folds the rows that a batch reads, where that is not done yet.</summary>
    /// <param name="embedding">The factors.</param>
    /// <param name="bias">The layer's. // [gates]</param>
    /// <param name="tokens">The tokens that the batch reads, in any order; of reals all rows are read.</param>
    public void Fold(EmbeddingWeights<T> embedding, T* bias, ReadOnlySpan<int> tokens)
    {
        Select(tokens);
        var lists = _lists.Ensure(2L * _missingCount);
        T** factor = (T**)lists, row = (T**)(lists + _missingCount);
        for (var i = 0; i < _missingCount; i++)
        {
            factor[i] = FactorOf(_missing[i]);
            row[i] = RowOf(_table, _missing[i]);
        }
        _team.Run(worker =>
        {
            var (first, end) = _team.Share(worker, _missingCount);
            for (var i = first; i < end; i++)
                CopyFactor(_missing[i], embedding, factor[i], bias, row[i]);
            _kernels.Multiply(end - first, factor + first, Weights, row + first, row + first, 0, Weights.Panels);
        }, ProductsOf(_missingCount));
        for (var i = 0; i < _missingCount; i++)
            _isFolded[_missing[i]] = true;
    }

    /// <summary>Sets the sums of the rows that the batch reads to zero.</summary>
    public void ClearSums()
    {
        for (var i = 0; i < _readCount; i++)
            new Span<T>(RowOf(_tableSum, _read[i]), _layout.Columns).Clear();
    }

    /// <summary>Adds the gradient of the embedding; <see cref="AddShare"/> may then be called.</summary>
    public void AddFactors(EmbeddingWeights<T> gradients)
    {
        var stride = WeightsBack.Columns;
        var adjoints = _adjoints.Ensure((long)_readCount * stride);
        var lists = _lists.Ensure(3L * _readCount);
        T** sum = (T**)lists, factor = (T**)(lists + _readCount), adjoint = (T**)(lists + 2 * _readCount);
        for (var i = 0; i < _readCount; i++)
        {
            sum[i] = RowOf(_tableSum, _read[i]);
            factor[i] = FactorOf(_read[i]);
            adjoint[i] = adjoints + (long)i * stride;
        }
        _team.Run(worker =>
        {
            var (first, end) = _team.Share(worker, _readCount);
            new Span<T>(adjoints + (long)first * stride, (end - first) * stride).Clear();
            _kernels.Multiply(end - first, sum + first, WeightsBack, adjoint + first, adjoint + first, 0, WeightsBack.Panels);
            for (var i = first; i < end; i++)
                AddAdjoint(_read[i], adjoint[i], gradients);
        }, ProductsOf(_readCount));
    }

    /// <summary>Sums the gradients of W_ihᵀ, into <see cref="WeightSum"/>, and of the bias, in a worker's panels of columns.</summary>
    public void AddShare(int firstPanel, int endPanel, T* bias)
    {
        int first = firstPanel * _kernels.PanelWidth, end = endPanel * _kernels.PanelWidth;
        for (var row = 0; row < _embedding; row++)
            new Span<T>(WeightSum + (long)row * _layout.Columns + first, end - first).Clear();
        new Span<T>(bias + first, end - first).Clear();
        T** sum = (T**)_lists.Pointer, factor = (T**)(_lists.Pointer + _readCount);
        _kernels.AddTransposedProduct(_readCount, factor, _embedding, sum, firstPanel, endPanel, WeightSum, _layout.Columns);
        for (var i = _tokens ? 0 : _readCount - 1; i < _readCount; i++)
        {
            for (var column = first; column < end; column++)
                bias[column] += sum[i][column];
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Weights.Dispose();
        WeightsBack.Dispose();
        foreach (var array in new[] { _factors, _adjoints, _weightSum })
            array.Dispose();
        _lists.Dispose();
    }

    // Rows in ascending order, so that no sum depends on the order in which a batch, or what was read before it, names them.
    private void Select(ReadOnlySpan<int> tokens)
    {
        for (var i = 0; i < _readCount; i++)
            _isRead[_read[i]] = false;
        _readCount = 0;
        if (_tokens)
        {
            foreach (var token in tokens)
                Read(token);
            Array.Sort(_read, 0, _readCount);
        }
        for (var row = 0; row < _isRead.Length && !_tokens; row++)
            Read(row);
        _missingCount = 0;
        for (var i = 0; i < _readCount; i++)
        {
            if (!_isFolded[_read[i]])
                _missing[_missingCount++] = _read[i];
        }
    }

    private void Read(int row)
    {
        if (!_isRead[row])
            _read[_readCount++] = row;
        _isRead[row] = true;
    }

    private long ProductsOf(int rows) => (long)rows * _embedding * _layout.Columns;

    private T* FactorOf(int row) => _factors.Pointer + (long)row * _embedding;

    private T* RowOf(NativeArray<T> table, int row) => table.Pointer + (long)(_tokens || row < _width ? row : _lastRow) * _layout.Columns;

    // A row's numbers, and what its product is added to: each token has the bias, of reals the last row alone.
    private void CopyFactor(int row, EmbeddingWeights<T> embedding, T* factor, T* bias, T* table)
    {
        var component = !_tokens && row < _width;
        if (_tokens)
            Copy(embedding.Weight + (long)row * _embedding, factor, _embedding);
        else if (!component)
            Copy(embedding.Bias, factor, _embedding);
        for (var e = 0; e < _embedding && component; e++)
            factor[e] = embedding.Weight[(long)e * _width + row];
        if (component)
            new Span<T>(table, _layout.Columns).Clear();
        else
            Copy(bias, table, _layout.Columns);
    }

    private void AddAdjoint(int row, T* adjoint, EmbeddingWeights<T> gradients)
    {
        var component = !_tokens && row < _width;
        var to = _tokens ? gradients.Weight + (long)row * _embedding : component ? gradients.Weight + row : gradients.Bias;
        for (var e = 0; e < _embedding; e++)
            to[(long)e * (component ? _width : 1)] += adjoint[e];
    }

    private static void Copy(T* from, T* to, int count) => new Span<T>(from, count).CopyTo(new Span<T>(to, count));
}
