using System.Numerics;

namespace Recollect.Kernels;

/// <summary>The kernels for one width.</summary>
internal sealed unsafe partial class VectorKernels<TLanes, TVector, T> : KernelSet<T>
    where TLanes : ILanes<TVector, T>
    where TVector : unmanaged
    where T : unmanaged, IFloatingPointIeee754<T>
{
    // Gates, outputs and weights of this many rows stay in the first cache while a panel is used on them.
    private const int DepthBlock = 256;

    public override int Lanes => TLanes.Count;

    public override void Multiply(int rows, T** left, PackedMatrix<T> right, T** start, T** result, int first, int end)
    {
        for (var done = 0; done < right.Depth; done += DepthBlock)
        {
            var depth = Math.Min(DepthBlock, right.Depth - done);
            MultiplyBlock(rows, left, done, depth, right, done == 0 ? start : result, result, first, end);
        }
    }

    private void MultiplyBlock(int rows, T** left, int from, int depth, PackedMatrix<T> right, T** start, T** result, int first, int end)
    {
        var width = PanelWidth;
        if (rows <= LoneRows)
        {
            var panel = first;
            for (; panel + LonePanels <= end; panel += LonePanels)
            {
                for (var row = 0; row < rows; row++)
                    LoneRow(left[row] + from, depth, right.Panel(panel) + from * width, right.Depth * width, start[row] + panel * width, result[row] + panel * width);
            }
            first = panel;
        }
        for (var panel = first; panel < end; panel++)
            Column(rows, left, from, depth, right.Panel(panel) + from * width, start, result, panel * width);
    }

    /// <summary>One panel for all rows: the panel stays in the first cache.</summary>
    private static void Column(int rows, T** left, int from, int depth, T* panel, T** start, T** result, int column)
    {
        var row = 0;
        for (; row + KernelSet.TileRows <= rows; row += KernelSet.TileRows)
            Tile(left + row, from, depth, panel, start + row, result + row, column);
        if (rows - row > 1) // two sums at a time would wait for each other: cheaper is a tile
        {
            // The last rows are computed in a tile with copies of the last one, whose results go nowhere.
            T** l = stackalloc T*[KernelSet.TileRows];
            T** s = stackalloc T*[KernelSet.TileRows];
            T** r = stackalloc T*[KernelSet.TileRows];
            var spare = stackalloc byte[2 * 64 + 64];
            var nowhere = (T*)(((nuint)spare + 63) & ~(nuint)63) - column;
            for (var i = 0; i < KernelSet.TileRows; i++)
            {
                var of = Math.Min(row + i, rows - 1);
                l[i] = left[of];
                s[i] = start[of];
                r[i] = row + i < rows ? result[of] : nowhere;
            }
            Tile(l, from, depth, panel, s, r, column);
            return;
        }
        if (row < rows)
            LoneTile(left[row] + from, depth, panel, start[row] + column, result[row] + column);
    }
}
