using System.Globalization;

namespace Recollect.Cli;

/// <summary>Spans of time as people write and read them.</summary>
internal static class Duration
{
    /// <summary>Reads <c>90s</c>, <c>10m</c>, <c>1.5h</c> or <c>hh:mm:ss</c>; null where it is none of these, or not above 0.</summary>
    public static TimeSpan? Parse(string text)
    {
        var unit = text.Length == 0 ? 0 : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, _ => 0 };
        const double longest = 1e9; // 31 years, far inside a TimeSpan
        if (unit > 0)
        {
            var reads = double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count);
            return reads && count > 0 && count * unit <= longest ? TimeSpan.FromSeconds(count * unit) : null;
        }
        var parts = text.Split(':');
        if (parts.Length != 3 || !parts.All(part => part.Length is 1 or 2 or 3 && part.All(char.IsAsciiDigit)))
            return null;
        var (hours, minutes, seconds) = (int.Parse(parts[0]), int.Parse(parts[1]), int.Parse(parts[2]));
        return minutes < 60 && seconds < 60 && hours + minutes + seconds > 0 ? new TimeSpan(hours, minutes, seconds) : null;
    }

    /// <summary>Writes a span in its two largest units: <c>4d 15h</c>, <c>1h 05m</c>, <c>2m 03s</c>, <c>4.2s</c>.</summary>
    public static string Show(TimeSpan span) => span switch
    {
        { TotalHours: >= 100 } => $"{(int)span.TotalDays}d {span.Hours:00}h",
        { TotalHours: >= 1 } => $"{(int)span.TotalHours}h {span.Minutes:00}m",
        { TotalMinutes: >= 1 } => $"{(int)span.TotalMinutes}m {span.Seconds:00}s",
        { TotalSeconds: >= 10 } => $"{(int)span.TotalSeconds}s",
        _ => $"{span.TotalSeconds:0.0}s",
    };
}
