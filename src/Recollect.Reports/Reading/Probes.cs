using Recollect.Runs;

namespace Recollect.Reports.Reading;

/// <summary>What can be wrong with a run's probes, and where a memory probe's steps lie (decision 0016).</summary>
internal static class Probes
{
    /// <summary>Whether its norms are those that a report shows: the first format's are of h alone, and say something else.</summary>
    public static bool IsShown(this GradientProbe probe) => probe.Format == GradientProbe.NewestFormat;

    /// <summary>What is wrong with it, as "found; expected"; null where nothing is.</summary>
    public static string? Fault(this GradientProbe probe)
    {
        if (probe.Format is < 1 or > GradientProbe.NewestFormat)
            return $"format {probe.Format}; expected {GradientProbe.NewestFormat}";
        var (distances, norms) = (probe.Distances?.Count ?? 0, probe.Norms?.Count ?? 0);
        if (distances == 0 || distances != norms)
            return $"{distances} distances and {norms} norms; expected as many of both, at least one";
        if (probe.Distances![0] < 0 || probe.Distances.Zip(probe.Distances.Skip(1)).Any(pair => pair.First >= pair.Second))
            return "distances that do not rise from 0 or more; expected rising ones";
        return probe.Norms!.Any(norm => norm < 0) ? "a norm below 0; expected 0 or more" : null;
    }

    /// <summary>Levels a step.</summary>
    public static int StepLevels(this MemoryProbe probe) => probe.Components ?? 1;

    /// <summary>Steps of an image.</summary>
    public static int Steps(this MemoryProbe probe) => probe.Height * probe.Width * probe.Channels / probe.StepLevels();

    /// <summary>Where a step of the network's order begins in the image's list of levels.</summary>
    public static int PlaceOf(this MemoryProbe probe, int step) => (probe.Order?[step] ?? step) * probe.StepLevels();

    /// <summary>What is wrong with it, as "found; expected"; null where nothing is.</summary>
    public static string? Fault(this MemoryProbe probe)
    {
        if (probe.Format != 1)
            return $"format {probe.Format}; expected 1";
        if (probe.Height < 1 || probe.Width < 1 || (long)probe.Height * probe.Width > 1 << 24 || probe.Channels is < 1 or > 4)
            return $"images of {probe.Height}×{probe.Width}×{probe.Channels}; expected 1 to 4 channels of at most 16,777,216 pixels";
        if (probe.StepLevels() != 1 && probe.StepLevels() != probe.Channels)
            return $"{probe.Components} components a step; expected 1 or {probe.Channels}";
        var steps = probe.Steps();
        if (probe.Order is { } order && (order.Count != steps || order.Any(place => place < 0 || place >= steps)))
            return $"an order of {order.Count} places; expected {steps}, each from 0 to {steps - 1}";
        if (probe.Losses is null || probe.Losses.Any(loss => loss?.Rows is null))
            return "null for a loss; expected an object with rows";
        return probe.Losses.SelectMany(loss => loss.Rows).Select(row => Fault(probe, row, steps)).FirstOrDefault(fault => fault is not null);
    }

    private static string? Fault(MemoryProbe probe, MemoryRow? row, int steps)
    {
        if (row?.Image is null || row.Anchors is null)
            return "null for a row; expected an object with an image and anchors";
        if (row.Image.Count != probe.Height * probe.Width * probe.Channels)
            return $"row {row.Row}: an image of {row.Image.Count} levels; expected {probe.Height * probe.Width * probe.Channels}";
        if (row.Image.Any(IsNoLevel))
            return $"row {row.Row}: a level outside 0…255";
        foreach (var anchor in row.Anchors)
        {
            if (anchor?.Decoded is null || anchor.Anchor < 0 || anchor.Anchor > steps)
                return $"row {row.Row}: an anchor at {anchor?.Anchor.ToString() ?? "null"}; expected 0 to {steps}";
            var (decoded, part) = Math.DivRem(anchor.Decoded.Count, probe.StepLevels());
            if (part != 0 || anchor.Decoded.Any(IsNoLevel))
                return $"row {row.Row}, anchor {anchor.Anchor}: decoded levels outside 0…255, or part of a step";
            if (anchor.Start < 0 || (long)anchor.Start + decoded > steps)
                return $"row {row.Row}, anchor {anchor.Anchor}: {decoded} steps from {anchor.Start} on; expected them within {steps}";
        }
        return null;
    }

    private static bool IsNoLevel(int level) => level is < 0 or > 255;
}
