using System.Text;
using System.Text.Json.Nodes;

namespace Recollect.Data.Tests.Packing;

/// <summary>Directories of packed files as somebody writes them who means no good: numbers, names and forms that nobody packs.</summary>
internal static class HostileDirectory
{
    // What no tree of JSON writes: half of a character.
    private const string Half = "\"half\"";

    private static readonly string[] Values =
    [
        "0", "-1", "1", "2", "3", "7", "8", "16", "128", "255", "256", "257", "65536", "65537", "2147483647", "2147483648", "-2147483648", "4294967296", "9223372036854775807",
        "-9223372036854775808", "18446744073709551615", "18446744073709551616", "1e300", "1.5", "null", "true", "[]", "{}", "\"\"", "\"x\"", "\"train\"", Half, "[null]", "[\"a\",\"a\"]",
        "{\"at\":128,\"checksum\":0}", "{\"kind\":\"series\",\"components\":536870911}", "\"{\\\"kind\\\":\\\"series\\\",\\\"components\\\":1}\"", "\"{\\\"kind\\\":\\\"bytes\\\"}\"",
        "\"{\\\"kind\\\":\\\"text\\\"}\"", "\"{\\\"kind\\\":\\\"image\\\",\\\"shape\\\":{\\\"height\\\":4096,\\\"width\\\":4096,\\\"channels\\\":3,\\\"levels\\\":256}}\"",
    ];

    /// <summary>A directory of which one to three places are changed.</summary>
    /// <param name="json">A whole directory.</param>
    /// <param name="random">What chooses.</param>
    public static JsonNode Changed(string json, Random random)
    {
        var root = JsonNode.Parse(json)!;
        for (var times = 1 + random.Next(3); times > 0; times--)
        {
            var places = Places(root).ToList();
            var place = places[random.Next(places.Count)];
            if (place.Parent is JsonObject && place.GetPropertyName() == "preprocessing" && place is JsonValue words && words.TryGetValue<string>(out var inner) && random.Next(2) == 0)
                place.ReplaceWith(Inner(inner, random));
            else
                Change(place, random);
        }
        return root;
    }

    /// <summary>The text of a directory that was changed.</summary>
    public static string Written(JsonNode directory) => directory.ToJsonString().Replace(Half, "\"\\ud800\"", StringComparison.Ordinal);

    // The preprocessing is JSON within a text.
    private static string Inner(string json, Random random)
    {
        try
        {
            var root = JsonNode.Parse(json)!;
            var places = Places(root).ToList();
            if (places.Count > 0)
                Change(places[random.Next(places.Count)], random);
            return root.ToJsonString();
        }
        catch (System.Text.Json.JsonException) // it was made hostile before
        {
            return json;
        }
    }

    private static void Change(JsonNode place, Random random)
    {
        switch (random.Next(6))
        {
            case 0 when place is JsonValue number && number.TryGetValue<long>(out var value): // near what is right
                place.ReplaceWith(value + (long)((random.Next(2) * 2 - 1) * Math.Pow(2, random.Next(6))));
                break;
            case 1 when place.Parent is JsonArray list: // once more
                list.Insert(random.Next(list.Count + 1), place.DeepClone());
                break;
            case 1 or 2 when place.Parent is JsonObject owner: // not there
                owner.Remove(place.GetPropertyName());
                break;
            case 2 when place.Parent is JsonArray list:
                list.Remove(place);
                break;
            case 3 when place.Parent is JsonObject owner: // by the name of another
                var names = owner.Select(property => property.Key).ToList();
                owner[names[random.Next(names.Count)]] = place.DeepClone();
                break;
            case 4: // a text that is damaged
                place.ReplaceWith(Encoding.Latin1.GetString(Mutations.Damage(Encoding.Latin1.GetBytes(place.ToString()), random)));
                break;
            default:
                place.ReplaceWith(JsonNode.Parse(Values[random.Next(Values.Length)]));
                break;
        }
    }

    // Every value within another.
    private static IEnumerable<JsonNode> Places(JsonNode node) => (node switch
    {
        JsonObject owner => owner.Select(property => property.Value),
        JsonArray list => list,
        _ => [],
    }).OfType<JsonNode>().SelectMany(child => Places(child).Prepend(child));
}
