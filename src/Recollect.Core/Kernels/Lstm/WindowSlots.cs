namespace Recollect.Kernels;

/// <summary>Steps inside or just before a window have a slot of their own; all others share a few, one after the other.</summary>
/// <remarks>Hence memory grows with the windows, and not with the length.</remarks>
public sealed class WindowSlots : StepSlots
{
    private readonly List<(int First, int Last, int Place)>[] _kept;
    private readonly int[] _recent; // where each row's last look-up was; neighbours follow
    private readonly int[] _slots;
    private readonly int _shared, _ring, _rows;

    /// <summary>Plans slots.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="windows">The windows; those of a row may overlap.</param>
    /// <param name="extra">Further single states to keep: (row, step).</param>
    /// <param name="ring">Steps for which a state outside every window must last; at least 2.</param>
    public WindowSlots(int rows, IEnumerable<GradientWindow> windows, IEnumerable<(int Row, int Step)> extra, int ring)
    {
        (_rows, _ring) = (rows, ring);
        _kept = new List<(int First, int Last, int Place)>[rows];
        _recent = new int[rows];
        var stretches = windows.Select(w => (w.Row, First: w.Start, Last: w.End)).Concat(extra.Select(e => (e.Row, First: e.Step, Last: e.Step)));
        foreach (var row in stretches.GroupBy(s => s.Row))
            _kept[row.Key] = Union(row.Select(s => (s.First, s.Last)));
        var places = 0;
        for (var row = 0; row < rows; row++)
        {
            _kept[row] ??= [];
            for (var i = 0; i < _kept[row].Count; i++)
            {
                var (first, last, _) = _kept[row][i];
                _kept[row][i] = (first, last, places);
                places += last - first + 1;
            }
        }
        _slots = Number(places);
        _shared = places;
        Count = places + ring * rows;
    }

    /// <inheritdoc/>
    public override int Count { get; }

    /// <inheritdoc/>
    public override int Of(int row, int step)
    {
        var kept = _kept[row];
        if (kept.Count > 0)
        {
            var at = _recent[row];
            while (at + 1 < kept.Count && kept[at + 1].First <= step)
                at++;
            while (at > 0 && kept[at].First > step)
                at--;
            _recent[row] = at;
            if (kept[at].First <= step && step <= kept[at].Last)
                return _slots[kept[at].Place + step - kept[at].First];
        }
        return _shared + step % _ring * _rows + row;
    }

    private static List<(int First, int Last, int Place)> Union(IEnumerable<(int First, int Last)> stretches)
    {
        var union = new List<(int First, int Last, int Place)>();
        foreach (var (first, last) in stretches.Order())
        {
            if (union.Count > 0 && first <= union[^1].Last + 1)
                union[^1] = (union[^1].First, Math.Max(last, union[^1].Last), 0);
            else
                union.Add((first, last, 0));
        }
        return union;
    }

    // Numbered by step, then by row: one step's rows lie side by side in memory.
    private int[] Number(int places)
    {
        var kept = _kept.SelectMany(stretches => stretches).ToList();
        if (kept.Count == 0)
            return [];
        var earliest = kept.Min(stretch => stretch.First);
        var next = new int[kept.Max(stretch => stretch.Last) - earliest + 2]; // as long as the windows reach, and not as the rows are
        foreach (var (first, last, _) in kept)
        {
            for (var step = first; step <= last; step++)
                next[step - earliest + 1]++;
        }
        for (var step = 1; step < next.Length; step++)
            next[step] += next[step - 1];
        var slots = new int[places];
        foreach (var (first, last, place) in kept)
        {
            for (var step = first; step <= last; step++)
                slots[place + step - first] = next[step - earliest]++;
        }
        return slots;
    }
}
