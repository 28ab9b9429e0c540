using Recollect.Data;
using Recollect.Losses;
using Recollect.Networks;
using Recollect.Sequences;
using Recollect.Training;

namespace Recollect.Experiments;

/// <summary>Whether states inside windows are computed again on the way back, and not kept until then.</summary>
public enum RecomputeMode
{
    /// <summary>On a CPU: where keeping them would take more memory than there is; on Recollect's kernels, where no bit depends on it, also where it would take a gigabyte more.</summary>
    Auto,

    /// <summary>Nowhere.</summary>
    Never,

    /// <summary>In every window that is longer than a stretch and read at its end alone.</summary>
    Always,
}

/// <summary>How far gradients flow back, each loss for itself: the recipe's section <c>bptt</c> (method, section 2).</summary>
public sealed record BpttOptions
{
    /// <summary>Steps before a row's end that the supervised loss teaches, k_s; 0 trains the classifier alone. The paper's 300.</summary>
    public Truncation Supervised { get; init; } = new(300);

    /// <summary>How far back an auxiliary loss's gradient flows, k_a, unless its entry says otherwise; 0 for reconstructions and autoencoders alone. The paper's 300.</summary>
    /// <remarks>Steps before the anchor of a reconstruction, or before the row's end (autoencoder); of the others, stretches of the steps that they say.</remarks>
    public Truncation Auxiliary { get; init; } = new(300);

    /// <summary>Whether states inside windows are computed again on the way back: memory grows with the root of a window's length then, for a pass forward more (decision 0019).</summary>
    public RecomputeMode Recompute { get; init; } = RecomputeMode.Auto;
}

/// <summary>Everything that decides what a run computes: data, network, losses, windows, training and seed, as one JSON file.</summary>
/// <remarks>
/// <see cref="RecipeReader"/> reads one, <see cref="RecipeBook"/> holds the shipped ones. Where and how fast a run is computed (device, threads,
/// folders) is no part of it. Lists compare by reference; compare two recipes by <see cref="RecipeJson.Write"/>.
/// </remarks>
public sealed record Recipe
{
    /// <summary>The newest format this program reads.</summary>
    public const int NewestFormat = 1;

    /// <summary>The version of the format that the file is written in.</summary>
    public int Format { get; init; } = NewestFormat;

    /// <summary>What runs are called after; unset: the file's name without its ending.</summary>
    public string? Name { get; init; }

    /// <summary>One line for <c>recollect recipes list</c>.</summary>
    public string? Description { get; init; }

    /// <summary>Where sequences come from.</summary>
    public DataOptions Data { get; init; } = new();

    /// <summary>The main network.</summary>
    public NetworkOptions Model { get; init; } = new();

    /// <summary>The auxiliary losses; none means the plain network.</summary>
    public IReadOnlyList<AuxiliaryOptions> Auxiliary { get; init; } = [];

    /// <summary>How far gradients flow back.</summary>
    public BpttOptions Bptt { get; init; } = new();

    /// <summary>Optimiser, phases, epochs.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <summary>The seed of every random draw of the run, the data's splits aside.</summary>
    public long Seed { get; init; }

    /// <summary>The same recipe with every unset key that will be read set to the value that will be used.</summary>
    public Recipe Resolve() => RecipeResolution.Of(this);
}
