using System.Numerics;
using FsCheck.Xunit;
using Recollect.Kernels;

namespace Recollect.Core.Tests.Kernels.Heads;

/// <summary>Heads on kernels against <see cref="ScalarHead"/>, whose own gradients are finite differences'.</summary>
public sealed class StepHeadTests
{
    private const double Step = 1e-6;

    public static TheoryData<HeadCase> SmallCases => [
        new HeadCase(new HeadShape(3, 4, 5, Softmax: true), 6, Masked: false, 1),
        new HeadCase(new HeadShape(3, 4, 2, Softmax: true), 7, Masked: true, 2),
        new HeadCase(new HeadShape(2, 5, 3, Softmax: false), 4, Masked: false, 3),
        new HeadCase(new HeadShape(1, 3, 1, Softmax: false), 9, Masked: true, 4),
    ];

    /// <summary>The fixed seeds keep every ReLU's input further than a step from 0, where there is no derivative.</summary>
    [Theory]
    [MemberData(nameof(SmallCases))]
    public void Gradients_are_those_of_finite_differences(HeadCase problem)
    {
        using var team = new Team(2);
        var (found, witness) = (new HeadRun<double>(problem, KernelSet.Best<double>(), team), new ScalarHead(problem));
        AssertDifferences(problem.Numbers.Parameters, parameters => new ScalarHead(problem, parameters).Loss, found.Gradients, witness.Gradients);
        AssertDifferences(problem.Numbers.Inputs, inputs => new ScalarHead(problem, inputs: inputs).Loss, found.InputAdjoints, witness.InputAdjoints);
    }

    [Property(MaxTest = 50, Arbitrary = [typeof(HeadCases)])]
    public void In_double_loss_and_gradients_are_the_scalar_references(HeadCase problem) => AssertEqualsScalar<double>(problem, 1e-11);

    /// <summary>Fixed seeds: a ReLU's input so near 0 that rounding carries it over would rightly change the gradient.</summary>
    [Theory]
    [MemberData(nameof(SmallCases))]
    public void In_single_precision_too(HeadCase problem)
    {
        AssertEqualsScalar<float>(problem, 1e-5);
        AssertEqualsScalar<float>(new HeadCase(new HeadShape(33, 37, 50, problem.Shape.Softmax), 50, problem.Masked, problem.Seed), 1e-5);
    }

    /// <summary>Some rows at a time: their number is no multiple of a pass, a block or a tile.</summary>
    [Theory]
    [InlineData(384)]
    [InlineData(1153)]
    [InlineData(2500)]
    public void More_rows_than_one_pass_holds_add_up(int rows)
    {
        foreach (var softmax in new[] { true, false })
            AssertEqualsScalar<double>(new HeadCase(new HeadShape(5, 6, 7, softmax), rows, Masked: true, rows), 1e-11);
    }

    [Property(MaxTest = 30, Arbitrary = [typeof(HeadCases)])]
    public void Nothing_depends_on_the_number_of_threads_or_the_width_of_vectors_bit_for_bit(HeadCase problem)
    {
        using var alone = new Team(1);
        var expected = new HeadRun<float>(problem, Widths.One, alone).Everything;
        foreach (var size in new[] { 1, 2, 3, 5 })
        {
            using var team = new Team(size);
            foreach (var kernels in size == 2 ? Widths.Vectors : [KernelSet.Best<float>()])
                Agreement.AssertSameBits(expected, new HeadRun<float>(problem, kernels, team).Everything, $"{size} threads, {kernels.Lanes} lanes");
        }
    }

    [Fact]
    public void Nothing_depends_on_the_number_of_threads_where_rows_take_several_passes()
    {
        var problem = new HeadCase(new HeadShape(20, 33, 40, Softmax: true), 2400, Masked: true, 9);
        using var alone = new Team(1);
        var expected = new HeadRun<float>(problem, KernelSet.Best<float>(), alone).Everything;
        foreach (var size in new[] { 2, 3, 5 })
        {
            using var team = new Team(size);
            Agreement.AssertSameBits(expected, new HeadRun<float>(problem, KernelSet.Best<float>(), team).Everything, $"{size} threads");
        }
    }

    [Property(MaxTest = 20, Arbitrary = [typeof(HeadCases)])]
    public void Outputs_alone_are_those_of_scoring_and_leave_no_gradient(HeadCase problem)
    {
        using var team = new Team(2);
        var (scored, applied) = (new HeadRun<float>(problem, KernelSet.Best<float>(), team), new HeadRun<float>(problem, KernelSet.Best<float>(), team, gradient: false));
        for (var row = 0; row < problem.Rows; row++)
            Agreement.AssertSameBits(scored.Outputs[row], applied.Outputs[row], $"row {row}");
        Assert.All(applied.Gradients.SelectMany(g => g), g => Assert.Equal(0, g));
    }

    [Fact]
    public void Gradients_of_two_scorings_add_up()
    {
        var problem = new HeadCase(new HeadShape(5, 6, 7, Softmax: true), 20, Masked: true, 8);
        using var team = new Team(2);
        var (once, twice) = (new HeadRun<double>(problem, KernelSet.Best<double>(), team), new HeadRun<double>(problem, KernelSet.Best<double>(), team, times: 2));
        foreach (var (one, two) in once.Gradients.Zip(twice.Gradients))
            Agreement.AssertNear([.. one.Select(g => 2 * g)], two, 1e-12, "gradient");
    }

    [Fact]
    public void No_rows_are_no_loss()
    {
        using var team = new Team(2);
        var run = new HeadRun<float>(new HeadCase(new HeadShape(3, 4, 5, Softmax: true), 0, Masked: false, 1), KernelSet.Best<float>(), team);
        Assert.All(run.Everything, value => Assert.Equal(0, value));
    }

    private static void AssertDifferences(double[][] at, Func<double[][], double> loss, double[][] found, double[][] witness)
    {
        for (var i = 0; i < at.Length; i++)
        {
            for (var place = 0; place < at[i].Length; place++)
            {
                double At(double change)
                {
                    double[][] changed = [.. at.Select(values => values.ToArray())];
                    changed[i][place] += change;
                    return loss(changed);
                }

                var expected = (At(Step) - At(-Step)) / (2 * Step);
                Assert.Equal(expected, found[i][place], 1e-7);
                Assert.Equal(expected, witness[i][place], 1e-7);
            }
        }
    }

    private static void AssertEqualsScalar<T>(HeadCase problem, double tolerance)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var team = new Team(2);
        var (expected, found) = (new ScalarHead(problem), new HeadRun<T>(problem, KernelSet.Best<T>(), team));
        Agreement.AssertNear(expected.Losses, found.Losses, tolerance, "losses");
        for (var i = 0; i < expected.Gradients.Length; i++)
            Agreement.AssertNear(expected.Gradients[i], found.Gradients[i], tolerance, $"gradient {i}");
        for (var row = 0; row < problem.Rows; row++)
        {
            Agreement.AssertNear(expected.Outputs[row], found.Outputs[row], tolerance, $"outputs of row {row}");
            Agreement.AssertNear(expected.InputAdjoints[row], found.InputAdjoints[row], tolerance, $"adjoints of row {row}");
        }
    }
}
