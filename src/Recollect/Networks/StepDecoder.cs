using Recollect.Randomness;
using Recollect.Sequences;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Recollect.Networks;

/// <summary>The auxiliary decoder's shape.</summary>
/// <param name="Layers">LSTM layers; 0 where the head reads the main network's states itself.</param>
/// <param name="Width">Cells a layer: the main network's H.</param>
/// <param name="MainWidth">Numbers of the main network's top state; where it is another width, a learned linear map leads from it to the decoder (method, section 5).</param>
/// <param name="HeadUnits">Units of each feed-forward layer.</param>
/// <param name="Dropout">Dropout after the second feed-forward layer.</param>
public sealed record DecoderShape(int Layers, int Width, int MainWidth, int HeadUnits, double Dropout);

/// <summary>An auxiliary decoder: LSTM layers whose bottom starts from the main state at the anchor, and a head that scores steps (paper, "Models").</summary>
public sealed class StepDecoder : IDisposable
{
    private readonly StepInput? _input;
    private readonly Linear? _bridge;
    private readonly LstmLayers? _layers;
    private readonly int _inputWidth;

    private StepDecoder(StepFormat format, DecoderShape shape, StepInput? input, int inputWidth, Seed seed, string name)
    {
        Format = format;
        Name = name;
        _inputWidth = inputWidth;
        _input = input;
        _bridge = shape.MainWidth == shape.Width ? null : nn.Linear(shape.MainWidth, shape.Width);
        _layers = shape.Layers == 0 ? null : new LstmLayers(inputWidth, shape.Width, shape.Layers, forgetBias: 1);
        Head = new FeedForward(shape.Width, shape.HeadUnits, format.Width, shape.Dropout);
        _input?.Initialize(seed, $"{name}.embedding");
        if (_bridge is not null)
            Initialization.Linear(_bridge, seed, $"{name}.bridge");
        _layers?.Initialize(seed, $"{name}.lstm");
        Head.Initialize(seed, $"{name}.head");
    }

    /// <summary>A decoder that reads steps through an embedding of its own, like the main network's (reconstruction).</summary>
    public static StepDecoder ReadingSteps(StepFormat format, NetworkOptions main, DecoderShape shape, Seed seed, string name) =>
        new(format, shape, new StepInput(format, main.InputWidth(format), main.Input), main.InputWidth(format), seed, name);

    /// <summary>A decoder stacked on the main network, whose outputs it reads (prediction).</summary>
    public static StepDecoder ReadingStates(StepFormat format, DecoderShape shape, Seed seed, string name) =>
        new(format, shape, null, shape.Width, seed, name);

    /// <summary>The name and shape of every weight of such a decoder, its own name aside, one after the other, without making any.</summary>
    /// <param name="format">What it reconstructs or predicts.</param>
    /// <param name="main">The main network.</param>
    /// <param name="shape">The decoder.</param>
    /// <param name="readsSteps">Whether it is one of <see cref="ReadingSteps"/>; else of <see cref="ReadingStates"/>.</param>
    internal static IEnumerable<(string Name, long[] Shape)> Shapes(StepFormat format, NetworkOptions main, DecoderShape shape, bool readsSteps)
    {
        var inputs = readsSteps ? main.InputWidth(format) : shape.Width;
        foreach (var (name, weight) in readsSteps ? StepInput.Shapes(format, inputs, main.Input) : [])
            yield return ($"embedding.{name}", weight);
        if (shape.MainWidth != shape.Width)
        {
            yield return ("bridge.weight", [shape.Width, shape.MainWidth]);
            yield return ("bridge.bias", [shape.Width]);
        }
        foreach (var weight in RecurrentLayers.Shapes(new NetworkOptions { Hidden = shape.Width, Layers = shape.Layers }, inputs))
            yield return weight;
        foreach (var (name, weight) in FeedForward.Shapes(shape.Width, shape.HeadUnits, format.Width))
            yield return ($"head.{name}", weight);
    }

    /// <summary>What turns steps into vectors; null where it reads states.</summary>
    internal StepInput? Input => _input;

    /// <summary>Its recurrence.</summary>
    internal LstmLayers Layers => _layers!;

    /// <summary>What it reconstructs or predicts.</summary>
    public StepFormat Format { get; }

    /// <summary>The name under which its weights are saved, such as <c>auxiliary.0</c>.</summary>
    public string Name { get; }

    /// <summary>States to logits (tokens) or components (reals).</summary>
    public FeedForward Head { get; }

    /// <summary>Its parameters by full name.</summary>
    public IEnumerable<(string Name, Parameter Parameter)> NamedParameters() =>
        from part in Parts() from entry in part.Module.named_parameters() select ($"{Name}.{part.Name}.{entry.name}", entry.parameter);

    /// <summary>Moves every weight to <paramref name="like"/>'s type and device.</summary>
    public void MoveTo(Tensor like)
    {
        foreach (var (_, module) in Parts())
            module.to(like.device, like.dtype);
    }

    /// <summary>The state before the first decoder step: the bottom layer takes the main network's top state, the others zero.</summary>
    /// <remarks>This is the path by which gradients reach the main network. A main cell without a cell state gives c = 0 (method, section 5).</remarks>
    public RecurrentState Start(RecurrentState main)
    {
        if (_layers is null)
            return main;
        var hidden = Bridge(main.Hidden.narrow(0, -1, 1));
        var cell = main.Cell?.narrow(0, -1, 1) ?? zeros_like(hidden);
        if (_layers.Layers == 1)
            return new RecurrentState(hidden, cell);
        var above = zeros([_layers.Layers - 1, main.Rows, _layers.Width], dtype: hidden.dtype, device: hidden.device);
        return new RecurrentState(cat([hidden, above], 0), cat([cell, above], 0));
    }

    /// <summary>Runs the layers.</summary>
    /// <param name="inputs">Raw steps [l, R(, D)] where it reads steps, main outputs [l, R, H] where it reads states.</param>
    /// <param name="start">The state before the first.</param>
    public RecurrentRun Run(Tensor inputs, RecurrentState start)
    {
        var read = _input?.Of(inputs) ?? Bridge(inputs);
        return _layers?.Run(read, start) ?? new RecurrentRun(read, start);
    }

    /// <summary>What libtorch holds of a step of a segment: input, layers, head and the loss.</summary>
    internal GraphNumbers GraphOfStep()
    {
        var layers = _layers?.GraphOfStep() ?? default;
        return new GraphNumbers(_inputWidth + layers.Kept + Head.GraphOfRow(Format.Kind == StepKind.Tokens), layers.Passing);
    }

    /// <summary>Gives its weights back, as libtorch's modules do not by themselves.</summary>
    public void Dispose()
    {
        foreach (var (_, module) in Parts())
            module.Dispose();
    }

    private Tensor Bridge(Tensor main) => _bridge?.call(main) ?? main;

    private IEnumerable<(string Name, nn.Module Module)> Parts()
    {
        if (_input?.Module is { } embedding)
            yield return ("embedding", embedding);
        if (_bridge is not null)
            yield return ("bridge", _bridge);
        if (_layers is not null)
            yield return ("lstm", _layers.Module);
        yield return ("head", Head);
    }
}
