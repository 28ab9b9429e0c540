using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>Says how many rows are cut, so that no text loses its end in silence.</summary>
internal static class CutNotes
{
    /// <summary>A sentence for each part that has rows which are cut.</summary>
    public static IEnumerable<string> Of(Preprocessing preprocessing, IEnumerable<(string Part, int Rows, int Cut)> parts)
    {
        if (preprocessing is not TextPreprocessing { MaxLength: { } most } text)
            yield break;
        foreach (var (part, rows, cut) in parts.Where(part => part.Cut > 0))
            yield return $"data.maxLength: {cut:N0} of {rows:N0} {part} rows are cut to their first {most:N0} {text.Unit.ToString().ToLowerInvariant()}.";
    }
}
