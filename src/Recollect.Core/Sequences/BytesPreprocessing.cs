using System.Text.Json.Serialization;

namespace Recollect.Sequences;

/// <summary>A file's bytes as they are, V = 256.</summary>
public sealed class BytesPreprocessing : Preprocessing
{
    /// <summary>Bytes of a file that are read, from its beginning; null for all.</summary>
    public int? MaxLength { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override StepFormat Format => StepFormat.Tokens(256);

    /// <inheritdoc/>
    public override string? Fault() => MaxLength < 1 ? $"files cut to {MaxLength} bytes; expected at least 1" : null;

    /// <inheritdoc/>
    public override int StepsOf(Sample sample) => Math.Min(Accept(sample).Length, MaxLength ?? int.MaxValue);

    /// <inheritdoc/>
    public override bool Cuts(Sample sample) => Accept(sample).Length > (MaxLength ?? int.MaxValue);

    /// <inheritdoc/>
    public override void WriteTokens(Sample sample, int start, Span<int> tokens)
    {
        var bytes = Accept(sample).Slice(start, tokens.Length);
        for (var t = 0; t < bytes.Length; t++)
            tokens[t] = bytes[t];
    }

    private static ReadOnlySpan<byte> Accept(Sample sample) => sample is BytesSample { Bytes.Length: > 0 } file
        ? file.Bytes
        : throw Misfit(sample, "a file of at least one byte");
}
