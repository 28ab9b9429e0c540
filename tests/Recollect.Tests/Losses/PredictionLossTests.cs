namespace Recollect.Tests.Losses;

public sealed class PredictionLossTests
{
    /// <summary>A cut every 0 steps has no meaning here: nothing of the main network would run (method, section 3, "Prediction").</summary>
    [Fact]
    public void A_window_of_no_steps_is_refused()
    {
        var problem = new SmallCase("no steps") { AuxiliaryK = new(0), Auxiliary = [SmallCase.Prediction(2)] };
        Assert.Throws<ArgumentOutOfRangeException>(() => new SmallProblem(problem));
    }

    /// <summary>k_a = l and every longer one leave the segment uncut; a shorter one does not.</summary>
    [Fact]
    public void A_window_as_long_as_the_segment_cuts_nothing_inside_it()
    {
        SmallCase Of(int k) => new("k") { Pretrain = true, AuxiliaryK = new(k), Auxiliary = [SmallCase.Prediction(5)] };
        var full = new SmallProblem(Of(int.MaxValue)).Evaluate();

        Assert.Equal(full.Of, new SmallProblem(Of(5)).Evaluate().Of);
        var cut = new SmallProblem(Of(4)).Evaluate();
        Assert.Equal(full.Total, cut.Total, 1e-12);
        Assert.NotEqual(full.Of["lstm.weight_hh_l0"], cut.Of["lstm.weight_hh_l0"]);
    }
}
