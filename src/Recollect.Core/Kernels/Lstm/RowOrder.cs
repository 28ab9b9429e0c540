namespace Recollect.Kernels;

/// <summary>Rows from the longest to the shortest, dealt to a team by tiles, so that everyone has some of each length.</summary>
/// <remarks>At any step the rows that still run are the first ones of every share.</remarks>
internal sealed class RowOrder
{
    private readonly int[] _lengths; // in order
    private readonly int[][] _shares; // places of the order

    /// <summary>Orders rows by <paramref name="lengths"/>, equal ones by number.</summary>
    public RowOrder(ReadOnlySpan<int> lengths, int shares)
    {
        var order = new int[lengths.Length];
        var keys = new long[lengths.Length];
        for (var row = 0; row < order.Length; row++)
        {
            order[row] = row;
            keys[row] = -((long)lengths[row] << 32) + row;
        }
        Array.Sort(keys, order);
        Rows = order;
        _lengths = new int[order.Length];
        for (var place = 0; place < order.Length; place++)
            _lengths[place] = lengths[order[place]];
        _shares = Deal(order.Length, shares);
    }

    /// <summary>The row at each place.</summary>
    public int[] Rows { get; }

    /// <summary>The longest length; 0 without rows.</summary>
    public int Longest => _lengths.Length == 0 ? 0 : _lengths[0];

    /// <summary>How many rows are longer than <paramref name="done"/>: the first ones.</summary>
    public int Running(int done)
    {
        var (low, high) = (0, _lengths.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _lengths[middle] > done ? (middle + 1, high) : (low, middle);
        }
        return low;
    }

    /// <summary>The places of a share.</summary>
    public ReadOnlySpan<int> Share(int share) => _shares[share];

    /// <summary>How many of a share's places run: those before <paramref name="running"/>.</summary>
    public int Running(int share, int running)
    {
        var places = _shares[share];
        var count = places.Length;
        while (count > 0 && places[count - 1] >= running)
            count--;
        return count;
    }

    private static int[][] Deal(int rows, int shares)
    {
        // Whole tiles, or fewer rows where there would not be a tile for everyone.
        var size = Math.Clamp((rows + shares - 1) / shares, 1, KernelSet.TileRows);
        var tiles = (rows + size - 1) / size;
        var dealt = new List<int>[shares];
        for (var share = 0; share < shares; share++)
            dealt[share] = [];
        for (var tile = 0; tile < tiles; tile++)
        {
            for (var place = tile * size; place < Math.Min(rows, (tile + 1) * size); place++)
                dealt[tile % shares].Add(place);
        }
        return [.. dealt.Select(places => places.ToArray())];
    }
}
