using System.Text.Json.Serialization;
using Recollect.Sequences;

namespace Recollect.Losses;

/// <summary>What an auxiliary loss asks the state at an anchor for (method, section 3).</summary>
public enum AuxiliaryKind
{
    /// <summary>The past: r-LSTM.</summary>
    Reconstruction,

    /// <summary>What comes next: p-LSTM.</summary>
    Prediction,

    /// <summary>Every next step of the whole row, said from the main network's own states: LM-LSTM (Dai and Le 2015).</summary>
    LanguageModel,

    /// <summary>The whole row, from the state at its end: SA-LSTM (Dai and Le 2015).</summary>
    Autoencoder,

    /// <summary>Steps of the row that the main network does not see: masked self-pretraining (Amos, Berant and Gupta 2023).</summary>
    Masked,
}

/// <summary>On which side of the anchor a reconstruction's segment lies.</summary>
public enum SegmentSide
{
    /// <summary>Before it.</summary>
    Past,

    /// <summary>Behind it: the paper's ablation "predict future".</summary>
    Future,
}

/// <summary>How often anchors are drawn.</summary>
public enum AnchorDraw
{
    /// <summary>One draw u ∈ [0, 1) for the batch, mapped into each row's own range.</summary>
    Batch,

    /// <summary>One draw a row.</summary>
    Row,
}

/// <summary>What happens when a row cannot hold a segment of the asked length.</summary>
public enum TooShort
{
    /// <summary>The longest segment that fits is used instead, and counted.</summary>
    Shorten,

    /// <summary>The row has no segment, and is counted.</summary>
    Skip,

    /// <summary>The recipe is refused.</summary>
    Error,
}

/// <summary>Where a reconstructed segment lies.</summary>
public enum SegmentDistance
{
    /// <summary>It ends just before the anchor.</summary>
    Adjacent,

    /// <summary>It ends a uniformly drawn distance before the anchor.</summary>
    Distant,
}

/// <summary>In which order a segment is reconstructed.</summary>
public enum SegmentDirection
{
    /// <summary>From its first step to its last.</summary>
    Forward,

    /// <summary>From its last step to its first.</summary>
    Reversed,
}

/// <summary>What the reconstruction decoder reads.</summary>
public enum DecoderInputMode
{
    /// <summary>The true previous step.</summary>
    Teacher,

    /// <summary>Its own previous output.</summary>
    Free,

    /// <summary>Its own previous output with a probability that rises from 0 over training (Bengio et al. 2015).</summary>
    Scheduled,
}

/// <summary>One auxiliary loss: an entry of the recipe's list <c>auxiliary</c>. Defaults are the paper's where it gives one.</summary>
/// <remarks>Keys that a kind does not read are null unless given, and giving them is an error of the recipe.</remarks>
public sealed record AuxiliaryOptions
{
    /// <summary><see cref="From"/> where none is given: the first step that has one before it.</summary>
    public const int DefaultFrom = 2;

    /// <summary><see cref="MaskFraction"/> where none is given.</summary>
    public const double DefaultMaskFraction = 0.15;

    /// <summary><see cref="ScheduledMaximum"/> where none is given.</summary>
    public const double DefaultScheduledMaximum = 0.5;

    /// <summary>What is asked for.</summary>
    [JsonRequired]
    public AuxiliaryKind Kind { get; init; }

    /// <summary>Segments a row, n; 0 or more, default 1. With several lengths, their number.</summary>
    public int? Segments { get; init; }

    /// <summary>Scored steps a segment, l: one length for all, or one for each segment; each at least 1.</summary>
    public IReadOnlyList<int> Length { get; init; } = [600];

    /// <summary>Factor of this loss in the sum, w.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>How far this loss's gradient flows back through the main network, k_a; unset: the recipe's <c>bptt.auxiliary</c>. 0 (reconstruction alone): not at all.</summary>
    public Truncation? Bptt { get; init; }

    /// <summary>One draw of anchors a batch, or one a row.</summary>
    public AnchorDraw Anchors { get; init; } = AnchorDraw.Batch;

    /// <summary>What a row does that cannot hold the length.</summary>
    public TooShort TooShort { get; init; } = TooShort.Shorten;

    /// <summary>The decoder's shape.</summary>
    public DecoderOptions Decoder { get; init; } = new();

    /// <summary>Reconstruction: past (default) or future.</summary>
    public SegmentSide? Side { get; init; }

    /// <summary>Reconstruction: adjacent (default) or distant.</summary>
    public SegmentDistance? Distance { get; init; }

    /// <summary>Reconstruction: forward (default) or reversed.</summary>
    public SegmentDirection? Direction { get; init; }

    /// <summary>Reconstruction: teacher (default), free or scheduled.</summary>
    public DecoderInputMode? Input { get; init; }

    /// <summary>Scheduled input: the probability of the decoder's own output at the last update of pretraining and training together, in [0, 1]; default 0.5.</summary>
    public double? ScheduledMaximum { get; init; }

    /// <summary>Language model: the first step that is scored, counted from 1; at least 2, the default. Those before are read alone.</summary>
    public int? From { get; init; }

    /// <summary>Masked: the fraction of a row's steps that is hidden, in (0, 1); default 0.15.</summary>
    public double? MaskFraction { get; init; }

    /// <summary>Whether it takes the whole row, and not segments of it.</summary>
    public bool TakesWholeRows() => Kind is AuxiliaryKind.LanguageModel or AuxiliaryKind.Autoencoder or AuxiliaryKind.Masked;

    /// <summary>The length of each of the n segments; one without end for what takes the whole row.</summary>
    public IReadOnlyList<int> SegmentLengths() =>
        TakesWholeRows() ? [int.MaxValue] : Length.Count == 1 ? [.. Enumerable.Repeat(Length[0], Segments ?? 1)] : Length;
}

/// <summary>The auxiliary decoder's shape (paper, "Models").</summary>
public sealed record DecoderOptions
{
    /// <summary>LSTM layers; the bottom one starts from the main state, the others from zero; at least 1.</summary>
    public int Layers { get; init; } = 2;

    /// <summary>Units of each of the two feed-forward layers; at least 1.</summary>
    public int HeadUnits { get; init; } = 256;

    /// <summary>Dropout after the second feed-forward layer, in [0, 1).</summary>
    public double Dropout { get; init; } = 0.5;

    /// <summary>Reconstruction: the decoder's own cut, every so many steps from its first (at least 1, or full); unset: k_a, or full where that is 0. Prediction has k_a alone.</summary>
    public Truncation? Bptt { get; init; }
}
