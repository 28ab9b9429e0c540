namespace Recollect.Kernels;

/// <summary>The right operand of a product, laid out for it: panels of some columns, and in a panel one row after the other.</summary>
/// <typeparam name="T">The number.</typeparam>
internal sealed unsafe class PackedMatrix<T> : IDisposable
    where T : unmanaged
{
    private readonly NativeArray<T> _values;

    /// <summary>Makes room for a matrix.</summary>
    /// <param name="depth">Its rows, over which a product sums.</param>
    /// <param name="columns">Its columns; filled up with zeros to whole panels.</param>
    /// <param name="panelWidth">Columns of a panel.</param>
    public PackedMatrix(int depth, int columns, int panelWidth)
    {
        Depth = depth;
        PanelWidth = panelWidth;
        Panels = (columns + panelWidth - 1) / panelWidth;
        _values = new NativeArray<T>((long)depth * Columns);
    }

    /// <summary>Rows, over which a product sums.</summary>
    public int Depth { get; }

    /// <summary>Columns of a panel.</summary>
    public int PanelWidth { get; }

    /// <summary>The number of panels.</summary>
    public int Panels { get; }

    /// <summary>Columns, those of filling among them.</summary>
    public int Columns => Panels * PanelWidth;

    /// <summary>The panel's first number. // [depth, panel width]</summary>
    public T* Panel(int panel) => _values.Pointer + (long)panel * PanelWidth * Depth;

    /// <summary>Fills panels: element (k, j) is <c>source[rows[k]·rowStride + columns[j]·columnStride]</c>, or 0 where an index is negative or there is none.</summary>
    /// <param name="source">Where the numbers are.</param>
    /// <param name="rows">An index a row. // [depth]</param>
    /// <param name="rowStride">Numbers from one row index to the next.</param>
    /// <param name="columns">An index a column; fewer than <see cref="Columns"/> leave zeros.</param>
    /// <param name="columnStride">Numbers from one column index to the next.</param>
    /// <param name="first">The first panel to fill.</param>
    /// <param name="end">The panel to stop before.</param>
    public void Pack(T* source, ReadOnlySpan<int> rows, long rowStride, ReadOnlySpan<int> columns, long columnStride, int first, int end)
    {
        for (var panel = first; panel < end; panel++)
        {
            var to = Panel(panel);
            var from = panel * PanelWidth;
            var count = Math.Clamp(columns.Length - from, 0, PanelWidth);
            if (count < PanelWidth || columns.Slice(from, count).Contains(-1) || rows.Contains(-1))
                new Span<T>(to, Depth * PanelWidth).Clear();
            // Along the numbers that lie side by side.
            if (columnStride == 1)
                PackRows(source, rows, rowStride, columns.Slice(from, count), to);
            else
                PackColumns(source, rows, rowStride, columns.Slice(from, count), columnStride, to);
        }
    }

    private void PackRows(T* source, ReadOnlySpan<int> rows, long rowStride, ReadOnlySpan<int> columns, T* to)
    {
        for (var k = 0; k < rows.Length; k++)
        {
            var from = source + rows[k] * rowStride;
            for (var j = 0; j < columns.Length && rows[k] >= 0; j++)
            {
                if (columns[j] >= 0)
                    to[(long)k * PanelWidth + j] = from[columns[j]];
            }
        }
    }

    private void PackColumns(T* source, ReadOnlySpan<int> rows, long rowStride, ReadOnlySpan<int> columns, long columnStride, T* to)
    {
        for (var j = 0; j < columns.Length; j++)
        {
            var from = source + columns[j] * columnStride;
            for (var k = 0; k < rows.Length && columns[j] >= 0; k++)
            {
                if (rows[k] >= 0)
                    to[(long)k * PanelWidth + j] = from[rows[k] * rowStride];
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _values.Dispose();
}
