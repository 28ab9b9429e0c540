using Recollect.Kernels;
using Recollect.Networks;
using static TorchSharp.torch;

namespace Recollect.Benchmarks;

/// <summary>The shape of a step head's work.</summary>
/// <param name="Inputs">Columns of a row that it reads.</param>
/// <param name="Units">Units of its two layers.</param>
/// <param name="Outputs">Logits.</param>
internal sealed record HeadWorkShape(int Inputs, int Units, int Outputs)
{
    /// <summary>Multiplications and additions of three products, forwards and twice backwards, in 10⁹.</summary>
    public double Gigaflop(int rows) => 6e-9 * rows * ((double)Inputs * Units + (double)Units * Units + (double)Units * Outputs);
}

/// <summary>A head over many rows and its cross-entropy, forwards and backwards: its gradients, and the adjoints of its inputs.</summary>
internal abstract class HeadWork : Side
{
    private readonly int _rowsOfWork;

    private protected HeadWork(HeadWorkShape shape, int rowsOfWork, SideSetting setting) : base(setting)
    {
        (Shape, _rowsOfWork) = (shape, rowsOfWork);
        Head = new FeedForward(shape.Inputs, shape.Units, shape.Outputs, dropout: 0);
        Head.Initialize(Workloads.Seed, "head");
        Inputs = SyntheticTokens.Numbers("inputs", setting.Rows, shape.Inputs);
        Labels = [.. Enumerable.Range(0, setting.Rows).Select(row => row % shape.Outputs)];
    }

    public override double Share => (double)Setting.Rows / _rowsOfWork;

    private protected HeadWorkShape Shape { get; }

    private protected FeedForward Head { get; }

    /// <summary>// [rows, inputs]</summary>
    private protected float[] Inputs { get; }

    private protected int[] Labels { get; }

    private protected double Loss { get; set; }

    private protected abstract float[] InputAdjoints();

    public override Outcome Result() => new(Loss, new Dictionary<string, float[]>(Gradients.Of(Parameters())) { ["inputs"] = InputAdjoints() });

    public override void Dispose() => Head.Dispose();

    private protected IEnumerable<(string Name, TorchSharp.Modules.Parameter Parameter)> Parameters() =>
        Head.named_parameters().Select(entry => (entry.name, entry.parameter));
}

/// <summary>The head on our kernels.</summary>
internal sealed unsafe class KernelHead : HeadWork
{
    private readonly Team _team;
    private readonly StepHead<float> _head;
    private readonly Rows _rows;
    private readonly GradientRoom _room = new();

    public KernelHead(HeadWorkShape shape, int rowsOfWork, SideSetting setting) : base(shape, rowsOfWork, setting)
    {
        var kernels = KernelSet.Best<float>();
        _team = new Team(setting.Threads);
        _head = new StepHead<float>(kernels, _team, new HeadShape(shape.Inputs, shape.Units, shape.Outputs, Softmax: true));
        _rows = new Rows(Inputs, Labels, kernels.Padded(shape.Inputs));
    }

    public override void Run(int round)
    {
        Gradients.Forget(Parameters());
        _head.Pack(KernelWeights.Of<float>(Head));
        _head.ClearSums();
        _head.Score(_rows);
        Loss = _rows.Losses.Sum();
        _head.AddGradients(KernelWeights.Of<float>(Head, _room));
    }

    public override void Dispose()
    {
        _head.Dispose();
        _room.Dispose();
        _team.Dispose();
        _rows.Dispose();
        base.Dispose();
    }

    private protected override float[] InputAdjoints() =>
        [.. Enumerable.Range(0, _rows.Count).SelectMany(row => new Span<float>(_rows.InputAdjoint(row), Shape.Inputs).ToArray())];

    private sealed class Rows : ScoredRows<float>, IDisposable
    {
        private readonly NativeArray<float> _inputs, _adjoints;
        private readonly int[] _labels;
        private readonly int _width, _stride;

        public Rows(float[] inputs, int[] labels, int stride)
        {
            (_labels, _width, _stride) = (labels, inputs.Length / labels.Length, stride);
            _inputs = new NativeArray<float>(inputs.Length);
            inputs.CopyTo(new Span<float>(_inputs.Pointer, inputs.Length));
            _adjoints = new NativeArray<float>((long)labels.Length * stride);
            Losses = new double[labels.Length];
        }

        public double[] Losses { get; }

        public override int Count => _labels.Length;

        public override float* Input(int row) => _inputs.Pointer + (long)row * _width;

        public override float* InputAdjoint(int row) => _adjoints.Pointer + (long)row * _stride;

        public override double Weight(int row) => 1;

        public override int Label(int row) => _labels[row];

        public override void OnLoss(int row, double loss) => Losses[row] = loss;

        public void Dispose()
        {
            _inputs.Dispose();
            _adjoints.Dispose();
        }
    }
}

/// <summary>The head on libtorch's products, with automatic differentiation.</summary>
internal sealed class LibtorchHead : HeadWork
{
    private readonly Tensor _inputs, _labels;

    public LibtorchHead(HeadWorkShape shape, int rowsOfWork, SideSetting setting) : base(shape, rowsOfWork, setting)
    {
        _inputs = tensor(Inputs, [setting.Rows, shape.Inputs], requires_grad: true);
        using var labels = tensor(Labels);
        _labels = labels.to(ScalarType.Int64);
    }

    public override void Run(int round)
    {
        using var scope = NewDisposeScope();
        Gradients.Forget(Parameters());
        _inputs.grad = null;
        var loss = nn.functional.cross_entropy(Head.call(_inputs, null), _labels, reduction: nn.Reduction.Sum);
        loss.backward();
        Loss = TensorNumber.Of(loss);
    }

    public override void Dispose()
    {
        _inputs.Dispose();
        _labels.Dispose();
        base.Dispose();
    }

    private protected override float[] InputAdjoints() => Gradients.Numbers(_inputs.grad!);
}
