using Recollect.Sequences;

namespace Recollect.Core.Tests.Sequences;

public sealed class ClassWeightsTests
{
    [Fact]
    public void Each_class_has_the_same_total_weight_and_the_rows_mean_weight_is_1()
    {
        var set = new InMemorySequences(StepFormat.Tokens(2), ["a", "b", "c"]);
        foreach (var label in (int[])[0, 0, 0, 1, SequenceSet.Unlabelled])
            set.AddTokens([1], label);
        Assert.Equal([4f / (2 * 3), 4f / (2 * 1), 0], ClassWeights.Balanced(set));
    }
}
