using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Recollect.Runs;

/// <summary>Reads and writes one JSON document as a file.</summary>
internal static class JsonFile
{
    /// <summary>Writes <paramref name="value"/> to <paramref name="path"/>, whole or not at all, with a newline at the end.</summary>
    /// <param name="path">The file.</param>
    /// <param name="value">The document.</param>
    /// <param name="type">How it is written.</param>
    /// <param name="indented">Whether every entry has a line of its own; not for long lists, which nobody reads number by number.</param>
    /// <exception cref="RunException">The file cannot be written; the earlier one is untouched.</exception>
    public static void Write<T>(string path, T value, JsonTypeInfo<T> type, bool indented = true) => AtomicFile.Write(path, file =>
    {
        // People read these files, and no page includes them: a plus or an umlaut is written as it is.
        using (var writer = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = indented, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            JsonSerializer.Serialize(writer, value, type);
        file.WriteByte((byte)'\n');
    });

    /// <summary>Reads the document at <paramref name="path"/>.</summary>
    /// <exception cref="DataException">It is missing, unreadable, or not what <paramref name="type"/> says; the message gives the line.</exception>
    public static T Read<T>(string path, JsonTypeInfo<T> type)
    {
        try
        {
            return Parse(File.ReadAllBytes(path), type, path, line: 0);
        }
        catch (Exception cause) when (StorageFailure.Is(cause))
        {
            throw StorageFailure.Reading(path, cause);
        }
    }

    /// <summary>Parses one document of a file, counting lines from <paramref name="line"/> (0-based) on.</summary>
    internal static T Parse<T>(ReadOnlySpan<byte> utf8, JsonTypeInfo<T> type, string path, long line)
    {
        try
        {
            return JsonSerializer.Deserialize(utf8, type)
                ?? throw new DataException($"'{path}', line {line + 1}: found null; expected {typeof(T).Name}. The file is damaged.");
        }
        catch (JsonException cause)
        {
            throw new DataException($"'{path}', line {line + (cause.LineNumber ?? 0) + 1}, byte {cause.BytePositionInLine ?? 0}: {Reason(cause)} Expected {typeof(T).Name}; the file is damaged or of another version.", cause);
        }
        catch (ArgumentException cause) when (cause is not ArgumentNullException)
        {
            throw new DataException($"'{path}': found {Doubled(cause)} twice in one object; expected each once. The file is damaged.", cause);
        }
    }

    // The library's words for a key that an object of ours has twice are a dictionary's.
    private static string Doubled(ArgumentException cause) => cause.Message.Split("Key: ") is [_, var rest] ? $"the key '{rest.Split(" (Parameter")[0]}'" : "a key";

    // The library appends path, line and byte to its message; line and byte of the whole file stand before it.
    private static string Reason(JsonException cause) => cause.Message.Split(" Path: ", 2)[0];
}
