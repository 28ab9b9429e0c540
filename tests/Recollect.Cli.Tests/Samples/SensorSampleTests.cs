namespace Recollect.Tests.Cli.Samples;

[Collection(nameof(TrainedWalks)), Trait("Tier", "samples")]
public class SensorSampleTests(TrainedWalks walks)
{
    [Fact]
    public void Every_change_of_what_is_done_is_seen_before_it_ends()
    {
        TrainedWalks.SkipWhereImpossible();
        string[] done = ["standing", "running", "walking", "standing"];
        var lines = SampleProgram.Lines("Sensor", TrainedWalks.Simulated($"stream={string.Join(' ', done)}"), walks.Model);
        Assert.All(lines.Zip(lines.Skip(1)), pair => Assert.NotEqual(pair.First[1], pair.Second[1]));
        Assert.Equal(done, done.Select((_, at) => lines.Last(line => int.Parse(line[0]) <= 200 * (at + 1))[1]));
    }

    [Theory]
    [InlineData("9.8\nten\n", "Line 2: found 'ten'; expected a number")]
    [InlineData("9.8\n9,81\n", "Line 2: '9,81' is more than a step; expected 1 number(s)")]
    [InlineData("9.8\n\n", "Step 2: number 1 is missing")]
    public void A_reading_that_is_none_is_refused_by_its_line(string readings, string says)
    {
        TrainedWalks.SkipWhereImpossible();
        var ran = SampleProgram.Run("Sensor", readings, walks.Model);
        Assert.Equal(3, ran.Code);
        Assert.StartsWith(says, Assert.Single(ran.Error.TrimEnd().Split('\n')));
    }
}
