using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Recollect.Experiments;
using Recollect.Plans;
using Recollect.Runs;

namespace Recollect.Reproduction;

/// <summary>A target at a scale: the runs that it asks for, each once, and the exhibits that show them.</summary>
internal sealed class TargetPlan : RunPlan
{
    private const string RunKey = "run", OnlyKey = "only", KindKey = "kind", CostKind = "cost";

    // File systems take names of 255 bytes: a seed (7), ".failure.json" (13) and what a file is called while it is written (50, AtomicFile) come around it.
    private const int LongestName = 176, HashDigits = 8;

    private readonly List<PlannedRun> _runs = [];
    private readonly HashSet<string> _measured = [];
    private readonly string _scaleEdits;

    private TargetPlan(string target, Scale scale, int? seeds)
    {
        (Name, Scale) = (Path.GetFileNameWithoutExtension(target), scale);
        (var own, _scaleEdits) = TargetBook.Of(scale);
        var exhibits = new JsonArray();
        foreach (var exhibit in TargetBook.Exhibits(target))
        {
            if (!Shows(exhibit))
                continue;
            var before = _runs.Count;
            exhibits.Add(Resolve(WithoutSeeds(exhibit), seeds ?? SeedsOf(exhibit) ?? own));
            // What a smoke test takes says nothing of what anything costs; and at full scale there is one run at a time, unless somebody asks for more.
            if (scale == Scale.Short && Text(exhibit[KindKey]) == CostKind)
                _measured.UnionWith(_runs.Skip(before).Select(run => run.Name));
        }
        if (target == TargetBook.All && scale == Scale.Smoke)
            exhibits.Add(Resolve(OtherRecipes(), own));
        Exhibits = new JsonObject { ["format"] = 1, ["target"] = Name, ["scale"] = TargetBook.Word(scale), ["exhibits"] = exhibits };
        // All of seed 1, then all of seed 2: what is there early can be compared.
        Runs = [.. _runs.DistinctBy(run => (run.Text, run.Seed)).OrderBy(run => run.Seed).Select(run => run with { Alone = _measured.Contains(run.Name) })];
        RefuseOneFolderForTwo();
        // A value that is wrong is wrong at every scale, even where the scale's own edits would put another in its place.
        foreach (var run in Runs.Where(run => run.Seed == 1 && _scaleEdits.Length > 0))
            Checked(run, run.Edits);
    }

    /// <inheritdoc/>
    public override string Kind => "target";

    /// <inheritdoc/>
    public override string Name { get; }

    /// <summary>The scale.</summary>
    public Scale Scale { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<PlannedRun> Runs { get; }

    /// <inheritdoc/>
    public override JsonObject Exhibits { get; }

    /// <inheritdoc/>
    public override bool HasResults => Scale != Scale.Smoke;

    /// <summary>Smoke runs do: of two updates nothing is worth going on with, and what was wrong with them would stay.</summary>
    public override bool BeginsAnew => Scale == Scale.Smoke;

    /// <summary>The plan of a target.</summary>
    /// <param name="target">Its name, <see cref="TargetBook.All"/>, or the path of a file of one's own.</param>
    /// <param name="scale">How much of it.</param>
    /// <param name="seeds">Seeds of every recipe; null: the scale's own number.</param>
    /// <exception cref="RecipeException">There is no such target, or it asks for a run that cannot be.</exception>
    public static TargetPlan Of(string target, Scale scale, int? seeds = null) => new(target, scale, seeds);

    /// <summary>All edits of a run: its own, then the scale's, of which <c>key?=value</c> changes only what the recipe gives, and does not give as 0.</summary>
    public override IReadOnlyList<string> EditsOf(PlannedRun run)
    {
        var tree = RecipeTree.Parse(RecipeBook.TextOf(run.Recipe), run.Recipe);
        foreach (var edit in run.Edits)
            tree.Set(edit);
        return [.. run.Edits, .. Words(_scaleEdits)
            .Where(edit => !edit.Contains("?=") || IsGiven(tree.ValueAt(edit[..edit.IndexOf("?=", StringComparison.Ordinal)])))
            .Select(edit => edit.Replace("?=", "="))];
    }

    /// <summary>What is wrong with a smoke run; null at other scales.</summary>
    public override string? Fault(string folder) => Scale == Scale.Smoke ? SmokeCheck.Fault(RunDirectory.Open(folder)) : null;

    // What the paper's own scale does not run is tried as well: the short scale's recipes, and those of no table.
    private JsonObject OtherRecipes() => new()
    {
        [KindKey] = "table",
        ["title"] = "Every other recipe",
        ["measure"] = "test.accuracy",
        ["columns"] = new JsonArray("smoke"),
        ["rows"] = new JsonArray([.. RecipeBook.Names.Except(_runs.Select(run => run.Recipe)).Select(recipe => new JsonObject
        {
            ["name"] = recipe,
            ["cells"] = new JsonArray(new JsonObject { ["column"] = "smoke", [RunKey] = recipe }),
        })]),
    };

    private static bool IsGiven(JsonNode? value) => value is not null && !(value is JsonValue number && number.TryGetValue<double>(out var size) && size == 0);

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private bool Shows(JsonObject part)
    {
        if (part[OnlyKey] is not { } only)
            return true;
        string[] words = [.. Enum.GetValues<Scale>().Select(TargetBook.Word)];
        var named = (only as JsonArray)?.Select(Text).ToList();
        return named?.All(word => word is not null && words.Contains(word)) == true ? named.Contains(TargetBook.Word(Scale)) : throw Wrong(OnlyKey, only, $"a list of {string.Join(", ", words)}");
    }

    private int? SeedsOf(JsonObject exhibit)
    {
        if (exhibit[TargetBook.SeedsKey] is not { } seeds)
            return null;
        var counts = (seeds as JsonObject)?.Select(entry => (entry.Key, Count: entry.Value is JsonValue value && value.TryGetValue<int>(out var count) ? count : 0)).ToList();
        if (counts is null || counts.Any(entry => entry.Count < 1 || !Enum.GetValues<Scale>().Select(TargetBook.Word).Contains(entry.Key)))
            throw Wrong(TargetBook.SeedsKey, seeds, "a number for each scale that has its own (smoke, short, full), such as {\"short\": 3}, of 1 or more");
        return counts.Where(entry => entry.Key == TargetBook.Word(Scale)).Select(entry => (int?)entry.Count).SingleOrDefault();
    }

    // Below an exhibit nothing reads them: there they stay, and are refused with other keys that nothing reads.
    private static JsonObject WithoutSeeds(JsonObject exhibit)
    {
        var copy = exhibit.DeepClone().AsObject();
        copy.Remove(TargetBook.SeedsKey);
        return copy;
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private RecipeException Wrong(string key, JsonNode found, string expected) => new($"The target '{Name}': found '{key}': {found.ToJsonString()}; expected {expected}.");

    // Copies everything but what the scale leaves out, and puts the folders of runs where the target names a recipe.
    private JsonNode? Resolve(JsonNode? node, int seeds)
    {
        if (node is JsonArray list)
            return new JsonArray([.. list.Where(item => item is not JsonObject part || Shows(part)).Select(item => Resolve(item, seeds))]);
        if (node is not JsonObject part)
            return node?.DeepClone();
        var copy = new JsonObject();
        foreach (var (key, value) in part)
        {
            if (key == RunKey)
                copy[RunsKey] = new JsonArray([.. Folders(value!, seeds).Select(folder => JsonValue.Create(folder))]);
            else if (key is not OnlyKey)
                copy[key] = Resolve(value, seeds);
        }
        return copy;
    }

    // Of a path such as ./mine.json without its beginning: a name that begins with a point is hidden. Of many edits the first ones, and a sum over all.
    private static string NameOf(string recipe, string[] edits)
    {
        var name = PlannedRun.FolderName(string.Join('+', [recipe.StartsWith("./", StringComparison.Ordinal) ? recipe[2..] : recipe, .. edits]));
        name = name.StartsWith('.') ? $"_{name[1..]}" : name;
        return name.Length <= LongestName ? name : $"{name[..(LongestName - HashDigits - 1)]}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..HashDigits]}";
    }

    // Some disks do not tell letters from capitals.
    private void RefuseOneFolderForTwo()
    {
        if (Runs.GroupBy(run => run.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(same => same.Count() > 1)?.ToList() is [var first, var second, ..])
            throw new RecipeException($"The target '{Name}': the runs '{first.Text}' and '{second.Text}' would share the folder '{first.Name}'; expected recipes and edits whose names differ in letters and digits. Rename one of the files.");
    }

    // "recipe edit edit": a text for every scale, or one for each; a smoke test runs what the full scale does.
    private IEnumerable<string> Folders(JsonNode run, int seeds)
    {
        var chosen = run is JsonObject byScale
            ? byScale[TargetBook.Word(Scale)] ?? (Scale == Scale.Smoke ? byScale[TargetBook.Word(Scale.Full)] : null)
            : run;
        if (run is JsonObject named && named.Select(entry => entry.Key).FirstOrDefault(word => !Enum.GetValues<Scale>().Select(TargetBook.Word).Contains(word)) is { } stranger)
            throw new RecipeException($"The target '{Name}' gives a run for '{stranger}'; expected {string.Join(", ", Enum.GetValues<Scale>().Select(TargetBook.Word))}.");
        if (chosen is null)
            yield break;
        if (Text(chosen) is not { } text || Words(text) is not [var recipe, .. var edits])
            throw new RecipeException($"The target '{Name}' asks for the run {chosen.ToJsonString()}; expected a text of a recipe's name and its edits, such as \"digits bptt.supervised=8\".");
        if (edits.FirstOrDefault(edit => edit.StartsWith("seed=", StringComparison.Ordinal)) is { } fixedSeed)
            throw new RecipeException($"The target '{Name}' asks for the run '{text}': found '{fixedSeed}'; every run has the seeds 1, 2, … of its exhibit. Remove it, and give \"seeds\" or --seeds.");
        if (edits.GroupBy(edit => edit.Split('=')[0]).FirstOrDefault(same => same.Count() > 1)?.ToList() is [var one, var other, ..])
            throw new RecipeException($"The target '{Name}' asks for the run '{text}': found '{one}' and '{other}'; expected each key once. Remove one of them.");
        for (var seed = 1; seed <= seeds; seed++)
        {
            var planned = new PlannedRun(recipe, edits, seed, $"{NameOf(recipe, edits)}-s{seed}");
            _runs.Add(planned);
            yield return $"{RunsFolder}/{planned.Name}";
        }
    }
}
