using Recollect.Experiments;
using Recollect.Losses;
using Recollect.Sequences;
using Recollect.Training;

namespace Recollect.Tests.Experiments;

public class RecipeReaderTests
{
    private static Recipe Read(string json, params string[] edits) => RecipeReader.Read(json, "mine.json", edits);

    private static string Refusal(string json, params string[] edits) => Assert.Throws<RecipeException>(() => Read(json, edits)).Message;

    [Fact]
    public void An_empty_recipe_is_the_defaults()
    {
        var recipe = Read("{}");
        Assert.Equal("digits", recipe.Data.Source);
        Assert.Equal(300, recipe.Bptt.Supervised.Steps);
        Assert.Empty(recipe.Auxiliary);
    }

    [Fact]
    public void Comments_trailing_commas_and_the_fields_own_spellings_are_read()
    {
        var recipe = Read("""
            // a comment
            {
              "training": { "optimizer": "rmsprop", "learningRate": 1e-4, }, /* another */
              "auxiliary": [ { "kind": "prediction", "length": 24 }, { "kind": "reconstruction", "length": [3, 5] } ],
              "bptt": { "supervised": "full", "auxiliary": 12 },
            }
            """);
        Assert.Equal(OptimizerKind.RmsProp, recipe.Training.Optimizer);
        Assert.Equal(1e-4, recipe.Training.LearningRate);
        Assert.Equal([24], recipe.Auxiliary[0].Length);
        Assert.Equal([3, 5], recipe.Auxiliary[1].Length);
        Assert.Equal(Truncation.Full, recipe.Bptt.Supervised);
    }

    [Theory]
    [InlineData("""{"training": {"learningrate": 1}}""", "training.learningrate", "Nearest: training.learningRate")]
    [InlineData("""{"trainig": {}}""", "'trainig'", "Nearest: training")]
    [InlineData("""{"trainig": null}""", "'trainig'", "Nearest: training")]
    [InlineData("""{"training": {"hidden": 1}}""", "'training.hidden'", "model.hidden")]
    [InlineData("""{"auxiliary": [{"kind": "prediction", "lenght": 4}]}""", "auxiliary.0.lenght", "Nearest: auxiliary.0.length")]
    [InlineData("""{"auxiliary": [{"kind": "prediction", "decoder": {"layer": 4}}]}""", "auxiliary.0.decoder.layer", "auxiliary.0.decoder.layers")]
    [InlineData("""{"seed": 1, "zzzzzz": 4}""", "'zzzzzz'", "The keys of a recipe are format, name")]
    public void An_unknown_key_is_refused_by_its_path_with_the_nearest_valid_one(string json, string path, string nearest)
    {
        var message = Refusal(json);
        Assert.Contains("unknown key", message);
        Assert.Contains(path, message);
        Assert.Contains(nearest, message);
    }

    [Fact]
    public void Messages_name_the_line()
    {
        Assert.StartsWith("mine.json, line 4: ", Refusal("{\n  \"seed\": 1,\n  \"model\": {\n    \"hiden\": 4\n  }\n}"));
        Assert.StartsWith("mine.json, line 2, column 10: ", Refusal("{\n  \"seed\" 1\n}"));
    }

    [Theory]
    [InlineData("""{"model": {"hidden": "many"}}""", "'model.hidden' is \"many\"; it must be a whole number")]
    [InlineData("""{"model": {"hidden": 1.5}}""", "'model.hidden' is 1.5; it must be a whole number")]
    [InlineData("""{"model": {"hidden": 3000000000}}""", "at most 2147483647")]
    [InlineData("""{"model": 3}""", "'model' is 3; it must be a section")]
    [InlineData("""{"model": {"cell": "lstn"}}""", "'model.cell' is \"lstn\"; it must be one of lstm, gru, irnn, urnn, transformer. Nearest: lstm.")]
    [InlineData("""{"model": {"cell": 0}}""", "'model.cell' is 0; it must be one of lstm, gru, irnn, urnn, transformer.")]
    [InlineData("""{"training": {"optimizer": "rmsProp"}}""", "rmsprop, adam, adamw. Nearest: rmsprop.")]
    [InlineData("""{"training": {"joint": "yes"}}""", "it must be true or false")]
    [InlineData("""{"bptt": {"supervised": "ful"}}""", "a number of steps, 0 or more, or \"full\". Nearest: full.")]
    [InlineData("""{"bptt": {"supervised": -1}}""", "'bptt.supervised' is -1; it must be a number of steps, 0 or more")]
    [InlineData("""{"auxiliary": [{}]}""", "'auxiliary.0.kind' is missing; it must be one of reconstruction, prediction")]
    [InlineData("""{"auxiliary": {"kind": "prediction"}}""", "it must be a list")]
    [InlineData("""{"auxiliary": [null]}""", "'auxiliary.0' is null")]
    [InlineData("""{"auxiliary": [{"kind": "prediction", "length": [3, "x"]}]}""", "'auxiliary.0.length' is [")]
    [InlineData("""{"training": {"learningRate": 1e999}}""", "it must be a number")]
    [InlineData("""[1]""", "a recipe is one JSON object")]
    [InlineData("", "not readable as JSON")]
    [InlineData("{} {}", "not readable as JSON")]
    public void A_value_of_the_wrong_type_is_refused_with_what_was_found_and_what_is_allowed(string json, string expected)
    {
        var message = Refusal(json);
        // A list's wrong entry may be named itself, which is better still.
        Assert.Contains(expected.Contains("'auxiliary.0.length' is [") ? "auxiliary.0.length" : expected, message);
    }

    [Fact]
    public void A_repeated_key_is_refused() =>
        Assert.Contains("'model.hidden' is given twice", Refusal("""{"model": {"hidden": 3, "hidden": 4}}"""));

    [Fact]
    public void A_newer_format_is_refused_before_its_keys_are_looked_at()
    {
        var message = Refusal("""{"format": 2, "shinyNewKey": 1}""");
        Assert.Contains("recipe format 2 is newer", message);
    }

    [Fact]
    public void Null_means_unset() => Assert.Equal(128, Read("""{"model": {"hidden": null}, "data": null}""").Model.Hidden);

    [Fact]
    public void Edits_reach_sections_lists_and_words()
    {
        var recipe = Read("""{"auxiliary": [{"kind": "reconstruction", "length": 5}]}""",
            "model.hidden=7", "training.schedule.kind=cosine", "bptt.supervised=full", "auxiliary.0.length=24",
            "auxiliary.1.kind=prediction", "auxiliary.1.length=[4,5]", "auxiliary.1.length.1=6", "description=7 cells", "training.learningRate=3e-4");
        Assert.Equal(7, recipe.Model.Hidden);
        Assert.Equal(ScheduleKind.Cosine, recipe.Training.Schedule.Kind);
        Assert.True(recipe.Bptt.Supervised.IsFull);
        Assert.Equal([24], recipe.Auxiliary[0].Length);
        Assert.Equal(AuxiliaryKind.Prediction, recipe.Auxiliary[1].Kind);
        Assert.Equal([4, 6], recipe.Auxiliary[1].Length);
        Assert.Equal("7 cells", recipe.Description);
        Assert.Equal(3e-4, recipe.Training.LearningRate);
    }

    [Fact]
    public void An_edit_to_null_unsets_a_key_and_takes_a_lists_entry_out()
    {
        var recipe = Read("""{"model": {"hidden": 5}, "auxiliary": [{"kind": "prediction"}, {"kind": "reconstruction"}]}""",
            "model.hidden=null", "auxiliary.0=null");
        Assert.Equal(128, recipe.Model.Hidden);
        Assert.Equal(AuxiliaryKind.Reconstruction, Assert.Single(recipe.Auxiliary).Kind);
    }

    [Theory]
    [InlineData("model.hiden=3", "--set model.hiden=3: unknown key 'model.hiden'. Nearest: model.hidden")]
    [InlineData("model.hidden=few", "--set model.hidden=few: 'model.hidden' is \"few\"")]
    [InlineData("model.hidden", "expected key.path=value")]
    [InlineData("=3", "expected key.path=value")]
    [InlineData("seed.x=3", "'seed' is 1 and has no part 'x'")]
    [InlineData("auxiliary.2.kind=prediction", "'auxiliary' has 0 entries; the next is auxiliary.0")]
    [InlineData("auxiliary.kind=prediction", "'auxiliary' is a list")]
    [InlineData("model={\"hidden\":3,\"hidden\":4}", "given twice")]
    [InlineData("model={\"hidden\":8", "--set model={\"hidden\":8: in the value, line 1, column 12: not readable as JSON: found the end of the text; expected '}'")]
    [InlineData("auxiliary=[{kind:1}]", "column 3: not readable as JSON: found 'kind'; expected a key in double quotes")]
    [InlineData("model.hidden=0", "--set model.hidden=0: 'model.hidden' is 0; it must be at least 1")]
    public void A_wrong_edit_is_refused_like_a_wrong_line(string edit, string expected) =>
        Assert.Contains(expected, Refusal("""{"seed": 1, "auxiliary": []}""", edit));
}
