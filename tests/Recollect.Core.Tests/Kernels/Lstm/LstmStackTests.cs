using System.Numerics;
using FsCheck.Xunit;
using Recollect.Kernels;

namespace Recollect.Core.Tests.Kernels.Lstm;

/// <summary>Stacks on kernels against <see cref="ScalarStack"/>, whose own gradients are finite differences'.</summary>
public sealed class LstmStackTests
{
    private const double Step = 1e-5;

    /// <summary>Shapes small enough for finite differences: all inputs, one layer and several, windows that overlap, and one without a step.</summary>
    public static TheoryData<StackCase> SmallCases => [
        new StackCase(new StackShape(LayerInput.Tokens, 3, 2, 3, 1), [6, 4], [new(0, 1, 5), new(0, 3, 6), new(1, 0, 4), new(1, 2, 2)], 1),
        new StackCase(new StackShape(LayerInput.Reals, 2, 3, 2, 2), [5, 5, 1], [new(0, 0, 5), new(1, 3, 5), new(2, 0, 1)], 2),
        new StackCase(new StackShape(LayerInput.Vectors, 4, 0, 3, 2), [4, 6], [new(0, 1, 4), new(1, 2, 6), new(1, 2, 5)], 3),
        new StackCase(new StackShape(LayerInput.Tokens, 2, 1, 1, 3), [7], [new(0, 2, 6), new(0, 4, 7)], 4),
        new StackCase(new StackShape(LayerInput.Reals, 2, 3, 3, 2, Refined: true), [5, 6], [new(0, 1, 5), new(1, 0, 6), new(1, 3, 5)], 8),
    ];

    [Theory]
    [MemberData(nameof(SmallCases))]
    public void Gradients_are_those_of_finite_differences_with_the_state_before_each_window_held(StackCase problem) => AssertEqualsDifferences(problem, recompute: false);

    [Theory]
    [MemberData(nameof(SmallCases))]
    public void Gradients_of_windows_that_run_again_are_too(StackCase problem) => AssertEqualsDifferences(problem, recompute: true);

    /// <summary>Windows that overlap, that are read inside and not, of every length; rows that end before others.</summary>
    [Property(MaxTest = 60, Arbitrary = [typeof(StackCases)])]
    public void Windows_that_run_again_have_the_same_adjoints_and_gradients_bit_for_bit(StackCase problem, bool threads)
    {
        using var team = new Team(threads ? 3 : 1);
        using var expected = new StackRun<float>(problem, KernelSet.Best<float>(), team);
        using var found = new StackRun<float>(problem, KernelSet.Best<float>(), team, recompute: true);
        AssertSameGradients(expected, found, "run again");
    }

    /// <summary>More rows and steps than the gates' adjoints are kept of at once, in stretches that end between two such parts.</summary>
    [Theory]
    [InlineData(LayerInput.Tokens)]
    [InlineData(LayerInput.Vectors)]
    public void Windows_of_many_rows_and_steps_that_run_again_have_the_same_gradients_bit_for_bit(LayerInput input)
    {
        int[] lengths = [.. Enumerable.Range(0, 90).Select(row => 100 + row % 7)];
        var problem = new StackCase(
            new StackShape(input, 3, 2, 5, 2), lengths, [.. lengths.Select((length, row) => new GradientWindow(row, 2 * (row % 3), length))], 5);
        using var team = new Team(2);
        using var expected = new StackRun<float>(problem, KernelSet.Best<float>(), team);
        using var found = new StackRun<float>(problem, KernelSet.Best<float>(), team, recompute: true);
        AssertSameGradients(expected, found, "run again");
    }

    private static void AssertEqualsDifferences(StackCase problem, bool recompute)
    {
        var scalar = new ScalarStack(problem);
        using var team = new Team(2);
        using var run = new StackRun<double>(problem, KernelSet.Best<double>(), team, recompute: recompute);
        var (gradients, witness) = (run.Gradients, scalar.Backward().Gradients);
        for (var tensor = 0; tensor < gradients.Length; tensor++)
        {
            for (var place = 0; place < gradients[tensor].Length; place++)
            {
                double At(double change)
                {
                    double[][] weights = [.. problem.Numbers.Weights.Select(weight => weight.ToArray())];
                    weights[tensor][place] += change;
                    return scalar.Loss(problem.Numbers with { Weights = weights });
                }

                var expected = (At(Step) - At(-Step)) / (2 * Step);
                Assert.Equal(expected, gradients[tensor][place], 1e-7);
                Assert.Equal(expected, witness[tensor][place], 1e-7);
            }
        }
    }

    [Property(MaxTest = 30, Arbitrary = [typeof(StackCases)])]
    public void In_double_states_and_gradients_are_the_scalar_references(StackCase problem) => AssertEqualsScalar<double>(problem, 1e-11);

    [Property(MaxTest = 30, Arbitrary = [typeof(StackCases)])]
    public void In_single_precision_too(StackCase problem) => AssertEqualsScalar<float>(problem, 2e-5);

    [Property(MaxTest = 20, Arbitrary = [typeof(StackCases)])]
    public void Nothing_depends_on_the_number_of_threads_bit_for_bit(StackCase problem)
    {
        using var alone = new Team(1);
        using var expected = new StackRun<float>(problem, KernelSet.Best<float>(), alone);
        foreach (var size in new[] { 2, 3, 5 })
        {
            using var team = new Team(size);
            using var found = new StackRun<float>(problem, KernelSet.Best<float>(), team);
            AssertSame(expected, found, $"{size} threads");
        }
    }

    /// <summary>Few rows are divided by units, whose owners meet at every step.</summary>
    [Theory]
    [InlineData(LayerInput.Tokens, 1, 2)]
    [InlineData(LayerInput.Tokens, 6, 2)]
    [InlineData(LayerInput.Reals, 3, 3)]
    [InlineData(LayerInput.Vectors, 2, 2)]
    [InlineData(LayerInput.Vectors, 5, 8)]
    public void Few_rows_are_divided_by_units_and_nothing_depends_on_it_bit_for_bit(LayerInput input, int rows, int threads)
    {
        int[] lengths = [.. Enumerable.Range(0, rows).Select(row => 40 - 7 * row)];
        var shape = new StackShape(input, 5, 4, 200, 2);
        var problem = new StackCase(shape, lengths, [.. lengths.Select((length, row) => new GradientWindow(row, row % 2, length))], 7);
        using Team alone = new(1), team = new(threads);
        using var expected = new StackRun<float>(problem, KernelSet.Best<float>(), alone);
        using var found = new StackRun<float>(problem, KernelSet.Best<float>(), team);

        var division = new Division(team, new GateLayout(shape.Hidden, KernelSet.Best<float>().Lanes)).Set(lengths);
        Assert.True(division.ByUnits);
        Assert.Equal(rows, division.Places(threads - 1).Length);
        AssertSame(expected, found, $"{threads} threads");
    }

    /// <summary>Backwards a product sums over gates in the order in which they lie, which is the width's own (<see cref="GateLayout"/>).</summary>
    [Property(MaxTest = 20, Arbitrary = [typeof(StackCases)])]
    public void The_width_of_vectors_changes_no_state_and_gradients_in_rounding_alone(StackCase problem)
    {
        using var team = new Team(2);
        using var expected = new StackRun<float>(problem, Widths.One, team);
        foreach (var kernels in Widths.Vectors)
        {
            using var found = new StackRun<float>(problem, kernels, team);
            Agreement.AssertSameBits(expected.States, found.States, $"{kernels.Lanes} lanes: states");
            Agreement.AssertNear(expected.Adjoints, found.Adjoints, 2e-5, $"{kernels.Lanes} lanes: adjoints");
            foreach (var (tensor, (e, f)) in expected.Gradients.Zip(found.Gradients).Index())
                Agreement.AssertNear(e, f, 2e-5, $"{kernels.Lanes} lanes: gradient {tensor}");
        }
    }

    /// <summary>An embedding's rows are folded as batches read them.</summary>
    [Property(MaxTest = 20, Arbitrary = [typeof(StackCases)])]
    public void What_a_batch_before_has_read_changes_no_bit(StackCase problem, byte[] before)
    {
        using var team = new Team(2);
        using var expected = new StackRun<float>(problem, KernelSet.Best<float>(), team);
        int[] tokens = [.. before.Where(_ => problem.Shape.Input == LayerInput.Tokens).Select(token => token % problem.Shape.Width)];
        using var found = new StackRun<float>(problem, KernelSet.Best<float>(), team, before: tokens);
        AssertSame(expected, found, $"after {string.Join(' ', tokens)}");
    }

    [Fact]
    public void Of_a_large_vocabulary_that_is_hardly_read_states_and_gradients_are_the_scalar_references() => AssertEqualsScalar<float>(
        new StackCase(new StackShape(LayerInput.Tokens, 5000, 6, 9, 2), [7, 3, 5], [new(0, 1, 7), new(1, 0, 3), new(2, 4, 5)], 11), 2e-5);

    /// <summary>More hidden units than a product takes at once: it then goes on from what it has summed up.</summary>
    [Theory]
    [InlineData(LayerInput.Tokens)]
    [InlineData(LayerInput.Reals)]
    public void Of_wide_layers_states_and_gradients_are_the_scalar_references(LayerInput input) => AssertEqualsScalar<float>(
        new StackCase(new StackShape(input, 7, 270, 300, 2), [4, 2, 3, 4], [new(0, 1, 4), new(1, 0, 2), new(2, 1, 3), new(3, 0, 4)], 12), 5e-5);

    /// <summary>A caller may stop after any step and go on.</summary>
    [Property(MaxTest = 20, Arbitrary = [typeof(StackCases)])]
    public void Nothing_depends_on_where_a_run_pauses_bit_for_bit(StackCase problem, byte pause)
    {
        using var team = new Team(2);
        using var expected = new StackRun<float>(problem, KernelSet.Best<float>(), team);
        using var found = new StackRun<float>(problem, KernelSet.Best<float>(), team, pause % 45);
        AssertSame(expected, found, $"paused after {pause % 45} steps");
    }

    /// <summary>More rows and steps than the gates' adjoints are kept of at once: sums are then taken in several parts.</summary>
    [Theory]
    [InlineData(LayerInput.Tokens)]
    [InlineData(LayerInput.Reals)]
    [InlineData(LayerInput.Vectors)]
    public void Windows_of_many_rows_and_steps_are_summed_in_parts(LayerInput input)
    {
        int[] lengths = [.. Enumerable.Range(0, 90).Select(row => 100 + row % 7)];
        var problem = new StackCase(
            new StackShape(input, 3, 2, 5, 2), lengths, [.. lengths.Select((length, row) => new GradientWindow(row, 2 * (row % 3), length))], 5);
        AssertEqualsScalar<double>(problem, 1e-11);
    }

    /// <summary>The adjoints of vectors wider than the layer: what their product starts from must be as wide.</summary>
    [Fact]
    public void Vectors_may_be_much_wider_than_the_layer_that_reads_them() => AssertEqualsScalar<double>(
        new StackCase(new StackShape(LayerInput.Vectors, 300, 0, 2, 1), [4], [new(0, 1, 4)], 6), 1e-11);

    private static void AssertEqualsScalar<T>(StackCase problem, double tolerance)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var scalar = new ScalarStack(problem).Backward();
        using var team = new Team(2);
        using var run = new StackRun<T>(problem, KernelSet.Best<T>(), team);
        foreach (var (row, step) in run.Kept)
        {
            for (var layer = 0; layer < problem.Shape.Layers; layer++)
            {
                Agreement.AssertNear(scalar.Hidden(layer, row, step), run.Hidden(layer, row, step), tolerance, $"h of layer {layer}, row {row}, step {step}");
                Agreement.AssertNear(scalar.Cell(layer, row, step), run.Cell(layer, row, step), tolerance, $"c of layer {layer}, row {row}, step {step}");
            }
        }
        var gradients = run.Gradients;
        for (var tensor = 0; tensor < gradients.Length; tensor++)
            Agreement.AssertNear(scalar.Gradients[tensor], gradients[tensor], tolerance, $"gradient {tensor}");
        for (var window = 0; window < problem.Windows.Count; window++)
        {
            for (var layer = 0; layer < problem.Shape.Layers; layer++)
            {
                Agreement.AssertNear(scalar.StartAdjoints[layer][window].Hidden, run.StartAdjoint(layer, window).Hidden, tolerance, $"adjoint of h, layer {layer}, window {window}");
                Agreement.AssertNear(scalar.StartAdjoints[layer][window].Cell, run.StartAdjoint(layer, window).Cell, tolerance, $"adjoint of c, layer {layer}, window {window}");
            }
            for (var step = 0; step < problem.Windows[window].Length && run.InputAdjoints.Length > 0; step++)
                Agreement.AssertNear(scalar.InputAdjoints[window][step], run.InputAdjoints[window][step], tolerance, $"adjoint of input {step}, window {window}");
        }
    }

    private static void AssertSame(StackRun<float> expected, StackRun<float> found, string what)
    {
        Agreement.AssertSameBits(expected.States, found.States, $"{what}: states");
        AssertSameGradients(expected, found, what);
    }

    private static void AssertSameGradients(StackRun<float> expected, StackRun<float> found, string what)
    {
        Agreement.AssertSameBits(expected.Adjoints, found.Adjoints, $"{what}: adjoints");
        foreach (var (tensor, (e, f)) in expected.Gradients.Zip(found.Gradients).Index())
            Agreement.AssertSameBits(e, f, $"{what}: gradient {tensor}");
    }
}
