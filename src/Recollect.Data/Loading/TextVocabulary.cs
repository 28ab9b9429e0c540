using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>The units of texts that get a token of their own.</summary>
internal static class TextVocabulary
{
    private const int BetweenLooks = 1 << 16;

    /// <summary>The most frequent units of some texts, the most frequent first, units of one number by their characters.</summary>
    /// <param name="texts">The rows to train on, each a text.</param>
    /// <param name="unit">Characters or words.</param>
    /// <param name="size">How many at most; null: all.</param>
    /// <param name="maxLength">The units of a row that are read, and so counted; null: all.</param>
    /// <param name="stop">Ends it, within a long text too.</param>
    public static IReadOnlyList<string> Of(IEnumerable<Sample> texts, TextUnit unit, int? size, int? maxLength, CancellationToken stop = default)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        var found = counts.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var text in texts.Cast<TextSample>())
        {
            var units = new TextUnits(text.Utf8.Span, unit);
            for (var read = 0; read < (maxLength ?? int.MaxValue) && units.MoveNext(); read++)
            {
                if (read % BetweenLooks == 0)
                    stop.ThrowIfCancellationRequested();
                found[units.Current] = found.TryGetValue(units.Current, out var count) ? count + 1 : 1;
            }
        }
        return [.. counts.OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key, StringComparer.Ordinal).Take(size ?? int.MaxValue).Select(entry => entry.Key)];
    }
}
