namespace Recollect.Reports.Reading;

/// <summary>What the network's state remembers of images: <c>probes/memory.json</c> (decision 0016).</summary>
public sealed record MemoryProbe
{
    /// <summary>The format's version, 1.</summary>
    public required int Format { get; init; }

    /// <summary>Rows of pixels.</summary>
    public required int Height { get; init; }

    /// <summary>Columns of pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Levels a pixel.</summary>
    public required int Channels { get; init; }

    /// <summary>Levels a step; 1 where the file does not say.</summary>
    public int? Components { get; init; }

    /// <summary>Where in the image, in units of a step, each step lies; null where steps are in reading order.</summary>
    public IReadOnlyList<int>? Order { get; init; }

    /// <summary>The auxiliary losses whose decoders were asked.</summary>
    public required IReadOnlyList<MemoryLoss> Losses { get; init; }

    /// <summary>Levels a step.</summary>
    internal int StepLevels => Components ?? 1;

    /// <summary>Steps of an image.</summary>
    internal int Steps => Height * Width * Channels / StepLevels;

    /// <summary>The step of the network's order as a place in the image's list of levels: its first level.</summary>
    internal int PlaceOf(int step) => (Order?[step] ?? step) * StepLevels;

    /// <summary>What is wrong with it, as "found; expected"; null where nothing is.</summary>
    internal string? Fault()
    {
        if (Format != 1)
            return $"format {Format}; expected 1";
        if (Height < 1 || Width < 1 || (long)Height * Width > 1 << 24 || Channels is < 1 or > 4)
            return $"images of {Height}×{Width}×{Channels}; expected 1 to 4 channels of at most 16,777,216 pixels";
        if (StepLevels != 1 && StepLevels != Channels)
            return $"{StepLevels} components a step; expected 1 or {Channels}";
        if (Order is not null && (Order.Count != Steps || Order.Any(place => place < 0 || place >= Steps)))
            return $"an order of {Order.Count} places; expected {Steps}, each from 0 to {Steps - 1}";
        return Losses.Any(loss => loss is null) ? "null for a loss; expected an object" : Losses.SelectMany(loss => loss.Rows).Select(Fault).FirstOrDefault(fault => fault is not null);
    }

    private string? Fault(MemoryRow? row)
    {
        if (row is null)
            return "null for a row; expected an object";
        if (row.Image.Count != Height * Width * Channels)
            return $"row {row.Row}: an image of {row.Image.Count} levels; expected {Height * Width * Channels}";
        if (row.Image.Any(IsNoLevel))
            return $"row {row.Row}: a level outside 0…255";
        foreach (var anchor in row.Anchors)
        {
            if (anchor is null || anchor.Anchor < 0 || anchor.Anchor > Steps)
                return $"row {row.Row}: an anchor at {anchor?.Anchor.ToString() ?? "null"}; expected 0 to {Steps}";
            if (anchor.Decoded.Count % StepLevels != 0 || anchor.Decoded.Any(IsNoLevel))
                return $"row {row.Row}, anchor {anchor.Anchor}: decoded levels outside 0…255, or part of a step";
            if (anchor.Start < 0 || (long)anchor.Start + anchor.Decoded.Count / StepLevels > Steps)
                return $"row {row.Row}, anchor {anchor.Anchor}: {anchor.Decoded.Count / StepLevels} steps from {anchor.Start} on; expected them within {Steps}";
        }
        return null;
    }

    private static bool IsNoLevel(int level) => level is < 0 or > 255;
}

/// <summary>One auxiliary loss's decoder, over some rows.</summary>
/// <param name="Index">Its place in the recipe's list <c>auxiliary</c>.</param>
/// <param name="Kind">Its kind: <c>reconstruction</c>, <c>prediction</c>.</param>
/// <param name="Rows">The rows.</param>
public sealed record MemoryLoss(int Index, string Kind, IReadOnlyList<MemoryRow> Rows);

/// <summary>One image, and what the decoder says of it.</summary>
/// <param name="Row">The row of the test split.</param>
/// <param name="Label">Its class.</param>
/// <param name="Image">Its levels, 0…255, in reading order, channels innermost.</param>
/// <param name="Anchors">What is decoded from the state at each anchor.</param>
public sealed record MemoryRow(int Row, string Label, IReadOnlyList<int> Image, IReadOnlyList<MemoryAnchor> Anchors);

/// <summary>What the decoder says from one anchor's state.</summary>
/// <param name="Anchor">Steps that the state has read.</param>
/// <param name="Start">The step, from 0 and in the network's order, of the first decoded one.</param>
/// <param name="Decoded">The levels decoded, channels innermost.</param>
public sealed record MemoryAnchor(int Anchor, int Start, IReadOnlyList<int> Decoded);
