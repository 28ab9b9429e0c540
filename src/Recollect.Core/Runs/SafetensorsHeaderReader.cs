using System.Text.Json;

namespace Recollect.Runs;

/// <summary>Parses the header of a safetensors file that nobody has vouched for.</summary>
internal ref struct SafetensorsHeaderReader
{
    private readonly string _file;
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private readonly List<SafetensorsHeader.Entry> _entries = [];
    private Utf8JsonReader _json;

    private SafetensorsHeaderReader(ReadOnlySpan<byte> header, string file)
    {
        _file = file;
        _json = new Utf8JsonReader(header);
    }

    public readonly IReadOnlyDictionary<string, string> Metadata => _metadata;

    public readonly IReadOnlyList<SafetensorsHeader.Entry> Entries => _entries;

    public int? ChecksumAt { get; private set; }

    /// <summary>Reads every key of <paramref name="header"/>.</summary>
    /// <exception cref="DataException">It is not the JSON that the format asks for.</exception>
    public static SafetensorsHeaderReader Read(ReadOnlySpan<byte> header, string file)
    {
        var reader = new SafetensorsHeaderReader(header, file);
        try
        {
            reader.Next(JsonTokenType.StartObject, "an object");
            while (reader.NextName() is { } name)
            {
                if (!reader._names.Add(name))
                    throw reader.Fault($"the key '{name}' stands there twice; expected it once");
                if (name == SafetensorsHeader.MetadataKey)
                    reader.ReadMetadata();
                else
                    reader.ReadEntry(name);
            }
            if (reader._json.Read())
                throw reader.Fault("more than one JSON value; expected spaces after the object");
        }
        catch (JsonException cause)
        {
            throw new DataException($"'{file}', offset {reader.Offset}: the header is not valid JSON ({cause.Message}). The file is damaged or not safetensors.", cause);
        }
        return reader;
    }

    /// <summary>The bytes of a tensor, or null where a size is negative or the product leaves 63 bits.</summary>
    public static long? BytesOf(StoredType type, ReadOnlySpan<long> shape)
    {
        var bytes = (long)StoredTensor.SizeOf(type);
        foreach (var size in shape)
        {
            if (size < 0 || Math.BigMul(bytes, size, out var product) != 0 || product < 0)
                return null;
            bytes = product;
        }
        return bytes;
    }

    private readonly long Offset => Safetensors.LengthBytes + _json.BytesConsumed;

    private void ReadMetadata()
    {
        Next(JsonTokenType.StartObject, "an object of strings");
        while (NextName() is { } key)
        {
            Next(JsonTokenType.String, "a string");
            if (!_metadata.TryAdd(key, Text()))
                throw Fault($"the metadata key '{key}' stands there twice; expected it once");
            if (key != Safetensors.ChecksumKey)
                continue;
            if (_json.ValueIsEscaped || _json.ValueSpan.Length != Safetensors.ChecksumDigits)
                throw Fault($"metadata '{key}' is not a checksum; expected {Safetensors.ChecksumDigits} hexadecimal digits");
            ChecksumAt = (int)_json.TokenStartIndex + 1; // after the opening quote
        }
    }

    private void ReadEntry(string name)
    {
        Next(JsonTokenType.StartObject, "an object");
        StoredType? type = null;
        long[]? shape = null, offsets = null;
        while (NextName() is { } key)
        {
            switch (key)
            {
                case "dtype" when type is null:
                    type = ReadType(name);
                    break;
                case "shape" when shape is null:
                    shape = ReadNumbers();
                    break;
                case "data_offsets" when offsets is null:
                    offsets = ReadNumbers();
                    break;
                default:
                    throw Fault($"tensor '{name}' has the key '{key}'; expected dtype, shape and data_offsets, each once");
            }
        }
        if (type is not { } known || shape is null || offsets is null)
            throw Fault($"tensor '{name}' lacks dtype, shape or data_offsets");
        if (offsets.Length != 2 || offsets[0] > offsets[1])
            throw Fault($"tensor '{name}' has data_offsets [{string.Join(", ", offsets)}]; expected [begin, end]");
        var bytes = BytesOf(known, shape) ?? throw Fault($"tensor '{name}' claims {StoredTensor.Describe(known, shape)}, more than any file holds");
        if (bytes != offsets[1] - offsets[0])
            throw Fault($"tensor '{name}' has {offsets[1] - offsets[0]} bytes; expected {bytes} for {StoredTensor.Describe(known, shape)}");
        if (bytes > Array.MaxLength)
            throw Fault($"tensor '{name}' has {bytes:N0} bytes; at most {Array.MaxLength:N0} are read");
        _entries.Add(new SafetensorsHeader.Entry(_entries.Count, name, known, shape, offsets[0], offsets[1]));
    }

    private StoredType ReadType(string name)
    {
        Next(JsonTokenType.String, "the name of a type");
        return Text() switch
        {
            "F32" => StoredType.F32,
            "F64" => StoredType.F64,
            "I64" => StoredType.I64,
            "U8" => StoredType.U8,
            "F16" => StoredType.F16,
            "BF16" => StoredType.BF16,
            "BOOL" or "I8" or "I16" or "I32" or "U16" or "U32" or "U64" or "F8_E4M3" or "F8_E5M2" or "C64" =>
                throw Fault($"tensor '{name}' has type {Text()}, which Recollect does not read; convert it to F32, F64, F16, BF16, I64 or U8"),
            var unknown => throw Fault($"tensor '{name}' has type '{unknown}', which the format does not know; expected F32, F64, F16, BF16, I64 or U8"),
        };
    }

    private long[] ReadNumbers()
    {
        Next(JsonTokenType.StartArray, "a list of whole numbers");
        var numbers = new List<long>();
        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            if (_json.TokenType != JsonTokenType.Number || !_json.TryGetInt64(out var number) || number < 0)
                throw Fault("found something else; expected a whole number, 0 or more");
            numbers.Add(number);
        }
        return [.. numbers];
    }

    private void Next(JsonTokenType type, string expected)
    {
        if (!_json.Read() || _json.TokenType != type)
            throw Fault($"found {Word(_json.TokenType)}; expected {expected}");
    }

    private static string Word(JsonTokenType type) => type switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.EndObject => "the end of an object",
        JsonTokenType.StartArray => "a list",
        JsonTokenType.EndArray => "the end of a list",
        JsonTokenType.PropertyName => "a name",
        JsonTokenType.String => "a text",
        JsonTokenType.Number => "a number",
        JsonTokenType.True or JsonTokenType.False => "a truth value",
        JsonTokenType.Null => "null",
        _ => "nothing",
    };

    private string? NextName()
    {
        _json.Read(); // within an object: a name or the end, or JsonException
        return _json.TokenType == JsonTokenType.PropertyName ? Text() : null;
    }

    private readonly string Text()
    {
        try
        {
            return _json.GetString()!;
        }
        catch (InvalidOperationException cause) // the reader's word for bytes that are not UTF-8 and for lone surrogates
        {
            throw new DataException($"'{_file}', offset {Offset}: a text in the header is not valid Unicode; expected UTF-8. The file is damaged.", cause);
        }
    }

    private readonly DataException Fault(string what) => new($"'{_file}', offset {Offset}: {what}. The header is damaged, or of another format.");
}
