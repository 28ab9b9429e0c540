using FsCheck.Xunit;
using Recollect.Randomness;

namespace Recollect.Sequences;

public class BatchTests
{
    [Fact]
    public void Tokens_lie_time_major_padded_with_zeros()
    {
        var set = new InMemorySequences(StepFormat.Tokens(10), ["a", "b"]);
        set.AddTokens([1, 2, 3], 0);
        set.AddTokens([9], 1);
        set.AddTokens([4, 5], SequenceSet.Unlabelled);
        var batch = Batch.Of(set, [2, 0, 1], firstRow: 6);
        Assert.Equal((3, 3, 6), (batch.Rows, batch.MaxLength, batch.FirstRow));
        Assert.Equal([2, 3, 1], batch.Lengths);
        Assert.Equal([-1, 0, 1], batch.Labels);
        Assert.Equal(
        [
            4, 1, 9,
            5, 2, 0,
            0, 3, 0,
        ], batch.Tokens.ToArray());
        Assert.Empty(batch.Reals.ToArray());
    }

    [Fact]
    public void Reals_lie_time_major_with_their_components_together()
    {
        var set = new InMemorySequences(StepFormat.Reals(2), ["a"]);
        set.AddReals([1, 2, 3, 4], 0);
        set.AddReals([5, 6], 0);
        var batch = Batch.Of(set, [0, 1]);
        Assert.Equal(
        [
            1, 2, 5, 6,
            3, 4, 0, 0,
        ], batch.Reals.ToArray());
        Assert.Empty(batch.Tokens.ToArray());
    }

    [Fact]
    public void A_row_may_stand_in_a_batch_twice()
    {
        var set = new InMemorySequences(StepFormat.Tokens(10), ["a"]);
        set.AddTokens([7, 8], 0);
        Assert.Equal([7, 7, 8, 8], Batch.Of(set, [0, 0]).Tokens.ToArray());
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(2, 2)]
    public void More_numbers_than_an_array_holds_are_refused_by_the_recipes_key(int width, int rows)
    {
        var error = Assert.Throws<RecipeException>(() => Batch.Of(new LongRows(width), new int[rows]));
        Assert.Contains("training.batch", error.Message, StringComparison.Ordinal);
        Assert.Contains("4,294,967,296 numbers, more memory than there is", error.Message, StringComparison.Ordinal);
        Assert.Contains("Lower training.batch", error.Message, StringComparison.Ordinal);
    }

    private sealed class LongRows(int width) : SequenceSet(width == 1 ? StepFormat.Tokens(2) : StepFormat.Reals(width), ["a"])
    {
        public override int Count => 1;

        public override int LengthOf(int row) => 1 << 30;

        public override int LabelOf(int row) => 0;

        public override void CopyTokens(int row, int start, Span<int> tokens) => throw new InvalidOperationException();

        public override void CopyReals(int row, int start, Span<float> reals) => throw new InvalidOperationException();
    }

    [Property(MaxTest = 50)]
    public void Every_row_is_found_again_and_the_rest_is_zero(int seed)
    {
        var stream = new Seed(seed).Stream("batch");
        var set = new InMemorySequences(StepFormat.Tokens(300), ["a"]);
        var rows = new List<int[]>();
        for (var row = 0; row < 5; row++)
        {
            rows.Add([.. Enumerable.Range(0, 1 + stream.Next(12)).Select(_ => 1 + stream.Next(299))]);
            set.AddTokens(rows[^1], 0);
        }
        var order = stream.Permutation(5);
        var batch = Batch.Of(set, order);
        for (var t = 0; t < batch.MaxLength; t++)
        {
            for (var b = 0; b < 5; b++)
                Assert.Equal(t < rows[order[b]].Length ? rows[order[b]][t] : 0, batch.Tokens[t * 5 + b]);
        }
    }
}
