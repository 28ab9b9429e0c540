namespace Recollect.Data;

/// <summary>How messages show what a file holds.</summary>
internal static class Shown
{
    private const int Longest = 40;

    /// <summary>A text, cut where it is long.</summary>
    public static string Shortly(string text) => text.Length <= Longest ? text : text[..Longest] + "…";

    /// <summary>Names, of which a dozen at most is listed.</summary>
    public static string Names(IReadOnlyList<string> names, string what) => names.Count <= 12
        ? string.Join(", ", names)
        : $"{string.Join(", ", names.Take(12))}, … ({names.Count} {what})";
}
