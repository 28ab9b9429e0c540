using System.Runtime.InteropServices;
using Recollect.Kernels;
using Recollect.Networks;
using Recollect.Sequences;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Recollect.Benchmarks;

/// <summary>The shape of an LSTM over a window of tokens, behind an embedding.</summary>
/// <param name="Steps">Steps T, all of which gradients flow through.</param>
/// <param name="Hidden">Units H.</param>
/// <param name="Embedding">Width E.</param>
/// <param name="Vocabulary">Values of a token, V.</param>
internal sealed record WindowShape(int Steps, int Hidden, int Embedding, int Vocabulary = SyntheticTokens.Vocabulary);

/// <summary>A window forwards and backwards: the gradient of Σ h_T·r, r constant, with respect to embedding and LSTM.</summary>
/// <remarks>A window's gradient comes from its end, as a label's and a reconstruction's do. Weights are taken over, and gradients handed back, at every run, as in an update.</remarks>
internal abstract class LstmWindow : Side
{
    private readonly int _rowsOfWork;

    private protected LstmWindow(WindowShape shape, int rowsOfWork, SideSetting setting) : base(setting)
    {
        (Shape, _rowsOfWork) = (shape, rowsOfWork);
        Input = new StepInput(StepFormat.Tokens(shape.Vocabulary), shape.Embedding);
        Layers = new LstmLayers(shape.Embedding, shape.Hidden, 1, forgetBias: 1);
        Input.Initialize(Workloads.Seed, "embedding");
        Layers.Initialize(Workloads.Seed, "lstm");
        Batch = SyntheticTokens.BatchOf(setting.Rows, shape.Steps, shape.Vocabulary);
        Direction = SyntheticTokens.Numbers("direction", setting.Rows, shape.Hidden);
    }

    public override double Share => (double)Setting.Rows / _rowsOfWork;

    private protected WindowShape Shape { get; }

    private protected StepInput Input { get; }

    private protected LstmLayers Layers { get; }

    private protected Batch Batch { get; }

    /// <summary>r. // [B, H]</summary>
    private protected float[] Direction { get; }

    private protected double Loss { get; set; }

    public override Outcome Result() => new(Loss, Gradients.Of(Parameters()));

    public override void Dispose()
    {
        Input.Module!.Dispose();
        Layers.Module.Dispose();
    }

    private protected void ForgetGradients() => Gradients.Forget(Parameters());

    private IEnumerable<(string Name, Parameter Parameter)> Parameters() =>
        Input.Module!.named_parameters().Concat(Layers.Module.named_parameters()).Select(entry => (entry.name, entry.parameter));
}

/// <summary>The window on our kernels.</summary>
internal sealed unsafe class KernelWindow : LstmWindow
{
    private readonly Team _team;
    private readonly LstmStack<float> _stack;
    private readonly StateStore<float> _store;
    private readonly ArraySource<float> _steps = new();
    private readonly WindowSlots _slots = new();
    private readonly GradientRoom _room = new();

    public KernelWindow(WindowShape shape, int rowsOfWork, SideSetting setting) : base(shape, rowsOfWork, setting)
    {
        _team = new Team(setting.Threads);
        _stack = new LstmStack<float>(
            KernelSet.Best<float>(), _team, new StackShape(LayerInput.Tokens, shape.Vocabulary, shape.Embedding, shape.Hidden, 1));
        _store = new StateStore<float>(1, _stack.Layout);
        _steps.Set(Batch.TokenRoom, Batch.Rows);
    }

    public override void Run(int round)
    {
        ForgetGradients();
        _stack.Pack(KernelWeights.Of<float>(Layers));
        _stack.Prepare(KernelWeights.Of<float>(Input), Batch.Tokens);
        _stack.ClearSums();
        GradientWindow[] windows = [.. Enumerable.Range(0, Batch.Rows).Select(row => new GradientWindow(row, 0, Shape.Steps))];
        var slots = _slots.Plan(Batch.Rows, windows, _stack.Ring);
        _store.Ensure(slots.Count);
        for (var row = 0; row < Batch.Rows; row++)
            _store.Zero(slots.Of(row, 0));
        _stack.Forward(_store, slots, _steps, Batch.Lengths, 0, Shape.Steps);
        _stack.ClearAdjoints(Batch.Rows);
        Loss = Enumerable.Range(0, Batch.Rows).Sum(row => Score(row, slots));
        _stack.Backward(_store, slots, _steps, windows, null);
        _stack.AddGradients(KernelWeights.Of<float>(Layers, _room), KernelWeights.Of<float>(Input, _room));
    }

    public override void Dispose()
    {
        _stack.Dispose();
        _room.Dispose();
        _store.Dispose();
        _team.Dispose();
        base.Dispose();
    }

    // A row's part of the loss; its adjoint goes where the row's window ends.
    private double Score(int row, WindowSlots slots)
    {
        var direction = Direction.AsSpan(row * Shape.Hidden, Shape.Hidden);
        direction.CopyTo(new Span<float>(_stack.HiddenAdjoint(0, row), Shape.Hidden));
        var output = _store.Output(0, slots.Of(row, Shape.Steps));
        var sum = 0.0;
        for (var i = 0; i < direction.Length; i++)
            sum += output[i] * direction[i];
        return sum;
    }
}

/// <summary>The window on libtorch's <c>nn.Embedding</c> and <c>nn.LSTM</c> with automatic differentiation.</summary>
internal sealed class LibtorchWindow : LstmWindow
{
    private readonly Tensor _steps, _direction;

    public LibtorchWindow(WindowShape shape, int rowsOfWork, SideSetting setting) : base(shape, rowsOfWork, setting)
    {
        using var tokens = tensor(Batch.Tokens.ToArray(), [shape.Steps, setting.Rows]);
        _steps = tokens.to(ScalarType.Int64);
        _direction = tensor(Direction, [setting.Rows, shape.Hidden]);
    }

    public override void Run(int round)
    {
        using var scope = NewDisposeScope();
        ForgetGradients();
        var end = Layers.Run(Input.Of(_steps), Layers.ZeroState(Setting.Rows)).End;
        var loss = (end.Output * _direction).sum();
        loss.backward();
        Loss = TensorNumber.Of(loss);
    }

    public override void Dispose()
    {
        _steps.Dispose();
        _direction.Dispose();
        base.Dispose();
    }
}

/// <summary>The gradients of parameters.</summary>
internal static class Gradients
{
    public static IReadOnlyDictionary<string, float[]> Of(IEnumerable<(string Name, Parameter Parameter)> parameters) =>
        parameters.ToDictionary(entry => entry.Name, entry => Numbers(entry.Parameter.grad!));

    public static void Forget(IEnumerable<(string Name, Parameter Parameter)> parameters)
    {
        foreach (var (_, parameter) in parameters)
            parameter.grad = null;
    }

    public static float[] Numbers(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        var contiguous = tensor.contiguous();
        GC.KeepAlive(tensor);
        return MemoryMarshal.Cast<byte, float>(contiguous.bytes).ToArray();
    }
}
