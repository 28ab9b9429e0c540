using Recollect.Kernels;
using static TorchSharp.torch;

namespace Recollect.Benchmarks;

/// <summary>A matrix product, done often enough for the same number of operations whatever its shape.</summary>
/// <param name="Rows">Rows of the left operand and the result.</param>
/// <param name="Depth">Columns of the left operand, rows of the right one.</param>
/// <param name="Columns">Columns of the right operand and the result.</param>
/// <param name="Times">How often.</param>
internal sealed record ProductShape(int Rows, int Depth, int Columns, int Times)
{
    /// <summary>Multiplications and additions of all, in 10⁹.</summary>
    public double Gigaflop => 2e-9 * Rows * Depth * Columns * Times;
}

/// <summary>Our product kernel, its right operand packed beforehand as an update packs its weights; workers share the rows.</summary>
internal sealed unsafe class KernelProduct : Side
{
    // Rows of the left operand that a worker takes at once, as a head does: they stay in its second cache.
    private const int Block = 96;

    private readonly KernelSet<float> _kernels = KernelSet.Best<float>();
    private readonly ProductShape _shape;
    private readonly Team _team;
    private readonly PackedMatrix<float> _right;
    private readonly NativeArray<float> _left, _result, _zeros;
    private readonly NativeArray<nint> _lists;
    private readonly Action<int> _share;

    public KernelProduct(ProductShape shape, SideSetting setting) : base(setting)
    {
        _shape = shape;
        _team = new Team(setting.Threads);
        _left = new NativeArray<float>((long)shape.Rows * LeftStride);
        var left = SyntheticTokens.Numbers("left", shape.Rows, shape.Depth);
        for (var row = 0; row < shape.Rows; row++)
            left.AsSpan(row * shape.Depth, shape.Depth).CopyTo(new Span<float>(LeftRow(row), shape.Depth));
        _right = new PackedMatrix<float>(shape.Depth, shape.Columns, _kernels.PanelWidth);
        fixed (float* right = SyntheticTokens.Numbers("right", shape.Depth, shape.Columns))
            _right.Pack(right, shape.Columns, [.. Enumerable.Range(0, shape.Depth)], shape.Columns, 0, _right.Panels);
        _result = new NativeArray<float>((long)shape.Rows * ResultStride);
        _zeros = new NativeArray<float>(_right.Columns);
        _lists = new NativeArray<nint>(3L * shape.Rows);
        for (var row = 0; row < shape.Rows; row++)
        {
            _lists.Pointer[row] = (nint)LeftRow(row);
            _lists.Pointer[shape.Rows + row] = (nint)_zeros.Pointer;
            _lists.Pointer[2 * shape.Rows + row] = (nint)ResultRow(row);
        }
        _share = MultiplyShare;
    }

    public override void Run(int round) => _team.Run(_share);

    public override Outcome Result()
    {
        var numbers = Enumerable.Range(0, _shape.Rows)
            .SelectMany(row => new Span<float>(ResultRow(row), _shape.Columns).ToArray()).ToArray();
        return new Outcome(numbers.Sum(x => (double)x), new Dictionary<string, float[]> { ["product"] = numbers });
    }

    public override void Dispose()
    {
        _team.Dispose();
        _right.Dispose();
        _lists.Dispose();
        foreach (var array in new[] { _left, _result, _zeros })
            array.Dispose();
    }

    // Not a power of two, in which many rows would share few places of the cache: so do the gates lie (GateLayout).
    private int LeftStride => _shape.Depth + 16;

    private int ResultStride => _right.Columns + 16;

    private float* LeftRow(int row) => _left.Pointer + (long)row * LeftStride;

    private float* ResultRow(int row) => _result.Pointer + (long)row * ResultStride;

    private void MultiplyShare(int worker)
    {
        var (first, end) = _team.Share(worker, _shape.Rows);
        float** left = (float**)_lists.Pointer, start = left + _shape.Rows, result = start + _shape.Rows;
        for (var time = 0; time < _shape.Times; time++)
        {
            for (var row = first; row < end; row += Block)
                _kernels.Multiply(Math.Min(Block, end - row), left + row, _right, start + row, result + row, 0, _right.Panels);
        }
    }
}

/// <summary>libtorch's product, into a result that is there already.</summary>
internal sealed class LibtorchProduct : Side
{
    private readonly int _times;
    private readonly Tensor _left, _right, _result;

    public LibtorchProduct(ProductShape shape, SideSetting setting) : base(setting)
    {
        _times = shape.Times;
        _left = tensor(SyntheticTokens.Numbers("left", shape.Rows, shape.Depth), [shape.Rows, shape.Depth]);
        _right = tensor(SyntheticTokens.Numbers("right", shape.Depth, shape.Columns), [shape.Depth, shape.Columns]);
        _result = zeros(shape.Rows, shape.Columns);
    }

    public override void Run(int round)
    {
        for (var time = 0; time < _times; time++)
            _result.addmm_(_left, _right, beta: 0, alpha: 1);
    }

    public override Outcome Result()
    {
        var numbers = Gradients.Numbers(_result);
        return new Outcome(numbers.Sum(x => (double)x), new Dictionary<string, float[]> { ["product"] = numbers });
    }

    public override void Dispose()
    {
        _left.Dispose();
        _right.Dispose();
        _result.Dispose();
    }
}
