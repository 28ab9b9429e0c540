using System.Text.Json;
using System.Text.Json.Serialization;

namespace Recollect.Sequences;

/// <summary>How many steps a gradient may flow back: a number, or the whole way (method, section 2).</summary>
/// <remarks>In JSON a number, or the word <c>"full"</c>.</remarks>
/// <param name="Steps">Steps, 0 or more; <see cref="int.MaxValue"/> stands for the whole way.</param>
[JsonConverter(typeof(TruncationConverter))]
public readonly record struct Truncation(int Steps)
{
    /// <summary>No cut at all.</summary>
    public static Truncation Full { get; } = new(int.MaxValue);

    /// <summary>Whether nothing is cut, whatever the length.</summary>
    public bool IsFull => Steps == int.MaxValue;

    /// <inheritdoc/>
    public override string ToString() => IsFull ? "full" : Steps.ToString();
}

/// <summary>Reads and writes a <see cref="Truncation"/> as a number or <c>"full"</c>.</summary>
internal sealed class TruncationConverter : JsonConverter<Truncation>
{
    public override Truncation Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var steps) && steps >= 0)
            return new Truncation(steps);
        if (reader.TokenType == JsonTokenType.String && reader.GetString() == "full")
            return Truncation.Full;
        throw new JsonException("Expected a number of steps (0 or more) or \"full\".");
    }

    public override void Write(Utf8JsonWriter writer, Truncation value, JsonSerializerOptions options)
    {
        if (value.IsFull)
            writer.WriteStringValue("full");
        else
            writer.WriteNumberValue(value.Steps);
    }
}
