using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Recollect.Experiments;

/// <summary>How a recipe is spelt in JSON: keys and words in camelCase, unset keys left out.</summary>
public static class RecipeJson
{
    internal static JsonSerializerOptions Options { get; } = Create(indented: true);

    /// <summary>The same spelling on one line, for metadata.</summary>
    internal static JsonSerializerOptions Compact { get; } = Create(indented: false);

    /// <summary>The recipe as indented JSON without comments; keys that nothing reads are left out, so that what is written can be read again.</summary>
    public static string Write(Recipe recipe) => Node(recipe).ToJsonString(Options).ReplaceLineEndings("\n") + "\n";

    /// <summary>The recipe as a JSON object; keys that nothing reads are left out.</summary>
    public static JsonObject Node(Recipe recipe)
    {
        var root = JsonSerializer.SerializeToNode(recipe, Options)!.AsObject();
        foreach (var unread in UnreadKeys.Of(recipe))
            Remove(root, unread.Path.Split('.'));
        return root;
    }

    /// <summary>How a recipe spells <paramref name="value"/>.</summary>
    internal static string Word<T>(T value)
        where T : struct, Enum => JsonSerializer.SerializeToNode(value, Options)!.GetValue<string>();

    private static void Remove(JsonNode node, string[] path)
    {
        var parent = path[..^1].Aggregate((JsonNode?)node, (at, part) => at is JsonArray list ? list[int.Parse(part)] : at?[part]);
        (parent as JsonObject)?.Remove(path[^1]);
    }

    private static JsonSerializerOptions Create(bool indented)
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            WriteIndented = indented,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // recipes are read by people, never pasted into HTML
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
            TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        };
        options.MakeReadOnly();
        return options;
    }
}
