using System.Text.Json.Serialization;

namespace Recollect.Sequences;

/// <summary>Text to its UTF-8 bytes, V = 256 (method, section 1).</summary>
public sealed class TextPreprocessing : Preprocessing
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override StepFormat Format => StepFormat.Tokens(256);

    /// <inheritdoc/>
    public override string? Fault() => null;

    /// <inheritdoc/>
    public override int StepsOf(Sample sample) => Accept(sample).Length;

    /// <inheritdoc/>
    public override void WriteTokens(Sample sample, int start, Span<int> tokens)
    {
        var bytes = Accept(sample).Slice(start, tokens.Length);
        for (var t = 0; t < bytes.Length; t++)
            tokens[t] = bytes[t];
    }

    private static ReadOnlySpan<byte> Accept(Sample sample) => sample is TextSample { Utf8.IsEmpty: false } text
        ? text.Utf8.Span
        : throw Misfit(sample, "a text of at least one byte");
}
