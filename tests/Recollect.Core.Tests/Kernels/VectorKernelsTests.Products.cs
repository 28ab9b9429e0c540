using FsCheck.Xunit;
using Recollect.Kernels;

namespace Recollect.Core.Tests.Kernels;

/// <summary>Every width against one lane, bit for bit, and that against plain sums in double; rows at the end of memory, with a pattern around them.</summary>
public sealed unsafe partial class VectorKernelsTests
{
    /// <summary>Where a product's start lies.</summary>
    public enum Start
    {
        Apart,
        InPlace,
        SharedByAllRows,
    }

    [Property(MaxTest = 30, Arbitrary = [typeof(KernelShapes)])]
    public void Multiply_adds_the_product_in_whole_panels(KernelShape shape, Start start)
    {
        var numbers = new Numbers(shape.Seed);
        var (left, right, begin) = (numbers.Floats(shape.Rows * shape.Depth), numbers.Floats(shape.Depth * shape.Columns), numbers.Floats(shape.Rows * shape.Columns));
        var split = numbers.Next(100);
        var one = Product(Widths.One, shape, left, right, begin, start, split);

        foreach (var kernels in Widths.Vectors)
            Agreement.AssertSameBits(one, Product(kernels, shape, left, right, begin, start, split), $"{kernels.Lanes} lanes, {start}");
        for (var row = 0; row < shape.Rows; row++)
        {
            for (var column = 0; column < shape.Columns; column++)
            {
                double sum = begin[(start == Start.SharedByAllRows ? 0 : row) * shape.Columns + column], size = Math.Abs(sum);
                for (var k = 0; k < shape.Depth; k++)
                {
                    var term = (double)left[row * shape.Depth + k] * right[k * shape.Columns + column];
                    (sum, size) = (sum + term, size + Math.Abs(term));
                }
                Agreement.AssertNear(sum, one[row * shape.Columns + column], size, "product", row, column);
            }
        }
    }

    [Property(MaxTest = 30, Arbitrary = [typeof(KernelShapes)])]
    public void AddTransposedProduct_adds_the_sum_over_rows(KernelShape shape)
    {
        // The deep side is summed over; rows of the shape are the left operand's columns.
        var numbers = new Numbers(shape.Seed);
        var (rows, width) = (shape.Depth, shape.Rows);
        var (left, right, before) = (numbers.Floats(rows * width), numbers.Floats(rows * shape.Columns), numbers.Floats(width * shape.Columns));
        var (extra, split) = (numbers.Next(40), numbers.Next(100));
        var one = TransposedProduct(Widths.One, shape, left, right, before, extra, split);

        foreach (var kernels in Widths.Vectors)
            Agreement.AssertSameBits(one, TransposedProduct(kernels, shape, left, right, before, extra, split), $"{kernels.Lanes} lanes");
        for (var x = 0; x < width; x++)
        {
            for (var column = 0; column < shape.Columns; column++)
            {
                double sum = before[x * shape.Columns + column], size = Math.Abs(sum);
                for (var row = 0; row < rows; row++)
                {
                    var term = (double)left[row * width + x] * right[row * shape.Columns + column];
                    (sum, size) = (sum + term, size + Math.Abs(term));
                }
                Agreement.AssertNear(sum, one[x * shape.Columns + column], size, "sum", x, column);
            }
        }
    }

    [Property(MaxTest = 30, Arbitrary = [typeof(KernelShapes)])]
    public void AddRows_adds_in_the_order_of_rows_though_several_have_one_target(KernelShape shape)
    {
        var numbers = new Numbers(shape.Seed);
        var (targets, rows) = (shape.Rows, shape.Depth);
        var (before, added) = (numbers.Floats(targets * shape.Columns), numbers.Floats(rows * shape.Columns));
        int[] of = [.. Enumerable.Range(0, rows).Select(_ => numbers.Next(targets))];
        var split = numbers.Next(100);
        var expected = before.ToArray(); // float by float, in the order that is promised
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < shape.Columns; column++)
                expected[of[row] * shape.Columns + column] += added[row * shape.Columns + column];
        }

        var pointers = stackalloc float*[rows];
        foreach (var kernels in Widths.All<float>())
        {
            using var target = new GuardedRows(targets, shape.Columns, kernels.Margin()).With(before);
            using var row = new GuardedRows(rows, shape.Columns, kernels.Margin()).With(added);
            for (var r = 0; r < rows; r++)
                pointers[r] = target[of[r]];
            var (panels, width) = (kernels.Padded(shape.Columns) / kernels.PanelWidth, kernels.PanelWidth);
            kernels.AddRows(rows, pointers, row.Pointers, 0, split % (panels + 1));
            kernels.AddRows(rows, pointers, row.Pointers, split % (panels + 1), panels);

            target.AssertNothingElseWritten(0, panels * width);
            row.AssertNothingElseWritten(0, shape.Columns);
            Agreement.AssertSameBits(expected, ValuesOf(target, targets), $"{kernels.Lanes} lanes");
        }
    }

    // In two parts, as two workers would share it.
    private static float[] Product(KernelSet<float> kernels, KernelShape shape, float[] left, float[] right, float[] begin, Start start, int split)
    {
        using var matrix = Packed(kernels, right, shape.Depth, shape.Columns);
        using var from = new GuardedRows(shape.Rows, shape.Depth, kernels.Margin()).With(left);
        using var added = new GuardedRows(shape.Rows, shape.Columns, kernels.Margin()).With(begin);
        using var result = new GuardedRows(shape.Rows, shape.Columns, kernels.Margin());
        if (start == Start.SharedByAllRows)
            added.Alias(_ => 0);
        var into = start == Start.InPlace ? added : result;
        split %= matrix.Panels + 1;

        kernels.Multiply(shape.Rows, from.Pointers, matrix, added.Pointers, into.Pointers, split, matrix.Panels);
        if (start != Start.InPlace)
            result.AssertNothingElseWritten(split * kernels.PanelWidth, matrix.Columns);
        kernels.Multiply(shape.Rows, from.Pointers, matrix, added.Pointers, into.Pointers, 0, split);

        from.AssertNothingElseWritten(0, shape.Depth);
        into.AssertNothingElseWritten(0, matrix.Columns);
        if (start != Start.InPlace)
            added.AssertNothingElseWritten(0, shape.Columns);
        return ValuesOf(into, shape.Rows);
    }

    private static float[] TransposedProduct(
        KernelSet<float> kernels, KernelShape shape, float[] left, float[] right, float[] before, int extra, int split)
    {
        var (rows, width, columns) = (shape.Depth, shape.Rows, kernels.Padded(shape.Columns));
        var (stride, panels) = (columns + extra, columns / kernels.PanelWidth);
        using var from = new GuardedRows(rows, width, kernels.Margin()).With(left);
        using var with = new GuardedRows(rows, shape.Columns, kernels.Margin()).With(right);
        using var block = new GuardedRows(1, KernelSet.SumRows(width) * stride, 0);
        var sum = block[0];
        for (var x = 0; x < width; x++)
            before.AsSpan(x * shape.Columns, shape.Columns).CopyTo(new Span<float>(sum + x * stride, shape.Columns));
        split %= panels + 1;

        kernels.AddTransposedProduct(rows, from.Pointers, width, with.Pointers, split, panels, sum, stride);
        kernels.AddTransposedProduct(rows, from.Pointers, width, with.Pointers, 0, split, sum, stride);

        from.AssertNothingElseWritten(0, width);
        with.AssertNothingElseWritten(0, shape.Columns);
        block.AssertNothingElseWritten(0, block.Columns);
        for (var x = 0; x < KernelSet.SumRows(width); x++)
        {
            for (var column = columns; column < stride; column++)
                Assert.Equal(GuardedRows.Pattern, BitConverter.SingleToUInt32Bits(sum[x * stride + column]));
        }
        return [.. Enumerable.Range(0, width).SelectMany(x => new Span<float>(block[0] + x * stride, shape.Columns).ToArray())];
    }

    private static PackedMatrix<float> Packed(KernelSet<float> kernels, float[] values, int depth, int columns)
    {
        var matrix = new PackedMatrix<float>(depth, columns, kernels.PanelWidth);
        fixed (float* source = values)
            matrix.Pack(source, columns, [.. Enumerable.Range(0, depth)], columns, 0, matrix.Panels);
        return matrix;
    }

    private static float[] ValuesOf(GuardedRows rows, int count) => [.. Enumerable.Range(0, count).SelectMany(rows.Row)];
}
