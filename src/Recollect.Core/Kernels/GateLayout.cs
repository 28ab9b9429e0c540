namespace Recollect.Kernels;

/// <summary>How the four gates of an LSTM's units lie: blocks of as many units as a vector has lanes; in a block all i, then all f, all g, all o.</summary>
/// <remarks>So one unit's gates are computed together, and one row of a block is four vectors. PyTorch's own order is all i, all f, all g, all o.</remarks>
/// <param name="hidden">Units H.</param>
/// <param name="lanes">Numbers in a vector.</param>
internal sealed class GateLayout(int hidden, int lanes)
{
    /// <summary>Panels of a product's columns in a block: four vectors of gates, two vectors a panel.</summary>
    internal const int PanelsOfBlock = 2;

    /// <summary>Units H.</summary>
    public int Hidden => hidden;

    /// <summary>Blocks of units.</summary>
    public int Blocks { get; } = (hidden + lanes - 1) / lanes;

    /// <summary>Units, with those that fill the last block.</summary>
    public int Units => Blocks * lanes;

    /// <summary>Columns of all gates.</summary>
    public int Columns => 4 * Units;

    /// <summary>Numbers from one row of gates to the next: not a power of two, in which many rows would share few places of the cache.</summary>
    public int Stride => int.IsPow2(Columns + 16) ? Columns + 32 : Columns + 16;

    /// <summary>For each column the row of PyTorch's weights that it holds, or −1 for a unit of the filling. // [4·H in blocks]</summary>
    public int[] Sources { get; } = SourcesOf(hidden, lanes);

    private static int[] SourcesOf(int hidden, int lanes)
    {
        var sources = new int[(hidden + lanes - 1) / lanes * lanes * 4];
        for (var column = 0; column < sources.Length; column++)
        {
            var gate = column / lanes % 4;
            var unit = column / (4 * lanes) * lanes + column % lanes;
            sources[column] = unit < hidden ? gate * hidden + unit : -1;
        }
        return sources;
    }
}
