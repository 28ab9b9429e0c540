namespace Recollect.Kernels;

/// <summary>Steps inside or just before a window have a slot of their own; all others share a few, one after the other.</summary>
/// <remarks>Hence memory grows with the windows, and not with the length.</remarks>
internal sealed class WindowSlots : StepSlots
{
    private Stretch[] _kept = [];   // of all rows, by row and step
    private int[] _ends = [0];      // of each row's stretches in _kept, after a 0
    private int[] _recent = [];     // where each row's last look-up was; neighbours follow
    private int[] _slots = [], _next = [];
    private int _shared, _ring, _rows, _count;
    private long _most;

    /// <summary>Plans slots; room that an earlier plan took is used again.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="windows">The windows; those of a row may overlap, and one without a step keeps the state where it stands.</param>
    /// <param name="ring">Steps for which a state outside every window must last; at least 2.</param>
    public WindowSlots Plan(int rows, ReadOnlySpan<GradientWindow> windows, int ring)
    {
        (_rows, _ring, _most) = (rows, ring, (long)ring * rows);
        Gather(windows);
        var places = Unite();
        Number(places);
        _shared = places;
        _count = checked(places + ring * rows);
        return this;
    }

    /// <summary>Slots in all.</summary>
    public int Count => _count;

    /// <summary>Slots that windows of these lengths need at most, wherever in their rows they lie: room for so many hardly grows from batch to batch.</summary>
    public long Most => _most;

    /// <summary>The most slots that a row of <paramref name="steps"/> steps takes with windows of these lengths: what <see cref="Most"/> comes to, a row.</summary>
    public static long MostOf(int steps, IEnumerable<int> windows, int ring) => ring + Math.Min(windows.Sum(length => length + 1L), steps + 1L);

    /// <inheritdoc/>
    public override int Of(int row, int step)
    {
        int first = _ends[row], end = _ends[row + 1];
        if (end > first)
        {
            // Several threads may ask for one row: each begins where any of them was last.
            var recent = _recent[row];
            var at = recent;
            while (at + 1 < end && _kept[at + 1].First <= step)
                at++;
            while (at > first && _kept[at].First > step)
                at--;
            if (at != recent)
                _recent[row] = at;
            ref readonly var kept = ref _kept[at];
            if (kept.First <= step && step <= kept.Last)
                return _slots[kept.Place + step - kept.First];
        }
        return _shared + step % _ring * _rows + row;
    }

    private void Gather(ReadOnlySpan<GradientWindow> windows)
    {
        _count = windows.Length;
        Grow(ref _kept, _count);
        for (var i = 0; i < _count; i++)
            _kept[i] = new Stretch(windows[i].Row, windows[i].Start, windows[i].End, 0);
        Array.Sort(_kept, 0, _count);
    }

    // Stretches that overlap or touch become one, and each gets its places; returns how many there are.
    private int Unite()
    {
        Grow(ref _ends, _rows + 1);
        Grow(ref _recent, _rows);
        int places = 0, united = 0, next = 0;
        for (var row = 0; row < _rows; row++)
        {
            var first = united;
            var (sum, end) = (0L, 0);
            for (; next < _count && _kept[next].Row == row; next++)
            {
                var stretch = _kept[next];
                (sum, end) = (sum + stretch.Last - stretch.First + 1, Math.Max(end, stretch.Last));
                if (united > first && stretch.First <= _kept[united - 1].Last + 1)
                    _kept[united - 1] = _kept[united - 1] with { Last = Math.Max(stretch.Last, _kept[united - 1].Last) };
                else
                    _kept[united++] = stretch;
            }
            _most += Math.Min(sum, end + 1L);
            for (var i = first; i < united; i++)
            {
                _kept[i] = _kept[i] with { Place = places };
                places = checked(places + _kept[i].Last - _kept[i].First + 1);
            }
            (_recent[row], _ends[row + 1]) = (first, united);
        }
        _count = united;
        return places;
    }

    // Numbered by step, then by row: one step's rows lie side by side in memory.
    private void Number(int places)
    {
        int earliest = int.MaxValue, latest = int.MinValue;
        foreach (var stretch in _kept.AsSpan(0, _count))
            (earliest, latest) = (Math.Min(earliest, stretch.First), Math.Max(latest, stretch.Last));
        if (_count == 0)
            return;
        var steps = latest - earliest + 1; // as long as the windows reach, and not as the rows are
        Grow(ref _next, steps + 1);
        Grow(ref _slots, places);
        Array.Clear(_next, 0, steps + 1);
        foreach (var stretch in _kept.AsSpan(0, _count))
        {
            for (var step = stretch.First; step <= stretch.Last; step++)
                _next[step - earliest + 1]++;
        }
        for (var step = 1; step <= steps; step++)
            _next[step] += _next[step - 1];
        foreach (var stretch in _kept.AsSpan(0, _count))
        {
            for (var step = stretch.First; step <= stretch.Last; step++)
                _slots[stretch.Place + step - stretch.First] = _next[step - earliest]++;
        }
    }

    private static void Grow<T>(ref T[] array, int length)
    {
        if (array.Length < length)
            Array.Resize(ref array, length);
    }

    private readonly record struct Stretch(int Row, int First, int Last, int Place) : IComparable<Stretch>
    {
        public int CompareTo(Stretch other) => (Row, First, Last).CompareTo((other.Row, other.First, other.Last));
    }
}
