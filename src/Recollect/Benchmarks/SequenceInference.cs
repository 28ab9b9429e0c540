using Recollect.Kernels;
using Recollect.Networks;
using Recollect.Sequences;
using static TorchSharp.torch;

namespace Recollect.Benchmarks;

/// <summary>One sequence at a time, forwards only: from tokens to the state after the last, with weights that do not change.</summary>
internal abstract class SequenceInference : Side
{
    private protected SequenceInference(WindowShape shape, SideSetting setting) : base(setting)
    {
        Shape = shape;
        Input = new StepInput(StepFormat.Tokens(shape.Vocabulary), shape.Embedding);
        Layers = new LstmLayers(shape.Embedding, shape.Hidden, 1, forgetBias: 1);
        Input.Initialize(Workloads.Seed, "embedding");
        Layers.Initialize(Workloads.Seed, "lstm");
        Tokens = SyntheticTokens.BatchOf(setting.Rows, shape.Steps, shape.Vocabulary).Tokens.ToArray();
    }

    /// <summary>The shape.</summary>
    public WindowShape Shape { get; }

    /// <summary>What is read. // [T, B]</summary>
    public IReadOnlyList<int> TokensRead => Tokens;

    private protected int[] Tokens { get; }

    private protected StepInput Input { get; }

    private protected LstmLayers Layers { get; }

    /// <summary>A weight in PyTorch's layout: <c>weight</c> of the embedding, <c>weight_ih_l0</c> … of the LSTM.</summary>
    public float[] Weight(string name) =>
        Gradients.Numbers(Input.Module!.named_parameters().Concat(Layers.Module.named_parameters()).Single(entry => entry.name == name).parameter);

    /// <summary>h after the last step. // [B, H]</summary>
    public abstract float[] LastOutput();

    /// <inheritdoc/>
    public override Outcome Result() => new(LastOutput().Sum(x => (double)x), new Dictionary<string, float[]> { ["output"] = LastOutput() });

    /// <inheritdoc/>
    public override void Dispose()
    {
        Input.Module!.Dispose();
        Layers.Module.Dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>Inference on our kernels.</summary>
internal sealed unsafe class KernelInference : SequenceInference
{
    private readonly Team _team;
    private readonly LstmStack<float> _stack;
    private readonly StateStore<float> _store;
    private readonly ArraySource<float> _steps = new();
    private readonly WindowSlots _slots;
    private readonly int[] _lengths;

    /// <summary>Packs the weights.</summary>
    public KernelInference(WindowShape shape, SideSetting setting) : base(shape, setting)
    {
        _team = new Team(setting.Threads);
        _stack = new LstmStack<float>(
            KernelSet.Best<float>(), _team, new StackShape(LayerInput.Tokens, shape.Vocabulary, shape.Embedding, shape.Hidden, 1));
        _store = new StateStore<float>(1, _stack.Layout);
        _stack.Pack(KernelWeights.Of<float>(Layers));
        _stack.Prepare(KernelWeights.Of<float>(Input), Tokens);
        _steps.Set(Tokens, setting.Rows);
        _slots = new WindowSlots().Plan(setting.Rows, [.. Enumerable.Range(0, setting.Rows).Select(row => new GradientWindow(row, shape.Steps, shape.Steps))], _stack.Ring);
        _lengths = [.. Enumerable.Repeat(shape.Steps, setting.Rows)];
        _store.Ensure(_slots.Count);
    }

    /// <inheritdoc/>
    public override void Run(int round)
    {
        for (var row = 0; row < Setting.Rows; row++)
            _store.Zero(_slots.Of(row, 0));
        _stack.Forward(_store, _slots, _steps, _lengths, 0, Shape.Steps);
    }

    /// <inheritdoc/>
    public override float[] LastOutput() =>
        [.. Enumerable.Range(0, Setting.Rows).SelectMany(row => new Span<float>(_store.Output(0, _slots.Of(row, Shape.Steps)), Shape.Hidden).ToArray())];

    /// <inheritdoc/>
    public override void Dispose()
    {
        _stack.Dispose();
        _store.Dispose();
        _team.Dispose();
        base.Dispose();
    }
}

/// <summary>Inference on libtorch's <c>nn.Embedding</c> and <c>nn.LSTM</c>, in inference mode, the whole sequence in one call.</summary>
internal sealed class LibtorchInference : SequenceInference
{
    private readonly Tensor _steps;
    private Tensor? _last;

    /// <summary>Copies the tokens.</summary>
    public LibtorchInference(WindowShape shape, SideSetting setting) : base(shape, setting)
    {
        using var tokens = tensor(Tokens, [shape.Steps, setting.Rows]);
        _steps = tokens.to(ScalarType.Int64).DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public override void Run(int round)
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode();
        _last?.Dispose();
        _last = Layers.Run(Input.Of(_steps), Layers.ZeroState(Setting.Rows)).End.Output.DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public override float[] LastOutput() => Gradients.Numbers(_last!);

    /// <inheritdoc/>
    public override void Dispose()
    {
        _steps.Dispose();
        _last?.Dispose();
        base.Dispose();
    }
}
