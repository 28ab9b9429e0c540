using System.Runtime.CompilerServices;

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

    /// <summary>Its memory, bytes.</summary>
    public long Bytes => _values.Bytes;

    /// <summary>The panel's first number. // [depth, panel width]</summary>
    public T* Panel(int panel) => _values.Pointer + (long)panel * PanelWidth * Depth;

    /// <summary>Fills panels: row k is the beginning of row <c>sources[k]</c> of <paramref name="source"/>, or zeros where that is negative.</summary>
    /// <param name="source">Where the numbers are. // [rows, stride]</param>
    /// <param name="stride">Numbers from one row of the source to the next.</param>
    /// <param name="sources">A row of the source for each row. // [depth]</param>
    /// <param name="columns">Columns that there are; the others are zeros.</param>
    /// <param name="first">The first panel to fill.</param>
    /// <param name="end">The panel to stop before.</param>
    public void Pack(T* source, int stride, ReadOnlySpan<int> sources, int columns, int first, int end)
    {
        for (var panel = first; panel < end; panel++)
        {
            var from = panel * PanelWidth;
            var count = Math.Clamp(columns - from, 0, PanelWidth);
            for (var k = 0; k < Depth; k++)
            {
                var row = new Span<T>(Panel(panel) + (long)k * PanelWidth, PanelWidth);
                var there = sources[k] < 0 ? 0 : count;
                new Span<T>(source + (long)sources[k] * stride + from, there).CopyTo(row);
                row[there..].Clear();
            }
        }
    }

    /// <summary>Fills panels: column j is the beginning of row <c>sources[j]</c> of <paramref name="source"/>, or zeros where that is negative or there is none.</summary>
    /// <param name="source">Where the numbers are. // [rows, stride]</param>
    /// <param name="stride">Numbers from one row of the source to the next.</param>
    /// <param name="sources">A row of the source for each column; fewer than <see cref="Columns"/> leave zeros.</param>
    /// <param name="first">The first panel to fill.</param>
    /// <param name="end">The panel to stop before.</param>
    public void PackTransposed(T* source, int stride, ReadOnlySpan<int> sources, int first, int end)
    {
        for (var panel = first; panel < end; panel++)
        {
            var from = panel * PanelWidth;
            var count = Math.Clamp(sources.Length - from, 0, PanelWidth);
            if (count < PanelWidth || sources.Slice(from, count).Contains(-1))
                new Span<T>(Panel(panel), Depth * PanelWidth).Clear();
            Transpose(source, stride, sources.Slice(from, count), Panel(panel));
        }
    }

    // Some rows of the panel at a time: their lines stay in the first cache while column after column is read.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Transpose(T* source, int stride, ReadOnlySpan<int> sources, T* to)
    {
        var width = PanelWidth;
        var k = 0;
        for (; k + 8 <= Depth; k += 8)
        {
            T* row = to + (long)k * width;
            for (var j = 0; j < sources.Length; j++, row++)
            {
                if (sources[j] < 0)
                    continue;
                var from = source + (long)sources[j] * stride + k;
                row[0] = from[0];
                row[width] = from[1];
                row[2 * width] = from[2];
                row[3 * width] = from[3];
                row[4 * width] = from[4];
                row[5 * width] = from[5];
                row[6 * width] = from[6];
                row[7 * width] = from[7];
            }
        }
        for (; k < Depth; k++)
        {
            for (var j = 0; j < sources.Length; j++)
            {
                if (sources[j] >= 0)
                    to[(long)k * width + j] = source[(long)sources[j] * stride + k];
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _values.Dispose();
}
