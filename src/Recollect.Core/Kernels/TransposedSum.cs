using System.Numerics;
using System.Runtime.CompilerServices;

namespace Recollect.Kernels;

/// <summary>From sums over rows, which lie as products leave them, to gradients in PyTorch's layout, which is the transpose.</summary>
internal static unsafe class TransposedSum
{
    private const int Together = 16; // columns: a line of each row that is read

    /// <summary>Adds column c of <paramref name="sum"/> to row <c>targets[c]</c> of <paramref name="gradient"/>, or sets it, for some columns.</summary>
    /// <param name="sum">// [depth, stride]</param>
    /// <param name="depth">Rows of the sum: columns of the gradient.</param>
    /// <param name="stride">Numbers from one row of the sum to the next.</param>
    /// <param name="targets">A row a column; −1 for a column that is none's. // [columns]</param>
    /// <param name="first">The first column.</param>
    /// <param name="end">The column to stop before.</param>
    /// <param name="gradient">// [rows, depth]</param>
    /// <param name="unset">Whether the gradient is to be set: nothing is there yet.</param>
    public static void AddTo<T>(T* sum, int depth, int stride, ReadOnlySpan<int> targets, int first, int end, T* gradient, bool unset = false)
        where T : unmanaged, INumberBase<T>
    {
        for (var from = first; from < end; from += Together)
        {
            var columns = targets[from..Math.Min(end, from + Together)];
            for (var c = 0; c < columns.Length && unset; c++)
            {
                if (columns[c] >= 0)
                    new Span<T>(gradient + (long)columns[c] * depth, depth).Clear();
            }
            AddColumns(sum + from, depth, stride, columns, gradient);
        }
    }

    // Some rows at a time: their lines stay in the first cache while column after column is added.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddColumns<T>(T* sum, int depth, int stride, ReadOnlySpan<int> targets, T* gradient)
        where T : unmanaged, INumberBase<T>
    {
        var k = 0;
        for (; k + 8 <= depth; k += 8)
        {
            T* near = sum + (long)k * stride, far = near + 4L * stride;
            for (var c = 0; c < targets.Length; c++, near++, far++)
            {
                if (targets[c] < 0)
                    continue;
                var to = gradient + (long)targets[c] * depth + k;
                to[0] += near[0];
                to[1] += near[stride];
                to[2] += near[2 * stride];
                to[3] += near[3 * stride];
                to[4] += far[0];
                to[5] += far[stride];
                to[6] += far[2 * stride];
                to[7] += far[3 * stride];
            }
        }
        for (; k < depth; k++)
        {
            for (var c = 0; c < targets.Length; c++)
            {
                if (targets[c] >= 0)
                    gradient[(long)targets[c] * depth + k] += sum[(long)k * stride + c];
            }
        }
    }
}
