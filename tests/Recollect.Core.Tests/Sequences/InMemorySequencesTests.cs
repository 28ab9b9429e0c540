namespace Recollect.Sequences;

public class InMemorySequencesTests
{
    [Theory]
    [InlineData(256, 255)]   // a byte a token
    [InlineData(257, 256)]   // four
    public void Tokens_up_to_the_last_of_the_vocabulary_are_kept(int vocabulary, int last)
    {
        var set = new InMemorySequences(StepFormat.Tokens(vocabulary), ["x"]);
        set.AddTokens([0, last, 1], 0);
        Assert.Equal((1, 3, 0), (set.Count, set.LengthOf(0), set.LabelOf(0)));
        var tokens = new int[2];
        set.CopyTokens(0, 1, tokens);
        Assert.Equal([last, 1], tokens);
    }

    [Fact]
    public void Reals_are_copied_from_the_step_asked_for()
    {
        var set = new InMemorySequences(StepFormat.Reals(2), ["x"]);
        set.AddReals([1, 2, 3, 4, 5, 6], SequenceSet.Unlabelled);
        Assert.Equal((3, -1), (set.LengthOf(0), set.LabelOf(0)));
        var reals = new float[4];
        set.CopyReals(0, 1, reals);
        Assert.Equal([3f, 4, 5, 6], reals);
    }

    [Fact]
    public void A_row_is_the_set_s_own_copy()
    {
        var set = new InMemorySequences(StepFormat.Reals(1), ["x"]);
        float[] row = [1];
        set.AddReals(row, 0);
        row[0] = 2;
        var kept = new float[1];
        set.CopyReals(0, 0, kept);
        Assert.Equal(1f, kept[0]);
    }

    [Fact]
    public void What_is_no_row_of_the_set_is_refused_and_not_counted()
    {
        var tokens = new InMemorySequences(StepFormat.Tokens(4), ["x", "y"]);
        Assert.Throws<ArgumentException>(() => tokens.AddTokens([4], 0));
        Assert.Throws<ArgumentException>(() => tokens.AddTokens([-1], 0));
        Assert.Throws<ArgumentException>(() => tokens.AddTokens([], 0));
        Assert.Throws<ArgumentException>(() => tokens.AddTokens([1], 2));
        Assert.Throws<ArgumentException>(() => tokens.AddTokens([1], -2));
        Assert.Throws<InvalidOperationException>(() => tokens.AddReals([1], 0));
        Assert.Equal(0, tokens.Count);
        var reals = new InMemorySequences(StepFormat.Reals(2), ["x"]);
        Assert.Throws<ArgumentException>(() => reals.AddReals([1, 2, 3], 0));
        Assert.Throws<ArgumentException>(() => reals.AddReals([], 0));
        Assert.Throws<ArgumentException>(() => reals.AddReals([1, float.NaN], 0));
        Assert.Throws<ArgumentException>(() => reals.AddReals([1, float.PositiveInfinity], 0));
        Assert.Throws<InvalidOperationException>(() => reals.AddTokens([1], 0));
        Assert.Equal(0, reals.Count);
    }
}
