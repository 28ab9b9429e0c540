using System.Numerics;

namespace Recollect.Kernels;

/// <summary>One LSTM layer's weights as the kernels read them, and the sums that become their gradients.</summary>
/// <remarks>The bottom layer's input is folded into it (<see cref="FoldedInput{T}"/>); a layer above another multiplies the outputs below.</remarks>
/// <typeparam name="T">The number.</typeparam>
internal sealed unsafe class LstmLayer<T> : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly KernelSet<T> _kernels;
    private readonly Team _team;
    private readonly LayerInput _input;
    private readonly int[] _components; // of reals: 0, 1, 2 …
    private readonly int _width;
    private readonly FoldedInput<T>? _folded; // of tokens and reals
    private readonly NativeArray<T> _bias = new(); // [gates]
    private readonly NativeArray<T> _biasSum = new();

    /// <summary>Creates a layer without numbers.</summary>
    /// <param name="kernels">The kernels.</param>
    /// <param name="team">Who packs, folds and unpacks.</param>
    /// <param name="input">What it reads.</param>
    /// <param name="width">Tokens: V; reals: D; vectors: their length.</param>
    /// <param name="embedding">Width of the folded embedding; unused for vectors.</param>
    /// <param name="hidden">Units H.</param>
    public LstmLayer(KernelSet<T> kernels, Team team, LayerInput input, int width, int embedding, int hidden)
    {
        (_kernels, _team, _input, _width) = (kernels, team, input, width);
        Layout = new GateLayout(hidden, kernels.Lanes);
        _components = [.. Enumerable.Range(0, input == LayerInput.Reals ? width : 0)];
        Recurrent = new PackedMatrix<T>(hidden, Layout.Columns, kernels.PanelWidth);
        RecurrentBack = new PackedMatrix<T>(Layout.Columns, hidden, kernels.PanelWidth);
        RecurrentSum = new NativeArray<T>((long)KernelSet.SumRows(hidden) * Layout.Columns);
        TableRows = input == LayerInput.Tokens ? width : KernelSet.SumRows(width) + 1;
        Table.Ensure((long)TableRows * Layout.Columns);
        TableSum.Ensure((long)TableRows * Layout.Columns);
        if (input != LayerInput.Tokens)
            Input = new PackedMatrix<T>(width, Layout.Columns, kernels.PanelWidth);
        if (input == LayerInput.Vectors)
            InputBack = new PackedMatrix<T>(Layout.Columns, width, kernels.PanelWidth);
        else
            _folded = new FoldedInput<T>(kernels, team, Layout, input == LayerInput.Tokens, width, embedding, Table, TableSum, TableRows);
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
    public NativeArray<T> Table { get; } = new();

    /// <summary>Rows of the table.</summary>
    public int TableRows { get; }

    /// <summary>The gradient of <see cref="Table"/>. // [rows, gates]</summary>
    public NativeArray<T> TableSum { get; } = new();

    /// <summary>The gradient of W_hhᵀ. // [H in tiles, gates]</summary>
    public NativeArray<T> RecurrentSum { get; }

    /// <summary>Its memory, bytes: it does not depend on the batch.</summary>
    public long Bytes => Recurrent.Bytes + RecurrentBack.Bytes + RecurrentSum.Bytes + Table.Bytes + TableSum.Bytes
        + (Input?.Bytes ?? 0) + (InputBack?.Bytes ?? 0) + (_folded?.Bytes ?? 0);

    /// <summary>The table's row that a dense input's gates start from.</summary>
    public T* Bias => Table.Pointer + (long)(TableRows - 1) * Layout.Columns;

    /// <summary>Its gradient.</summary>
    public T* BiasSum => TableSum.Pointer + (long)(TableRows - 1) * Layout.Columns;

    /// <summary>Takes over weights that have changed.</summary>
    public void Pack(LstmWeights<T> weights)
    {
        SumBiases(weights);
        _team.Run(worker => PackShare(worker, weights), Team.PackedAsProducts * Layout.Columns * (Layout.Hidden + InputDepth));
        _folded?.Forget();
        if (_folded is null)
            new Span<T>(_bias.Pointer, Layout.Columns).CopyTo(new Span<T>(Bias, Layout.Columns));
    }

    /// <summary>Makes ready for a batch.</summary>
    /// <param name="embedding">What the bottom layer's input is folded from.</param>
    /// <param name="tokens">The tokens that the batch reads, in any order and as often as it likes; nothing of reals and vectors.</param>
    public void Prepare(EmbeddingWeights<T> embedding, ReadOnlySpan<int> tokens)
    {
        _folded?.Fold(embedding, _bias.Pointer, tokens);
        if (_input == LayerInput.Reals)
            Input!.Pack(Table.Pointer, Layout.Columns, _components, Layout.Columns, 0, Input.Panels);
    }

    private void PackShare(int worker, LstmWeights<T> weights)
    {
        Transpose(worker, weights.RecurrentWeight, Layout.Hidden, Recurrent);
        Keep(worker, weights.RecurrentWeight, Layout.Hidden, RecurrentBack);
        var (matrix, back) = _folded is null ? (Input!, InputBack!) : (_folded.Weights, _folded.WeightsBack);
        Transpose(worker, weights.InputWeight, matrix.Depth, matrix);
        Keep(worker, weights.InputWeight, matrix.Depth, back);
    }

    // weights: [4H, inputs] in PyTorch's order of gates
    private void Transpose(int worker, T* weights, int inputs, PackedMatrix<T> to)
    {
        var (first, end) = _team.Share(worker, to.Panels);
        to.PackTransposed(weights, inputs, Layout.Sources, first, end);
    }

    private void Keep(int worker, T* weights, int inputs, PackedMatrix<T> to)
    {
        var (first, end) = _team.Share(worker, to.Panels);
        to.Pack(weights, inputs, Layout.Sources, inputs, first, end);
    }

    /// <summary>Sets the sums of what the batch reads to zero.</summary>
    public void ClearSums()
    {
        RecurrentSum.Clear((long)KernelSet.SumRows(Layout.Hidden) * Layout.Columns);
        if (Dense)
            TableSum.Clear((long)TableRows * Layout.Columns);
        else
            _folded!.ClearSums();
    }

    /// <summary>Adds the sums to gradients in PyTorch's layout.</summary>
    public void AddGradients(LstmWeights<T> gradients, EmbeddingWeights<T> embedding)
    {
        _biasSum.Ensure(Layout.Columns);
        _folded?.AddFactors(embedding);
        _team.Run(worker => AddShare(worker, gradients), Team.PackedAsProducts * Layout.Columns * (Layout.Hidden + InputDepth));
    }

    // Every worker adds the gradients of its own gates.
    private void AddShare(int worker, LstmWeights<T> gradients)
    {
        var (firstPanel, endPanel) = _team.Share(worker, Layout.Columns / _kernels.PanelWidth);
        int first = firstPanel * _kernels.PanelWidth, end = endPanel * _kernels.PanelWidth;
        var bias = _biasSum.Pointer;
        var sum = _folded is null ? TableSum.Pointer : _folded.WeightSum;
        if (_folded is null)
            new Span<T>(BiasSum + first, end - first).CopyTo(new Span<T>(bias + first, end - first));
        else
            _folded.AddShare(firstPanel, endPanel, bias);
        TransposedSum.AddTo(sum, InputDepth, Layout.Columns, Layout.Sources, first, end, gradients.InputWeight, gradients.Unset);
        TransposedSum.AddTo(RecurrentSum.Pointer, Layout.Hidden, Layout.Columns, Layout.Sources, first, end, gradients.RecurrentWeight, gradients.Unset);
        for (var column = first; column < end; column++)
        {
            if (Layout.Sources[column] is >= 0 and var gate)
            {
                gradients.InputBias[gate] = bias[column] + (gradients.Unset ? T.Zero : gradients.InputBias[gate]);
                gradients.RecurrentBias[gate] = bias[column] + (gradients.Unset ? T.Zero : gradients.RecurrentBias[gate]);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var matrix in new[] { Recurrent, RecurrentBack, Input, InputBack })
            matrix?.Dispose();
        foreach (var array in new[] { Table, TableSum, RecurrentSum, _bias, _biasSum })
            array.Dispose();
        _folded?.Dispose();
    }

    // Columns of W_ih.
    private int InputDepth => _folded?.Weights.Depth ?? _width;

    private void SumBiases(LstmWeights<T> weights)
    {
        var bias = _bias.Ensure(Layout.Columns);
        for (var column = 0; column < Layout.Columns; column++)
            bias[column] = Layout.Sources[column] is >= 0 and var gate ? weights.InputBias[gate] + weights.RecurrentBias[gate] : T.Zero;
    }
}
