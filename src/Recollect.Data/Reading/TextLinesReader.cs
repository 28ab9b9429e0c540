using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>Reads plain text, UTF-8, a sample a line; blank lines are left out.</summary>
public static class TextLinesReader
{
    /// <summary>Streams the lines of a file; none has a label.</summary>
    /// <exception cref="DataException">The file is missing, empty or not UTF-8.</exception>
    public static IEnumerable<Sample> Read(string path)
    {
        using var input = InputStream.Open(path);
        foreach (var sample in Read(input))
            yield return sample;
    }

    internal static IEnumerable<Sample> Read(InputStream input)
    {
        var any = false;
        foreach (var (number, line) in Utf8Lines.Of(input))
        {
            any = true;
            yield return new TextSample(new Origin(input.Name, "line", number), null, line.ToArray());
        }
        if (!any)
            throw new DataException($"{input.Name}: there is no text; expected at least one line that is not blank.");
    }
}
