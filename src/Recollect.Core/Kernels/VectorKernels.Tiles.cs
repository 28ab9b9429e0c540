using System.Runtime.CompilerServices;

namespace Recollect.Kernels;

// Register tiles: 6 rows × 2 vectors hold 12 sums, 2 weights and 1 factor in the 16 registers of AVX2.
internal sealed unsafe partial class VectorKernels<TLanes, TVector, T>
{
    private const int LoneRows = 2;   // up to so many rows are computed one at a time
    private const int LonePanels = 4; // and four panels at once, so that enough sums are under way

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile(T** left, int from, int depth, T* panel, T** start, T** result, int column)
    {
        var w = TLanes.Count;
        T* a0 = left[0] + from, a1 = left[1] + from, a2 = left[2] + from, a3 = left[3] + from, a4 = left[4] + from, a5 = left[5] + from;
        T* s = start[0] + column;
        TVector c00 = TLanes.Load(s), c01 = TLanes.Load(s + w);
        s = start[1] + column;
        TVector c10 = TLanes.Load(s), c11 = TLanes.Load(s + w);
        s = start[2] + column;
        TVector c20 = TLanes.Load(s), c21 = TLanes.Load(s + w);
        s = start[3] + column;
        TVector c30 = TLanes.Load(s), c31 = TLanes.Load(s + w);
        s = start[4] + column;
        TVector c40 = TLanes.Load(s), c41 = TLanes.Load(s + w);
        s = start[5] + column;
        TVector c50 = TLanes.Load(s), c51 = TLanes.Load(s + w);
        for (nint k = 0; k < depth; k++)
        {
            TVector b0 = TLanes.Load(panel), b1 = TLanes.Load(panel + w);
            panel += 2 * w;
            var a = TLanes.All(a0[k]);
            c00 = TLanes.MultiplyAdd(a, b0, c00);
            c01 = TLanes.MultiplyAdd(a, b1, c01);
            a = TLanes.All(a1[k]);
            c10 = TLanes.MultiplyAdd(a, b0, c10);
            c11 = TLanes.MultiplyAdd(a, b1, c11);
            a = TLanes.All(a2[k]);
            c20 = TLanes.MultiplyAdd(a, b0, c20);
            c21 = TLanes.MultiplyAdd(a, b1, c21);
            a = TLanes.All(a3[k]);
            c30 = TLanes.MultiplyAdd(a, b0, c30);
            c31 = TLanes.MultiplyAdd(a, b1, c31);
            a = TLanes.All(a4[k]);
            c40 = TLanes.MultiplyAdd(a, b0, c40);
            c41 = TLanes.MultiplyAdd(a, b1, c41);
            a = TLanes.All(a5[k]);
            c50 = TLanes.MultiplyAdd(a, b0, c50);
            c51 = TLanes.MultiplyAdd(a, b1, c51);
        }
        StorePair(c00, c01, result[0] + column);
        StorePair(c10, c11, result[1] + column);
        StorePair(c20, c21, result[2] + column);
        StorePair(c30, c31, result[3] + column);
        StorePair(c40, c41, result[4] + column);
        StorePair(c50, c51, result[5] + column);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void LoneTile(T* a, int depth, T* panel, T* start, T* result)
    {
        var w = TLanes.Count;
        TVector c0 = TLanes.Load(start), c1 = TLanes.Load(start + w);
        for (nint k = 0; k < depth; k++)
        {
            var x = TLanes.All(a[k]);
            c0 = TLanes.MultiplyAdd(x, TLanes.Load(panel), c0);
            c1 = TLanes.MultiplyAdd(x, TLanes.Load(panel + w), c1);
            panel += 2 * w;
        }
        StorePair(c0, c1, result);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void LoneRow(T* a, int depth, T* panel, int toNextPanel, T* start, T* result)
    {
        var w = TLanes.Count;
        T* p0 = panel, p1 = p0 + toNextPanel, p2 = p1 + toNextPanel, p3 = p2 + toNextPanel;
        TVector c0 = TLanes.Load(start), c1 = TLanes.Load(start + w), c2 = TLanes.Load(start + 2 * w), c3 = TLanes.Load(start + 3 * w);
        TVector c4 = TLanes.Load(start + 4 * w), c5 = TLanes.Load(start + 5 * w), c6 = TLanes.Load(start + 6 * w), c7 = TLanes.Load(start + 7 * w);
        nint place = 0;
        for (nint k = 0; k < depth; k++, place += 2 * w)
        {
            var x = TLanes.All(a[k]);
            c0 = TLanes.MultiplyAdd(x, TLanes.Load(p0 + place), c0);
            c1 = TLanes.MultiplyAdd(x, TLanes.Load(p0 + place + w), c1);
            c2 = TLanes.MultiplyAdd(x, TLanes.Load(p1 + place), c2);
            c3 = TLanes.MultiplyAdd(x, TLanes.Load(p1 + place + w), c3);
            c4 = TLanes.MultiplyAdd(x, TLanes.Load(p2 + place), c4);
            c5 = TLanes.MultiplyAdd(x, TLanes.Load(p2 + place + w), c5);
            c6 = TLanes.MultiplyAdd(x, TLanes.Load(p3 + place), c6);
            c7 = TLanes.MultiplyAdd(x, TLanes.Load(p3 + place + w), c7);
        }
        StorePair(c0, c1, result);
        StorePair(c2, c3, result + 2 * w);
        StorePair(c4, c5, result + 4 * w);
        StorePair(c6, c7, result + 6 * w);
    }

    /// <summary>6 columns of the left operand × 2 vectors of the right one, summed over rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TransposedTile(int rows, T** left, int leftColumn, T** right, int column, T* sum, int stride)
    {
        var w = TLanes.Count;
        T* s0 = sum, s1 = s0 + stride, s2 = s1 + stride, s3 = s2 + stride, s4 = s3 + stride, s5 = s4 + stride;
        TVector c00 = TLanes.Load(s0), c01 = TLanes.Load(s0 + w), c10 = TLanes.Load(s1), c11 = TLanes.Load(s1 + w);
        TVector c20 = TLanes.Load(s2), c21 = TLanes.Load(s2 + w), c30 = TLanes.Load(s3), c31 = TLanes.Load(s3 + w);
        TVector c40 = TLanes.Load(s4), c41 = TLanes.Load(s4 + w), c50 = TLanes.Load(s5), c51 = TLanes.Load(s5 + w);
        for (nint r = 0; r < rows; r++)
        {
            T* x = left[r] + leftColumn, y = right[r] + column;
            TVector b0 = TLanes.Load(y), b1 = TLanes.Load(y + w);
            var a = TLanes.All(x[0]);
            c00 = TLanes.MultiplyAdd(a, b0, c00);
            c01 = TLanes.MultiplyAdd(a, b1, c01);
            a = TLanes.All(x[1]);
            c10 = TLanes.MultiplyAdd(a, b0, c10);
            c11 = TLanes.MultiplyAdd(a, b1, c11);
            a = TLanes.All(x[2]);
            c20 = TLanes.MultiplyAdd(a, b0, c20);
            c21 = TLanes.MultiplyAdd(a, b1, c21);
            a = TLanes.All(x[3]);
            c30 = TLanes.MultiplyAdd(a, b0, c30);
            c31 = TLanes.MultiplyAdd(a, b1, c31);
            a = TLanes.All(x[4]);
            c40 = TLanes.MultiplyAdd(a, b0, c40);
            c41 = TLanes.MultiplyAdd(a, b1, c41);
            a = TLanes.All(x[5]);
            c50 = TLanes.MultiplyAdd(a, b0, c50);
            c51 = TLanes.MultiplyAdd(a, b1, c51);
        }
        StorePair(c00, c01, s0);
        StorePair(c10, c11, s1);
        StorePair(c20, c21, s2);
        StorePair(c30, c31, s3);
        StorePair(c40, c41, s4);
        StorePair(c50, c51, s5);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StorePair(TVector c0, TVector c1, T* to)
    {
        TLanes.Store(c0, to);
        TLanes.Store(c1, to + TLanes.Count);
    }
}
