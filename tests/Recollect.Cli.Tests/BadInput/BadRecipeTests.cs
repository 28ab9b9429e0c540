namespace Recollect.Tests.Cli.BadInput;

/// <summary>A recipe that is not allowed ends with 2 before anything is made.</summary>
public sealed class BadRecipeTests : IDisposable
{
    private readonly SmallRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    private Ran Train(string recipe, params string[] edits) => Ran.Command(SmallRuns.Words(recipe, _runs.In("run"), edits));

    private void NothingWasMade() => Assert.False(Directory.Exists(_runs.In("run")));

    [Fact]
    public void An_unknown_key_is_named_with_its_line_and_the_nearest()
    {
        var recipe = _runs.Write("mine.json", """
            {
              "format": 1,
              "training": { "learningrate": 0.01 }
            }
            """);
        Train(recipe).Refused(2, $"{recipe}, line 3: unknown key 'training.learningrate'", "Nearest: training.learningRate");
        NothingWasMade();
    }

    [Fact]
    public void An_unknown_key_of_an_edit_is_named_with_the_edit()
    {
        Train("digits-lstm", "model.hiden=9").Refused(2, "--set model.hiden=9: unknown key 'model.hiden'", "model.hidden");
        NothingWasMade();
    }

    [Fact]
    public void A_misspelt_recipe_gets_the_nearest_names_and_the_way_to_the_list()
    {
        Train("mnist-r-lstm-30").Refused(2, "There is no recipe 'mnist-r-lstm-30'", "Nearest: mnist-r-lstm-300", "recollect recipes list");
        NothingWasMade();
    }

    [Fact]
    public void Broken_JSON_is_told_in_one_sentence_with_line_and_column()
    {
        var recipe = _runs.Write("mine.json", "{\n  \"seed\": 1,\n  \"model\": { \"hidden\": 8\n}\n");
        Train(recipe).Refused(2, $"recollect: {recipe}, line 5, column 1: not readable as JSON: found the end of the text; expected '}}', to end the '{{' of line 1.");
        NothingWasMade();
    }

    [Fact]
    public void A_folder_in_the_place_of_the_recipe_is_refused_as_one()
    {
        var folder = Directory.CreateDirectory(_runs.In("mine")).FullName;
        Train(folder).Refused(2, $"'{folder}' is a folder; expected a recipe file", "mine.json", "recollect recipes list");
        Ran.Command("recipes", "show", folder).Refused(2, $"'{folder}' is a folder");
        _runs.Write("mine/recipe.json", "{}");
        Train(folder).Refused(2, $"'{folder}' is a folder", $"It holds a run: go on with it by --resume {folder}");
        NothingWasMade();
    }

    [Fact]
    public void What_no_machine_has_the_memory_for_is_refused_with_what_it_needs_and_has()
    {
        Train("digits-lstm", """auxiliary=[{"kind":"reconstruction","segments":300000,"length":30}]""")
            .Refused(2, "of memory at its peak, computing", "decoders", "MB", "row(s) at a time");
        NothingWasMade();
    }

    [Fact]
    public void A_segment_longer_than_every_sequence_is_refused_where_tooShort_is_error()
    {
        Train("digits-lstm", """auxiliary=[{"kind":"reconstruction","length":63,"tooShort":"error"}]""")
            .Refused(2, "auxiliary.0.length", "63 step(s) fits into 0 of 1437", "64 steps", "tooShort is \"error\"", "to 62 or less", "\"shorten\"");
        NothingWasMade();
    }

    [Theory]
    [InlineData("digits", "shorten", "a reconstruction of 16 step(s) fits into 0 of 32 training rows, of 2 to 2 steps", "a row of 3 steps", "as the recipe digits-lstm does")]
    [InlineData("digits", "skip", "a reconstruction of 16 step(s) fits into 0 of 32", "a row of 3 steps", "as the recipe digits-lstm does")]
    [InlineData("digits", "error", "a reconstruction of 16 step(s) fits into 0 of 32", "a row of 3 steps", "as the recipe digits-lstm does")]
    public void Rows_too_short_for_any_segment_are_told_as_that(string recipe, string tooShort, params string[] parts)
    {
        var file = _runs.Write("mine.csv", "a,b,label\n" + string.Concat(Enumerable.Range(0, 40).Select(row => $"{row},1,{row % 2}\n")));
        string[] data = [$"data={{\"source\":\"csv\",\"train\":\"{file.Replace("\\", "\\\\")}\"}}"];
        Train(recipe, [.. data, $"auxiliary.0.tooShort={tooShort}", "auxiliary.0.length=16"]).Refused(2, ["auxiliary.0.length", .. parts]);
        NothingWasMade();
        var advised = Train("digits-lstm", [.. data, "training.epochs=1"]);
        Assert.True(advised.Code == 0, advised.Error);
    }

    [Fact]
    public void Rows_of_one_step_are_too_short_for_a_language_model_and_told_as_that()
    {
        var file = _runs.Write("mine.csv", "a,label\n" + string.Concat(Enumerable.Range(0, 40).Select(row => $"{row},{row % 2}\n")));
        Train("digits-lm-lstm", $"data={{\"source\":\"csv\",\"train\":\"{file.Replace("\\", "\\\\")}\"}}")
            .Refused(2, "fits into 0 of 32 training rows, of 1 to 1 steps", "a row of 2 steps", "as the recipe digits-lstm does");
        NothingWasMade();
    }

    [Fact]
    public void A_network_too_large_for_the_memory_is_told_by_its_keys_and_nothing_is_made()
    {
        // 4 EB of weights: nothing is tried.
        Train("digits", "model.hidden=500000000", "model.embedding=100000")
            .Refused(2, "weights, its decoders' among them: with gradients and the optimiser's averages they need at least", "Lower model.hidden, model.layers, model.headUnits or model.embedding");
        NothingWasMade();
    }

    [Fact]
    public void An_edit_of_a_section_that_does_not_exist_is_named_as_the_edit()
    {
        Train("digits", "a.b=1").Refused(2, "--set a.b=1: unknown key 'a'");
        NothingWasMade();
    }

    [Fact]
    public void A_list_of_one_entry_is_counted_in_the_singular() => Train("digits", "auxiliary.5.length=1").Refused(2, "'auxiliary' has 1 entry; the next is auxiliary.1.");

    [Fact]
    public void A_file_in_the_place_of_the_run_is_refused_and_kept()
    {
        _runs.Write("run", "precious");
        Train("digits-lstm").Refused(2, $"'{_runs.In("run")}' is a file", "--out");
        Assert.Equal("precious", File.ReadAllText(_runs.In("run")));
    }
}
