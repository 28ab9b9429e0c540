namespace Recollect.Cli.Display;

/// <summary>Columns of text padded to their widest cell, the last one not; control characters in a cell are shown as escapes.</summary>
internal static class TextTable
{
    public static void Write(TextWriter output, string[] head, IEnumerable<string[]> rows)
    {
        var lines = rows.Prepend(head).Select(line => line.Select(Printable.Of).ToArray()).ToList();
        var widths = head.Select((_, column) => lines.Max(line => line[column].Length)).ToArray();
        foreach (var line in lines)
            output.WriteLine(string.Join("  ", line.Select((cell, column) => column == line.Length - 1 ? cell : cell.PadRight(widths[column]))).TrimEnd());
    }
}
