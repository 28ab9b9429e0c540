using FsCheck.Xunit;
using Recollect.Kernels;

namespace Recollect.Core.Tests.Kernels;

public sealed unsafe class TransposedSumTests
{
    [Property(MaxTest = 100)]
    public void Each_column_is_added_to_its_row_or_sets_it_and_columns_of_none_and_outside_the_share_are_left(byte depths, byte columns, byte share, bool unset, int seed)
    {
        var numbers = new Numbers(seed);
        var (depth, count, stride) = (depths % 40 + 1, columns % 50 + 1, columns % 50 + 4);
        var (first, end) = (share % count, count - share / 16 % (count - share % count));
        var sum = numbers.Floats(depth * stride);
        int[] targets = [.. Enumerable.Range(0, count).OrderBy(_ => numbers.Uniform()).Select(row => numbers.Next(5) == 0 ? -1 : row)];
        var gradient = numbers.Floats(count * depth);
        var expected = gradient.ToArray();
        for (var column = first; column < end; column++)
        {
            for (var k = 0; k < depth && targets[column] >= 0; k++)
                expected[targets[column] * depth + k] = sum[k * stride + column] + (unset ? 0 : gradient[targets[column] * depth + k]);
        }

        fixed (float* from = sum, to = gradient)
            TransposedSum.AddTo(from, depth, stride, targets, first, end, to, unset);

        Assert.Equal(expected, gradient);
    }
}
