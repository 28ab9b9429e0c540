using System.Text.Json.Nodes;
using Recollect.Cli;
using Recollect.Cli.Plans;
using Recollect.Experiments;
using Recollect.Sweeps;

namespace Recollect.Tests.Cli.Plans;

/// <summary>The command <c>sweep</c> over trainings that are only said to have been done; what it shares with <c>reproduce</c> is PlanRunnerTests'.</summary>
public sealed class SweepTests : IDisposable
{
    private const string Sweep = """
        {"recipe": "digits-lstm", "set": {"data.validation": 0.25}, "grid": {"model.hidden": [8, 16]}, "random": {"draws": 2, "keys": {"model.dropout": {"choice": [0, 0.5]}}}, "seeds": 2}
        """;

    private readonly SmallRuns _runs = new();
    private readonly List<string[]> _begun = [];
    private readonly Lock _gate = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public void Every_setting_is_trained_with_every_seed_in_a_folder_that_tells_it()
    {
        var ran = Run(Finish, "--json");
        Assert.True(ran.Code == 0, ran.Error);
        Assert.Equal(8, _begun.Count);
        Assert.All(_begun, words => Assert.Equal("digits-lstm", words[0]));
        Assert.All(_begun, words => Assert.Contains("data.validation=0.25", words));
        Assert.Equal(
            ["hidden=16+dropout=0-s1", "hidden=16+dropout=0-s2", "hidden=16+dropout=0.5-s1", "hidden=16+dropout=0.5-s2", "hidden=8+dropout=0-s1", "hidden=8+dropout=0-s2", "hidden=8+dropout=0.5-s1", "hidden=8+dropout=0.5-s2"],
            _begun.Select(words => Path.GetFileName(After(words, "--out"))).Order(StringComparer.Ordinal));
        Assert.Contains("model.hidden=16", _begun.Single(words => After(words, "--out").EndsWith("hidden=16+dropout=0.5-s2", StringComparison.Ordinal)));
        Assert.Equal(("mine", "digits-lstm", "validation.accuracy"), ((string)ran.Json["sweep"]!, (string)ran.Json["recipe"]!, (string)ran.Json["choose"]!));
        Assert.Equal((8, 0, 0), ((int)ran.Json["done"]!, (int)ran.Json["failed"]!, (int)ran.Json["open"]!));
    }

    /// <summary>By the test rows it would be the other one.</summary>
    [Fact]
    public void The_validation_rows_choose_and_the_test_rows_are_told_of_the_best_alone()
    {
        TrainOutcome Judge(string[] words) => words.Contains("model.hidden=8") && words.Contains("model.dropout=0.5") ? Finish(words, validation: 0.9, test: 0.2) : Finish(words, validation: 0.5, test: 0.8);
        var ran = Run(Judge);
        Assert.Contains("best    hidden=8+dropout=0.5, of 4 settings by validation.accuracy; its test accuracy is 20.00%", ran.Out);
        Assert.Contains("edits   --set data.validation=0.25 --set model.hidden=8 --set model.dropout=0.5", ran.Out);
        Assert.Contains("is done: 90.00% of the validation rows", ran.Error);
        Assert.DoesNotContain("80.00%", ran.Out + ran.Error);
        var settings = Run(Judge, "--resume", "--json").Json["settings"]!.AsArray();
        Assert.Equal([1, 2, 3, 4], settings.Select(setting => (int)setting!["rank"]!));
        Assert.Equal(("hidden=8+dropout=0.5", 0.9, 0.2), ((string)settings[0]!["name"]!, (double)settings[0]!["accuracy"]!, Math.Round((double)settings[0]!["testAccuracy"]!, 9)));
        Assert.All(settings.Skip(1), setting => Assert.Null(setting!["testAccuracy"]));
    }

    [Fact]
    public void Until_no_run_is_open_the_test_rows_are_told_of_none()
    {
        TrainOutcome Judge(string[] words) => Finish(words, validation: 0.5, test: 0.8);
        var ran = Run(Judge, "--seeds", "1", "--shard", "1/2");
        Assert.Contains("of 2 settings by validation.accuracy; its test accuracy is told once every run is finished or noted as failed", ran.Out);
        Assert.DoesNotContain("80.00%", ran.Out + ran.Error);
        Assert.All(Run(Judge, "--seeds", "1", "--shard", "1/2", "--json").Json["settings"]!.AsArray(), setting => Assert.Null(setting!["testAccuracy"]));
        Assert.Contains("its test accuracy is 80.00%", Run(Judge, "--seeds", "1", "--shard", "2/2").Out);
    }

    [Fact]
    public void A_failed_run_keeps_its_setting_out_of_the_ranking_and_nothing_else()
    {
        var ran = Run(words => words.Contains("model.hidden=8") ? new TrainOutcome(1, "the loss is not finite") : Finish(words));
        Assert.Equal(1, ran.Code);
        Assert.Contains("runs    4 done, 4 failed, 0 open", ran.Out);
        Assert.Contains("of 2 settings by", ran.Out);
        Assert.Contains("the loss is not finite", File.ReadAllText(_runs.In("out", "report.html")));
    }

    [Fact]
    public void Shares_train_every_run_once_between_them_and_end_with_one_report_over_all()
    {
        foreach (var share in new[] { "1/3", "2/3", "3/3" })
            Assert.Equal(0, Run(Finish, "--shard", share).Code);
        Assert.Equal(8, _begun.Select(words => After(words, "--out")).Distinct().Count());
        Assert.Equal(8, _begun.Count);
        _begun.Clear();
        var whole = Run(Finish, "--resume");
        Assert.Contains("runs    8 done, 0 failed, 0 open", whole.Out);
        Assert.Empty(_begun);
        Assert.Contains("mine, a sweep", File.ReadAllText(_runs.In("out", "report.html")));
    }

    [Fact]
    public void A_sweep_that_has_grown_keeps_its_finished_runs()
    {
        Run(Finish);
        _begun.Clear();
        File.WriteAllText(_runs.In("mine.json"), Sweep.Replace("[8, 16]", "[8, 16, 32]"));
        Assert.Equal(0, Run(Finish, "--resume").Code);
        Assert.Equal(4, _begun.Count);
        Assert.All(_begun, words => Assert.Contains("model.hidden=32", words));
    }

    [Fact]
    public void Another_sweep_a_target_and_a_run_of_another_recipe_in_the_folder_are_refused()
    {
        Run(Finish);
        Run(Finish).Refused(2, "holds this sweep already", "--resume");
        File.WriteAllText(_runs.In("other.json"), Sweep);
        Ran.Command("sweep", _runs.In("other.json"), "--out", _runs.In("out"), "--resume").Refused(2, "holds the sweep 'mine'; the sweep 'other' needs another folder");
        Ran.Command("reproduce", "headline", "--scale", "smoke", "--out", _runs.In("out"), "--resume").Refused(2, "holds the sweep 'mine'; the target 'headline' at scale smoke needs another folder");
        File.WriteAllText(_runs.In("mine.json"), Sweep.Replace("0.25", "0.5"));
        Run(Finish, "--resume").Refused(2, "'data.validation' is 0.25 there, and 0.5 here");
        File.WriteAllText(_runs.In("mine.json"), Sweep.Replace("\"data.validation\": 0.25", "\"data.validation\": 0.25, \"training.epochs\": 7"));
        Run(Finish, "--resume").Refused(2, "'training.epochs' is ", "and 7 here"); // else settings trained for longer would be ranked among the others
    }

    [Fact]
    public void A_wrong_setting_is_refused_before_anything_is_trained()
    {
        _runs.Write("mine.json", Sweep.Replace("[8, 16]", "[8, -1]"));
        Run(Finish).Refused(2, "mine.json, line 1: 'model.hidden' is -1; it must be at least 1. So it is with the setting hidden=-1+dropout=");
        Assert.Empty(_begun);
        Assert.False(Directory.Exists(_runs.In("out")));
    }

    /// <summary>What the repository ships can be run, and is as large as its text says.</summary>
    [Fact]
    public void The_sweeps_that_are_shipped_are_sweeps()
    {
        var files = Directory.GetFiles(Path.Combine(Checkout.Folder, "recipes", "sweeps"));
        Assert.NotEmpty(files);
        Assert.All(files, file => SweepPlan.Of(file));
        Assert.Equal(6, SweepPlan.Of(Path.Combine(Checkout.Folder, "recipes", "sweeps", "digits-learning-rate.json")).Runs.Count);
    }

    /// <summary>Of data of one's own the first rows may well be of one class; what must be there beforehand is a row of each part.</summary>
    [Theory]
    [InlineData("csv", "x,y,label\n1,2,good\n3,4,good\n5,6,good\n7,8,bad\n9,1,bad\n")]
    [InlineData("jsonl", """
        {"values": [1, 2], "label": "good"}
        {"values": [3], "label": "good"}
        {"values": [5, 6], "label": "bad"}
        """)]
    [InlineData("bytes", "some bytes")]
    public void Data_of_ones_own_are_swept_over(string source, string text)
    {
        Directory.CreateDirectory(_runs.In("mine", "good"));
        Directory.CreateDirectory(_runs.In("mine", "bad"));
        string[] files = source == "bytes" ? ["mine/good/1", "mine/good/2", "mine/bad/1", "mine/bad/2"] : ["mine.table"];
        foreach (var file in files)
            _runs.Write(file, text);
        var data = JsonValue.Create(_runs.In(source == "bytes" ? "mine" : "mine.table")).ToJsonString();
        _runs.Write("mine.json", $$$"""{"recipe": "digits-lstm", "set": {"data": {"source": "{{{source}}}", "train": {{{data}}}, "validation": 0.25}}, "grid": {"model.hidden": [8, 16]}}""");
        var ran = Run(Finish);
        Assert.True(ran.Code == 0, ran.Error);
        Assert.Equal(2, _begun.Count);
    }

    [Fact]
    public void A_sweep_goes_on_over_the_rows_that_it_was_begun_with_alone()
    {
        var table = _runs.Write("mine.csv", "x,y,label\n1,2,good\n3,4,bad\n5,6,good\n7,8,bad\n");
        _runs.Write("mine.json", $$$"""{"recipe": "digits-lstm", "set": {"data": {"source": "csv", "train": {{{JsonValue.Create(table).ToJsonString()}}}, "validation": 0.25}}, "grid": {"model.hidden": [8, 16]}}""");
        TrainOutcome WithManifest(string[] words)
        {
            var outcome = Finish(words);
            File.WriteAllText(Path.Combine(After(words, "--out"), "manifest.json"), $$"""
                {"program":"0.1.0","runtime":".NET 10.0.0","machine":{"processor":"A Processor","cores":2,"memory":8000000000,"operatingSystem":"An OS","architecture":"X64"},"libraries":{},"device":"cpu","threads":1,
                 "seed":1,"data":[{"file":{{JsonValue.Create(table).ToJsonString()}},"sha256":"{{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(table)))}}"}],"command":[],"started":"2026-01-01T00:00:00+00:00"}
                """);
            return outcome;
        }

        Assert.Equal(1, Run(words => words.Contains("model.hidden=8") ? new TrainOutcome(1, "no") : WithManifest(words)).Code);
        var file = File.ReadAllText(table);
        File.AppendAllText(table, "9,9,good\n");
        var ran = Run(WithManifest, "--resume");
        Assert.Equal(3, ran.Code);
        Assert.Contains($"The data file '{table}' is not the one that", ran.Error);
        File.WriteAllText(table, file);
        Assert.Equal(0, Run(WithManifest, "--resume").Code);
    }

    [Fact]
    public void A_table_that_is_not_there_is_missed_before_anything_begins()
    {
        _runs.Write("mine.json", """{"recipe": "digits-lstm", "set": {"data": {"source": "csv", "train": "nowhere.csv", "validation": 0.25}}, "grid": {"model.hidden": [8, 16]}}""");
        var ran = Run(Finish);
        Assert.Equal(3, ran.Code);
        Assert.Contains("nowhere.csv", ran.Error);
        Assert.Empty(_begun);
    }

    /// <summary>The same settings as the shipped one's.</summary>
    [Fact]
    public void The_documented_sweep_is_one()
    {
        var example = MarkdownPage.Open("docs", "sweeps.md").Blocks("Sweeps").Single(block => block.Info == "json");
        Assert.Equal(
            SweepPlan.Of(Path.Combine(Checkout.Folder, "recipes", "sweeps", "digits-learning-rate.json")).Settings.Select(setting => setting.Name),
            SweepPlan.Of(_runs.Write("documented.json", example.Text)).Settings.Select(setting => setting.Name));
    }

    /// <summary>The shipped example as its first line has it, each training a process of its own.</summary>
    [Fact, Trait("Tier", "slow")]
    public void The_shipped_sweep_runs_offline_and_ranks_its_settings()
    {
        var (code, output, error) = Processes.Run("sweep", Path.Combine(Checkout.Folder, "recipes", "sweeps", "digits-learning-rate.json"), "--out", _runs.In("digits"), "--json");
        Assert.True(code == 0, error);
        var result = JsonNode.Parse(output)!;
        Assert.Equal((6, 0, 0), ((int)result["done"]!, (int)result["failed"]!, (int)result["open"]!));
        var accuracies = result["settings"]!.AsArray().Select(setting => (double)setting!["accuracy"]!).ToList();
        Assert.Equal(accuracies.OrderDescending(), accuracies);
        Assert.True(accuracies[0] > 0.3, $"{accuracies[0]} of ten classes");
        var best = (string)result["settings"]![0]!["name"]!;
        var summary = JsonNode.Parse(File.ReadAllText(_runs.In("digits", "runs", $"{best}-s1", "summary.json")))!;
        Assert.Equal((double)summary["validation"]!["accuracy"]!, accuracies[0], 9);
        Assert.Equal((double)summary["test"]!["accuracy"]!, (double)result["settings"]![0]!["testAccuracy"]!, 9);
    }

    private Ran Run(Func<string[], TrainOutcome> train, params string[] words)
    {
        if (!File.Exists(_runs.In("mine.json")))
            _runs.Write("mine.json", Sweep);
        var engine = new Engine
        {
            TrainProcess = (asked, _, _) =>
            {
                lock (_gate)
                    _begun.Add([.. asked]);
                return train([.. asked]);
            },
        };
        return Ran.Command(engine, ["sweep", _runs.In("mine.json"), "--out", _runs.In("out"), .. words]);
    }

    private static TrainOutcome Finish(string[] words) => Finish(words, 0.5, 0.5);

    internal static TrainOutcome Finish(string[] words, double validation, double test)
    {
        var folder = After(words, "--out");
        Directory.CreateDirectory(folder);
        var edits = words.Index().Where(word => word.Item == "--set").Select(word => words[word.Index + 1]).ToList();
        File.WriteAllText(Path.Combine(folder, "recipe.json"), RecipeJson.Write((RecipeBook.Open(words[0], edits) with { Seed = int.Parse(After(words, "--seed")) }).Resolve()));
        File.WriteAllText(Path.Combine(folder, "summary.json"), $$"""
            {"test": {"accuracy": {{test}}, "loss": 1, "examples": 2}, "validation": {"accuracy": {{validation}}, "loss": 1, "examples": 2}, "parameters": 1, "trainSeconds": 1, "updates": 1, "epochs": 1, "complete": true}
            """);
        return new TrainOutcome(0, "");
    }

    private static string After(string[] words, string option) => words[Array.IndexOf(words, option) + 1];
}
