using System.Text.Json;
using System.Text.Json.Serialization;

namespace Recollect.Server.Models;

/// <summary>Numbers of a JSON document: a list of them, or a list of lists of equal length, a list a step. A null is a number that is missing.</summary>
/// <param name="Values">All of them, in order; NaN for one that is missing.</param>
/// <param name="PerStep">How many each list has; 0 where they stand in one list.</param>
[JsonConverter(typeof(NumberListConverter))]
public sealed record NumberList(float[] Values, int PerStep);

/// <summary>Reads a <see cref="NumberList"/> into one array, without an object a number.</summary>
internal sealed class NumberListConverter : JsonConverter<NumberList>
{
    public override NumberList Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new JsonException("Expected a list of numbers, or a list of lists of numbers.");
        var values = new List<float>();
        var perStep = -1; // not known yet
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var found = reader.TokenType == JsonTokenType.StartArray ? ReadStep(ref reader, values) : 0;
            if (found == 0)
                values.Add(ReadNumber(ref reader));
            perStep = perStep < 0 || perStep == found ? found : throw new JsonException(Uneven(perStep, found));
        }
        return new NumberList([.. values], Math.Max(perStep, 0));
    }

    public override void Write(Utf8JsonWriter writer, NumberList value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        for (var at = 0; at < value.Values.Length; at++)
        {
            if (value.PerStep > 0 && at % value.PerStep == 0)
                writer.WriteStartArray();
            if (float.IsNaN(value.Values[at]))
                writer.WriteNullValue();
            else
                writer.WriteNumberValue(value.Values[at]);
            if (value.PerStep > 0 && at % value.PerStep == value.PerStep - 1)
                writer.WriteEndArray();
        }
        writer.WriteEndArray();
    }

    private static int ReadStep(ref Utf8JsonReader reader, List<float> values)
    {
        var before = values.Count;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            values.Add(ReadNumber(ref reader));
        return values.Count > before ? values.Count - before : throw new JsonException("Expected at least one number in each list.");
    }

    private static float ReadNumber(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
            return float.NaN;
        // A number beyond a float's range is read as infinite, and refused: JSON itself has none that is.
        return reader.TokenType == JsonTokenType.Number && reader.TryGetSingle(out var value) && float.IsFinite(value)
            ? value
            : throw new JsonException("Expected a finite number, or null for one that is missing.");
    }

    private static string Uneven(int before, int found) => before == 0 || found == 0
        ? "Expected either numbers or lists of numbers, not both."
        : $"Expected lists of equal length; found one of {found} after one of {before}.";
}
