using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Recollect.Runs;

/// <summary>The JSON header of a safetensors file, checked against the length of the file.</summary>
internal sealed class SafetensorsHeader
{
    /// <summary>The header's key of the string-to-string map.</summary>
    public const string MetadataKey = "__metadata__";

    private const int Alignment = 8;

    // The file is no web page: a recipe's text within the metadata stays readable.
    private static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    private SafetensorsHeader(SafetensorsHeaderReader read)
    {
        Metadata = read.Metadata;
        Entries = read.Entries;
        InFileOrder = [.. read.Entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End)];
        ChecksumAt = read.ChecksumAt;
    }

    /// <summary>What the header says of one tensor; offsets count from the end of the header.</summary>
    public sealed record Entry(int Index, string Name, StoredType Type, long[] Shape, long Begin, long End)
    {
        public long Length => End - Begin;
    }

    public IReadOnlyDictionary<string, string> Metadata { get; }

    public IReadOnlyList<Entry> Entries { get; }

    public IReadOnlyList<Entry> InFileOrder { get; }

    /// <summary>Where the checksum's digits begin within the header, if it has one.</summary>
    public int? ChecksumAt { get; }

    /// <summary>Parses <paramref name="header"/> and checks that the tensors fill <paramref name="dataLength"/> bytes without gap or overlap.</summary>
    /// <exception cref="DataException">Anything is not as the format says.</exception>
    public static SafetensorsHeader Read(ReadOnlySpan<byte> header, string name, long dataLength)
    {
        var content = new SafetensorsHeader(SafetensorsHeaderReader.Read(header, name));
        var start = Safetensors.LengthBytes + header.Length;
        var end = 0L;
        foreach (var entry in content.InFileOrder)
        {
            if (entry.End > dataLength)
                throw new DataException($"'{name}': tensor '{entry.Name}' ends {entry.End:N0} bytes after the header; expected at most {dataLength:N0}, where the file ends. The file is cut short.");
            if (entry.Begin != end)
            {
                var fault = entry.Begin < end ? "overlaps the tensor before it" : "leaves a gap after the tensor before it";
                throw new DataException($"'{name}': tensor '{entry.Name}' begins at offset {start + entry.Begin} and {fault}; expected {start + end}. The header is damaged.");
            }
            end = entry.End;
        }
        if (end != dataLength)
            throw new DataException($"'{name}' is {start + dataLength} bytes long; expected {start + end}, where its last tensor ends. Something was appended, or the header is damaged.");
        return content;
    }

    /// <summary>The bytes that <paramref name="value"/> takes as a value of the metadata, its quotes aside; of what alone is longer than any header, how many it takes at least.</summary>
    public static long BytesOf(string value) => value.Length > Safetensors.LongestHeader ? value.Length : JsonEncodedText.Encode(value, Encoder).EncodedUtf8Bytes.Length;

    /// <summary>The header's bytes, padded with spaces to a multiple of 8, with zeros for a checksum.</summary>
    /// <param name="metadata">Its map of strings.</param>
    /// <param name="tensors">What it lists.</param>
    /// <param name="file">The file, for messages.</param>
    /// <returns>The header, and where the checksum's 64 digits begin in it.</returns>
    /// <exception cref="RunException">It would be longer than what is read.</exception>
    public static (byte[] Header, int Digits) Write(IReadOnlyDictionary<string, string> metadata, IReadOnlyList<StoredTensor> tensors, string file)
    {
        RefuseLonger(metadata.Values.Sum(value => (long)value.Length), file); // before so much is written to memory
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = Encoder });
        json.WriteStartObject();
        json.WriteStartObject(MetadataKey);
        var digits = 0;
        foreach (var key in metadata.Keys.Append(Safetensors.ChecksumKey).Distinct().Order(StringComparer.Ordinal))
        {
            if (key == Safetensors.ChecksumKey)
            {
                json.WriteString(key, new string('0', Safetensors.ChecksumDigits));
                digits = (int)(json.BytesCommitted + json.BytesPending) - 1 - Safetensors.ChecksumDigits; // before the closing quote
            }
            else
            {
                json.WriteString(key, metadata[key]);
            }
        }
        json.WriteEndObject();
        WriteEntries(json, tensors);
        json.WriteEndObject();
        json.Flush();
        var padded = (buffer.WrittenCount + Alignment - 1) / Alignment * Alignment;
        RefuseLonger(padded, file);
        var header = new byte[padded];
        buffer.WrittenSpan.CopyTo(header);
        header.AsSpan(buffer.WrittenCount).Fill((byte)' ');
        return (header, digits);
    }

    private static void RefuseLonger(long length, string file)
    {
        if (length > Safetensors.LongestHeader)
        {
            throw new RunException($"Cannot write '{file}': its header would take {length:N0} bytes or more; expected at most {Safetensors.LongestHeader:N0}, as more is not read. "
                + "Nothing was written. Shorten the metadata: of a model, train it with a smaller data.vocabulary.");
        }
    }

    private static void WriteEntries(Utf8JsonWriter json, IReadOnlyList<StoredTensor> tensors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal) { MetadataKey };
        var begin = 0L;
        foreach (var tensor in tensors)
        {
            if (!names.Add(tensor.Name))
                throw new ArgumentException($"The name '{tensor.Name}' is reserved or given to two tensors.", nameof(tensors));
            if (SafetensorsHeaderReader.BytesOf(tensor.Type, tensor.Shape) != tensor.Data.Length)
                throw new ArgumentException($"'{tensor.Name}' has {tensor.Data.Length} bytes, which are not {StoredTensor.Describe(tensor.Type, tensor.Shape)}.", nameof(tensors));
            json.WriteStartObject(tensor.Name);
            json.WriteString("dtype", tensor.Type.ToString());
            WriteNumbers(json, "shape", tensor.Shape);
            WriteNumbers(json, "data_offsets", [begin, begin + tensor.Data.Length]);
            json.WriteEndObject();
            begin += tensor.Data.Length;
        }
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, ReadOnlySpan<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
            json.WriteNumberValue(number);
        json.WriteEndArray();
    }
}
