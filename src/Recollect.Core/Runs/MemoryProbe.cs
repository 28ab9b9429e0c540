namespace Recollect.Runs;

/// <summary>What the network remembers of images: <c>probes/memory.json</c>. Decoders start from the state at an anchor and read their own output.</summary>
public sealed record MemoryProbe
{
    /// <summary>The format's version.</summary>
    public int Format { get; init; } = 1;

    /// <summary>Rows of pixels, as the network sees the image.</summary>
    public required int Height { get; init; }

    /// <summary>Columns of pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Components of a pixel.</summary>
    public required int Channels { get; init; }

    /// <summary>Numbers of a step, where a step is a pixel of several; null where it is one.</summary>
    public int? Components { get; init; }

    /// <summary>Where pixels are permuted, the place in the image of each step, counted in steps of reading order; null where both orders are one.</summary>
    public IReadOnlyList<int>? Order { get; init; }

    /// <summary>Each loss that was asked.</summary>
    public required IReadOnlyList<MemoryLoss> Losses { get; init; }
}

/// <summary>What one auxiliary loss's decoder says.</summary>
/// <param name="Index">The loss's place in the recipe's list.</param>
/// <param name="Kind"><c>reconstruction</c> or <c>prediction</c>.</param>
/// <param name="Rows">The images.</param>
public sealed record MemoryLoss(int Index, string Kind, IReadOnlyList<MemoryRow> Rows);

/// <summary>One image and what is said of it.</summary>
/// <param name="Row">The row within the test split, from 0.</param>
/// <param name="Label">Its class.</param>
/// <param name="Image">Levels 0…255 in reading order, the channels of a pixel side by side.</param>
/// <param name="Anchors">From the first anchor to the last.</param>
public sealed record MemoryRow(int Row, string Label, IReadOnlyList<int> Image, IReadOnlyList<MemoryAnchor> Anchors);

/// <summary>What is said from one anchor's state.</summary>
/// <param name="Anchor">Steps that the network has read.</param>
/// <param name="Start">The step, from 0 and in the network's order, of the first of <paramref name="Decoded"/>.</param>
/// <param name="Decoded">Levels 0…255 of steps that follow one another, the components of a step side by side.</param>
public sealed record MemoryAnchor(int Anchor, int Start, IReadOnlyList<int> Decoded);
