namespace Recollect.Reports.Reading;

/// <summary>How far back learning reaches: <c>probes/gradient.json</c> (decision 0016).</summary>
public sealed record GradientProbe
{
    /// <summary>The format's version, 1.</summary>
    public required int Format { get; init; }

    /// <summary>The split whose rows were taken.</summary>
    public required string Split { get; init; }

    /// <summary>Rows that the norms are means over.</summary>
    public required int Rows { get; init; }

    /// <summary>Steps before a row's end, rising.</summary>
    public required IReadOnlyList<int> Distances { get; init; }

    /// <summary>The norm of ∂L/∂h at each distance.</summary>
    public required IReadOnlyList<double> Norms { get; init; }

    /// <summary>What is wrong with it, as "found; expected"; null where nothing is.</summary>
    internal string? Fault()
    {
        if (Format != 1)
            return $"format {Format}; expected 1";
        if (Distances.Count == 0 || Distances.Count != Norms.Count)
            return $"{Distances.Count} distances and {Norms.Count} norms; expected as many of both, at least one";
        if (Distances[0] < 0 || Distances.Zip(Distances.Skip(1)).Any(pair => pair.First >= pair.Second))
            return "distances that do not rise from 0 or more; expected rising ones";
        return Norms.Any(norm => norm < 0) ? "a norm below 0; expected 0 or more" : null;
    }
}
