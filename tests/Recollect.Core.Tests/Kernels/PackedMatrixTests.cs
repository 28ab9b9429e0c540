using FsCheck.Xunit;
using Recollect.Kernels;

namespace Recollect.Core.Tests.Kernels;

public sealed unsafe class PackedMatrixTests
{
    /// <summary>Element (k, j) of a packed matrix is where a product looks for it: panel j / width, row k, place j mod width.</summary>
    [Property(MaxTest = 100)]
    public void Every_element_stands_in_its_panel_and_what_has_no_source_is_zero(byte rows, byte width, byte lanes, bool transposed, int seed)
    {
        var numbers = new Numbers(seed);
        var (depth, columns, panel) = (rows % 40 + 1, width % 40 + 1, lanes % 32 + 1);
        var source = numbers.Floats(40 * 40);
        int[] sources = [.. Enumerable.Range(0, transposed ? columns : depth).Select(_ => numbers.Next(5) == 0 ? -1 : numbers.Next(40))];
        using var matrix = new PackedMatrix<float>(depth, columns, panel);
        new Span<float>(matrix.Panel(0), depth * matrix.Columns).Fill(float.NaN); // what an earlier packing left
        fixed (float* from = source)
        {
            foreach (var (first, end) in new[] { (0, matrix.Panels / 2), (matrix.Panels / 2, matrix.Panels) })
            {
                if (transposed)
                    matrix.PackTransposed(from, 40, sources, first, end);
                else
                    matrix.Pack(from, 40, sources, columns, first, end);
            }
        }

        Assert.Equal((columns + panel - 1) / panel, matrix.Panels);
        for (var row = 0; row < depth; row++)
        {
            for (var column = 0; column < matrix.Columns; column++)
            {
                var (of, at) = transposed ? (column, row) : (row, column);
                var expected = column < columns && sources[of] >= 0 ? source[sources[of] * 40 + at] : 0;
                Assert.Equal(expected, matrix.Panel(column / panel)[row * panel + column % panel]);
            }
        }
    }

    [Fact]
    public void A_matrix_and_its_transpose()
    {
        float[] source = [1, 2, 3, 4, 5, 6]; // [2, 3]
        using var plain = new PackedMatrix<float>(2, 3, 4);
        using var transposed = new PackedMatrix<float>(3, 2, 4);
        fixed (float* from = source)
        {
            plain.Pack(from, 3, [0, 1], 3, 0, 1);
            transposed.PackTransposed(from, 3, [0, 1], 0, 1);
        }
        Assert.Equal([1, 2, 3, 0, 4, 5, 6, 0], new Span<float>(plain.Panel(0), 8).ToArray());
        Assert.Equal([1, 4, 0, 0, 2, 5, 0, 0, 3, 6, 0, 0], new Span<float>(transposed.Panel(0), 12).ToArray());
    }
}
