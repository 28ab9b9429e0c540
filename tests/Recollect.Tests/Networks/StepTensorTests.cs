using Recollect.Networks;
using Recollect.Sequences;
using Recollect.Tests.Losses;
using static TorchSharp.torch;

namespace Recollect.Tests.Networks;

public sealed class StepTensorTests
{
    [Theory]
    [InlineData(StepKind.Tokens, 1)]
    [InlineData(StepKind.Reals, 2)]
    public void Steps_are_counted_from_1_in_either_direction(StepKind kind, int components)
    {
        using var scope = NewDisposeScope();
        var problem = new SmallCase("steps") { Format = new StepFormat(kind, kind == StepKind.Tokens ? 50 : components), Lengths = [9, 4] };
        var rows = problem.ScalarRows();
        var steps = new StepTensor(problem.Batch(), tensor(0.0));

        double[] Step(int row, int t) => rows[row].Steps[t];
        Assert.Equal([.. Step(0, 3), .. Step(1, 3), .. Step(0, 4), .. Step(1, 4)], SmallProblem.Numbers(steps.Steps(2, 2)));
        Assert.Equal([.. Step(1, 1), .. Step(0, 7), .. Step(1, 2), .. Step(0, 8)], SmallProblem.Numbers(steps.Gather([1, 0], [1, 7], 1, 2)));
        Assert.Equal([.. Step(1, 4), .. Step(0, 9), .. Step(1, 3), .. Step(0, 8)], SmallProblem.Numbers(steps.Gather([1, 0], [4, 9], -1, 2)));
    }

    [Fact]
    public void Places_outside_the_batch_stay_in_their_own_row()
    {
        using var scope = NewDisposeScope();
        var problem = new SmallCase("outside") { Format = StepFormat.Tokens(50), Lengths = [5, 5] };
        var rows = problem.ScalarRows();
        var steps = new StepTensor(problem.Batch(), tensor(0.0));

        Assert.Equal([.. rows[1].Steps[4], .. rows[1].Steps[5], .. rows[1].Steps[5]], SmallProblem.Numbers(steps.Gather([1], [4], 1, 3)));
        Assert.Equal([.. rows[0].Steps[2], .. rows[0].Steps[1], .. rows[0].Steps[1]], SmallProblem.Numbers(steps.Gather([0], [2], -1, 3)));
    }
}
