namespace Recollect.Kernels;

/// <summary>Rows from the longest to the shortest, dealt out by tiles, so that every share has some of each length.</summary>
/// <remarks>At any step the rows that still run are the first ones of every share. Its room is used again by the next <see cref="Set"/>.</remarks>
internal sealed class RowOrder
{
    private int[] _rows = [], _lengths = [], _dealt = []; // by place; places by share
    private int[] _ends = [];                             // of each share, in _dealt
    private long[] _keys = [];
    private int _count;

    /// <summary>Orders rows by <paramref name="lengths"/>, equal ones by number.</summary>
    public RowOrder Set(ReadOnlySpan<int> lengths, int shares)
    {
        _count = lengths.Length;
        if (_rows.Length < _count)
            (_rows, _lengths, _dealt, _keys) = (new int[_count], new int[_count], new int[_count], new long[_count]);
        for (var row = 0; row < _count; row++)
        {
            _rows[row] = row;
            _keys[row] = -((long)lengths[row] << 32) + row;
        }
        Array.Sort(_keys, _rows, 0, _count);
        for (var place = 0; place < _count; place++)
            _lengths[place] = lengths[_rows[place]];
        Deal(shares);
        return this;
    }

    /// <summary>The row at each place.</summary>
    public ReadOnlySpan<int> Rows => _rows.AsSpan(0, _count);

    /// <summary>The longest length; 0 without rows.</summary>
    public int Longest => _count == 0 ? 0 : _lengths[0];

    /// <summary>How many rows are longer than <paramref name="done"/>: the first ones.</summary>
    public int Running(int done)
    {
        var (low, high) = (0, _count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _lengths[middle] > done ? (middle + 1, high) : (low, middle);
        }
        return low;
    }

    /// <summary>The places of a share.</summary>
    public ReadOnlySpan<int> Share(int share)
    {
        var first = share == 0 ? 0 : _ends[share - 1];
        return _dealt.AsSpan(first, _ends[share] - first);
    }

    /// <summary>How many of a share's places run: those before <paramref name="running"/>.</summary>
    public int Running(int share, int running)
    {
        var places = Share(share);
        var count = places.Length;
        while (count > 0 && places[count - 1] >= running)
            count--;
        return count;
    }

    private void Deal(int shares)
    {
        if (_ends.Length != shares)
            _ends = new int[shares];
        // Whole tiles, or fewer rows where there would not be a tile for everyone.
        var size = Math.Clamp((_count + shares - 1) / shares, 1, KernelSet.TileRows);
        var dealt = 0;
        for (var share = 0; share < shares; share++)
        {
            for (var tile = share * size; tile < _count; tile += shares * size)
            {
                for (var place = tile; place < Math.Min(_count, tile + size); place++)
                    _dealt[dealt++] = place;
            }
            _ends[share] = dealt;
        }
    }
}
