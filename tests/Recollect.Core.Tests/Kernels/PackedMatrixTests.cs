using FsCheck.Xunit;
using Recollect.Kernels;

namespace Recollect.Core.Tests.Kernels;

public sealed unsafe class PackedMatrixTests
{
    /// <summary>Element (k, j) of a packed matrix is where a product looks for it: panel j / width, row k, place j mod width.</summary>
    [Property(MaxTest = 50)]
    public void Every_element_stands_in_its_panel_and_what_has_no_index_is_zero(byte rows, byte width, byte lanes, bool transposed, int seed)
    {
        var numbers = new Numbers(seed);
        var (depth, columns, panel) = (rows % 40 + 1, width % 40 + 1, lanes % 32 + 1);
        var source = numbers.Floats(40 * 40);
        int[] Indices(int count) => [.. Enumerable.Range(0, count).Select(_ => numbers.Next(5) == 0 ? -1 : numbers.Next(40))];
        var (k, j) = (Indices(depth), Indices(columns));

        var (rowStride, columnStride) = transposed ? (1, 40) : (40, 1);
        using var matrix = new PackedMatrix<float>(depth, columns, panel);
        new Span<float>(matrix.Panel(0), depth * matrix.Columns).Fill(float.NaN); // what an earlier packing left
        fixed (float* from = source)
        {
            matrix.Pack(from, k, rowStride, j, columnStride, 0, matrix.Panels / 2);
            matrix.Pack(from, k, rowStride, j, columnStride, matrix.Panels / 2, matrix.Panels);
        }

        Assert.Equal((columns + panel - 1) / panel, matrix.Panels);
        for (var row = 0; row < depth; row++)
        {
            for (var column = 0; column < matrix.Columns; column++)
            {
                var expected = column < columns && k[row] >= 0 && j[column] >= 0 ? source[k[row] * rowStride + j[column] * columnStride] : 0;
                Assert.Equal(expected, matrix.Panel(column / panel)[row * panel + column % panel]);
            }
        }
    }

    [Fact]
    public void Strides_serve_a_matrix_and_its_transpose()
    {
        float[] source = [1, 2, 3, 4, 5, 6]; // [2, 3]
        using var plain = new PackedMatrix<float>(2, 3, 4);
        using var transposed = new PackedMatrix<float>(3, 2, 4);
        fixed (float* from = source)
        {
            plain.Pack(from, [0, 1], 3, [0, 1, 2], 1, 0, 1);
            transposed.Pack(from, [0, 1, 2], 1, [0, 1], 3, 0, 1);
        }
        Assert.Equal([1, 2, 3, 0, 4, 5, 6, 0], new Span<float>(plain.Panel(0), 8).ToArray());
        Assert.Equal([1, 4, 0, 0, 2, 5, 0, 0, 3, 6, 0, 0], new Span<float>(transposed.Panel(0), 12).ToArray());
    }
}
