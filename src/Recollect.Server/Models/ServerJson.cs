using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Recollect.Server.Guards;

namespace Recollect.Server.Models;

/// <summary>The JSON that requests and answers hold: names in camelCase, absent values left out, unknown names refused.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    NumberHandling = JsonNumberHandling.Strict,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    PropertyNameCaseInsensitive = false,
    RespectNullableAnnotations = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SequenceRequest))]
[JsonSerializable(typeof(BatchRequest))]
[JsonSerializable(typeof(SocketMessage))]
[JsonSerializable(typeof(Belief))]
[JsonSerializable(typeof(BatchAnswer))]
[JsonSerializable(typeof(StreamBelief))]
[JsonSerializable(typeof(SocketBelief))]
[JsonSerializable(typeof(ModelAnswer))]
internal sealed partial class ServerJson : JsonSerializerContext
{
    /// <summary>Reads a document.</summary>
    /// <param name="utf8">The document.</param>
    /// <param name="type">What is expected.</param>
    /// <exception cref="RefusedException">It is not JSON, or not of this form.</exception>
    public static T Read<T>(ReadOnlySpan<byte> utf8, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(utf8, type) ?? throw RefusedException.Malformed("The JSON is null; expected an object.");
        }
        catch (JsonException cause)
        {
            throw RefusedException.Malformed($"The JSON cannot be read, line {(cause.LineNumber ?? 0) + 1}, byte {cause.BytePositionInLine ?? 0}: {Reason(cause, type)}");
        }
    }

    // The library's words name .NET types, which no caller knows, and repeat the place.
    private static string Reason(JsonException cause, JsonTypeInfo type)
    {
        var words = cause.Message.Split(" Path: ", 2)[0].TrimEnd('.');
        if (!words.Contains(".NET", StringComparison.Ordinal) && !words.Contains("Recollect.", StringComparison.Ordinal) && !words.Contains("System.", StringComparison.Ordinal))
            return $"{words}. See /openapi/v1.json.";
        var names = string.Join(", ", ExpectedAt(cause.Path, type).Properties.Select(property => property.Name));
        return $"what stands at {cause.Path} is unknown, missing, of another kind or there twice; expected an object of {names}. See /openapi/v1.json.";
    }

    // A batch holds sequences.
    private static JsonTypeInfo ExpectedAt(string? path, JsonTypeInfo type) =>
        type.Type == typeof(BatchRequest) && path?.StartsWith("$.sequences[", StringComparison.Ordinal) == true ? Default.SequenceRequest : type;
}
