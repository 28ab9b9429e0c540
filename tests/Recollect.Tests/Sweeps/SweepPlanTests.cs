using System.Text.Json.Nodes;
using Recollect.Randomness;
using Recollect.Sweeps;

namespace Recollect.Tests.Sweeps;

public sealed class SweepPlanTests : IDisposable
{
    private const string Held = """ "data.validation": 0.2 """;
    private readonly string _folder = Directory.CreateTempSubdirectory("recollect-sweep-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private SweepPlan Plan(string rest, int? seeds = null, string set = Held) => SweepPlan.Of(Write($$"""
        {
          "recipe": "digits-lstm", "set": { {{set}} },
          {{rest}}
        }
        """), seeds);

    private string Write(string text)
    {
        var path = Path.Combine(_folder, "mine.json");
        File.WriteAllText(path, text);
        return path;
    }

    [Fact]
    public void A_grid_is_every_value_with_every_other_seed_by_seed()
    {
        var plan = Plan(""" "grid": {"training.learningRate": [1e-3, 0.01], "model.hidden": [8, 16, 32]}, "seeds": 2 """);
        Assert.Equal("mine", plan.Name);
        Assert.Equal(
            [
                "learningRate=1e-3+hidden=8", "learningRate=1e-3+hidden=16", "learningRate=1e-3+hidden=32",
                "learningRate=0.01+hidden=8", "learningRate=0.01+hidden=16", "learningRate=0.01+hidden=32",
            ],
            plan.Settings.Select(setting => setting.Name));
        Assert.Equal(plan.Settings.Select(setting => setting.Name + "-s1").Concat(plan.Settings.Select(setting => setting.Name + "-s2")), plan.Runs.Select(run => run.Name));
        Assert.Equal(["data.validation=0.2", "training.learningRate=0.01", "model.hidden=16"], plan.EditsOf(plan.Runs[10]));
        var recipe = plan.RecipeOf(plan.Runs[10]);
        Assert.Equal((0.01, 16, 0.2, 2L), (recipe.Training.LearningRate, recipe.Model.Hidden, recipe.Data.Validation, recipe.Seed));
        Assert.Equal(18, Plan(""" "grid": {"training.learningRate": [1e-3, 0.01], "model.hidden": [8, 16, 32]} """, seeds: 3).Runs.Count);
    }

    /// <summary>The first draw of a key by its definition: low · (high / low) ^ u, of the stream that the key names, to three digits.</summary>
    [Fact]
    public void A_draw_comes_from_the_stream_of_its_key_and_attempt()
    {
        var plan = Plan(""" "random": {"draws": 3, "seed": 7, "keys": {"training.learningRate": {"logUniform": [1e-4, 1e-1]}}} """);
        var expected = Enumerable.Range(0, 3).Select(attempt => 1e-4 * Math.Pow(1e3, new Seed(7).Stream("sweep training.learningRate", attempt).NextDouble()))
            .Select(value => (decimal)value).Select(value => Math.Round(value, 2 - (int)Math.Floor(Math.Log10((double)value))));
        Assert.Equal(expected, plan.Runs.Select(run => (decimal)plan.RecipeOf(run).Training.LearningRate));
    }

    [Fact]
    public void More_draws_and_other_keys_leave_the_draws_that_there_were()
    {
        const string rate = """ "training.learningRate": {"logUniform": [1e-4, 1e-1]} """;
        string[] Rates(string rest) => [.. Plan(rest).Settings.Select(setting => setting.Edits.Single(edit => edit.StartsWith("training.learningRate=", StringComparison.Ordinal)))];
        var four = Rates($$""" "random": {"draws": 4, "keys": { {{rate}} } } """);
        Assert.Equal(four, Rates($$""" "random": {"draws": 9, "keys": { {{rate}} } } """).Take(4));
        Assert.Equal(four, Rates($$""" "random": {"draws": 4, "keys": { "model.dropout": {"uniform": [0, 0.5]}, {{rate}} } } """));
        Assert.NotEqual(four, Rates($$""" "random": {"draws": 4, "seed": 1, "keys": { {{rate}} } } """));
    }

    [Fact]
    public void Draws_stay_within_their_ends_and_whole_keys_are_whole()
    {
        var plan = Plan("""
            "random": {"draws": 300, "keys": {"model.hidden": {"uniform": [4, 6]}, "model.dropout": {"uniform": [0.1, 0.5]},
              "training.learningRate": {"logUniform": [1e-4, 1e-2]}, "bptt.supervised": {"choice": [4, "full"]}}}
            """);
        var recipes = plan.Runs.Select(plan.RecipeOf).ToList();
        Assert.All(recipes, recipe => Assert.InRange(recipe.Model.Dropout, 0.1, 0.5));
        Assert.All(recipes, recipe => Assert.InRange(recipe.Training.LearningRate, 1e-4, 1e-2));
        // A fair die falls within five standard deviations: 100 ± 5 · 8.2 of 300 for each of three sides, 150 ± 5 · 8.7 for each of two.
        foreach (var hidden in new[] { 4, 5, 6 })
            Assert.InRange(recipes.Count(recipe => recipe.Model.Hidden == hidden), 59, 141);
        Assert.InRange(recipes.Count(recipe => recipe.Training.LearningRate < 1e-3), 106, 194);
        Assert.InRange(recipes.Count(recipe => recipe.Bptt.Supervised.Steps == 4), 106, 194);
    }

    [Fact]
    public void Every_draw_is_tried_at_every_point_of_the_grid()
    {
        var plan = Plan(""" "grid": {"model.cell": ["lstm", "gru"]}, "random": {"draws": 2, "keys": {"training.learningRate": {"uniform": [0.001, 0.01]}}} """);
        var edits = plan.Settings.Select(setting => setting.Edits).ToList();
        Assert.Equal(["model.cell=lstm", "model.cell=gru", "model.cell=lstm", "model.cell=gru"], edits.Select(edit => edit[0]));
        Assert.Equal(edits[0][1], edits[1][1]);
        Assert.Equal(edits[2][1], edits[3][1]);
        Assert.NotEqual(edits[0][1], edits[2][1]);
    }

    [Fact]
    public void Draws_that_come_out_the_same_are_made_anew_as_long_as_there_are_others()
    {
        Assert.Equal(3, Plan(""" "random": {"draws": 3, "keys": {"model.hidden": {"choice": [4, 8, 16]}}} """).Settings.DistinctBy(setting => setting.Name).Count());
        Refused(""" "random": {"draws": 4, "keys": {"model.hidden": {"choice": [4, 8, 16]}}} """, "mine.json, line 3: 'random.draws' is 4, and 400 attempts came to 3 different ones");
    }

    [Fact]
    public void Whatever_no_folder_can_be_called_has_a_number_instead()
    {
        const string losses = """{"kind": "reconstruction", "segments": 1, "length": 8, "bptt": 8, "decoder": {"headUnits": 9}}""";
        Assert.Equal(["auxiliary=v1", "auxiliary=v2"], Plan($$""" "grid": {"auxiliary": [[], [{{losses}}]]} """).Settings.Select(setting => setting.Name));
        var twice = Plan(""" "grid": {"model.headUnits": [4], "auxiliary.0.decoder.headUnits": [5, 6]} """, set: $$"""{{Held}}, "auxiliary": [{{losses}}]""");
        Assert.Equal(["model.headUnits=4+auxiliary.0.decoder.headUnits=5", "model.headUnits=4+auxiliary.0.decoder.headUnits=6"], twice.Settings.Select(setting => setting.Name));
    }

    /// <summary>What the settings' runs show: a ranking of all, and a curve for each key of numbers.</summary>
    [Fact]
    public void The_exhibits_hold_every_run_once_in_the_ranking_and_once_in_every_curve()
    {
        var plan = Plan(""" "grid": {"training.learningRate": [1e-4, 0.01], "model.cell": ["lstm", "gru"]}, "seeds": 2, "choose": "validation.loss" """);
        var exhibits = plan.Exhibits["exhibits"]!.AsArray();
        Assert.Equal("mine", (string)plan.Exhibits["sweep"]!);
        Assert.Equal(["ranking", "curve"], exhibits.Select(exhibit => (string)exhibit!["kind"]!));
        Assert.All(exhibits, exhibit => Assert.Equal("validation.loss", (string)exhibit!["measure"]!));
        static IEnumerable<string> Runs(JsonNode? node) => node!["runs"]!.AsArray().Select(run => (string)run!);
        string[] all = [.. plan.Runs.Select(run => $"runs/{run.Name}").Order()];
        Assert.Equal(all, exhibits[0]!["rows"]!.AsArray().SelectMany(Runs).Order());
        var points = exhibits[1]!["series"]![0]!["points"]!.AsArray();
        Assert.Equal(all, points.SelectMany(Runs).Order());
        Assert.Equal([1e-4, 0.01], points.Select(point => (double)point!["x"]!));
        Assert.True((bool)exhibits[1]!["logarithmic"]!);
        Assert.All(Runs(points[0]), run => Assert.Contains("learningRate=1e-4", run));
    }

    [Theory]
    [InlineData(""" "grid": {"training.lerningRate": [1]} """, "line 3: a recipe has no key 'training.lerningRate'. Nearest: training.learningRate")]
    [InlineData(""" "grid": {"hidden": [1]} """, "line 3: a recipe has no key 'hidden'. Nearest: model.hidden")]
    [InlineData(""" "grid": {"seed": [1, 2]} """, "line 3: 'seed' is no key to sweep; \"seeds\": n")]
    [InlineData(""" "grdi": {} """, "line 3: unknown key 'grdi'. Nearest: grid.")]
    [InlineData(""" "grid": {} """, "line 3: nothing is varied; give 'grid' or 'random' at least one key")]
    [InlineData(""" "grid": {"model.hidden": []} """, "line 3: 'grid.model.hidden' is []; it must be a list of the values that are tried, at least one.")]
    [InlineData(""" "grid": {"model.hidden": 8} """, "line 3: 'grid.model.hidden' is 8; it must be a list")]
    [InlineData(" \"grid\": {\"model.hidden\": [8,\n 0]} ", "line 4: 'model.hidden' is 0; it must be at least 1. So it is with the setting hidden=0.")]
    [InlineData(" \"grid\": {\"model.hidden\": [8,\n \"many\"]} ", "line 4: 'model.hidden' is \"many\"; it must be a whole number")]
    [InlineData(""" "grid": {"training.learningRate": [1e-3, 0.001]} """, "line 3: the settings learningRate=1e-3 and learningRate=0.001 are the same training; keep one of them.")]
    [InlineData(""" "grid": {"data.validation": [0.1]} """, "line 3: 'data.validation' in 'grid' would undo 'data.validation' in 'set'; keep one of them.")]
    [InlineData(""" "grid": {"data": [{}]} """, "line 3: 'data' in 'grid' would undo 'data.validation' in 'set'")]
    [InlineData(""" "grid": {"model.hidden": [8]}, "random": {"draws": 1, "keys": {"model": {"choice": [{}]}}} """, "'model' in 'random.keys' would undo 'model.hidden' in 'grid'")]
    [InlineData(""" "random": {"draws": 1, "keys": {"model.hidden": {"uniform": [8, 8]}}} """, "line 3: 'random.keys.model.hidden.uniform' is [8,8]; it must be a list of two whole numbers, the lower one first.")]
    [InlineData(""" "random": {"draws": 1, "keys": {"model.hidden": {"uniform": [8, 8.5]}}} """, "two whole numbers")]
    [InlineData(""" "random": {"draws": 1, "keys": {"training.learningRate": {"logUniform": [0, 1]}}} """, "two numbers, the lower one first, both above 0")]
    [InlineData(""" "random": {"draws": 1, "keys": {"training.learningRate": {"normal": [0, 1]}}} """, "unknown key 'random.keys.training.learningRate.normal'. The keys of 'random.keys.training.learningRate' are uniform, logUniform, choice.")]
    [InlineData(""" "random": {"draws": 1, "keys": {"training.learningRate": 1}} """, "it must be one of {\"uniform\": [low, high]}")]
    [InlineData(""" "random": {"keys": {"model.hidden": {"choice": [8]}}} """, "line 3: 'random.draws' is missing; it must be how many draws are made")]
    [InlineData(""" "random": {"draws": 2} """, "line 3: 'random.keys' is missing")]
    [InlineData(""" "random": {"draws": 0, "keys": {"model.hidden": {"choice": [8]}}} """, "'random.draws' is 0; it must be a whole number from 1 to 10,000")]
    [InlineData(""" "grid": {"model.hidden": [8]}, "seeds": 0 """, "'seeds' is 0; it must be a whole number from 1 to 10,000")]
    [InlineData(""" "grid": {"model.hidden": [8]}, "choose": "test.accuracy" """, "'choose' is \"test.accuracy\"; it must be one of validation.accuracy, validation.loss; test rows choose nothing.")]
    [InlineData(""" "grid": {"model.hidden": [8]}, "format": 2 """, "sweep format 2 is newer than this program")]
    [InlineData(""" "grid": {"model.hidden": [8]}, "name": "a/b" """, "'name' is \"a/b\"; it must be a name that a folder can have")]
    [InlineData(""" "grid": {"model.hidden": [8, 16], "model.hidden": [9]} """, "the key 'grid.model.hidden' is given twice")]
    [InlineData(""" "grid": {"model.hidden": [8}, """, "not readable as JSON")]
    public void What_no_sweep_can_be_is_refused_with_its_place(string rest, string message) => Refused(rest, message);

    [Fact]
    public void Too_many_runs_are_refused_before_they_are_counted_out()
    {
        var values = string.Join(',', Enumerable.Range(1, 1000));
        Refused($$""" "grid": {"model.hidden": [{{values}}], "model.embedding": [{{values}}], "model.headUnits": [{{values}}]}, "seeds": 2 """,
            "mine.json, line 3: 1,000,000,000 settings with 2 seed(s) each are 2,000,000,000 runs; a sweep has at most 10,000.");
    }

    [Fact]
    public void A_recipe_that_holds_no_rows_out_or_is_not_there_is_refused()
    {
        var message = Assert.Throws<RecipeException>(() => SweepPlan.Of(Write("""{"recipe": "digits-lstm", "grid": {"model.hidden": [8]}}"""))).Message;
        Assert.Contains("a sweep chooses by validation rows, and the recipe 'digits-lstm' holds none out", message);
        Assert.Contains("\"set\": {\"data.validation\": 0.1}", message);
        Assert.Contains("mine.json, line 1: There is no recipe 'digts-lstm'. Nearest: digits-lstm",
            Assert.Throws<RecipeException>(() => SweepPlan.Of(Write("""{"recipe": "digts-lstm", "grid": {"model.hidden": [8]}}"""))).Message);
        Assert.Contains("'recipe' is missing", Assert.Throws<RecipeException>(() => SweepPlan.Of(Write("""{"grid": {"model.hidden": [8]}}"""))).Message);
        Assert.Contains("There is no sweep file", Assert.Throws<RecipeException>(() => SweepPlan.Of(Path.Combine(_folder, "none.json"))).Message);
        Assert.Contains("a sweep is one JSON object", Assert.Throws<RecipeException>(() => SweepPlan.Of(Write("[]"))).Message);
    }

    private void Refused(string rest, string message)
    {
        var error = Assert.Throws<RecipeException>(() => Plan(rest));
        Assert.Contains(message, error.Message);
        Assert.StartsWith(Path.Combine(_folder, "mine.json"), error.Message);
    }
}
