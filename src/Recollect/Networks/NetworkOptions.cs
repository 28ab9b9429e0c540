namespace Recollect.Networks;

/// <summary>Which recurrence the main network uses.</summary>
public enum CellKind
{
    /// <summary>Long short-term memory (Hochreiter and Schmidhuber 1997, with a forget gate).</summary>
    Lstm,

    /// <summary>Gated recurrent unit (Cho et al. 2014).</summary>
    Gru,
}

/// <summary>What computes LSTM layers, heads and their gradients.</summary>
public enum EngineKind
{
    /// <summary>Recollect's own kernels where they serve well (an LSTM in float32 on a CPU with fused multiply-add), else libtorch.</summary>
    Auto,

    /// <summary>Recollect's own kernels, for an LSTM on a CPU.</summary>
    Kernels,

    /// <summary>libtorch, everywhere.</summary>
    Libtorch,
}

/// <summary>The main network's shape: the recipe's section <c>model</c>. Defaults are the paper's (paper, "Models").</summary>
public sealed record NetworkOptions
{
    /// <summary>The recurrent cell.</summary>
    public CellKind Cell { get; init; } = CellKind.Lstm;

    /// <summary>Width E of the embedding (tokens) or projection (reals); at least 1.</summary>
    public int Embedding { get; init; } = 128;

    /// <summary>Cells a layer, H; at least 1.</summary>
    public int Hidden { get; init; } = 128;

    /// <summary>Recurrent layers; at least 1. Auxiliary decoders start from the top layer.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>Units of each of the classifier's two feed-forward layers; at least 1.</summary>
    public int HeadUnits { get; init; } = 256;

    /// <summary>Dropout after the classifier's second layer, in [0, 1).</summary>
    public double Dropout { get; init; } = 0.5;

    /// <summary>Starting bias of the LSTM's forget gate: 1 lets a new network remember (Jozefowicz et al. 2015).</summary>
    public double ForgetBias { get; init; } = 1;

    /// <summary>What computes it; results differ in rounding alone, until a sampled token that is fed back falls otherwise.</summary>
    public EngineKind Engine { get; init; } = EngineKind.Auto;
}
