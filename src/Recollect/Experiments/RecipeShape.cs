using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Recollect.Data;
using Recollect.Sequences;

namespace Recollect.Experiments;

/// <summary>Holds a recipe's tree against the options' types: every key must exist, every value must have its key's type.</summary>
/// <remarks>Keys come from the serializer's own contract, so that an option record and this check cannot disagree.</remarks>
internal sealed class RecipeShape(RecipeTree tree)
{
    /// <summary>Checks the whole tree; unset (null) keys leave it, and a lone value where a list belongs becomes a list of one.</summary>
    /// <exception cref="RecipeException">A key is unknown or missing, or a value has the wrong type.</exception>
    public void Check()
    {
        RefuseNewerFormat();
        Section(tree.Root, TypeOf(typeof(Recipe)), "");
    }

    private void RefuseNewerFormat()
    {
        // First, because a newer format may have keys that would only look misspelt.
        if (tree.Root["format"] is JsonValue value && value.TryGetValue(out int format) && format > Recipe.NewestFormat)
        {
            throw new RecipeException($"{tree.PlaceOf("format")}: recipe format {format} is newer than this program, which reads up to "
                + $"{Recipe.NewestFormat}; use a newer version of recollect.");
        }
    }

    private void Section(JsonObject section, JsonTypeInfo type, string path)
    {
        foreach (var (key, value) in section.ToList())
        {
            var property = type.Properties.FirstOrDefault(property => property.Name == key) ?? throw Unknown(key, type, path);
            if (value is null)
                section.Remove(key);
            else if (Value(value, TypeOf(property.PropertyType), RecipeTree.Join(path, key)) is { } replacement)
                section[key] = replacement;
        }
        foreach (var missing in type.Properties.Where(property => property.IsRequired && !section.ContainsKey(property.Name)))
        {
            var child = RecipeTree.Join(path, missing.Name);
            throw new RecipeException($"{tree.PlaceOf(path)}: '{child}' is missing; it must be {Expected(TypeOf(missing.PropertyType))}.");
        }
    }

    /// <summary>Checks one value; what it returns, if anything, takes the value's place.</summary>
    private JsonArray? Value(JsonNode value, JsonTypeInfo type, string path)
    {
        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object when value is JsonObject section:
                Section(section, type, path);
                return null;
            case JsonTypeInfoKind.Enumerable when value is JsonArray list:
                List(list, TypeOf(type.ElementType!), path);
                return null;
            case JsonTypeInfoKind.Enumerable when value is JsonValue && Fits(value, TypeOf(type.ElementType!)):
                return [value.DeepClone()];
            default:
                return Fits(value, type) ? null : throw WrongType(value, type, path);
        }
    }

    private void List(JsonArray list, JsonTypeInfo element, string path)
    {
        for (var i = 0; i < list.Count; i++)
        {
            var entry = list[i] ?? throw new RecipeException(
                $"{tree.PlaceOf($"{path}.{i}")}: '{path}.{i}' is null; it must be {Expected(element)}.");
            Value(entry, element, $"{path}.{i}");
        }
    }

    private static bool Fits(JsonNode node, JsonTypeInfo type) => type.Kind == JsonTypeInfoKind.None && node is JsonValue value && Scalar(type) switch
    {
        var t when t == typeof(string) => value.GetValueKind() == JsonValueKind.String,
        var t when t == typeof(bool) => value.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
        var t when t == typeof(int) => value.TryGetValue(out int _),
        var t when t == typeof(long) => value.TryGetValue(out long _),
        var t when t == typeof(double) => value.TryGetValue(out double number) && double.IsFinite(number),
        var t when t == typeof(Truncation) => value.TryGetValue(out int steps) ? steps >= 0 : value.TryGetValue(out string? text) && text == "full",
        { IsEnum: true } => value.TryGetValue(out string? name) && Names(type).Contains(name),
        _ => throw new NotSupportedException($"A recipe key has the type {type.Type}, which this check does not know."),
    };

    private static string Expected(JsonTypeInfo type) => type.Kind switch
    {
        JsonTypeInfoKind.Object => "a section, { … }",
        JsonTypeInfoKind.Enumerable => $"a list, each entry {Expected(TypeOf(type.ElementType!))}",
        _ => Scalar(type) switch
        {
            var t when t == typeof(string) => "text in quotes",
            var t when t == typeof(bool) => "true or false",
            var t when t == typeof(int) => $"a whole number, at most {int.MaxValue}",
            var t when t == typeof(long) => "a whole number",
            var t when t == typeof(double) => "a number",
            var t when t == typeof(Truncation) => "a number of steps, 0 or more, or \"full\"",
            _ => $"one of {string.Join(", ", Names(type))}",
        },
    };

    private RecipeException Unknown(string key, JsonTypeInfo type, string path)
    {
        var section = path.Length == 0 ? "a recipe" : $"'{path}'";
        var elsewhere = Paths(TypeOf(typeof(Recipe)), "").Where(known => known.Split('.')[^1].Equals(key, StringComparison.OrdinalIgnoreCase));
        var nearest = Spelling.Nearest(key, type.Properties.Select(property => property.Name))
            .Select(name => RecipeTree.Join(path, name)).Concat(elsewhere).Distinct().Take(3).ToList();
        var child = RecipeTree.Join(path, key);
        return new RecipeException($"{tree.PlaceOf(child)}: unknown key '{child}'. "
            + (nearest.Count > 0
                ? $"Nearest: {string.Join(", ", nearest)}."
                : $"The keys of {section} are {string.Join(", ", type.Properties.Select(property => property.Name))}."));
    }

    private RecipeException WrongType(JsonNode value, JsonTypeInfo type, string path)
    {
        // A section or list that --set could not read as JSON, and so took for text.
        if (type.Kind != JsonTypeInfoKind.None && value.GetValueKind() == JsonValueKind.String && value.GetValue<string>() is ['{' or '[', ..] text
            && JsonSyntax.Fault(text, $"{tree.PlaceOf(path)}: in the value") is { } fault)
            return new RecipeException(fault);
        var hint = type.Kind == JsonTypeInfoKind.None && value.GetValueKind() == JsonValueKind.String
            ? Spelling.Hint(value.GetValue<string>(), Scalar(type).IsEnum ? Names(type) : Scalar(type) == typeof(Truncation) ? ["full"] : [])
            : "";
        return new RecipeException($"{tree.PlaceOf(path)}: '{path}' is {Shown(value)}; it must be {Expected(type)}.{hint}");
    }

    /// <summary>Every key that exists, with 0 for the index of a list's entry.</summary>
    internal static IEnumerable<string> Paths(JsonTypeInfo type, string path) => type.Kind switch
    {
        JsonTypeInfoKind.Object => type.Properties.SelectMany(property =>
            Paths(TypeOf(property.PropertyType), RecipeTree.Join(path, property.Name)).Prepend(RecipeTree.Join(path, property.Name))),
        JsonTypeInfoKind.Enumerable => Paths(TypeOf(type.ElementType!), RecipeTree.Join(path, 0)),
        _ => [],
    };

    /// <summary>Whether a recipe has a key such as <c>auxiliary.0.weight</c>.</summary>
    internal static bool Has(string path) => TypeAt(path) is not null;

    /// <summary>Whether the value of a key is a whole number (or a list of them).</summary>
    internal static bool IsWhole(string path) => TypeAt(path) is { } type
        && Scalar(type.Kind == JsonTypeInfoKind.Enumerable ? TypeOf(type.ElementType!) : type) is var scalar
        && (scalar == typeof(int) || scalar == typeof(long) || scalar == typeof(Truncation));

    /// <summary>Keys that may have been meant by <paramref name="path"/>, which is none.</summary>
    internal static IReadOnlyList<string> Nearest(string path)
    {
        List<string> known = [.. Paths(TypeOf(typeof(Recipe)), "")];
        var last = path.Split('.')[^1];
        return [.. known.Where(key => key.Split('.')[^1].Equals(last, StringComparison.OrdinalIgnoreCase)).Concat(Spelling.Nearest(path, known)).Distinct().Take(3)];
    }

    private static JsonTypeInfo? TypeAt(string path)
    {
        var type = TypeOf(typeof(Recipe));
        foreach (var part in path.Split('.'))
        {
            var inner = type.Kind switch
            {
                JsonTypeInfoKind.Object => type.Properties.FirstOrDefault(property => property.Name == part)?.PropertyType,
                JsonTypeInfoKind.Enumerable when part.Length > 0 && part.All(char.IsAsciiDigit) => type.ElementType,
                _ => null,
            };
            if (inner is null)
                return null;
            type = TypeOf(inner);
        }
        return type;
    }

    private static List<string> Names(JsonTypeInfo type) =>
        [.. Enum.GetValues(Scalar(type)).Cast<object>()
            .Select(value => JsonSerializer.SerializeToNode(value, Scalar(type), RecipeJson.Options)!.GetValue<string>())];

    private static Type Scalar(JsonTypeInfo type) => Nullable.GetUnderlyingType(type.Type) ?? type.Type;

    private static JsonTypeInfo TypeOf(Type type) => RecipeJson.Options.GetTypeInfo(type);

    private static string Shown(JsonNode value)
    {
        const int most = 60;
        var text = value.ToJsonString(JsonSerializerOptions.Default);
        return text.Length > most ? text[..most] + "…" : text;
    }
}
