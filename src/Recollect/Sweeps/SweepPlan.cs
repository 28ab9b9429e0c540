using System.Globalization;
using System.Text.Json.Nodes;
using Recollect.Data;
using Recollect.Experiments;
using Recollect.Plans;
using Recollect.Runs;

namespace Recollect.Sweeps;

/// <summary>A sweep: a recipe with every combination of values that its file asks for, each with several seeds, and the ranking that shows them.</summary>
internal sealed class SweepPlan : RunPlan
{
    /// <summary>The most runs of one sweep.</summary>
    public const int MostRuns = 10_000;

    private const double WideRange = 30; // of an axis that is shown by its logarithm
    private readonly Sweep _sweep;
    private readonly List<IReadOnlyList<SweptValue>> _combinations;

    private SweepPlan(Sweep sweep)
    {
        _sweep = sweep;
        RefuseTooMany();
        _combinations = [.. SweptCombinations.Of(sweep)];
        Settings = [.. SweptCombinations.Names(_combinations).Zip(_combinations, (name, values) => new SweepSetting(name, [.. values.Select(value => value.Edit)]))];
        RefuseWrongSettings();
        // All of seed 1, then all of seed 2: what is there early can be compared.
        Runs = [.. from seed in Enumerable.Range(1, sweep.Seeds) from setting in Settings select new PlannedRun(sweep.Recipe, setting.Edits, seed, $"{setting.Name}-s{seed}")];
        Exhibits = new JsonObject { ["format"] = 1, ["sweep"] = Name, ["exhibits"] = new JsonArray([Ranking(), .. Enumerable.Range(0, sweep.Grid.Count).Select(Curve).OfType<JsonObject>()]) };
    }

    /// <inheritdoc/>
    public override string Kind => "sweep";

    /// <inheritdoc/>
    public override string Name => _sweep.Name;

    /// <inheritdoc/>
    public override IReadOnlyList<PlannedRun> Runs { get; }

    /// <inheritdoc/>
    public override JsonObject Exhibits { get; }

    /// <summary>The validation rows: what is chosen by the test rows is no longer tested by them.</summary>
    public override DataSplit Judge => DataSplit.Validation;

    /// <summary>What is tried, in the order in which it is.</summary>
    public IReadOnlyList<SweepSetting> Settings { get; }

    /// <summary>The measure by which a setting is chosen: <c>validation.accuracy</c> or <c>validation.loss</c>.</summary>
    public string Choose => _sweep.Choose;

    /// <summary>The base recipe's name or file.</summary>
    public string Recipe => _sweep.Recipe;

    /// <summary>The plan of a sweep.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="seeds">Seeds of every setting; null: the file's own number.</param>
    /// <exception cref="RecipeException">It cannot be read, or a recipe that it comes to is not allowed; the message names the line.</exception>
    public static SweepPlan Of(string path, int? seeds = null)
    {
        var sweep = SweepReader.Read(path);
        return new SweepPlan(sweep with { Seeds = seeds ?? sweep.Seeds });
    }

    /// <summary>All edits of a run: those that all settings share, then its own.</summary>
    public override IReadOnlyList<string> EditsOf(PlannedRun run) => EditsOf(run.Edits);

    /// <summary>All edits of a setting: those that all settings share, then its own.</summary>
    public IReadOnlyList<string> EditsOf(SweepSetting setting) => EditsOf(setting.Edits);

    private List<string> EditsOf(IReadOnlyList<string> own) => [.. _sweep.Fixed.Select(value => value.Edit), .. own];

    private void RefuseTooMany()
    {
        var settings = _sweep.Grid.Aggregate((double)Math.Max(1, _sweep.Draws), (product, axis) => product * axis.Values.Count);
        if (settings * _sweep.Seeds > MostRuns)
        {
            throw new RecipeException($"{_sweep.PlaceOf(_sweep.Grid.Count > 0 ? "grid" : "random.draws")}: {settings:N0} settings with {_sweep.Seeds:N0} seed(s) each are {settings * _sweep.Seeds:N0} runs; "
                + $"a sweep has at most {MostRuns:N0}. Give fewer values, or draw from them: 'random'.");
        }
    }

    // Every recipe is read before the first is run.
    private void RefuseWrongSettings()
    {
        try
        {
            RecipeBook.TextOf(_sweep.Recipe);
        }
        catch (RecipeException error)
        {
            throw new RecipeException($"{_sweep.PlaceOf("recipe")}: {error.Message}", error);
        }
        var trainings = new Dictionary<string, SweepSetting>();
        foreach (var (setting, values) in Settings.Zip(_combinations))
        {
            var recipe = RecipeOf(setting, values);
            if (recipe.Data.Validation == 0 && recipe.Data.Source != DataSources.Packed)
            {
                throw new RecipeException($"{_sweep.PlaceOf("set.data.validation")}: a sweep chooses by validation rows, and the recipe '{_sweep.Recipe}' holds none out. "
                    + "Hold some out: \"set\": {\"data.validation\": 0.1}.");
            }
            var training = RecipeJson.Write(recipe.Resolve() with { Name = null, Description = null });
            if (!trainings.TryAdd(training, setting))
                throw new RecipeException($"{values[^1].Place}: the settings {trainings[training].Name} and {setting.Name} are the same training; keep one of them.");
        }
    }

    private Recipe RecipeOf(SweepSetting setting, IReadOnlyList<SweptValue> values)
    {
        var places = _sweep.Fixed.Concat(values).GroupBy(value => value.Edit).ToDictionary(same => same.Key, same => same.First().Place);
        try
        {
            return RecipeBook.Open(_sweep.Recipe, EditsOf(setting), edit => places[edit]);
        }
        catch (RecipeException error)
        {
            throw new RecipeException($"{error.Message} So it is with the setting {setting.Name}.", error);
        }
    }

    private JsonObject Ranking() => new()
    {
        ["kind"] = "ranking",
        ["title"] = "Settings, the best first",
        ["measure"] = Choose,
        ["keys"] = new JsonArray([.. _combinations[0].Select(value => JsonValue.Create(value.Key))]),
        ["rows"] = new JsonArray([.. Settings.Zip(_combinations, (setting, values) => new JsonObject
        {
            ["name"] = setting.Name,
            ["values"] = new JsonArray([.. values.Select(value => JsonValue.Create(value.Text))]),
            [RunsKey] = RunsOf([setting]),
        })]),
    };

    // A key of numbers by itself: at each of its values the runs of all settings that have it. Of drawn keys every setting has its own.
    private JsonObject? Curve(int axis)
    {
        var (key, values) = (_sweep.Grid[axis].Key, _sweep.Grid[axis].Values);
        var numbers = values.Select(value => double.TryParse(value.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.NaN).ToList();
        if (values.Count < 2 || !numbers.All(double.IsFinite))
            return null;
        var points = numbers.Zip(values).OrderBy(point => point.First).Select(point => new JsonObject
        {
            ["x"] = point.First,
            [RunsKey] = RunsOf(Settings.Where((_, at) => _combinations[at][axis] == point.Second)),
        });
        return new JsonObject
        {
            ["kind"] = "curve",
            ["title"] = _combinations[0].Count == 1 ? key : $"{key}, over all other keys",
            ["measure"] = Choose,
            ["x"] = key,
            ["logarithmic"] = numbers.Min() > 0 && numbers.Max() / numbers.Min() >= WideRange,
            ["series"] = new JsonArray(new JsonObject { ["name"] = "mean over runs", ["points"] = new JsonArray([.. points]) }),
        };
    }

    private JsonArray RunsOf(IEnumerable<SweepSetting> settings) =>
        new([.. from setting in settings from seed in Enumerable.Range(1, _sweep.Seeds) select JsonValue.Create($"{RunsFolder}/{setting.Name}-s{seed}")]);
}
