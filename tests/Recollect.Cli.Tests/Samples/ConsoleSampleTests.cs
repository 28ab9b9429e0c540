namespace Recollect.Tests.Cli.Samples;

[Collection(nameof(TrainedWalks)), Trait("Tier", "samples")]
public class ConsoleSampleTests(TrainedWalks walks)
{
    [Fact]
    public void Every_row_of_a_file_has_the_label_that_the_command_gives_it()
    {
        TrainedWalks.SkipWhereImpossible();
        var lines = SampleProgram.Lines("Console", "", walks.Model, walks.Table);
        var predicted = Ran.Command("predict", walks.Run, walks.Table, "--json").Json.AsArray();
        Assert.Equal(predicted.Select(row => ((int)row!["index"]!).ToString()), lines.Select(line => line[0]));
        Assert.Equal(predicted.Select(row => (string)row!["label"]!), lines.Select(line => line[1]));
        Assert.All(predicted.Zip(lines), pair => Assert.Equal((double)pair.First!["probabilities"]![pair.Second[1]]!, double.Parse(pair.Second[2]), 1e-3));
    }

    [Fact]
    public void What_is_wrong_is_one_message_and_the_commands_exit_code()
    {
        TrainedWalks.SkipWhereImpossible();
        Assert.Equal((2, "", "usage: console-sample MODEL FILE\n"), SampleProgram.Run("Console", "", walks.Model));
        var missing = SampleProgram.Run("Console", "", walks.Model, "no-such-file.csv");
        Assert.Equal((3, ""), (missing.Code, missing.Out));
        Assert.Contains("no-such-file.csv", Assert.Single(missing.Error.TrimEnd().Split('\n')));
    }
}
