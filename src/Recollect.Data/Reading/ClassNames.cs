using System.Text;

namespace Recollect.Data;

/// <summary>Reads the names of classes from a text file of a published set, one a line.</summary>
internal static class ClassNames
{
    /// <summary>The names, in label order.</summary>
    /// <param name="path">The file.</param>
    /// <param name="count">How many the set has.</param>
    /// <exception cref="DataException">There are not so many different ones.</exception>
    public static IReadOnlyList<string> Read(string path, int count)
    {
        using var input = InputStream.Open(path);
        var names = Utf8Lines.Of(input).Select(line => Encoding.UTF8.GetString(line.Line.Span).Trim()).ToList();
        return names.Distinct().Count() == count && names.Count == count
            ? names
            : throw new DataException($"{path}: found {names.Count} class names ({names.Distinct().Count()} different); expected {count}, one a line.");
    }
}
