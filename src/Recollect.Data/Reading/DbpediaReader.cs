using CsvHelper;
using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>Reads DBpedia's ontology classification set: a CSV without a header, of class number, title and content.</summary>
/// <remarks>Zhang, Zhao, LeCun, "Character-level Convolutional Networks for Text Classification", 2015; the format is that of its readme.txt.</remarks>
public static class DbpediaReader
{
    /// <summary>The classes of the set.</summary>
    public const int Classes = 14;

    private const int Columns = 3;

    /// <summary>Streams the rows of one file; the text is title and content without the spaces around them, joined by one space where both are there.</summary>
    /// <param name="path"><c>train.csv</c> or <c>test.csv</c>, plain or gzip.</param>
    /// <param name="classes">The names of the classes 1…14.</param>
    /// <exception cref="DataException">The file is missing or empty, or a row has not three columns, no class of those, or no text.</exception>
    public static IEnumerable<Sample> Read(string path, IReadOnlyList<string> classes)
    {
        using var input = InputStream.Open(path);
        using var table = CsvTableReader.Open(input);
        var any = false;
        while (CsvTableReader.Next(table, input.Name))
        {
            any = true;
            yield return Row(table, new Origin(input.Name, "line", table.LineNumber), classes);
        }
        if (!any)
            throw new DataException($"{input.Name}: the file is empty; expected rows of a class number, a title and a content. {Advice.GetAnew}");
    }

    private static TextSample Row(CsvReader table, Origin origin, IReadOnlyList<string> classes)
    {
        if (table.FieldCount != Columns)
            throw new DataException($"{origin}: found {table.FieldCount} column(s); expected {Columns}: a class number, a title and a content. {Advice.CorrectRow}");
        if (!CellNumber.TryParse(table.GetSpan(0), out int number) || number < 1 || number > classes.Count)
            throw new DataException($"{origin}: found the class '{table.GetString(0)}'; expected a number 1…{classes.Count}. {Advice.CorrectRow}");
        byte[] title = table.GetSpan(1).Trim((byte)' ').ToArray(), content = table.GetSpan(2).Trim((byte)' ').ToArray();
        var text = title.Length == 0 ? content : content.Length == 0 ? title : [.. title, (byte)' ', .. content];
        return text.Length > 0
            ? new TextSample(origin, classes[number - 1], text)
            : throw new DataException($"{origin}: title and content are empty; expected a text. {Advice.CorrectRow}");
    }
}
