namespace Recollect.Sequences;

public class SequenceSubsetTests
{
    private static InMemorySequences Whole()
    {
        var set = new InMemorySequences(StepFormat.Tokens(10), ["a", "b", "c"]);
        set.AddTokens([1], 0);
        set.AddTokens([2, 3], 1);
        set.AddTokens([4, 5, 6], 2);
        return set;
    }

    [Fact]
    public void Rows_are_seen_in_the_order_asked_for()
    {
        var subset = Whole().Select([2, 0]);
        Assert.Equal((2, 3, 2), (subset.Count, subset.LengthOf(0), subset.LabelOf(0)));
        Assert.Equal((1, 0), (subset.LengthOf(1), subset.LabelOf(1)));
        Assert.Equal(["a", "b", "c"], subset.Classes);
        Assert.Equal(StepFormat.Tokens(10), subset.Format);
        var tokens = new int[2];
        subset.CopyTokens(0, 1, tokens);
        Assert.Equal([5, 6], tokens);
    }

    [Fact]
    public void A_subset_of_a_subset_names_rows_of_the_subset()
    {
        var subset = Whole().Select([2, 1]).Select([1]);
        Assert.Equal((1, 1), (subset.Count, subset.LabelOf(0)));
    }

    [Fact]
    public void The_first_rows_are_the_first_or_all()
    {
        var whole = Whole();
        Assert.Equal([0, 1], Enumerable.Range(0, whole.First(2).Count).Select(whole.First(2).LabelOf));
        Assert.Same(whole, whole.First(3));
        Assert.Same(whole, whole.First(4));
    }

    [Fact]
    public void Reals_pass_through()
    {
        var set = new InMemorySequences(StepFormat.Reals(1), ["a"]);
        set.AddReals([1], 0);
        set.AddReals([2, 3], 0);
        var reals = new float[1];
        set.Select([1]).CopyReals(0, 1, reals);
        Assert.Equal(3f, reals[0]);
    }
}
