using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Recollect.Data;
using Recollect.Experiments;
using Recollect.Plans;
using Recollect.Randomness;

namespace Recollect.Sweeps;

/// <summary>Turns a sweep's text into a sweep of known keys; what a recipe makes of the values is <see cref="SweepPlan"/>'s to find out.</summary>
internal sealed partial class SweepReader
{
    /// <summary>The measures by which a setting can be chosen, the default first.</summary>
    public static readonly string[] Measures = ["validation.accuracy", "validation.loss"];

    private const int NewestFormat = 1;
    private const string Uniform = "uniform", LogUniform = "logUniform", Choice = "choice";
    private const int LongestLabel = 24;
    private static readonly string[] Keys = ["format", "name", "recipe", "set", "grid", "random", "seeds", "choose"];
    private static readonly string[] RandomKeys = ["draws", "seed", "keys"];
    private static readonly string[] Distributions = [Uniform, LogUniform, Choice];
    private readonly RecipeTree _tree;

    private SweepReader(RecipeTree tree) => _tree = tree;

    /// <summary>Reads a sweep's file.</summary>
    /// <exception cref="RecipeException">It cannot be read, or says something that no sweep does; the message names the line.</exception>
    public static Sweep Read(string path) =>
        new SweepReader(RecipeTree.Parse(RecipeBook.TextOfFile(path, "sweep"), path, "a sweep")).Whole(Path.GetFileNameWithoutExtension(path));

    private Sweep Whole(string fileName)
    {
        var root = _tree.Root;
        if (root["format"] is JsonValue format && format.TryGetValue(out int version) && version > NewestFormat)
            throw new RecipeException($"{_tree.PlaceOf("format")}: sweep format {version} is newer than this program, which reads up to {NewestFormat}; use a newer version of recollect.");
        RefuseUnknown(root, Keys, "", "a sweep");
        Number(root, "format", "", NewestFormat, 1, NewestFormat);
        var drawn = Section(root, "random", "");
        if (drawn is not null)
            RefuseUnknown(drawn, RandomKeys, "random", "'random'");
        var sweep = new Sweep
        {
            Name = NameOf(root, fileName),
            Recipe = Text(root, "recipe", "", "a shipped recipe's name, or a file") ?? throw new RecipeException($"{_tree.PlaceOf("")}: 'recipe' is missing; it must be a shipped recipe's name, or a file."),
            PlaceOf = _tree.PlaceOf,
            Fixed = [.. KeysOf(root, "set", "").Select(entry => ValueOf(entry.Key, entry.Value, RecipeTree.Join("set", entry.Key)))],
            Grid = [.. KeysOf(root, "grid", "").Select(entry => new SweptAxis(entry.Key, Values(entry.Key, entry.Value, RecipeTree.Join("grid", entry.Key))))],
            Drawn = drawn is null ? [] : [.. KeysOf(drawn, "keys", "random").Select(entry => Drawn(entry.Key, entry.Value))],
            Draws = drawn is null ? 0 : (int)(Number(drawn, "draws", "random", null, 1, SweepPlan.MostRuns) ?? throw Missing("random", "draws", "how many draws are made, at least 1")),
            DrawSeed = new Seed(drawn is null ? 0 : Number(drawn, "seed", "random", 0, long.MinValue, long.MaxValue)!.Value),
            Seeds = (int)Number(root, "seeds", "", 1, 1, SweepPlan.MostRuns)!.Value,
            Choose = Choose(root),
        };
        RefuseNothing(sweep);
        RefuseOverlap(sweep);
        return sweep;
    }

    private string NameOf(JsonObject root, string fileName)
    {
        const string expected = "a name that a folder can have, without / and \\";
        var name = Text(root, "name", "", expected) ?? fileName;
        return name is not ("" or "." or "..") && !name.Any(c => c is '/' or '\\' || char.IsControl(c)) ? name : throw Wrong("name", root["name"], expected);
    }

    private string Choose(JsonObject root)
    {
        var word = Text(root, "choose", "", $"one of {string.Join(", ", Measures)}") ?? Measures[0];
        return Measures.Contains(word)
            ? word
            : throw Wrong("choose", root["choose"], $"one of {string.Join(", ", Measures)}; test rows choose nothing", Spelling.Hint(word, Measures));
    }

    // A section whose keys are a recipe's.
    private JsonObject KeysOf(JsonObject parent, string name, string path)
    {
        var section = Section(parent, name, path) ?? [];
        foreach (var (key, _) in section)
            RefuseUnknownKey(key, RecipeTree.Join(path, name));
        return section;
    }

    private DrawnKey Drawn(string key, JsonNode? given)
    {
        var path = RecipeTree.Join("random.keys", key);
        var expected = $"one of {{\"{Uniform}\": [low, high]}}, {{\"{LogUniform}\": [low, high]}} and {{\"{Choice}\": [values]}}";
        if (given is not JsonObject section)
            throw Wrong(path, given, expected);
        RefuseUnknown(section, Distributions, path, $"'{path}'");
        if (section.Count != 1)
            throw Wrong(path, given, expected);
        var (name, value) = section.Single();
        var at = RecipeTree.Join(path, name);
        return name == Choice ? new DrawnChoice(key, Values(key, value, at)) : Range(key, value, at, name == LogUniform);
    }

    private DrawnNumber Range(string key, JsonNode? value, string path, bool isLogarithmic)
    {
        var isWhole = RecipeShape.IsWhole(key);
        var expected = $"a list of two {(isWhole ? "whole " : "")}numbers, the lower one first{(isLogarithmic ? ", both above 0" : "")}";
        var ends = (value as JsonArray)?.Select(entry => entry is JsonValue number && number.TryGetValue(out double end) ? end : double.NaN).ToList();
        if (ends is not [var low, var high] || !double.IsFinite(low) || !double.IsFinite(high) || !(low < high) || (isLogarithmic && low <= 0)
            || (isWhole && (low != Math.Floor(low) || high != Math.Floor(high) || Math.Max(Math.Abs(low), Math.Abs(high)) > int.MaxValue)))
            throw Wrong(path, value, expected);
        return new DrawnNumber(key, low, high, isLogarithmic, _tree.PlaceOf(path));
    }

    private List<SweptValue> Values(string key, JsonNode? given, string path)
    {
        if (given is not JsonArray { Count: > 0 } list)
            throw Wrong(path, given, "a list of the values that are tried, at least one");
        var values = new List<SweptValue>();
        foreach (var entry in list)
        {
            var value = ValueOf(key, entry, RecipeTree.Join(path, values.Count));
            var isPlain = entry is null or JsonValue && value.Label.Length <= LongestLabel && !values.Any(other => other.Label.Equals(value.Label, StringComparison.OrdinalIgnoreCase));
            values.Add(isPlain ? value : value with { Label = $"v{values.Count + 1}" });
        }
        return values;
    }

    private SweptValue ValueOf(string key, JsonNode? value, string path)
    {
        // Bare where it is a word: whatever else a text is, its quotes say that it is one.
        var text = value is JsonValue word && word.TryGetValue<string>(out var plain) && Word().IsMatch(plain) ? plain : value?.ToJsonString(RecipeJson.Compact) ?? "null";
        return new SweptValue(key, text, PlannedRun.FolderName(text), _tree.PlaceOf(path));
    }

    private void RefuseUnknownKey(string key, string section)
    {
        var place = _tree.PlaceOf(RecipeTree.Join(section, key));
        if (key == "seed")
            throw new RecipeException($"{place}: 'seed' is no key to sweep; \"seeds\": n runs every setting with the seeds 1 to n.");
        if (RecipeShape.Has(key))
            return;
        var nearest = RecipeShape.Nearest(key);
        throw new RecipeException($"{place}: a recipe has no key '{key}'." + (nearest.Count > 0 ? $" Nearest: {string.Join(", ", nearest)}." : " 'recollect recipes show digits' shows the keys of one."));
    }

    private void RefuseNothing(Sweep sweep)
    {
        if (sweep.Drawn.Count == 0 && sweep.Draws > 0)
            throw Missing("random", "keys", "a section of at least one key, each with how it is drawn");
        if (sweep.Grid.Count + sweep.Drawn.Count == 0)
            throw new RecipeException($"{_tree.PlaceOf("grid")}: nothing is varied; give 'grid' or 'random' at least one key.");
    }

    // A later edit would take an earlier one's effect without a word.
    private void RefuseOverlap(Sweep sweep)
    {
        List<(string Section, string Key)> varied = [.. sweep.Grid.Select(axis => ("grid", axis.Key)), .. sweep.Drawn.Select(drawn => ("random.keys", drawn.Key))];
        foreach (var (at, (section, key)) in varied.Index())
        {
            var others = varied.Where((_, other) => other != at).Concat(sweep.Fixed.Select(value => (Section: "set", value.Key)));
            if (others.FirstOrDefault(other => other.Key == key || other.Key.StartsWith(key + ".", StringComparison.Ordinal)) is { Key: not null } found)
                throw new RecipeException($"{_tree.PlaceOf(RecipeTree.Join(section, key))}: '{key}' in '{section}' would undo '{found.Key}' in '{found.Section}'; keep one of them.");
        }
    }

    private void RefuseUnknown(JsonObject section, string[] keys, string path, string what)
    {
        if (section.Select(entry => entry.Key).FirstOrDefault(key => !keys.Contains(key)) is { } unknown)
        {
            throw new RecipeException($"{_tree.PlaceOf(RecipeTree.Join(path, unknown))}: unknown key '{RecipeTree.Join(path, unknown)}'."
                + (Spelling.Hint(unknown, keys) is { Length: > 0 } hint ? hint : $" The keys of {what} are {string.Join(", ", keys)}."));
        }
    }

    private JsonObject? Section(JsonObject parent, string key, string path) => parent[key] switch
    {
        null => null,
        JsonObject section => section,
        var other => throw Wrong(RecipeTree.Join(path, key), other, "a section, { … }"),
    };

    private string? Text(JsonObject parent, string key, string path, string expected) => parent[key] switch
    {
        null => null,
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        var other => throw Wrong(RecipeTree.Join(path, key), other, $"{expected}, in quotes"),
    };

    private long? Number(JsonObject parent, string key, string path, long? usual, long least, long most) => parent[key] switch
    {
        null => usual,
        JsonValue value when value.TryGetValue(out long number) && number >= least && number <= most => number,
        var other => throw Wrong(RecipeTree.Join(path, key), other, least == most ? $"{least}" : least == long.MinValue ? "a whole number" : $"a whole number from {least} to {most:N0}"),
    };

    private RecipeException Missing(string path, string key, string expected) => new($"{_tree.PlaceOf(path)}: '{path}.{key}' is missing; it must be {expected}.");

    private RecipeException Wrong(string path, JsonNode? found, string expected, string hint = "")
    {
        const int most = 60;
        var text = found?.ToJsonString(JsonSerializerOptions.Default) ?? "null";
        return new RecipeException($"{_tree.PlaceOf(path)}: '{path}' is {(text.Length > most ? text[..most] + "…" : text)}; it must be {expected}.{hint}");
    }

    [GeneratedRegex(@"^(?!(true|false|null)$)[A-Za-z_][A-Za-z0-9_.-]*$")]
    private static partial Regex Word();
}
