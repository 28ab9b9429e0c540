namespace Recollect.Tests.Cli.Samples;

/// <summary>The native sample's program, not compiled to native code; `.ci/run` publishes it.</summary>
[Collection(nameof(TrainedWalks)), Trait("Tier", "samples")]
public class AotSampleTests(TrainedWalks walks)
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(5, "1 2 4 5")]
    [InlineData(8, "1 2 4 8")] // the last is shown once
    public void A_line_is_shown_at_each_power_of_two_and_after_the_last_step(int steps, string shown)
    {
        TrainedWalks.SkipWhereImpossible();
        var lines = SampleProgram.Lines("Aot", string.Concat(Enumerable.Repeat("9.8\n", steps)), walks.Model);
        Assert.Equal(shown, string.Join(' ', lines.Select(line => line[0])));
    }

    [Theory]
    [InlineData("9.8\n9..8\n", "Line 2: found '9..8'; expected a number")]
    [InlineData("9.8\n1,2\n", "Line 2: found 2 number(s); expected 1.")]
    public void A_mistyped_number_is_not_taken_for_a_missing_one(string readings, string says)
    {
        TrainedWalks.SkipWhereImpossible();
        var ran = SampleProgram.Run("Aot", readings, walks.Model);
        Assert.Equal(3, ran.Code);
        Assert.StartsWith(says, Assert.Single(ran.Error.TrimEnd().Split('\n')));
    }
}
