using System.Numerics;

namespace Recollect.Kernels;

/// <summary>From sums over rows, which lie as products leave them, to gradients in PyTorch's layout, which is the transpose.</summary>
internal static unsafe class TransposedSum
{
    private const int Together = 16; // columns whose gradients' lines the first cache holds while a few rows are read

    /// <summary>Adds column c of <paramref name="sum"/> to row <c>targets[c]</c> of <paramref name="gradient"/>, for some columns.</summary>
    /// <param name="sum">// [depth, stride]</param>
    /// <param name="depth">Rows of the sum: columns of the gradient.</param>
    /// <param name="stride">Numbers from one row of the sum to the next.</param>
    /// <param name="targets">A row a column; −1 for a column that is none's. // [columns]</param>
    /// <param name="first">The first column.</param>
    /// <param name="end">The column to stop before.</param>
    /// <param name="gradient">// [rows, depth]</param>
    public static void AddTo<T>(T* sum, int depth, int stride, ReadOnlySpan<int> targets, int first, int end, T* gradient)
        where T : unmanaged, INumberBase<T>
    {
        for (var from = first; from < end; from += Together)
        {
            var columns = targets[from..Math.Min(end, from + Together)];
            for (var k = 0; k < depth; k++)
            {
                var row = sum + (long)k * stride + from;
                for (var c = 0; c < columns.Length; c++)
                {
                    if (columns[c] >= 0)
                        gradient[(long)columns[c] * depth + k] += row[c];
                }
            }
        }
    }
}
