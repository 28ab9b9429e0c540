using FsCheck.Xunit;
using Recollect.Kernels;

namespace Recollect.Core.Tests.Kernels.Unitary;

/// <summary>A uRNN layer's window against its formulas, one number at a time, and the finite differences of their sum.</summary>
public sealed unsafe class UnitaryWindowTests
{
    private const double Step = 1e-6;

    // What is added to |z|², so that its root has a derivative everywhere.
    private const double Floor = 1e-10;

    // What a window reads, by its place in the list of inputs.
    private const int Driven = 0, Matrix = 1, Bias = 2, Start = 3, Outputs = 4;

    [Theory]
    [InlineData(1, 1, 1, 1)]
    [InlineData(5, 2, 3, 2)]
    [InlineData(4, 3, 5, 3)]
    public void Outputs_are_those_of_the_formulas_and_adjoints_are_finite_differences(int steps, int rows, int cells, int seed)
    {
        var inputs = Inputs(steps, rows, cells, seed);
        using var team = new Team(2);
        var found = Run(KernelSet.Best<double>(), team, steps, rows, cells, inputs);
        var (sums, outputs) = Scalar(steps, rows, cells, inputs);
        Agreement.AssertNear(sums, found[0], 1e-13, "z");
        Agreement.AssertNear(outputs, found[1], 1e-13, "h");
        foreach (var input in new[] { Driven, Matrix, Bias, Start })
        {
            var expected = new double[inputs[input].Length];
            for (var place = 0; place < expected.Length; place++)
            {
                double At(double change)
                {
                    double[][] changed = [.. inputs.Select(values => values.ToArray())];
                    changed[input][place] += change;
                    return Scalar(steps, rows, cells, changed).Outputs.Zip(inputs[Outputs], (h, adjoint) => h * adjoint).Sum();
                }
                expected[place] = (At(Step) - At(-Step)) / (2 * Step);
            }
            Agreement.AssertNear(expected, found[2 + input], 1e-7, $"adjoint of input {input}");
        }
    }

    /// <summary>Every input and result ends at a page without access: nothing is read or written behind it, whatever the width and the number of workers.</summary>
    [Property(MaxTest = 30)]
    public void Every_width_and_team_gives_the_same_bits_and_touches_nothing_else(byte stepCount, byte rowCount, byte cellCount, int seed)
    {
        var (steps, rows, cells) = (1 + stepCount % 40, 1 + rowCount % 70, 1 + cellCount % 40); // of more than a chunk too
        var inputs = Inputs(steps, rows, cells, seed);
        using Team one = new(1), three = new(3);
        var expected = Guarded(Widths.One, one, steps, rows, cells, inputs);
        foreach (var kernels in Widths.Vectors.Prepend(Widths.One))
        {
            var found = Guarded(kernels, three, steps, rows, cells, inputs);
            for (var result = 0; result < expected.Length; result++)
                Agreement.AssertSameBits(expected[result], found[result], $"{kernels.Lanes} lanes, result {result}");
        }
        var (sums, outputs) = Scalar(steps, rows, cells, inputs);
        Agreement.AssertNear(sums, Array.ConvertAll(expected[0], value => (double)value), 1e-4, "z");
        Agreement.AssertNear(outputs, Array.ConvertAll(expected[1], value => (double)value), 1e-4, "h");
    }

    // z, h and the adjoints of d, M, b and h before the first step.
    private static float[][] Guarded(KernelSet<float> kernels, Team team, int steps, int rows, int cells, double[][] inputs)
    {
        GuardedRows[] read = [.. inputs.Select(values => new GuardedRows(1, values.Length, 0).With(Array.ConvertAll(values, value => (float)value)))];
        GuardedRows[] set = [.. Lengths(steps, rows, cells).Select(length => new GuardedRows(1, length, 0))];
        try
        {
            using (var window = new UnitaryWindow<float>(kernels, team, cells))
            {
                window.Forward(steps, rows, read[Driven][0], read[Matrix][0], read[Bias][0], read[Start][0], set[0][0], set[1][0]);
                window.Backward(
                    steps, rows, read[Matrix][0], read[Bias][0], read[Start][0], set[0][0], read[Outputs][0], set[2][0], set[3][0], set[4][0], set[5][0]);
            }
            for (var input = 0; input < read.Length; input++)
                Assert.Equal(Array.ConvertAll(inputs[input], value => (float)value), read[input].Row(0));
            foreach (var memory in read.Concat(set))
                memory.AssertNothingElseWritten(0, memory.Columns);
            return [.. set.Select(memory => memory.Row(0))];
        }
        finally
        {
            foreach (var memory in read.Concat(set))
                memory.Dispose();
        }
    }

    private static double[][] Run(KernelSet<double> kernels, Team team, int steps, int rows, int cells, double[][] inputs)
    {
        double[][] results = [.. Lengths(steps, rows, cells).Select(length => new double[length])];
        using var window = new UnitaryWindow<double>(kernels, team, cells);
        fixed (double* driven = inputs[Driven], matrix = inputs[Matrix], bias = inputs[Bias], start = inputs[Start], adjoints = inputs[Outputs])
        fixed (double* sums = results[0], outputs = results[1], ofDriven = results[2], ofMatrix = results[3], ofBias = results[4], ofStart = results[5])
        {
            window.Forward(steps, rows, driven, matrix, bias, start, sums, outputs);
            window.Backward(steps, rows, matrix, bias, start, sums, adjoints, ofDriven, ofMatrix, ofBias, ofStart);
        }
        return results;
    }

    private static int[] Lengths(int steps, int rows, int cells)
    {
        var all = steps * rows * 2 * cells;
        return [all, all, all, 4 * cells * cells, cells, 2 * rows * cells];
    }

    // The adjoint of h last; a matrix that neither grows nor shrinks a state by much, biases of both signs, so that cells close.
    private static double[][] Inputs(int steps, int rows, int cells, int seed)
    {
        var (numbers, width) = (new Numbers(seed), 2 * cells);
        return
        [
            numbers.Normals(steps * rows * width), numbers.Normals(width * width, 1 / Math.Sqrt(width)), numbers.Normals(cells, 0.3), numbers.Normals(rows * width),
            numbers.Normals(steps * rows * width),
        ];
    }

    // z = d + h·M, h = z·ReLU(|z| + b)/|z| of [Re; Im], away from 0.
    private static (double[] Sums, double[] Outputs) Scalar(int steps, int rows, int cells, double[][] inputs)
    {
        var width = 2 * cells;
        double[] sums = new double[steps * rows * width], outputs = new double[sums.Length];
        for (var row = 0; row < rows; row++)
        {
            var h = inputs[Start].AsSpan(row * width, width).ToArray();
            for (var step = 0; step < steps; step++)
            {
                var at = (step * rows + row) * width;
                var z = Enumerable.Range(0, width).Select(j => inputs[Driven][at + j] + Enumerable.Range(0, width).Sum(i => h[i] * inputs[Matrix][i * width + j])).ToArray();
                for (var cell = 0; cell < cells; cell++)
                {
                    var modulus = Math.Sqrt(z[cell] * z[cell] + z[cell + cells] * z[cell + cells] + Floor);
                    var factor = Math.Max(0, modulus + inputs[Bias][cell]) / modulus;
                    (h[cell], h[cell + cells]) = (factor * z[cell], factor * z[cell + cells]);
                }
                z.CopyTo(sums, at);
                h.CopyTo(outputs, at);
            }
        }
        return (sums, outputs);
    }
}
