using System.Text.Json.Serialization;

namespace Recollect.Sequences;

/// <summary>Text to its UTF-8 bytes, V = 256 (method, section 1), or to characters or words of a vocabulary; cut where it is too long.</summary>
/// <remarks>Token v is the vocabulary's unit v, and one more token, the last, stands for every unit that is not in it: V = units + 1.</remarks>
public sealed class TextPreprocessing : Preprocessing
{
    private Dictionary<string, int>? _tokens;

    /// <summary>What a step is; bytes are not written, so that the JSON stays what it was before there was a choice.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public TextUnit Unit { get; init; }

    /// <summary>The units that have a token of their own, in token order; null for bytes.</summary>
    public IReadOnlyList<string>? Vocabulary { get; init; }

    /// <summary>The units after which a text is cut, at least 1; null: none.</summary>
    public int? MaxLength { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override StepFormat Format => StepFormat.Tokens(Vocabulary is null ? 256 : Vocabulary.Count + 1);

    /// <inheritdoc/>
    public override string? Fault()
    {
        if (MaxLength < 1)
            return $"a text is cut after {MaxLength} units";
        if (!Enum.IsDefined(Unit))
            return $"the unknown unit {(int)Unit}";
        if (Unit == TextUnit.Bytes)
            return Vocabulary is null ? null : "a vocabulary for bytes, which need none";
        if (Vocabulary is null or { Count: 0 } || Vocabulary.Any(string.IsNullOrEmpty))
            return "there is no vocabulary, or an empty unit in it";
        return Vocabulary.GroupBy(unit => unit, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice
            ? $"the vocabulary has '{twice.Key}' twice"
            : null;
    }

    /// <inheritdoc/>
    public override int StepsOf(Sample sample) => LengthUpTo(sample, MaxLength ?? int.MaxValue);

    /// <inheritdoc/>
    public override bool Cuts(Sample sample) => MaxLength is { } most && most < int.MaxValue && LengthUpTo(sample, most + 1) > most;

    /// <inheritdoc/>
    public override void WriteTokens(Sample sample, int start, Span<int> tokens)
    {
        var text = Accept(sample);
        if (Unit != TextUnit.Bytes)
        {
            WriteUnits(text, start, tokens);
            return;
        }
        var bytes = text.Slice(start, tokens.Length);
        for (var t = 0; t < bytes.Length; t++)
            tokens[t] = bytes[t];
    }

    private void WriteUnits(ReadOnlySpan<byte> text, int start, Span<int> tokens)
    {
        var units = new TextUnits(text, Unit);
        for (var t = 0; t < start; t++)
            units.MoveNext();
        for (var t = 0; t < tokens.Length; t++)
        {
            if (!units.MoveNext())
                throw new ArgumentException($"The text ends after {start + t} units.", nameof(tokens));
            tokens[t] = TokenOf(units.Current);
        }
    }

    /// <summary>The token of a character or word.</summary>
    internal int TokenOf(ReadOnlySpan<char> unit)
    {
        // A race computes the same dictionary twice and harms nothing.
        var known = (_tokens ??= Numbered(Vocabulary!)).GetAlternateLookup<ReadOnlySpan<char>>();
        return known.TryGetValue(unit, out var token) ? token : Vocabulary!.Count;
    }

    private static Dictionary<string, int> Numbered(IReadOnlyList<string> units)
    {
        var tokens = new Dictionary<string, int>(units.Count, StringComparer.Ordinal);
        for (var token = 0; token < units.Count; token++)
            tokens.Add(units[token], token);
        return tokens;
    }

    private int LengthUpTo(Sample sample, int most)
    {
        var text = Accept(sample);
        if (Unit == TextUnit.Bytes)
            return Math.Min(text.Length, most);
        var units = new TextUnits(text, Unit);
        var length = 0;
        while (length < most && units.MoveNext())
            length++;
        return length > 0 ? length : throw Misfit(sample, "a text with at least one character that is not white space");
    }

    private static ReadOnlySpan<byte> Accept(Sample sample) => sample is TextSample { Utf8.IsEmpty: false } text
        ? text.Utf8.Span
        : throw Misfit(sample, "a text of at least one byte");
}
