using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Recollect.Experiments;

/// <summary>A recipe's JSON before it becomes options: which keys were given, and in which line of which file.</summary>
internal sealed class RecipeTree
{
    private static readonly JsonReaderOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
    private readonly Dictionary<string, string> _places = [];
    private readonly string _name;

    private RecipeTree(string name, JsonObject root)
    {
        _name = name;
        Root = root;
    }

    /// <summary>The keys and values as given.</summary>
    public JsonObject Root { get; private set; }

    /// <summary>Reads JSON with comments and trailing commas.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="name">What messages call the file.</param>
    /// <param name="document">What the file is.</param>
    /// <exception cref="RecipeException">It is not JSON, not an object, or a key is repeated.</exception>
    public static RecipeTree Parse(string text, string name, string document = "a recipe")
    {
        var tree = new RecipeTree(name, []);
        var bytes = Encoding.UTF8.GetBytes(text);
        try
        {
            var line = new LineCounter(bytes);
            tree.Root = tree.Read(bytes, "", offset => $"{name}, line {line.At(offset)}") as JsonObject
                ?? throw new RecipeException($"{name}: {document} is one JSON object, {{ … }}.");
        }
        catch (JsonException error)
        {
            throw new RecipeException(JsonSyntax.Fault(text, name, document) ?? $"{name}, line {(error.LineNumber ?? 0) + 1}: not readable as JSON.", error);
        }
        return tree;
    }

    /// <summary>Puts what follows <c>--set key.path=</c> at its place; JSON where it reads as JSON, else text; null unsets.</summary>
    /// <param name="edit">An edit <c>key.path=value</c>.</param>
    /// <param name="place">Where it was given, for messages; null: on the command line.</param>
    /// <exception cref="RecipeException">There is no "=", or the path leads through something that has no such part.</exception>
    public void Set(string edit, string? place = null)
    {
        place ??= $"--set {edit}";
        var equals = edit.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
            throw new RecipeException($"{place}: expected key.path=value, such as training.epochs=5.");
        var path = edit[..equals];
        var value = ReadOrText(path, edit[(equals + 1)..], place);
        var parts = path.Split('.');
        JsonNode parent = Root;
        for (var i = 0; i < parts.Length - 1; i++)
        {
            var asList = IsIndex(parts[i + 1]);
            if (Child(parent, parts, i, place) is not { } child)
            {
                child = Put(parent, parts, i, asList ? new JsonArray() : new JsonObject(), place)!;
                _places[string.Join('.', parts[..(i + 1)])] = place;
            }
            parent = child;
        }
        Put(parent, parts, parts.Length - 1, value, place);
        _places[path] = place;
    }

    /// <summary>Where <paramref name="path"/> was given: a file and line, or an edit; for what was not given, where its section was.</summary>
    public string PlaceOf(string path)
    {
        for (var at = path; at.Length > 0; at = at.LastIndexOf('.') is var dot and > 0 ? at[..dot] : "")
        {
            if (_places.TryGetValue(at, out var place))
                return place;
        }
        return _name;
    }

    /// <summary>Whether a value stands at <paramref name="path"/>.</summary>
    public bool Gives(string path) => ValueAt(path) is not null;

    /// <summary>What stands at <paramref name="path"/>; null where nothing does.</summary>
    public JsonNode? ValueAt(string path)
    {
        JsonNode? node = Root;
        foreach (var part in path.Split('.'))
        {
            node = node switch
            {
                JsonObject section => section[part],
                JsonArray list when IsIndex(part) && int.Parse(part) < list.Count => list[int.Parse(part)],
                _ => null,
            };
        }
        return node;
    }

    /// <summary>The path of <paramref name="key"/> (or an index) within the section at <paramref name="path"/>.</summary>
    public static string Join(string path, object key) => path.Length == 0 ? $"{key}" : $"{path}.{key}";

    private JsonNode? ReadOrText(string path, string value, string place)
    {
        try
        {
            return Read(Encoding.UTF8.GetBytes(value), path, _ => place);
        }
        catch (JsonException)
        {
            return JsonValue.Create(value);
        }
    }

    private JsonNode? Read(byte[] json, string path, Func<long, string> placeAt)
    {
        var reader = new Utf8JsonReader(json, Lenient);
        if (!reader.Read())
            throw new JsonException("the text is empty");
        var value = Value(ref reader, path, placeAt);
        reader.Read(); // what follows the value is an error of its own
        return value;
    }

    private JsonNode? Value(ref Utf8JsonReader reader, string path, Func<long, string> placeAt)
    {
        _places[path] = placeAt(reader.TokenStartIndex);
        return reader.TokenType switch
        {
            JsonTokenType.StartObject => Section(ref reader, path, placeAt),
            JsonTokenType.StartArray => List(ref reader, path, placeAt),
            JsonTokenType.String => JsonValue.Create(Text(ref reader)),
            JsonTokenType.True => JsonValue.Create(true),
            JsonTokenType.False => JsonValue.Create(false),
            JsonTokenType.Null => null,
            _ => JsonNode.Parse(reader.ValueSpan),
        };
    }

    private JsonObject Section(ref Utf8JsonReader reader, string path, Func<long, string> placeAt)
    {
        var section = new JsonObject();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var key = Text(ref reader);
            var child = Join(path, key);
            if (section.ContainsKey(key))
                throw new RecipeException($"{placeAt(reader.TokenStartIndex)}: the key '{child}' is given twice; keep one.");
            reader.Read();
            section[key] = Value(ref reader, child, placeAt);
        }
        return section;
    }

    private JsonArray List(ref Utf8JsonReader reader, string path, Func<long, string> placeAt)
    {
        var list = new JsonArray();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            list.Add(Value(ref reader, Join(path, list.Count), placeAt));
        return list;
    }

    private static JsonNode? Child(JsonNode parent, string[] parts, int at, string place) => parent switch
    {
        JsonObject section => section[parts[at]],
        JsonArray list => Index(list, parts, at, place) is var index && index < list.Count ? list[index] : null,
        _ => throw new RecipeException($"{place}: '{string.Join('.', parts[..at])}' is {parent.ToJsonString()} and has no part '{parts[at]}'."),
    };

    private static JsonNode? Put(JsonNode parent, string[] parts, int at, JsonNode? value, string place)
    {
        Child(parent, parts, at, place); // refuses a path that leads nowhere
        if (parent is JsonObject section)
            section[parts[at]] = value;
        else if (parent is JsonArray list && Index(list, parts, at, place) is var index)
        {
            if (index < list.Count)
                list.RemoveAt(index);
            if (value is not null)
                list.Insert(index, value);
        }
        return value;
    }

    private static int Index(JsonArray list, string[] parts, int at, string place)
    {
        var path = string.Join('.', parts[..at]);
        if (!IsIndex(parts[at]))
            throw new RecipeException($"{place}: '{path}' is a list; name its entries by number, such as {path}.0.");
        var index = int.Parse(parts[at]);
        return index <= list.Count
            ? index
            : throw new RecipeException($"{place}: '{path}' has {list.Count} {(list.Count == 1 ? "entry" : "entries")}; the next is {path}.{list.Count}.");
    }

    private static bool IsIndex(string part) => part.Length is > 0 and < 9 && part.All(char.IsAsciiDigit);

    private static string Text(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException error) // "\ud800" alone is JSON, and no text
        {
            throw new JsonException(error.Message, error);
        }
    }

    /// <summary>Counts lines up to ever later offsets.</summary>
    private sealed class LineCounter(byte[] bytes)
    {
        private int _line = 1;
        private long _counted;

        public int At(long offset)
        {
            for (; _counted < offset; _counted++)
                _line += bytes[_counted] == '\n' ? 1 : 0;
            return _line;
        }
    }
}
