using System.Text.Json.Nodes;

namespace Recollect.Experiments;

/// <summary>Where two recipes ask for different trainings.</summary>
internal static class RecipeDifference
{
    /// <summary>The first key in which they differ, as "'bptt.supervised' is 12 there, and 8 here"; null where they ask for the same. What recipes are called is no difference.</summary>
    /// <param name="there">The recipe of a run.</param>
    /// <param name="here">The one that it is held against.</param>
    /// <param name="anyLength">Whether the key that a run which goes on may change, its epochs, is no difference either.</param>
    public static string? Of(Recipe there, Recipe here, bool anyLength) =>
        Of(Compared(there, anyLength), Compared(here, anyLength), "") is var (key, found, asked) ? $"'{key}' is {Shown(found)} there, and {Shown(asked)} here" : null;

    // A run's recipe is resolved; what a recipe leaves unset is what will be used.
    private static JsonObject Compared(Recipe recipe, bool anyLength)
    {
        var resolved = recipe.Resolve();
        return RecipeJson.Node(resolved with { Name = null, Description = null, Training = anyLength ? resolved.Training with { Epochs = 1 } : resolved.Training }); // RecipeBook.Extendable
    }

    private static (string Key, JsonNode? There, JsonNode? Here)? Of(JsonNode? there, JsonNode? here, string key) => (there, here) switch
    {
        _ when JsonNode.DeepEquals(there, here) => null,
        (JsonObject one, JsonObject other) => one.Select(entry => entry.Key).Union(other.Select(entry => entry.Key))
            .Select(name => Of(one[name], other[name], key.Length == 0 ? name : $"{key}.{name}")).FirstOrDefault(found => found is not null),
        (JsonArray one, JsonArray other) when one.Count == other.Count => one.Select((entry, at) => Of(entry, other[at], $"{key}.{at}")).FirstOrDefault(found => found is not null),
        _ => (key, there, here),
    };

    private static string Shown(JsonNode? node) => node?.ToJsonString() ?? "not given";
}
