using System.Text.Json.Nodes;
using Recollect.Experiments;
using Recollect.Reproduction;
using Recollect.Runs;

namespace Recollect.Tests.Reproduction;

public sealed class TargetPlanTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recollect-target-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string, string> Shipped =>
        [.. from name in TargetBook.Names.Append(TargetBook.All) from scale in Enum.GetNames<Scale>() select (name, scale)];

    public static TheoryData<string, string> Compared =>
        [.. from name in TargetBook.Names.Append(TargetBook.All) from scale in Enum.GetNames<Scale>() where scale != nameof(Scale.Smoke) select (name, scale)];

    [Fact]
    public void Every_table_and_figure_of_the_paper_is_a_target() => Assert.Equal(
        ["ablation", "bptt", "curves", "dbpedia", "dogs", "headline", "reconstructions", "transformer"], TargetBook.Names);

    [Theory]
    [MemberData(nameof(Shipped))]
    public void Every_run_of_a_shipped_target_is_a_recipe_that_is_allowed_and_has_a_folder_of_its_own(string name, string scale)
    {
        var plan = TargetPlan.Of(name, Enum.Parse<Scale>(scale));
        Assert.NotEmpty(plan.Runs);
        Assert.All(plan.Runs, run => plan.RecipeOf(run));
        Assert.Equal(plan.Runs.Count, plan.Runs.Select(run => run.Name).Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.Equal(plan.Runs.Select(run => $"runs/{run.Name}").Order(), Folders(plan.Exhibits).Distinct().Order());
    }

    [Fact]
    public void A_smoke_test_of_all_tries_every_recipe() =>
        Assert.Empty(RecipeBook.Names.Except(TargetPlan.Of(TargetBook.All, Scale.Smoke).Runs.Select(run => run.Recipe)));

    /// <summary>"Test accuracy, %" alone would not tell of which table.</summary>
    [Fact]
    public void Among_all_exhibits_each_says_of_which_target_it_is_in_the_order_of_the_paper()
    {
        static List<string> Titles(string target) => [.. TargetPlan.Of(target, Scale.Smoke, 1).Exhibits["exhibits"]!.AsArray().Select(exhibit => (string)exhibit!["title"]!)];
        var all = Titles(TargetBook.All);
        Assert.Equal("Every other recipe", all[^1]);
        all.RemoveAt(all.Count - 1);
        Assert.Equal(["Headline: test accuracy, %", "DBpedia: test error, %"], all.Take(2));
        Assert.Equal("Test accuracy, %", Assert.Single(Titles("headline")));
        Assert.Equal(TargetBook.Names.SelectMany(name => Titles(name).Select(title => $"{name}: {title}")).Order(StringComparer.Ordinal),
            all.Select(title => title.Split(": ", 2)).Select(parts => $"{parts[0].ToLowerInvariant()}: {char.ToUpperInvariant(parts[1][0])}{parts[1][1..]}").Order(StringComparer.Ordinal));
    }

    /// <summary>Pretraining is part of a method's budget; a smoke test has none, and compares nothing.</summary>
    [Theory]
    [MemberData(nameof(Compared))]
    public void The_rows_of_a_table_have_the_same_updates_in_each_column(string name, string scale)
    {
        var plan = TargetPlan.Of(name, Enum.Parse<Scale>(scale), 1);
        var recipes = plan.Runs.ToDictionary(run => $"runs/{run.Name}", plan.RecipeOf);
        var cells = plan.Exhibits["exhibits"]!.AsArray().Where(exhibit => (string)exhibit!["kind"]! == "table" && (string)exhibit["title"]! != "Every other recipe")
            .SelectMany(exhibit => exhibit!["rows"]!.AsArray().SelectMany(row => row!["cells"]!.AsArray().Select(cell => (Column: $"{exhibit["title"]}: {cell!["column"]}", Runs: cell["runs"]!.AsArray()))));
        var budgets = cells.SelectMany(cell => cell.Runs.Select(run => (cell.Column, Training: recipes[(string)run!].Training)))
            .Select(cell => (cell.Column, cell.Training.Batch, Epochs: cell.Training.PretrainEpochs + cell.Training.Epochs));
        Assert.All(budgets.GroupBy(budget => budget.Column), column => Assert.Single(column.Distinct()));
    }

    /// <summary>From the paper's headline table.</summary>
    [Theory]
    [InlineData("LSTM, truncated", "MNIST", 11.3)]
    [InlineData("r-LSTM, truncated", "CIFAR10", 65.9)]
    [InlineData("p-LSTM, full BPTT", "pMNIST", 92.8)]
    [InlineData("Transformer", "MNIST", 98.9)]
    public void The_papers_numbers_stand_in_the_headline_table(string row, string column, double paper)
    {
        var table = TargetPlan.Of("headline", Scale.Full).Exhibits["exhibits"]![0]!;
        var cells = table["rows"]!.AsArray().Single(entry => (string)entry!["name"]! == row)!["cells"]!.AsArray();
        Assert.Equal(paper, (double)cells.Single(cell => (string)cell!["column"]! == column)!["paper"]!);
    }

    /// <summary>The paper has CIFAR10 in these figures; the short scale has MNIST at 14×14, of whose 10,000 test images 1,135 are ones.</summary>
    [Theory]
    [InlineData("ablation")]
    [InlineData("bptt")]
    [InlineData("reconstructions")]
    public void Where_a_short_scale_has_other_data_no_number_of_the_paper_stands_beside_it(string target)
    {
        var exhibit = Assert.Single(TargetPlan.Of(target, Scale.Short).Exhibits["exhibits"]!.AsArray())!;
        Assert.DoesNotMatch("\"paper\":[^\"]", exhibit.ToJsonString()); // its orders are words
        Assert.Contains("\"paper\":\"", exhibit.ToJsonString());
        Assert.Equal(11.35, (double)exhibit["references"]!.AsArray().Single(reference => (string)reference!["name"]! == "chance")!["value"]!);
        Assert.Contains("\"paper\"", TargetPlan.Of(target, Scale.Full).Exhibits.ToJsonString());
    }

    /// <summary>Methods are compared by a paired test wherever accuracies or errors are shown.</summary>
    [Theory]
    [InlineData(nameof(Scale.Short))]
    [InlineData(nameof(Scale.Full))]
    public void Every_table_and_curve_says_what_is_to_be_compared(string scale)
    {
        var exhibits = TargetPlan.Of(TargetBook.All, Enum.Parse<Scale>(scale)).Exhibits["exhibits"]!.AsArray().Where(exhibit => (string)exhibit!["kind"]! is "table" or "curve").ToList();
        Assert.True(exhibits.Count >= 6);
        Assert.All(exhibits, exhibit => Assert.NotEmpty(exhibit!["comparisons"]?.AsArray() ?? []));
    }

    [Fact]
    public void The_papers_updates_are_left_out_of_the_short_curves()
    {
        Assert.DoesNotContain("\"paper\"", TargetPlan.Of("curves", Scale.Short).Exhibits.ToJsonString());
        Assert.Contains("[390000,65.9]", TargetPlan.Of("curves", Scale.Full).Exhibits.ToJsonString());
    }

    /// <summary>How often the test split is measured meanwhile changes no training. (A smoke test, all of whose phases have one epoch, may have the same twice.)</summary>
    [Theory]
    [InlineData(nameof(Scale.Short))]
    [InlineData(nameof(Scale.Full))]
    public void No_training_is_asked_for_twice_under_two_names(string scale)
    {
        var plan = TargetPlan.Of(TargetBook.All, Enum.Parse<Scale>(scale), 1);
        static string Training(Recipe recipe) => RecipeJson.Write(recipe with { Name = null, Description = null, Training = recipe.Training with { TestEvery = 0 } });
        Assert.Empty(plan.Runs.GroupBy(run => Training(plan.RecipeOf(run))).Where(same => same.Count() > 1).Select(same => string.Join(", ", same.Select(run => run.Name))));
    }

    [Fact]
    public void A_recipe_that_lies_there_is_held_against_the_one_that_is_asked_for()
    {
        var plan = TargetPlan.Of(Write("""{"exhibits": [{"run": "digits bptt.supervised=8"}]}"""), Scale.Full, 1);
        var run = Assert.Single(plan.Runs);
        var asked = RecipeBook.Open("digits", ["bptt.supervised=8"]) with { Name = "other", Description = "other" };
        Assert.Equal("'training.epochs' is 99 there, and 25 here", plan.DifferenceFrom(asked with { Training = asked.Training with { Epochs = 99 } }, run)); // else a mean would be over both
        Assert.Null(plan.DifferenceFrom(RecipeReader.Read(RecipeJson.Write(asked.Resolve()), "recipe.json"), run)); // as a run has it
        Assert.Equal("'bptt.supervised' is 4 there, and 8 here", plan.DifferenceFrom(RecipeBook.Open("digits"), run));
        Assert.Equal("'seed' is 2 there, and 1 here", plan.DifferenceFrom(asked with { Seed = 2 }, run));
        Assert.StartsWith("'auxiliary' is [] there, and [{", plan.DifferenceFrom(asked with { Auxiliary = [], Training = asked.Training with { PretrainEpochs = 0 } }, run));
        Assert.Equal("'auxiliary.0.length.0' is 8 there, and 16 here", plan.DifferenceFrom(RecipeBook.Open("digits", ["bptt.supervised=8", "auxiliary.0.length=8"]), run));
    }

    [Fact]
    public void A_scale_chooses_its_recipe_and_leaves_out_what_is_only_for_others()
    {
        var target = Write("""
            {"exhibits": [
              {"kind": "table", "only": ["full"], "rows": [{"cells": [{"run": "digits-gru"}]}]},
              {"kind": "table", "rows": [{"cells": [
                {"paper": 1, "run": {"full": "digits", "short": "digits-lstm bptt.supervised=8"}},
                {"paper": 2, "run": {"short": "digits-lstm  bptt.supervised=8 "}},
                {"paper": 3}]}]}]}
            """);
        Assert.Equal(["digits-lstm+bptt.supervised=8-s1"], TargetPlan.Of(target, Scale.Short, 1).Runs.Select(run => run.Name));
        Assert.Equal(["digits-s1"], TargetPlan.Of(target, Scale.Smoke, 1).Runs.Select(run => run.Name)); // as the full scale, but where only that shows it
        var full = TargetPlan.Of(target, Scale.Full, 1);
        Assert.Equal(["digits-gru-s1", "digits-s1"], full.Runs.Select(run => run.Name));
        Assert.Equal(("mine", "full"), (full.Name, (string)full.Exhibits["scale"]!));
        var cells = full.Exhibits["exhibits"]![1]!["rows"]![0]!["cells"]!.AsArray();
        Assert.Equal("""{"paper":1,"runs":["runs/digits-s1"]}""", cells[0]!.ToJsonString());
        Assert.Equal("""{"paper":2,"runs":[]}""", cells[1]!.ToJsonString());
        Assert.Equal("""{"paper":3}""", cells[2]!.ToJsonString());
    }

    [Fact]
    public void Seeds_come_one_after_the_other_and_an_exhibit_may_have_its_own_number()
    {
        var target = Write("""
            {"exhibits": [
              {"rows": [{"run": "digits"}, {"run": "digits-lstm"}]},
              {"seeds": {"short": 1}, "rows": [{"run": "digits-gru"}, {"run": "digits"}]}]}
            """);
        Assert.Equal(
            ["digits-s1", "digits-lstm-s1", "digits-gru-s1", "digits-s2", "digits-lstm-s2", "digits-s3", "digits-lstm-s3"],
            TargetPlan.Of(target, Scale.Short).Runs.Select(run => run.Name));
        Assert.Equal(2, TargetPlan.Of(target, Scale.Short, 2).Runs.Count(run => run.Recipe == "digits-gru"));
    }

    /// <summary>Within the short scale's hours: figures that the paper draws from single runs have one seed among all, three by themselves; its tables have three.</summary>
    [Fact]
    public void Among_all_targets_a_figure_may_have_fewer_seeds_than_by_itself_but_as_many_as_are_asked_for()
    {
        const string OfFigure = "mnist14-r-lstm bptt.supervised=25", OfTable = "mnist14-r-lstm";
        static int Seeds(string target, string recipe, int? seeds = null) => TargetPlan.Of(target, Scale.Short, seeds).Runs.Count(run => run.Text == recipe);
        Assert.Equal((3, 3), (Seeds("bptt", OfFigure), Seeds("headline", OfTable)));
        Assert.Equal((1, 3), (Seeds(TargetBook.All, OfFigure), Seeds(TargetBook.All, OfTable)));
        Assert.Equal((3, 3), (Seeds(TargetBook.All, OfFigure, 3), Seeds(TargetBook.All, OfTable, 3)));
    }

    [Fact]
    public void An_edit_with_a_question_mark_changes_only_what_the_recipe_gives()
    {
        var target = Write("""{"exhibits": [{"rows": [{"run": "digits"}, {"run": "digits-lstm"}, {"run": "digits training.pretrainEpochs=0"}]}]}""");
        var plan = TargetPlan.Of(target, Scale.Smoke);
        Assert.Contains("training.pretrainEpochs=1", plan.EditsOf(plan.Runs[0]));
        Assert.DoesNotContain(plan.EditsOf(plan.Runs[1]), edit => edit.StartsWith("training.pretrainEpochs", StringComparison.Ordinal));
        Assert.Equal(0, plan.RecipeOf(plan.Runs[2]).Training.PretrainEpochs); // what is without pretraining stays so
        Assert.Equal(1, plan.RecipeOf(plan.Runs[0]).Training.PretrainEpochs);
    }

    [Theory]
    [InlineData("{\n 1", "line 2, column 2: not readable as JSON: found '1'; expected a key in double quotes")]
    [InlineData("[]", "a target is one JSON object")]
    [InlineData("{}", "no list 'exhibits'")]
    [InlineData("""{"exhibits": [1]}""", "no list 'exhibits'")]
    [InlineData("""{"exhibits": [{"run": 7}]}""", "asks for the run 7")]
    [InlineData("""{"exhibits": [{"run": ""}]}""", "asks for the run")]
    [InlineData("""{"exhibits": [{"run": "digits training.epochs=-1 training.epochs=3"}]}""", "found 'training.epochs=-1' and 'training.epochs=3'; expected each key once")]
    [InlineData("""{"exhibits": [{"seeds": 3, "run": "digits"}]}""", "found 'seeds': 3; expected")]
    [InlineData("""{"exhibits": [{"seeds": {"full": "3"}, "run": "digits"}]}""", """found 'seeds': {"full":"3"}; expected""")]
    [InlineData("""{"exhibits": [{"seeds": {"shrot": 1}, "run": "digits"}]}""", """found 'seeds': {"shrot":1}; expected a number for each scale that has its own (smoke, short, full)""")]
    [InlineData("""{"exhibits": [{"run": "digits seed=7"}]}""", "found 'seed=7'; every run has the seeds 1, 2, …")]
    [InlineData("""{"seedsInAll": {"short": 1}, "exhibits": [{"run": "digits"}]}""", "found the key 'seedsInAll', which nothing would read")]
    [InlineData("""{"exhibits": [{"seeds": {"full": 0}, "run": "digits"}]}""", "such as {\"short\": 3}, of 1 or more")]
    [InlineData("""{"exhibits": [{"only": [1], "run": "digits"}]}""", "found 'only': [1]; expected a list of smoke, short, full")]
    [InlineData("""{"exhibits": [{"only": "full", "run": "digits"}]}""", "found 'only': \"full\"; expected")]
    [InlineData("""{"exhibits": [{"only": ["fully"], "run": "digits"}]}""", "found 'only': [\"fully\"]; expected")]
    public void A_target_of_ones_own_that_cannot_be_read_is_refused(string text, string message)
    {
        var target = Write(text);
        Assert.Contains(message, Assert.Throws<RecipeException>(() => TargetPlan.Of(target, Scale.Full)).Message);
    }

    /// <summary>A smoke test changes the number of epochs, and would have run.</summary>
    [Fact]
    public void What_a_scale_changes_is_checked_as_the_target_has_it()
    {
        var target = Write("""{"exhibits": [{"run": "digits training.epochs=many"}]}""");
        Assert.Contains("'training.epochs' is \"many\"; it must be a whole number", Assert.Throws<RecipeException>(() => TargetPlan.Of(target, Scale.Smoke)).Message);
    }

    [Fact]
    public void A_recipe_of_ones_own_gets_a_folder_that_is_not_hidden()
    {
        var target = Write("""{"exhibits": [{"rows": [{"run": "./mine.json"}, {"run": "../mine.json"}, {"run": ".mine.json a=.5"}]}]}""");
        Assert.Equal(["mine.json-s1", "_._mine.json-s1", "_mine.json+a=.5-s1"], TargetPlan.Of(target, Scale.Full).Runs.Select(run => run.Name));
    }

    /// <summary>Thirteen edits may come to more than the 255 bytes that a name may have.</summary>
    [Fact]
    public void A_name_that_no_disk_would_take_is_shortened_and_still_the_run_s_own()
    {
        string Run(int last) => $"digits {string.Join(' ', Enumerable.Range(0, 13).Select(j => $"auxiliary.{j}.learningRate=0.001"))} training.epochs={last}";
        var target = Write($$"""{"exhibits": [{"rows": [{"run": "{{Run(1)}}"}, {"run": "{{Run(2)}}"}]}]}""");
        List<string> Names() => [.. TargetPlan.Of(target, Scale.Full).Runs.Select(run => run.Name)];
        Assert.All(Names(), name => Assert.Matches("^digits[+]auxiliary.0.learningRate=0.001[+].{120,140}-[0-9a-f]{8}-s1$", name));
        Assert.Equal(2, Names().Distinct().Count());
        Assert.Equal(Names(), Names());
        // With the most digits of a seed, and while it is written, which takes some fifty letters more.
        var failure = Path.Combine(Path.GetDirectoryName(target)!, $"{Names()[0]}0000.failure.json");
        AtomicFile.Write(failure, "{}");
        Assert.True(File.Exists(failure));
    }

    /// <summary>The second would be "done" with what the first has come to.</summary>
    [Theory]
    [InlineData("./.mine.json", "./_mine.json")]
    [InlineData("./mine.json", "mine.json")]
    [InlineData("Mine.json", "mine.json")]
    [InlineData("mine.json a=ä", "mine.json a=ö")]
    public void Two_runs_never_share_a_folder(string first, string second)
    {
        var target = Write($$"""{"exhibits": [{"rows": [{"run": "{{first}}"}, {"run": "{{second}}"}]}]}""");
        Assert.Contains($"the runs '{first}' and '{second}' would share the folder", Assert.Throws<RecipeException>(() => TargetPlan.Of(target, Scale.Full)).Message);
    }

    [Fact]
    public void A_name_that_is_none_is_refused_with_the_nearest_one()
    {
        var message = Assert.Throws<RecipeException>(() => TargetPlan.Of("headlin", Scale.Short)).Message;
        Assert.Contains("headline", message);
        Assert.Contains("reconstructions", message);
        Assert.Contains("There is no target file", Assert.Throws<RecipeException>(() => TargetPlan.Of("none.json", Scale.Short)).Message);
    }

    private static IEnumerable<string> Folders(JsonNode? node) => node switch
    {
        JsonObject part => part.SelectMany(entry => entry.Key == "runs" ? entry.Value!.AsArray().Select(folder => (string)folder!) : Folders(entry.Value)),
        JsonArray list => list.SelectMany(Folders),
        _ => [],
    };

    private string Write(string text)
    {
        var path = Path.Combine(_folder, "mine.json");
        File.WriteAllText(path, text);
        return path;
    }
}
