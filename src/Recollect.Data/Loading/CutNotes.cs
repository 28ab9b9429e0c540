using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>Says how many rows are cut, so that no text or file loses its end in silence.</summary>
internal static class CutNotes
{
    /// <summary>A sentence for each part that has rows which are cut.</summary>
    /// <param name="preprocessing">What cuts them.</param>
    /// <param name="parts">The parts, their rows, and how many of these are cut.</param>
    /// <param name="limits">The recipe that may use only the first of a packed file's rows, which are counted all; null where those counted are those used.</param>
    public static IEnumerable<string> Of(Preprocessing preprocessing, IEnumerable<(string Part, int Rows, int Cut)> parts, DataOptions? limits = null)
    {
        var (maxLength, unit) = preprocessing switch
        {
            TextPreprocessing text => (text.MaxLength, text.Unit),
            BytesPreprocessing bytes => (bytes.MaxLength, TextUnit.Bytes),
            _ => ((int?)null, TextUnit.Bytes),
        };
        if (maxLength is not { } most)
            yield break;
        foreach (var (part, rows, cut) in parts.Where(part => part.Cut > 0))
        {
            var counted = LimitOf(limits, part) < rows ? "the file's " : "";
            yield return $"data.maxLength: {cut:N0} of {counted}{rows:N0} {part} rows are cut to their first {most:N0} {unit.ToString().ToLowerInvariant()}.";
        }
    }

    private static int? LimitOf(DataOptions? limits, string part) => part switch
    {
        PackedPart.Train => limits?.Limit,
        PackedPart.Test => limits?.TestLimit,
        _ => null,
    };
}
