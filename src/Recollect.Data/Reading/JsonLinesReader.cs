using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>Reads JSON Lines: an object a line, with a text property, or a property that lists numbers or vectors of numbers.</summary>
public static class JsonLinesReader
{
    /// <summary>Streams the lines of a file.</summary>
    /// <param name="path">The file, plain or gzip.</param>
    /// <param name="columns">Which properties hold what; the values are one property, "values" where none is named.</param>
    /// <param name="labelled">Whether every line must have a label.</param>
    /// <exception cref="DataException">The file is missing or empty, not UTF-8 or not JSON, lacks a property, or its vectors differ in width.</exception>
    public static IEnumerable<Sample> Read(string path, InputColumns columns, bool labelled = true)
    {
        using var input = InputStream.Open(path);
        foreach (var sample in Read(input, columns, labelled))
            yield return sample;
    }

    internal static IEnumerable<Sample> Read(InputStream input, InputColumns columns, bool labelled) => RowBounds.WithinMemory(Rows(input, columns, labelled), input.Name);

    private static IEnumerable<Sample> Rows(InputStream input, InputColumns columns, bool labelled)
    {
        var width = 0;
        var any = false;
        foreach (var (number, line) in Utf8Lines.Of(input))
        {
            any = true;
            var origin = new Origin(input.Name, "line", number);
            var sample = Parse(origin, line, columns, labelled);
            if (sample is SeriesSample series)
            {
                if (width != 0 && series.Components != width)
                    throw new DataException($"{origin}: found {series.Components} number(s) a step; expected {width}, as in the lines before. {Advice.CorrectLine}");
                width = series.Components;
            }
            yield return sample;
        }
        if (!any)
            throw new DataException($"{input.Name}: the file is empty; expected a JSON object a line. {Advice.GetAnew}");
    }

    /// <summary>Whether the first line that is not blank has a property "text"; for guessing alone.</summary>
    /// <param name="head">The file's first bytes.</param>
    internal static bool HasText(ReadOnlySpan<byte> head)
    {
        var line = head[Math.Max(0, head.IndexOf((byte)'{'))..];
        return line[..(line.IndexOf((byte)'\n') is >= 0 and var end ? end : line.Length)].IndexOf("\"text\""u8) >= 0;
    }

    private static Sample Parse(Origin origin, ReadOnlyMemory<byte> line, InputColumns columns, bool labelled)
    {
        using var document = Document(origin, line);
        var row = document.RootElement;
        if (row.ValueKind != JsonValueKind.Object)
            throw new DataException($"{origin}: found {Kind(row)}; expected a JSON object. {Advice.CorrectLine}");
        var label = Label(origin, row, columns.Label, labelled);
        if (columns.Text is { } text)
            return new TextSample(origin, label, Text(origin, Property(origin, row, text, "text"), text));
        var name = columns.Values is [var only] ? only : InputColumns.DefaultValues;
        var (values, components) = Values(origin, Property(origin, row, name, "values"), name);
        return new SeriesSample(origin, label, values, components);
    }

    private static JsonDocument Document(Origin origin, ReadOnlyMemory<byte> line)
    {
        if (Marks(line.Span) > RowBounds.MostValues && Values(line.Span) > RowBounds.MostValues)
            throw RowBounds.TooMany($"{origin}", "values");
        try
        {
            return JsonDocument.Parse(line, new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException error) when (error.BytePositionInLine is { } at)
        {
            throw new DataException($"{origin}, byte {at + 1} of the line: not valid JSON: found {Found(line.Span[(int)Math.Min(at, line.Length)..])}; "
                + "expected a JSON object, such as {\"text\": \"abc\", \"label\": \"x\"}, at most 64 levels deep. Correct the line.", error);
        }
        catch (JsonException error)
        {
            throw new DataException($"{origin}: {Twice(line)} is there twice in one object; expected every property once. Remove or rename one of them.", error);
        }
        catch (InvalidOperationException error) // as in TextOf
        {
            throw new DataException($"{origin}: the name of a property holds half of a surrogate pair (\\ud800…\\udfff); expected Unicode text. Correct the line.", error);
        }
    }

    // At least as many as there are values but for the first, as one is a mark's or follows it.
    private static int Marks(ReadOnlySpan<byte> line) => line.Count((byte)',') + line.Count((byte)'[') + line.Count((byte)'{') + line.Count((byte)':');

    // What the parser keeps a place of: texts may hold marks without end. Those up to the first error, which is the parser's to tell.
    private static int Values(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        var count = 0;
        try
        {
            while (reader.Read())
                count += reader.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject ? 0 : 1;
        }
        catch (JsonException)
        {
            return count;
        }
        return count;
    }

    private static string Found(ReadOnlySpan<byte> rest) => Rune.DecodeFromUtf8(rest, out var rune, out _) switch
    {
        _ when rest.IsEmpty => "the end of the line",
        OperationStatus.Done when Rune.IsLetterOrDigit(rune) || Rune.IsPunctuation(rune) || Rune.IsSymbol(rune) => $"'{rune}'",
        OperationStatus.Done => $"the character U+{rune.Value:X4}",
        _ => $"the byte 0x{rest[0]:X2}",
    };

    // The library tells neither which nor where.
    private static string Twice(ReadOnlyMemory<byte> line)
    {
        using var document = JsonDocument.Parse(line);
        var row = document.RootElement;
        var names = row.ValueKind == JsonValueKind.Object ? row.EnumerateObject().Select(property => Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8PropertyName(property))) : [];
        return names.GroupBy(name => name).FirstOrDefault(same => same.Count() > 1) is { } twice ? $"the property '{twice.Key}'" : "a property";
    }

    private static JsonElement Property(Origin origin, JsonElement row, string name, string key)
    {
        if (row.TryGetProperty(name, out var value))
            return value;
        var names = row.EnumerateObject().Select(property => property.Name).ToList();
        var nearest = Spelling.Hint(name, names);
        throw new DataException($"{origin}: there is no property '{name}' (data.{key}); found {(names.Count == 0 ? "none" : string.Join(", ", names.Take(12)))}.{nearest}") { IsOfColumn = true };
    }

    private static string? Label(Origin origin, JsonElement row, string name, bool labelled)
    {
        if (!labelled && !row.TryGetProperty(name, out _))
            return null;
        var value = Property(origin, row, name, "label");
        return value.ValueKind switch
        {
            JsonValueKind.String when TextOf(origin, value, name).Trim() is { Length: > 0 } text => text,
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
            JsonValueKind.Null or JsonValueKind.String when !labelled => null,
            _ => throw new DataException($"{origin}, '{name}': found {Kind(value)} as the label; expected a string that is not empty, a number, true or false. {Advice.CorrectLine}") { IsOfColumn = true },
        };
    }

    private static byte[] Text(Origin origin, JsonElement value, string name) => value.ValueKind == JsonValueKind.String
        ? Encoding.UTF8.GetBytes(TextOf(origin, value, name))
        : throw new DataException($"{origin}, '{name}': found {Kind(value)}; expected a string. {Advice.CorrectLine}") { IsOfColumn = true };

    private static string TextOf(Origin origin, JsonElement value, string name)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException error) // "\ud800" alone is JSON, and no text
        {
            throw new DataException($"{origin}, '{name}': the string holds half of a surrogate pair (\\ud800…\\udfff); expected Unicode text. {Advice.CorrectLine}", error);
        }
    }

    private static (float[] Values, int Components) Values(Origin origin, JsonElement list, string name)
    {
        if (list.ValueKind != JsonValueKind.Array)
            throw new DataException($"{origin}, '{name}': found {Kind(list)}; expected a list of numbers, or of lists of numbers. {Advice.CorrectLine}") { IsOfColumn = true };
        var steps = list.GetArrayLength();
        if (steps == 0)
            throw new DataException($"{origin}, '{name}': the list is empty; expected at least one step. {Advice.CorrectLine}");
        if (list[0].ValueKind != JsonValueKind.Array)
            return ([.. list.EnumerateArray().Select((value, step) => Number(origin, name, value, step))], 1);
        var components = list[0].GetArrayLength();
        if (components == 0)
            throw new DataException($"{origin}, '{name}', step 1: the list is empty; expected at least one number. {Advice.CorrectLine}");
        var values = new List<float>(); // not sized by steps × components: the other steps may claim a width that they do not have
        foreach (var (step, vector) in list.EnumerateArray().Index())
        {
            if (vector.ValueKind != JsonValueKind.Array || vector.GetArrayLength() != components)
            {
                var found = vector.ValueKind == JsonValueKind.Array ? $"{vector.GetArrayLength()} number(s)" : Kind(vector);
                throw new DataException($"{origin}, '{name}', step {step + 1}: found {found}; expected a list of {components}, as in step 1. {Advice.CorrectLine}");
            }
            values.AddRange(vector.EnumerateArray().Select(value => Number(origin, name, value, step)));
        }
        return ([.. values], components);
    }

    private static float Number(Origin origin, string name, JsonElement value, int step) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetSingle(out var number) && float.IsFinite(number)
            ? number
            : throw new DataException($"{origin}, '{name}', step {step + 1}: found {Kind(value)}; expected a number within the range of 32-bit floats. {Advice.CorrectLine}") { IsOfColumn = value.ValueKind != JsonValueKind.Number };

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => "a list",
        JsonValueKind.Object => "an object",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => $"the number {value.GetRawText()}",
        var other => other.ToString().ToLowerInvariant(),
    };
}
