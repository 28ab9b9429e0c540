using Recollect.Randomness;
using Recollect.Sequences;
using static TorchSharp.torch;

namespace Recollect.Networks;

/// <summary>The main network: steps → vectors → recurrence → label (paper, "Models").</summary>
public sealed class RecurrentClassifier : nn.Module
{
    /// <summary>The engine's name where libtorch computes.</summary>
    internal const string Libtorch = "libtorch";

    private readonly StepInput _input;
    private readonly RecurrentLayers? _recurrence;
    private readonly FeedForward _classifier;
    private readonly Lock _making = new();
    private KernelNetwork? _kernels;
    private (ScalarType, TorchSharp.DeviceType)? _kernelsFor;

    /// <summary>Creates the network with weights drawn from <paramref name="seed"/>.</summary>
    /// <param name="format">What a step is.</param>
    /// <param name="classes">The number of labels C.</param>
    /// <param name="options">The shape.</param>
    /// <param name="seed">The run's seed.</param>
    public RecurrentClassifier(StepFormat format, int classes, NetworkOptions options, Seed seed) : base("network")
    {
        Format = format;
        Classes = classes;
        Options = options;
        var width = options.InputWidth(format);
        _input = new StepInput(format, width, options.Input);
        if (options.Cell == CellKind.Transformer)
            Encoder = new TransformerEncoder(options);
        else
            _recurrence = RecurrentLayers.Of(options, width);
        _classifier = new FeedForward(_recurrence?.Width ?? options.Hidden, options.HeadUnits, classes, options.Dropout);
        if (_input.Module is { } embedding)
            register_module("embedding", embedding);
        register_module(_recurrence?.Name ?? "encoder", _recurrence?.Module ?? Encoder!);
        register_module("classifier", _classifier);
        _input.Initialize(seed, "embedding");
        _recurrence?.Initialize(seed, _recurrence.Name);
        Encoder?.Initialize(seed, "encoder");
        _classifier.Initialize(seed, "classifier");
    }

    /// <summary>The name and shape of every weight of such a network, one after the other, without making any.</summary>
    /// <param name="format">What a step is.</param>
    /// <param name="classes">The number of labels C.</param>
    /// <param name="options">The shape.</param>
    public static IEnumerable<(string Name, long[] Shape)> Shapes(StepFormat format, int classes, NetworkOptions options)
    {
        var (width, transforms) = (options.InputWidth(format), options.Cell == CellKind.Transformer);
        foreach (var (name, shape) in StepInput.Shapes(format, width, transforms ? InputKind.Embedded : options.Input))
            yield return ($"embedding.{name}", shape);
        foreach (var (name, shape) in transforms ? TransformerEncoder.Shapes(options).Select(shape => ($"encoder.{shape.Name}", shape.Shape)) : RecurrentLayers.Shapes(options, width))
            yield return (name, shape);
        foreach (var (name, shape) in FeedForward.Shapes(options.StateWidth, options.HeadUnits, classes))
            yield return ($"classifier.{name}", shape);
    }

    /// <summary>What a step is.</summary>
    public StepFormat Format { get; }

    /// <summary>The number of labels C.</summary>
    public int Classes { get; }

    /// <summary>The shape.</summary>
    public NetworkOptions Options { get; }

    /// <summary>The recurrence.</summary>
    /// <exception cref="InvalidOperationException">The network is a Transformer.</exception>
    public RecurrentLayers Recurrence => _recurrence ?? throw new InvalidOperationException("A Transformer has no recurrence.");

    /// <summary>The Transformer that takes the recurrence's place, or null.</summary>
    public TransformerEncoder? Encoder { get; }

    /// <summary>What turns steps into vectors.</summary>
    internal StepInput Input => _input;

    /// <summary>What computes this network's steps as it is now, alone or with losses that kernels serve: <c>kernels</c> or <c>libtorch</c>.</summary>
    internal string EngineName => Kernels is not null || _recurrence is { ByKernels: true } ? "kernels" : Libtorch;

    /// <summary>Recollect's own kernels for this network, or null where libtorch computes it; made when first asked for, and anew where the weights have moved.</summary>
    internal KernelNetwork? Kernels
    {
        get
        {
            lock (_making)
            {
                var like = Like;
                if (_kernelsFor == (like.dtype, like.device_type))
                    return _kernels;
                _kernels?.Dispose();
                (_kernels, _kernelsFor) = (KernelNetwork.Of(this), (like.dtype, like.device_type));
                return _kernels;
            }
        }
    }

    /// <summary>The label head.</summary>
    public FeedForward Classifier => _classifier;

    /// <summary>The type and the device of the weights.</summary>
    public Tensor Like => _classifier.parameters().First();

    /// <summary>What libtorch holds of a step of a row, its input included.</summary>
    internal GraphNumbers GraphOfStep()
    {
        var (kept, passing) = Recurrence.GraphOfStep();
        return new GraphNumbers(kept + Options.InputWidth(Format), passing);
    }

    /// <summary>Runs the recurrence over raw steps.</summary>
    /// <param name="steps">Tokens [T, B], int64, or reals [T, B, D].</param>
    /// <param name="start">The state before the first step.</param>
    public RecurrentRun Run(Tensor steps, RecurrentState start) => Recurrence.Run(_input.Of(steps), start);

    /// <summary>What a Transformer makes of whole rows. // [B, H]</summary>
    public Tensor Encode(StepTensor steps) => Encoder!.Of(_input.Of(steps.Steps(0, steps.Batch.MaxLength)), steps.Batch.Lengths);

    /// <summary>The logits of rows.</summary>
    /// <param name="outputs">The recurrence's output after each row's last step, or what a Transformer made of it. // [B, H]</param>
    /// <param name="mask">Dropout mask or null. // [B, units]</param>
    /// <returns>// [B, C]</returns>
    public Tensor Classify(Tensor outputs, Tensor? mask = null) => _classifier.call(outputs, mask);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _kernels?.Dispose();
            _recurrence?.ReleaseKernels();
        }
        base.Dispose(disposing);
    }
}
