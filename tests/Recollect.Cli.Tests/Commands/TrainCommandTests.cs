using Recollect.Cli;
using Recollect.Experiments;
using Recollect.Runs;

namespace Recollect.Tests.Cli.Commands;

public class TrainCommandTests
{
    private static readonly Summary Done = new()
    {
        Test = new SplitResult(0.9731, 0.0912, 1797),
        Parameters = 7,
        TrainSeconds = 80,
        Updates = 4800,
        Epochs = 40,
        Complete = true,
    };

    private static (Ran Ran, TrainRequest? Request) Train(Summary summary, params string[] arguments)
    {
        TrainRequest? request = null;
        var engine = new Engine
        {
            Train = (asked, news, _) =>
            {
                request = asked;
                news.Report(new NoteNews("a note"));
                news.Report(new EpochNews(new UpdateNews(TrainingPhase.Train, 3, 30, 360, 4800, 0.5321, 0.812, 1234, TimeSpan.FromSeconds(80)), 0.9));
                return summary;
            },
        };
        return (Ran.Command(engine, ["train", .. arguments]), request);
    }

    [Fact]
    public void No_recipe_means_the_default_one_in_a_folder_of_its_name_and_seed()
    {
        var (ran, request) = Train(Done);
        Assert.Equal(0, ran.Code);
        Assert.Equal(RecipeBook.Default, request!.Recipe.Name);
        Assert.Equal(Path.Combine("runs", $"digits-{request.Recipe.Seed}"), request.Folder);
        Assert.False(request.Resume);
        Assert.Equal(new Workplace(), request.Workplace);
    }

    [Fact]
    public void Every_option_reaches_the_request()
    {
        var (_, request) = Train(Done, "mnist14-r-lstm", "--out", "there", "--data", "sets", "--set", "model.hidden=7", "--set", "auxiliary.0.length=5",
            "--seed", "-4", "--device", "cpu", "--threads", "2", "--sharing", "3", "--max-steps", "500", "--max-time", "90s");
        Assert.Equal(("mnist14-r-lstm", 7, -4L), (request!.Recipe.Name, request.Recipe.Model.Hidden, request.Recipe.Seed));
        Assert.Equal([5], request.Recipe.Auxiliary[0].Length);
        Assert.Equal(("there", 500L, TimeSpan.FromSeconds(90)), (request.Folder, request.MaxSteps, request.MaxTime));
        Assert.Equal(new Workplace("sets", DeviceChoice.Cpu, 2, 3), request.Workplace);
        Assert.Equal(["recollect", "train", "mnist14-r-lstm", "--out", "there"], request.Command.Take(5));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("99999999999")]
    public void No_machine_is_shared_by_none_or_by_more_than_can_be_counted(string sharing)
    {
        var (ran, request) = Train(Done, "digits", "--sharing", sharing);
        Assert.Equal(2, ran.Code);
        Assert.Null(request);
    }

    [Fact]
    public void A_run_without_epochs_of_labels_says_that_its_accuracy_is_chance()
    {
        const string note = "note        no epoch of labels is done: what the network says of them is chance, or near it";
        Assert.Contains(note, Train(Done with { Epochs = 0 }, "--set", "training.epochs=0").Ran.Out);
        Assert.Contains(note, Train(Done with { Epochs = 0, PretrainEpochs = 1, Complete = false }).Ran.Out);
        Assert.DoesNotContain(note, Train(Done).Ran.Out);
    }

    [Fact]
    public void A_signal_while_rows_are_read_leaves_nothing_to_go_on_with()
    {
        var engine = new Engine
        {
            Train = (_, _, stop) =>
            {
                stop.Raise("SIGTERM");
                throw new OperationCanceledException();
            },
        };
        Ran.Command(engine, ["train"]).Refused(143, "stopped by SIGTERM.");
    }

    [Fact]
    public void Results_go_to_the_output_and_progress_to_the_error_stream()
    {
        var (ran, _) = Train(Done);
        Assert.Contains("97.31% of 1,797", ran.Out);
        Assert.DoesNotContain("a note", ran.Out);
        Assert.Contains("a note", ran.Error);
        Assert.Contains("train 3/30 done: loss 0.5321, accuracy 81.20%, 1,234 sequences/s, validation 90.00%", ran.Error);
    }

    [Fact]
    public void Json_is_one_document_and_nothing_else()
    {
        var (ran, _) = Train(Done, "--json");
        Assert.Equal(0.9731, ran.Json["test"]!["accuracy"]!.GetValue<double>());
        Assert.Equal(4800, ran.Json["updates"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("SIGINT", 130)]
    [InlineData("SIGTERM", 143)]
    [InlineData("--max-steps", 0)]
    public void A_run_that_was_stopped_says_so_and_how_to_go_on(string reason, int code)
    {
        var (ran, _) = Train(Done with { Test = null, Complete = false, StoppedBy = reason }, "--out", "my run");
        Assert.Equal(code, ran.Code);
        Assert.Contains($"stopped by  {reason}; go on with: recollect train --resume 'my run'", ran.Out);
    }

    [Fact]
    public void What_was_said_of_place_and_speed_is_said_again_by_the_command_to_go_on()
    {
        var stopped = Done with { Test = null, Complete = false, StoppedBy = "SIGINT" };
        var (ran, _) = Train(stopped, "--out", "there", "--data", "my sets", "--device", "cpu", "--threads", "2");
        Assert.Contains($"recollect train --resume there --data 'my sets' --device cpu --threads 2{Environment.NewLine}", ran.Out);
        Assert.EndsWith($"recollect train --resume there{Environment.NewLine}", Train(stopped, "--out", "there").Ran.Out);
    }

    [Fact]
    public void A_resumed_run_goes_on_with_its_own_recipe()
    {
        using var runs = new SmallRuns();
        var folder = runs.Folder;
        File.WriteAllText(Path.Combine(folder, "recipe.json"), RecipeJson.Write(RecipeBook.Open("digits-lstm", ["model.hidden=9"]).Resolve()));
        var (ran, request) = Train(Done, "--resume", folder, "--set", "training.epochs=50", "--max-steps", "3");
        Assert.Equal("", ran.Error.Replace("a note", "").Split("train 3/30")[0].Trim());
        Assert.Equal((folder, true, 9, 50, "digits-lstm"), (request!.Folder, request.Resume, request.Recipe.Model.Hidden, request.Recipe.Training.Epochs, request.Recipe.Name));
    }

    [Theory]
    [InlineData("--set model.hidden=9", "only 'training.epochs' may change")]
    [InlineData("--seed 3", "leave --seed out")]
    [InlineData("--out there", "leave --out out")]
    [InlineData("digits", "leave RECIPE out")]
    public void A_resumed_run_refuses_any_other_change(string extra, string message)
    {
        using var runs = new SmallRuns();
        var folder = runs.Folder;
        File.WriteAllText(Path.Combine(folder, "recipe.json"), "{}");
        var (ran, request) = Train(Done, ["--resume", folder, .. extra.Split(' ')]);
        Assert.Equal(2, ran.Code);
        Assert.Null(request);
        Assert.Contains(message, ran.Error);
    }

    [Fact]
    public void Resuming_what_is_not_there_is_missing_data() => Assert.Equal(3, Train(Done, "--resume", "no-such-run").Ran.Code);

    [Theory]
    [InlineData("didgits", "Nearest: digits")]
    [InlineData("digits --set training.learningrate=1", "Nearest: training.learningRate")]
    public void A_wrong_recipe_is_refused_before_anything_is_done(string line, string message)
    {
        var (ran, request) = Train(Done, line.Split(' '));
        Assert.Equal(2, ran.Code);
        Assert.Null(request);
        Assert.Contains(message, ran.Error);
    }
}
