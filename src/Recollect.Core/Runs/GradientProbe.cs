namespace Recollect.Runs;

/// <summary>How far back learning reaches: <c>probes/gradient.json</c>. The norm of ∂L/∂s_t of the supervised loss, through all steps, by the distance from the row's end; s_t is the whole state of every layer, of an LSTM h_t and c_t.</summary>
public sealed record GradientProbe
{
    /// <summary>The newest version of the format; in the first one c_t was held, and the norms are of h_t alone.</summary>
    internal const int NewestFormat = 2;

    /// <summary>The format's version.</summary>
    public int Format { get; init; } = NewestFormat;

    /// <summary>The split that the rows are of.</summary>
    public required DataSplit Split { get; init; }

    /// <summary>Rows that were measured.</summary>
    public required int Rows { get; init; }

    /// <summary>Steps between s_t and the row's end, ascending from 0.</summary>
    public required IReadOnlyList<int> Distances { get; init; }

    /// <summary>The norm at each distance: the mean over the rows that have so many steps before their end.</summary>
    public required IReadOnlyList<double> Norms { get; init; }
}
