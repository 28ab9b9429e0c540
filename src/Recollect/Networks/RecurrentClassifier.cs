using Recollect.Randomness;
using Recollect.Sequences;
using static TorchSharp.torch;

namespace Recollect.Networks;

/// <summary>The main network: steps → vectors → recurrence → label (paper, "Models").</summary>
public sealed class RecurrentClassifier : nn.Module
{
    private readonly StepInput _input;
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
        _input = new StepInput(format, options.Embedding);
        Recurrence = RecurrentLayers.Of(options.Cell, options.Embedding, options.Hidden, options.Layers, options.ForgetBias);
        _classifier = new FeedForward(options.Hidden, options.HeadUnits, classes, options.Dropout);
        register_module("embedding", _input.Module);
        register_module(Recurrence.Name, Recurrence.Module);
        register_module("classifier", _classifier);
        _input.Initialize(seed, "embedding");
        Recurrence.Initialize(seed, Recurrence.Name);
        _classifier.Initialize(seed, "classifier");
    }

    /// <summary>The name and shape of every weight of such a network, one after the other, without making any.</summary>
    /// <param name="format">What a step is.</param>
    /// <param name="classes">The number of labels C.</param>
    /// <param name="options">The shape.</param>
    public static IEnumerable<(string Name, long[] Shape)> Shapes(StepFormat format, int classes, NetworkOptions options)
    {
        yield return ("embedding.weight", format.Kind == StepKind.Tokens ? [format.Width, options.Embedding] : [options.Embedding, format.Width]);
        if (format.Kind == StepKind.Reals)
            yield return ("embedding.bias", [options.Embedding]);
        var (cell, gates) = options.Cell == CellKind.Lstm ? ("lstm", 4L) : ("gru", 3L);
        for (var layer = 0; layer < options.Layers; layer++)
        {
            yield return ($"{cell}.weight_ih_l{layer}", [gates * options.Hidden, layer == 0 ? options.Embedding : options.Hidden]);
            yield return ($"{cell}.weight_hh_l{layer}", [gates * options.Hidden, options.Hidden]);
            yield return ($"{cell}.bias_ih_l{layer}", [gates * options.Hidden]);
            yield return ($"{cell}.bias_hh_l{layer}", [gates * options.Hidden]);
        }
        foreach (var (place, inputs, outputs) in new[] { (0, options.Hidden, options.HeadUnits), (2, options.HeadUnits, options.HeadUnits), (5, options.HeadUnits, classes) })
        {
            yield return ($"classifier.{place}.weight", [outputs, inputs]);
            yield return ($"classifier.{place}.bias", [outputs]);
        }
    }

    /// <summary>What a step is.</summary>
    public StepFormat Format { get; }

    /// <summary>The number of labels C.</summary>
    public int Classes { get; }

    /// <summary>The shape.</summary>
    public NetworkOptions Options { get; }

    /// <summary>The recurrence.</summary>
    public RecurrentLayers Recurrence { get; }

    /// <summary>What turns steps into vectors.</summary>
    internal StepInput Input => _input;

    /// <summary>What computes this network as it is now: <c>kernels</c> or <c>libtorch</c>.</summary>
    internal string EngineName => Kernels is null ? "libtorch" : "kernels";

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

    /// <summary>Runs the recurrence over raw steps.</summary>
    /// <param name="steps">Tokens [T, B], int64, or reals [T, B, D].</param>
    /// <param name="start">The state before the first step.</param>
    public RecurrentRun Run(Tensor steps, RecurrentState start) => Recurrence.Run(_input.Of(steps), start);

    /// <summary>The logits of a state.</summary>
    /// <param name="state">The state after each row's last step.</param>
    /// <param name="mask">Dropout mask or null. // [B, units]</param>
    /// <returns>// [B, C]</returns>
    public Tensor Classify(RecurrentState state, Tensor? mask = null) => _classifier.call(state.Output, mask);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _kernels?.Dispose();
        base.Dispose(disposing);
    }
}
