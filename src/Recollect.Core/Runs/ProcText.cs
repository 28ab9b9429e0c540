using System.Globalization;

namespace Recollect.Runs;

/// <summary>The text of Linux's <c>/proc</c>: lines of a key, a colon and a value.</summary>
internal static class ProcText
{
    /// <summary>The value of the first line of <paramref name="path"/> whose key is <paramref name="key"/>, or null.</summary>
    public static string? Value(string path, string key)
    {
        try
        {
            foreach (var line in File.ReadLines(path))
            {
                var colon = line.IndexOf(':');
                if (colon > 0 && line.AsSpan(0, colon).Trim().SequenceEqual(key))
                    return line[(colon + 1)..].Trim();
            }
        }
        catch (Exception cause) when (StorageFailure.Is(cause))
        {
            return null; // hidden from this process, or another system
        }
        return null;
    }

    /// <summary>The bytes of a value such as <c>1024 kB</c>, or null.</summary>
    public static long? Kilobytes(string? value) =>
        value is not null && value.EndsWith(" kB", StringComparison.Ordinal) && long.TryParse(value.AsSpan(0, value.Length - 3), CultureInfo.InvariantCulture, out var kilobytes)
            ? kilobytes * 1024
            : null;
}
