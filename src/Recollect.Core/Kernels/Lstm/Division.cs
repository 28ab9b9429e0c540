namespace Recollect.Kernels;

/// <summary>How a team divides a pass over time: each worker owns some rows with all their units; or, where rows are few, all rows and some of their units.</summary>
/// <remarks>Who owns rows never waits for others within a pass; who owns units meets them at every step.</remarks>
/// <param name="team">The workers.</param>
/// <param name="layout">How the units' gates lie.</param>
internal sealed class Division(Team team, GateLayout layout)
{
    // Products of a step, rows · gates · units, below which meeting costs more than half of the work.
    private const long LeastProducts = 1 << 17;

    // By units a step must take at most two thirds of what it takes by rows: workers meet, and read each other's outputs.
    private const int Gain = 3, OfWhole = 2;

    private readonly RowOrder _order = new();

    /// <summary>Divides rows of <paramref name="lengths"/> steps.</summary>
    public Division Set(ReadOnlySpan<int> lengths)
    {
        ByUnits = PaysByUnits(lengths.Length);
        _order.Set(lengths, ByUnits ? 1 : team.Size);
        return this;
    }

    /// <summary>Whether workers own units, and not rows.</summary>
    public bool ByUnits { get; private set; }

    /// <summary>The rows by length.</summary>
    public RowOrder Order => _order;

    /// <summary>The places, in that order, of a worker's rows.</summary>
    public ReadOnlySpan<int> Places(int worker) => _order.Share(ByUnits ? 0 : worker);

    /// <summary>Those of them that are longer than <paramref name="done"/>.</summary>
    public ReadOnlySpan<int> Running(int worker, int done)
    {
        var share = ByUnits ? 0 : worker;
        return _order.Share(share)[.._order.Running(share, _order.Running(done))];
    }

    /// <summary>A worker's share of so many blocks of units, or panels of columns.</summary>
    public (int First, int End) Units(int worker, int count) => ByUnits ? team.Share(worker, count) : (0, count);

    /// <summary>Waits for those who own other units of the same rows.</summary>
    public void Meet()
    {
        if (ByUnits)
            team.Meet();
    }

    // Time goes with tiles of rows × blocks of units.
    private bool PaysByUnits(int rows)
    {
        if (team.Size == 1 || (long)rows * layout.Columns * layout.Hidden < LeastProducts)
            return false;
        static int Parts(int count, int size) => (count + size - 1) / size;
        var byRows = (long)Parts(Parts(rows, team.Size), KernelSet.TileRows) * layout.Blocks;
        var byUnits = (long)Parts(rows, KernelSet.TileRows) * Parts(layout.Blocks, team.Size);
        return Gain * byUnits <= OfWhole * byRows;
    }
}
