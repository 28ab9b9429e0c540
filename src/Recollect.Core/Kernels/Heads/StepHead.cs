using System.Numerics;

namespace Recollect.Kernels;

/// <summary>A feed-forward head over many rows: outputs, loss and gradient in one pass, some rows at a time, so that no more is kept of them.</summary>
/// <remarks>
/// The loss is a weighted sum over rows, so that the gradient of a row is known as soon as its outputs are: all logits of a batch never exist at
/// once. Blocks of rows are shared out among a team; sums over rows are shared out by columns, in the order of the rows.
/// </remarks>
/// <typeparam name="T">float, or double for checking gradients.</typeparam>
internal sealed unsafe class StepHead<T> : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int Block = 96;         // rows that one worker computes at once: their activations stay in its second cache
    private const int RowsAtOnce = 384;   // rows of which all activations exist
    private const double Nothing = -1e30; // a logit that no exponential feels

    private readonly KernelSet<T> _kernels;
    private readonly Team _team;
    private readonly PackedMatrix<T>[] _forward, _back;
    private readonly NativeArray<T>[] _biases, _weightSums, _biasSums;
    private readonly NativeArray<T>[] _values = [new(), new(), new()];   // each layer's outputs; the last one's become adjoints
    private readonly NativeArray<T>[] _adjoints = [new(), new()];        // of both ReLU layers
    private readonly NativeArray<T>[] _masks;
    private readonly NativeArray<nint>[] _lists;
    private readonly NativeArray<nint> _rows = new();
    private readonly NativeArray<T> _zeros;
    private readonly Action<int> _scoreShare, _sumShare;
    private readonly int _panels;   // of all layers
    private readonly long _weights; // likewise
    private readonly int[] _places; // 0, 1, 2 …
    private ScoredRows<T>? _scored;
    private bool _gradient;
    private int _from, _count;

    /// <summary>Creates a head without numbers.</summary>
    public StepHead(KernelSet<T> kernels, Team team, HeadShape shape)
    {
        (_kernels, _team, Shape) = (kernels, team, shape);
        var widths = new[] { shape.Inputs, shape.Units, shape.Units, shape.Outputs };
        _forward = [.. Layers(l => new PackedMatrix<T>(widths[l], widths[l + 1], kernels.PanelWidth))];
        _back = [.. Layers(l => new PackedMatrix<T>(widths[l + 1], widths[l], kernels.PanelWidth))];
        _places = [.. Enumerable.Range(0, widths.Max())];
        _panels = _forward.Sum(matrix => matrix.Panels);
        _weights = _forward.Sum(matrix => (long)matrix.Depth * matrix.Columns);
        _biases = [.. Layers(l => new NativeArray<T>(_forward[l].Columns))];
        _weightSums = [.. Layers(l => new NativeArray<T>((long)KernelSet.SumRows(widths[l]) * _forward[l].Columns))];
        _biasSums = [.. Layers(l => new NativeArray<T>(_forward[l].Columns))];
        _zeros = new NativeArray<T>(_back.Max(matrix => matrix.Columns));
        _lists = [.. Enumerable.Range(0, team.Size).Select(_ => new NativeArray<nint>(4 * Block))];
        _masks = [.. Enumerable.Range(0, team.Size).Select(_ => new NativeArray<T>(_forward[1].Columns))];
        (_scoreShare, _sumShare) = (ScoreShare, SumShare);
    }

    /// <summary>The shape.</summary>
    public HeadShape Shape { get; }

    /// <summary>The memory of its weights and of their sums, bytes: it does not depend on the batch.</summary>
    public long Bytes => _forward.Concat(_back).Sum(matrix => matrix.Bytes) + _weightSums.Sum(sum => sum.Bytes);

    /// <summary>The memory that <see cref="Score"/> takes for so many rows, bytes.</summary>
    public long BytesFor(long rows) => sizeof(T) * Math.Min(RowsAtOnce, rows) * (2L * Stride(0) + 2L * Stride(1) + Stride(2));

    /// <summary>Takes over weights that have changed.</summary>
    public void Pack(HeadWeights<T> weights) => _team.Run(worker => PackShare(worker, weights), Team.PackedAsProducts * _weights);

    /// <summary>Sets the sums of gradients to zero.</summary>
    public void ClearSums()
    {
        foreach (var sum in _weightSums.Concat(_biasSums))
            sum.Clear(sum.Capacity);
    }

    /// <summary>Adds what <see cref="Score"/> has summed to gradients in PyTorch's layout.</summary>
    public void AddGradients(HeadWeights<T> gradients) => _team.Run(worker => AddShare(worker, gradients), Team.PackedAsProducts * _weights);

    /// <summary>Scores rows, and sums the gradient of the weights.</summary>
    public void Score(ScoredRows<T> rows) => Run(rows, gradient: true);

    /// <summary>Computes outputs alone.</summary>
    public void Apply(ScoredRows<T> rows) => Run(rows, gradient: false);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var matrix in _forward.Concat(_back))
            matrix.Dispose();
        foreach (var array in _biases.Concat(_weightSums).Concat(_biasSums).Concat(_values).Concat(_adjoints).Concat(_masks).Append(_zeros))
            array.Dispose();
        foreach (var list in _lists.Append(_rows))
            list.Dispose();
    }

    private void PackShare(int worker, HeadWeights<T> weights)
    {
        for (var l = 0; l < _forward.Length; l++)
        {
            int inputs = _forward[l].Depth, outputs = _back[l].Depth;
            var (first, end) = _team.Share(worker, _forward[l].Panels);
            _forward[l].PackTransposed(weights.Weight(l), inputs, _places.AsSpan(0, outputs), first, end);
            (first, end) = _team.Share(worker, _back[l].Panels);
            _back[l].Pack(weights.Weight(l), inputs, _places, inputs, first, end);
            if (worker == 0)
                new Span<T>(weights.Bias(l), outputs).CopyTo(new Span<T>(_biases[l].Pointer, outputs));
        }
    }

    private void AddShare(int worker, HeadWeights<T> gradients)
    {
        for (var l = 0; l < _forward.Length; l++)
        {
            int inputs = _forward[l].Depth, outputs = _back[l].Depth;
            var (first, end) = _team.Share(worker, outputs);
            TransposedSum.AddTo(_weightSums[l].Pointer, inputs, _forward[l].Columns, _places, first, end, gradients.Weight(l));
            for (var o = first; o < end; o++)
                gradients.Bias(l)[o] += _biasSums[l].Pointer[o];
        }
    }

    private static IEnumerable<TItem> Layers<TItem>(Func<int, TItem> of) => Enumerable.Range(0, 3).Select(of);

    private int Stride(int layer) => Math.Max(_forward[layer].Columns, (Shape.Outputs + KernelSet.Partials - 1) / KernelSet.Partials * KernelSet.Partials) + 16;

    private T* Value(int layer, int row) => _values[layer].Pointer + (long)row * Stride(layer);

    private T* Adjoint(int layer, int row) => layer == 2 ? Value(2, row) : _adjoints[layer].Pointer + (long)row * Stride(layer);

    private void Run(ScoredRows<T> rows, bool gradient)
    {
        (_scored, _gradient) = (rows, gradient);
        var room = Math.Min(RowsAtOnce, rows.Count);
        for (var l = 0; l < 3; l++)
            _values[l].Ensure((long)room * Stride(l));
        for (var l = 0; l < 2 && gradient; l++)
            _adjoints[l].Ensure((long)room * Stride(l));
        for (_from = 0; _from < rows.Count; _from += _count)
        {
            _count = Math.Min(RowsAtOnce, rows.Count - _from);
            _team.Run(_scoreShare, _count * _weights);
            if (!gradient)
                continue;
            ListRows();
            _team.Run(_sumShare, _count * _weights);
        }
        _scored = null;
    }

    private void ScoreShare(int worker)
    {
        // Few rows are shared out as well: in tiles, not in blocks.
        var block = Math.Clamp((_count + _team.Size - 1) / _team.Size, 1, Block);
        block = Math.Min(Block, (block + KernelSet.TileRows - 1) / KernelSet.TileRows * KernelSet.TileRows);
        for (var first = _team.Deal() * block; first < _count; first = _team.Deal() * block)
        {
            var count = Math.Min(block, _count - first);
            Forward(worker, first, count);
            for (var row = first; row < first + count; row++)
                Measure(row);
            if (_gradient)
                Backward(worker, first, count);
        }
    }

    private void Forward(int worker, int first, int count)
    {
        var rows = _scored!;
        var mask = _masks[worker].Pointer;
        var lists = _lists[worker].Pointer;
        T** input = (T**)lists, start = (T**)(lists + Block), output = (T**)(lists + 2 * Block);
        for (var l = 0; l < 3; l++)
        {
            for (var i = 0; i < count; i++)
            {
                input[i] = l == 0 ? rows.Input(_from + first + i) : Value(l - 1, first + i);
                start[i] = _biases[l].Pointer;
                output[i] = Value(l, first + i);
            }
            _kernels.Multiply(count, input, _forward[l], start, output, 0, _forward[l].Panels);
            for (var i = 0; i < count && l < 2; i++)
            {
                if (l == 0 || !rows.HasMask)
                {
                    _kernels.Relu(output[i], _forward[l].Columns);
                    continue;
                }
                rows.FillMask(_from + first + i, new Span<T>(mask, Shape.Units));
                _kernels.Relu(output[i], mask, _forward[l].Columns);
            }
        }
    }

    // The loss of a row; its outputs become their adjoints.
    private void Measure(int row)
    {
        var rows = _scored!;
        var output = Value(2, row);
        rows.OnOutput(_from + row, output);
        if (!_gradient)
            return;
        var weight = rows.Weight(_from + row);
        if (Shape.Softmax)
            CrossEntropy(_from + row, output, weight);
        else
            SquaredError(_from + row, output, weight);
    }

    private void CrossEntropy(int row, T* output, double weight)
    {
        var whole = (Shape.Outputs + KernelSet.Partials - 1) / KernelSet.Partials * KernelSet.Partials;
        for (var i = Shape.Outputs; i < whole; i++)
            output[i] = T.CreateTruncating(Nothing);
        var label = _scored!.Label(row);
        var right = output[label];
        var sum = _kernels.SoftmaxNumerators(output, whole, out var largest);
        _scored.OnLoss(row, Math.Log(double.CreateTruncating(sum)) - double.CreateTruncating(right - largest));
        _scored.OnNumerators(row, output, sum);
        var scale = T.CreateTruncating(weight);
        _kernels.Scale(output, scale / sum, whole);
        output[label] -= scale;
    }

    private void SquaredError(int row, T* output, double weight)
    {
        var target = _scored!.Target(row);
        var scale = T.CreateTruncating(2 * weight / Shape.Outputs);
        var loss = 0.0;
        for (var i = 0; i < Shape.Outputs; i++)
        {
            var error = output[i] - target[i];
            loss += double.CreateTruncating(error * error);
            output[i] = scale * error;
        }
        _scored.OnLoss(row, loss / Shape.Outputs);
    }

    private void Backward(int worker, int first, int count)
    {
        var lists = _lists[worker].Pointer;
        T** from = (T**)lists, zero = (T**)(lists + Block), to = (T**)(lists + 2 * Block);
        var kept = T.CreateTruncating(_scored!.HasMask ? _scored.Kept : 1);
        for (var l = 2; l >= 0; l--)
        {
            for (var i = 0; i < count; i++)
            {
                from[i] = Adjoint(l, first + i);
                zero[i] = _zeros.Pointer;
                to[i] = l == 0 ? _scored.InputAdjoint(_from + first + i) : Adjoint(l - 1, first + i);
            }
            _kernels.Multiply(count, from, _back[l], zero, to, 0, _back[l].Panels);
            for (var i = 0; i < count && l > 0; i++)
                _kernels.ReluBackward(Value(l - 1, first + i), to[i], l == 2 ? kept : T.One, _back[l].Columns);
        }
    }

    private void ListRows()
    {
        var lists = _rows.Ensure(9L * RowsAtOnce);
        for (var l = 0; l < 3; l++)
        {
            for (var row = 0; row < _count; row++)
            {
                lists[3 * l * RowsAtOnce + row] = (nint)(l == 0 ? _scored!.Input(_from + row) : Value(l - 1, row));
                lists[(3 * l + 1) * RowsAtOnce + row] = (nint)Adjoint(l, row);
                lists[(3 * l + 2) * RowsAtOnce + row] = (nint)_biasSums[l].Pointer;
            }
        }
    }

    // Who sums a panel of columns does so over all rows in their order. The last layers' panels, which cost the most, come first.
    private void SumShare(int worker)
    {
        for (var piece = _panels - 1 - _team.Deal(); piece >= 0; piece = _panels - 1 - _team.Deal())
        {
            int l = 0, panel = piece;
            for (; panel >= _forward[l].Panels; l++)
                panel -= _forward[l].Panels;
            var lists = _rows.Pointer + 3 * l * RowsAtOnce;
            T** left = (T**)lists, right = (T**)(lists + RowsAtOnce), bias = (T**)(lists + 2 * RowsAtOnce);
            _kernels.AddTransposedProduct(_count, left, _forward[l].Depth, right, panel, panel + 1, _weightSums[l].Pointer, _forward[l].Columns);
            _kernels.AddRows(_count, bias, right, panel, panel + 1);
        }
    }
}
