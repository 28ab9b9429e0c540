using System.Numerics;

namespace Recollect.Kernels;

/// <summary>One recurrent layer's weights as steps forwards read them. They never change, so that any number of threads may use them, each with states of its own.</summary>
/// <remarks>
/// An embedding or projection below is folded into it, as <see cref="FoldedInput{T}"/> does while training, with the same products in the same order: states are
/// those of <see cref="LstmStack{T}"/>, bit for bit. The memory is freed when nothing refers to the layer any more.
/// </remarks>
/// <typeparam name="T">The number.</typeparam>
internal sealed unsafe class ForwardLayer<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>The largest table that tokens are folded into, bytes: beyond it a step's embedding is multiplied, so that a small file cannot ask for a large table.</summary>
    internal const long LargestTable = 64 << 20;

    private const int RowsAtOnce = 96; // of a table that is folded

    private readonly KernelSet<T> _kernels;
    private readonly ForwardCell _cell;
    private readonly int[] _sources;
    private readonly PackedMatrix<T> _recurrent; // W_hhᵀ. // [H, gates]
    private readonly PackedMatrix<T>? _input;    // [inputs, gates]; null where a token's row is all that inputs add
    private readonly NativeArray<T> _starts;     // what products of inputs, and GRU: of states, start from. // [2, gates]
    private readonly NativeArray<T>? _rows;      // of tokens: what each adds to the gates, or its embedding. // [V, row]
    private readonly int _row, _tokens; // V; 0 where steps are no tokens

    /// <summary>Takes over weights.</summary>
    /// <param name="kernels">The kernels.</param>
    /// <param name="shape">The shape.</param>
    /// <param name="bottom">Whether it reads steps, and not the layer below.</param>
    /// <param name="weights">PyTorch's four arrays, with 3 gates for a GRU.</param>
    /// <param name="embedding">What steps are read through; nothing for vectors, or above the bottom.</param>
    public ForwardLayer(KernelSet<T> kernels, ForwardShape shape, bool bottom, LstmWeights<T> weights, EmbeddingWeights<T> embedding)
    {
        (_kernels, _cell, _tokens) = (kernels, shape.Cell, bottom && shape.Input == LayerInput.Tokens ? shape.Width : 0);
        (Units, _sources) = LayoutOf(shape, kernels.Lanes);
        Columns = kernels.Padded(_sources.Length);
        _recurrent = Transposed(weights.RecurrentWeight, shape.Hidden);
        _starts = StartsOf(weights);
        var read = !bottom ? shape.Hidden : shape.Input == LayerInput.Vectors ? shape.Width : shape.Embedding;
        var product = Transposed(weights.InputWeight, read);
        if (bottom && shape.Input == LayerInput.Reals)
        {
            _input = Fold(embedding, shape, product);
            product.Dispose();
        }
        else if (bottom && shape.Input == LayerInput.Tokens && (long)shape.Width * Columns * sizeof(T) <= LargestTable)
        {
            (_rows, _row) = (TableOf(embedding.Weight, shape.Width, read, product, InputStart), Columns);
            product.Dispose();
        }
        else if (bottom && shape.Input == LayerInput.Tokens)
        {
            (_input, _rows, _row) = (product, new NativeArray<T>((long)shape.Width * read), read);
            Buffer.MemoryCopy(embedding.Weight, _rows.Pointer, _rows.Bytes, _rows.Bytes);
        }
        else
        {
            _input = product;
        }
    }

    /// <summary>Bytes that a projection of reals takes at most while it is folded: its factors, what each component adds to the gates, and the same as products read it.</summary>
    /// <remarks>Gates are filled up to whole panels: of a layer of one unit they take many times what its weights say.</remarks>
    public static Int128 BytesToFold(KernelSet<T> kernels, ForwardShape shape)
    {
        var columns = kernels.Padded(LayoutOf(shape, kernels.Lanes).Sources.Length);
        return (Int128)shape.Width * (shape.Embedding + 2L * columns) * sizeof(T);
    }

    /// <summary>Units, with those of the filling.</summary>
    public int Units { get; }

    /// <summary>Columns of all gates, in whole panels.</summary>
    public int Columns { get; }

    /// <summary>What a product of inputs starts from. // [gates]</summary>
    public T* InputStart => _starts.Pointer;

    /// <summary>GRU: what a product of states starts from. // [gates]</summary>
    public T* RecurrentStart => _starts.Pointer + Columns;

    /// <summary>What a step of the bottom layer reads for a token.</summary>
    /// <remarks>Tokens were checked when they were made, but of data that their owner may have changed since: no memory but the table's is read.</remarks>
    /// <exception cref="DataException">There is no such token.</exception>
    public T* RowOf(int token) => (uint)token < (uint)_tokens
        ? _rows!.Pointer + (long)token * _row
        : throw new DataException($"Found token {token}; expected 0…{_tokens - 1}. Were the data changed while they were read?");

    /// <summary>One step of some rows.</summary>
    /// <param name="rows">Rows R.</param>
    /// <param name="read">Rows of tokens (<see cref="RowOf"/>), of reals, or the outputs of the layer below. // [R]</param>
    /// <param name="states">The rows' states.</param>
    /// <param name="layer">This layer's number in them.</param>
    public void Step(int rows, T** read, ForwardStates<T> states, int layer)
    {
        if (_input is not null)
        {
            _kernels.Multiply(rows, read, _input, states.InputStarts(layer), states.Inputs, 0, _input.Panels);
            read = states.Inputs;
        }
        T** before = states.Before(layer), after = states.After(layer), cells = states.Cells(layer);
        if (_cell == ForwardCell.Gru)
            _kernels.GruForward(rows, before, _recurrent, states.RecurrentStarts(layer), read, states.Gates, after, Units);
        else
            _kernels.LstmForward(_cell == ForwardCell.RefinedLstm, rows, before, _recurrent, read, states.Gates, cells, cells, after, 0, Units / _kernels.Lanes);
    }

    private static (int Units, int[] Sources) LayoutOf(ForwardShape shape, int lanes)
    {
        if (shape.Cell == ForwardCell.Gru)
        {
            var gru = new GruLayout(shape.Hidden, lanes);
            return (gru.Units, gru.Sources);
        }
        var lstm = new GateLayout(shape.Hidden, lanes);
        return (lstm.Units, lstm.Sources);
    }

    // weights: [gates · H, inputs] in PyTorch's order
    private PackedMatrix<T> Transposed(T* weights, int inputs)
    {
        var packed = new PackedMatrix<T>(inputs, Columns, _kernels.PanelWidth);
        packed.PackTransposed(weights, inputs, _sources, 0, packed.Panels);
        return packed;
    }

    // An LSTM's biases are added up beforehand; a GRU's are not, as r scales the candidate's second one.
    private NativeArray<T> StartsOf(LstmWeights<T> weights)
    {
        var starts = new NativeArray<T>(2L * Columns);
        for (var column = 0; column < _sources.Length; column++)
        {
            if (_sources[column] < 0)
                continue;
            var (input, recurrent) = (weights.InputBias[_sources[column]], weights.RecurrentBias[_sources[column]]);
            (starts.Pointer[column], starts.Pointer[Columns + column]) = _cell == ForwardCell.Gru ? (input, recurrent) : (input + recurrent, T.Zero);
        }
        return starts;
    }

    // A projection of reals: one row a component, and its bias goes to what products start from.
    private PackedMatrix<T> Fold(EmbeddingWeights<T> projection, ForwardShape shape, PackedMatrix<T> product)
    {
        int components = shape.Width, width = shape.Embedding;
        using var factors = new NativeArray<T>((long)components * width);
        for (var component = 0; component < components; component++)
        {
            for (var e = 0; e < width; e++)
                factors.Pointer[(long)component * width + e] = projection.Weight[(long)e * components + component];
        }
        using var zeros = new NativeArray<T>(Columns);
        using var table = TableOf(factors.Pointer, components, width, product, zeros.Pointer);
        T* bias = projection.Bias, start = InputStart;
        _kernels.Multiply(1, &bias, product, &start, &start, 0, product.Panels);
        var folded = new PackedMatrix<T>(components, Columns, _kernels.PanelWidth);
        int[] places = [.. Enumerable.Range(0, components)];
        folded.Pack(table.Pointer, Columns, places, Columns, 0, folded.Panels);
        return folded;
    }

    // start + factors · product. // [rows, gates]
    private NativeArray<T> TableOf(T* factors, int rows, int depth, PackedMatrix<T> product, T* start)
    {
        var table = new NativeArray<T>((long)rows * Columns);
        T** factor = stackalloc T*[RowsAtOnce];
        T** begin = stackalloc T*[RowsAtOnce];
        T** row = stackalloc T*[RowsAtOnce];
        for (var first = 0; first < rows; first += RowsAtOnce)
        {
            var count = Math.Min(RowsAtOnce, rows - first);
            for (var i = 0; i < count; i++)
            {
                factor[i] = factors + (long)(first + i) * depth;
                begin[i] = start;
                row[i] = table.Pointer + (long)(first + i) * Columns;
            }
            _kernels.Multiply(count, factor, product, begin, row, 0, product.Panels);
        }
        return table;
    }
}
