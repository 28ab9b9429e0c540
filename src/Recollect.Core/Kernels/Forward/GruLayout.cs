namespace Recollect.Kernels;

/// <summary>How the three gates of a GRU's units lie: all r, all z, all n, each filled up to whole vectors. PyTorch's order, but for the filling.</summary>
/// <param name="hidden">Units H.</param>
/// <param name="lanes">Numbers in a vector.</param>
internal sealed class GruLayout(int hidden, int lanes)
{
    /// <summary>Gates of a unit.</summary>
    internal const int Gates = 3;

    /// <summary>Units, with those that fill the last vector.</summary>
    public int Units { get; } = (hidden + lanes - 1) / lanes * lanes;

    /// <summary>For each column the row of PyTorch's weights that it holds, or −1 for a unit of the filling. // [3·units]</summary>
    public int[] Sources { get; } = SourcesOf(hidden, (hidden + lanes - 1) / lanes * lanes);

    private static int[] SourcesOf(int hidden, int units)
    {
        var sources = new int[Gates * units];
        for (var column = 0; column < sources.Length; column++)
        {
            var (gate, unit) = Math.DivRem(column, units);
            sources[column] = unit < hidden ? gate * hidden + unit : -1;
        }
        return sources;
    }
}
