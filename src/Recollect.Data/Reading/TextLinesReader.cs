using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>Reads plain text, UTF-8, a sample a line.</summary>
/// <remarks>
/// Every line is a row, so that whoever joins rows back to lines by their number finds the right ones: a line of spaces is a text as any other, and an empty
/// one, which has no step to read, is refused and not left out.
/// </remarks>
public static class TextLinesReader
{
    /// <summary>Streams the lines of a file; none has a label.</summary>
    /// <exception cref="DataException">The file is missing, empty or not UTF-8, or a line is empty.</exception>
    public static IEnumerable<Sample> Read(string path)
    {
        using var input = InputStream.Open(path);
        foreach (var sample in Read(input))
            yield return sample;
    }

    internal static IEnumerable<Sample> Read(InputStream input) => RowBounds.WithinMemory(Rows(input), input.Name);

    private static IEnumerable<Sample> Rows(InputStream input)
    {
        var any = false;
        foreach (var (number, line) in Utf8Lines.Every(input))
        {
            any = true;
            if (line.IsEmpty)
                throw new DataException($"{input.Name}, line {number}: the line is empty; expected a text, as every line is a row. Remove the line, or put a space in it.");
            yield return new TextSample(new Origin(input.Name, "line", number), null, line.ToArray());
        }
        if (!any)
            throw new DataException($"{input.Name}: there is no text; expected at least one line.");
    }
}
