using System.Globalization;
using System.Text;

namespace Recollect.Cli.Display;

/// <summary>Text of somebody else's files as a terminal may show it.</summary>
internal static class Printable
{
    /// <summary>The text, with everything in it that would move a terminal's cursor, or say something else to it, written as an escape.</summary>
    public static string Of(string text)
    {
        if (!text.Any(IsActive))
            return text;
        var shown = new StringBuilder();
        foreach (var character in text)
        {
            _ = character switch
            {
                '\n' => shown.Append("\\n"),
                '\r' => shown.Append("\\r"),
                '\t' => shown.Append("\\t"),
                _ when IsActive(character) => shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
                _ => shown.Append(character),
            };
        }
        return shown.ToString();
    }

    // Control characters, line ends of Unicode, and those that turn the direction of what follows.
    private static bool IsActive(char character) =>
        char.IsControl(character) || character is '\u2028' or '\u2029' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
}
