namespace Recollect.Data;

/// <summary>How messages show what a file holds.</summary>
internal static class Shown
{
    private const int Longest = 40;

    /// <summary>A text, cut where it is long.</summary>
    public static string Shortly(string text) => text.Length <= Longest ? text : text[..Longest] + "…";

    /// <summary>Names, of which a dozen at most is listed, and long ones are cut: a first row that is no header may be whole articles.</summary>
    public static string Names(IReadOnlyList<string> names, string what) =>
        string.Join(", ", names.Take(12).Select(Shortly)) + (names.Count <= 12 ? "" : $", … ({names.Count} {what})");
}
