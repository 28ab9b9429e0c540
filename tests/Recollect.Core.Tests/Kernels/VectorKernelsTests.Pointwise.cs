using FsCheck.Xunit;
using Recollect.Kernels;

namespace Recollect.Core.Tests.Kernels;

// Passes over single rows. They work in whole vectors, and so in whole panels at most.
public sealed unsafe partial class VectorKernelsTests
{
    private delegate void Pass(KernelSet<float> kernels, float* x, int count);

    [Property(MaxTest = 50)]
    public void Relu_keeps_what_is_above_0(byte length, int seed)
    {
        var numbers = new Numbers(seed);
        float[] x = [.. numbers.Floats(length + 1), 0, -0f, float.NaN, float.NegativeInfinity, float.PositiveInfinity];
        AssertPass(x, (kernels, row, count) => kernels.Relu(row, count), [.. x.Select(value => value <= 0 ? 0 : value)]);
    }

    [Property(MaxTest = 50)]
    public void Relu_with_a_mask_multiplies_what_is_above_0(byte length, int seed)
    {
        var numbers = new Numbers(seed);
        var x = numbers.Floats(length + 1);
        var mask = numbers.Floats(length + 1);
        float[] expected = [.. x.Zip(mask, (value, factor) => (value <= 0 ? 0 : value) * factor)];
        AssertPass(
            x,
            (kernels, row, count) =>
            {
                using var factors = new GuardedRows(1, count, kernels.Margin()).With(mask);
                kernels.Relu(row, factors[0], count);
                factors.AssertNothingElseWritten(0, count);
            },
            expected);
    }

    [Property(MaxTest = 50)]
    public void ReluBackward_passes_on_where_the_output_is_above_0(byte length, int seed)
    {
        var numbers = new Numbers(seed);
        var x = numbers.Floats(length + 1);
        float[] output = [.. numbers.Floats(length + 1).Select(value => value <= 0 ? 0 : value)];
        var scale = (float)numbers.Normal();
        float[] expected = [.. x.Zip(output, (adjoint, value) => value <= 0 ? 0 : scale * adjoint)];
        AssertPass(
            x,
            (kernels, row, count) =>
            {
                using var outputs = new GuardedRows(1, count, kernels.Margin()).With(output);
                kernels.ReluBackward(outputs[0], row, scale, count);
                outputs.AssertNothingElseWritten(0, count);
            },
            expected);
    }

    [Property(MaxTest = 50)]
    public void Scale_multiplies_every_number(byte length, int seed)
    {
        var numbers = new Numbers(seed);
        var (x, factor) = (numbers.Floats(length + 1), (float)numbers.Normal());
        AssertPass(x, (kernels, row, count) => kernels.Scale(row, factor, count), [.. x.Select(value => factor * value)]);
    }

    [Property(MaxTest = 100)]
    public void SoftmaxNumerators_are_exponentials_of_the_distance_to_the_largest(byte blocks, byte scale, int seed)
    {
        var numbers = new Numbers(seed);
        var count = (blocks % 40 + 1) * KernelSet.Partials;
        float[] x = [.. numbers.Floats(count).Select(value => value * (scale % 30 + 1))];
        var (one, sum, largest) = Softmax(Widths.One, x);

        foreach (var kernels in Widths.Vectors)
        {
            var found = Softmax(kernels, x);
            Agreement.AssertSameBits([.. one, sum, largest], [.. found.Numerators, found.Sum, found.Largest], $"{kernels.Lanes} lanes");
        }
        Assert.Equal(x.Max(), largest);
        // The rounding of x − max, exp's own, and 0 for what is no normal number.
        double[] expected = [.. x.Select(value => Math.Exp((double)value - largest))];
        for (var i = 0; i < count; i++)
            Agreement.AssertNear(expected[i], one[i], expected[i] * (1 + Math.Abs(x[i] - largest)) + 2e-33, "numerator", 0, i);
        Agreement.AssertNear(expected.Sum(), sum, expected.Sum(), "sum", 0, 0);
    }

    [Fact]
    public void Softmax_of_what_is_no_number_is_none_whatever_the_width()
    {
        foreach (var kernels in Widths.All<float>())
        {
            for (var place = 0; place < 32; place++)
            {
                var x = new Numbers(place).Floats(32);
                x[place] = float.NaN;
                Assert.True(float.IsNaN(Softmax(kernels, x).Sum), $"{kernels.Lanes} lanes, place {place}");
            }
        }
    }

    private static (float[] Numerators, float Sum, float Largest) Softmax(KernelSet<float> kernels, float[] x)
    {
        using var row = new GuardedRows(1, x.Length, 0).With(x);
        var sum = kernels.SoftmaxNumerators(row[0], x.Length, out var largest);
        row.AssertNothingElseWritten(0, x.Length);
        return (row.Row(0), sum, largest);
    }

    private static void AssertPass(float[] x, Pass pass, float[] expected)
    {
        foreach (var kernels in Widths.All<float>())
        {
            using var row = new GuardedRows(1, x.Length, kernels.Margin()).With(x);
            pass(kernels, row[0], x.Length);
            row.AssertNothingElseWritten(0, kernels.Padded(x.Length));
            Agreement.AssertSameBits(expected, row.Row(0), $"{kernels.Lanes} lanes");
        }
    }
}
