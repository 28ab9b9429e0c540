using Recollect.Losses;
using Recollect.Networks;
using Recollect.Sequences;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Recollect.Benchmarks;

/// <summary>The shape of a reconstruction decoder's work.</summary>
/// <param name="Length">Scored steps l.</param>
/// <param name="Cut">Steps between its cuts.</param>
/// <param name="Width">Units of the main network, its embedding and each decoder layer.</param>
/// <param name="HeadUnits">Units of the head's two layers.</param>
internal sealed record DecoderWorkShape(int Length, int Cut, int Width, int HeadUnits);

/// <summary>The decoder alone, forwards and backwards, from states that are there: its gradients, and the adjoint of the states that it starts from.</summary>
internal abstract class DecoderWork : Side
{
    private readonly int _rowsOfWork;

    private protected DecoderWork(DecoderWorkShape shape, int rowsOfWork, SideSetting setting, EngineKind engine) : base(setting)
    {
        _rowsOfWork = rowsOfWork;
        var options = new NetworkOptions { Embedding = shape.Width, Hidden = shape.Width, HeadUnits = shape.HeadUnits, Engine = engine };
        Batch = SyntheticTokens.BatchOf(setting.Rows, shape.Length + 2);
        Network = new RecurrentClassifier(Batch.Format, 10, options, Workloads.Seed);
        var auxiliary = new AuxiliaryOptions
        {
            Kind = AuxiliaryKind.Reconstruction,
            Length = [shape.Length],
            Decoder = new DecoderOptions { HeadUnits = shape.HeadUnits, Bptt = new Truncation(shape.Cut) },
        };
        Decoding = AuxiliaryLoss.Of(auxiliary, 0, new Truncation(0), Network, Workloads.Seed); // k = 0: nothing of the main network is run
        Segments = Decoding.Draw(Batch, ContextOf(0)).Segments;
    }

    public override double Share => (double)Setting.Rows / _rowsOfWork;

    private protected Batch Batch { get; }

    private protected RecurrentClassifier Network { get; }

    private protected AuxiliaryLoss Decoding { get; }

    private protected IReadOnlyList<Segment> Segments { get; }

    private protected double Loss { get; set; }

    /// <summary>The adjoint of h that the decoder starts from. // [R, H]</summary>
    private protected abstract float[] StartAdjoint();

    public override Outcome Result() =>
        new(Loss, new Dictionary<string, float[]>(Gradients.Of(Decoding.Decoder.NamedParameters())) { ["start"] = StartAdjoint() });

    public override void Dispose()
    {
        Network.Dispose();
        Decoding.Dispose();
    }

    private protected UpdateContext ContextOf(int round) => new(round, Batch.Rows, 0);

    private protected IEnumerable<(string Name, Parameter Parameter)> Parameters() => Decoding.Decoder.NamedParameters();
}

/// <summary>The decoder on our kernels.</summary>
internal sealed unsafe class KernelDecoderWork : DecoderWork
{
    private readonly KernelNetwork<float> _kernels;
    private readonly KernelDecoder<float> _decoder;
    private readonly KernelPass<float> _pass;

    public KernelDecoderWork(DecoderWorkShape shape, int rowsOfWork, SideSetting setting) : base(shape, rowsOfWork, setting, EngineKind.Auto)
    {
        set_num_threads(setting.Threads); // the network's team has so many
        _kernels = (KernelNetwork<float>)Network.Kernels!;
        _decoder = KernelDecoder<float>.Of(_kernels, Decoding);
        var windows = _decoder.Begin(Segments, 0).ToArray();
        var slots = _kernels.Slots.Plan(Batch.Rows, windows, _kernels.Stack.Ring);
        var steps = _kernels.StepsOf(Batch);
        _kernels.Begin(Batch);
        _kernels.Forward(steps, slots, [.. Segments.Select(segment => segment.Anchor)]);
        _pass = new KernelPass<float>(_kernels, Batch, ContextOf(0), slots, steps);
    }

    public override void Run(int round)
    {
        Gradients.Forget(Parameters());
        _kernels.Stack.ClearAdjoints(Segments.Count);
        Loss = _decoder.Differentiate(_pass with { Context = ContextOf(round) }, Segments);
    }

    public override void Dispose()
    {
        _decoder.Dispose();
        base.Dispose();
    }

    private protected override float[] StartAdjoint() => [.. Enumerable.Range(0, Segments.Count).SelectMany(
        r => new Span<float>(_kernels.Stack.HiddenAdjoint(_kernels.Top, r), _kernels.Stack.Shape.Hidden).ToArray())];
}

/// <summary>The decoder on libtorch, as the objective by automatic differentiation runs it.</summary>
internal sealed class LibtorchDecoderWork : DecoderWork
{
    private readonly StepTensor _steps;
    private readonly RecurrentState _before;

    public LibtorchDecoderWork(DecoderWorkShape shape, int rowsOfWork, SideSetting setting) : base(shape, rowsOfWork, setting, EngineKind.Libtorch)
    {
        _steps = new StepTensor(Batch, Network.Like);
        _before = Unroll.StatesBefore(Network, _steps, [.. Segments.Select(Decoding.WindowOf)]);
        _before.Hidden.requires_grad_(true);
        _before.Cell!.requires_grad_(true);
    }

    public override void Run(int round)
    {
        using var scope = NewDisposeScope();
        Gradients.Forget(Parameters());
        _before.Hidden.grad = null;
        _before.Cell!.grad = null;
        var loss = Decoding.Of(Network, _steps, Segments, _before, ContextOf(round));
        loss.backward();
        Loss = TensorNumber.Of(loss);
    }

    public override void Dispose()
    {
        _before.Hidden.Dispose();
        _before.Cell!.Dispose();
        base.Dispose();
    }

    private protected override float[] StartAdjoint() => Gradients.Numbers(_before.Hidden.grad!);
}
