using Recollect.Sequences;

namespace Recollect.Networks;

/// <summary>What the main network reads a sequence with.</summary>
public enum CellKind
{
    /// <summary>Long short-term memory (Hochreiter and Schmidhuber 1997, with a forget gate).</summary>
    Lstm,

    /// <summary>Gated recurrent unit (Cho et al. 2014).</summary>
    Gru,

    /// <summary>ReLU recurrence that starts from the identity (Le et al. 2015).</summary>
    Irnn,

    /// <summary>Complex recurrence by a unitary matrix (Arjovsky et al. 2016); <see cref="NetworkOptions.Hidden"/> counts complex cells.</summary>
    Urnn,

    /// <summary>No recurrence: a Transformer encoder (Vaswani et al. 2017), the baseline of the paper's tables.</summary>
    Transformer,
}

/// <summary>How an LSTM's gates are made.</summary>
public enum GateKind
{
    /// <summary>Input, forget and output gates.</summary>
    Standard,

    /// <summary>A refined forget gate that starts uniform, and the rest of it as input gate: UR-LSTM (Gu et al. 2020).</summary>
    Refined,
}

/// <summary>What a recurrence reads.</summary>
public enum InputKind
{
    /// <summary>Tokens through an embedding, reals through a linear projection.</summary>
    Embedded,

    /// <summary>Reals as they are.</summary>
    Raw,
}

/// <summary>How a Transformer knows where a step is.</summary>
public enum PositionKind
{
    /// <summary>Sines and cosines (Vaswani et al. 2017): any length.</summary>
    Sinusoidal,

    /// <summary>A learned vector for each place, of which there are <see cref="NetworkOptions.MaxSteps"/>.</summary>
    Learned,
}

/// <summary>What computes the network and its gradients: an LSTM's layers, decoders and heads, or a uRNN's steps, the rest of which is libtorch's in any case.</summary>
public enum EngineKind
{
    /// <summary>Recollect's own kernels where they serve well (a uRNN on a CPU; an LSTM as below, in float32, on a CPU with fused multiply-add), else libtorch.</summary>
    Auto,

    /// <summary>Recollect's own kernels, on a CPU: for a uRNN, or for an LSTM over embedded steps in phases without a language model or masked steps.</summary>
    Kernels,

    /// <summary>libtorch, everywhere.</summary>
    Libtorch,
}

/// <summary>The main network's shape: the recipe's section <c>model</c>. Defaults are the paper's (paper, "Models").</summary>
public sealed record NetworkOptions
{
    /// <summary>The cell.</summary>
    public CellKind Cell { get; init; } = CellKind.Lstm;

    /// <summary>Whether steps are embedded, or reals read as they are.</summary>
    public InputKind Input { get; init; } = InputKind.Embedded;

    /// <summary>Width E of the embedding (tokens) or projection (reals); at least 1. A Transformer's is <see cref="Hidden"/>.</summary>
    public int Embedding { get; init; } = 128;

    /// <summary>LSTM: its gates.</summary>
    public GateKind Gates { get; init; } = GateKind.Standard;

    /// <summary>Cells a layer, H (uRNN: complex ones; Transformer: its width); at least 1.</summary>
    public int Hidden { get; init; } = 128;

    /// <summary>Layers; at least 1. Auxiliary decoders start from the top layer.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>Transformer: attention heads, which divide <see cref="Hidden"/>; default 4.</summary>
    public int? Heads { get; init; }

    /// <summary>Transformer: units between the two linear layers of a block; default twice <see cref="Hidden"/>.</summary>
    public int? FeedForward { get; init; }

    /// <summary>Transformer: sinusoidal (default) or learned positions.</summary>
    public PositionKind? Positions { get; init; }

    /// <summary>Transformer with learned positions: the most steps of a row; at least 1.</summary>
    public int? MaxSteps { get; init; }

    /// <summary>Units of each of the classifier's two feed-forward layers; at least 1.</summary>
    public int HeadUnits { get; init; } = 256;

    /// <summary>Dropout after the classifier's second layer, in [0, 1).</summary>
    public double Dropout { get; init; } = 0.5;

    /// <summary>Starting bias of the LSTM's forget gate: 1 lets a new network remember (Jozefowicz et al. 2015).</summary>
    public double ForgetBias { get; init; } = 1;

    /// <summary>What computes it; results differ in rounding alone, until a sampled token that is fed back falls otherwise.</summary>
    public EngineKind Engine { get; init; } = EngineKind.Auto;

    /// <summary>Whether every size is one that a network can have.</summary>
    internal bool IsPossible() => this is { Embedding: > 0, Hidden: > 0, Layers: > 0, HeadUnits: > 0, Dropout: >= 0 and < 1 }
        && (Cell != CellKind.Transformer || (Heads ?? TransformerEncoder.DefaultHeads) is > 0 and var heads && Hidden % heads == 0
            && FeedForward is null or > 0 && (Positions != PositionKind.Learned || MaxSteps > 0));

    /// <summary>Numbers of the top layer's output: the cells, or the two parts of complex ones.</summary>
    internal int StateWidth => Cell == CellKind.Urnn ? 2 * Hidden : Hidden;

    /// <summary>The width of what the steps are turned into for a network over steps of <paramref name="format"/>.</summary>
    internal int InputWidth(StepFormat format) => Cell == CellKind.Transformer ? Hidden : Input == InputKind.Raw ? format.Width : Embedding;
}
