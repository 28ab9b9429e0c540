using Recollect.Randomness;
using Recollect.Sequences;
using static TorchSharp.torch;

namespace Recollect.Networks;

/// <summary>The main network: steps → vectors → recurrence → label (paper, "Models").</summary>
public sealed class RecurrentClassifier : nn.Module
{
    private readonly StepInput _input;
    private readonly FeedForward _classifier;

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

    /// <summary>What a step is.</summary>
    public StepFormat Format { get; }

    /// <summary>The number of labels C.</summary>
    public int Classes { get; }

    /// <summary>The shape.</summary>
    public NetworkOptions Options { get; }

    /// <summary>The recurrence.</summary>
    public RecurrentLayers Recurrence { get; }

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
}
