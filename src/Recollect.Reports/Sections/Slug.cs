namespace Recollect.Reports.Sections;

/// <summary>Names as parts of identifiers and file names.</summary>
internal static class Slug
{
    private const int Most = 40;

    /// <summary>Lower-case letters and digits, all else as single hyphens.</summary>
    public static string Of(string text)
    {
        var words = new string([.. text.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : ' ')]).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var slug = string.Join('-', words);
        return slug.Length <= Most ? slug : slug[..Most].TrimEnd('-');
    }
}
