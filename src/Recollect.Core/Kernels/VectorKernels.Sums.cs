using System.Runtime.CompilerServices;

namespace Recollect.Kernels;

// Sums over rows: what gradients of weights are made of.
internal sealed unsafe partial class VectorKernels<TLanes, TVector, T>
{
    private const int RowBlock = 128; // so many rows of a panel stay in the first cache

    public override void AddTransposedProduct(int rows, T** left, int leftColumns, T** right, int first, int end, T* sum, int stride)
    {
        for (var done = 0; done < rows; done += RowBlock)
        {
            var count = Math.Min(RowBlock, rows - done);
            for (var panel = first; panel < end; panel++)
            {
                var column = panel * PanelWidth;
                for (var x = 0; x < leftColumns; x += KernelSet.TileRows)
                    TransposedTile(count, left + done, x, right + done, column, sum + (long)x * stride + column, stride);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void AddRows(int rows, T** target, T** row, int first, int end)
    {
        int from = first * PanelWidth, to = end * PanelWidth;
        for (var r = 0; r < rows; r++)
        {
            T* t = target[r], x = row[r];
            for (var i = from; i < to; i += TLanes.Count)
                TLanes.Store(TLanes.Add(TLanes.Load(t + i), TLanes.Load(x + i)), t + i);
        }
    }
}
