using System.Globalization;
using System.Text;

namespace Recollect.Data.Tests.Witnesses;

/// <summary>A second reader of comma-separated tables, by RFC 4180, a character at a time; a line may end with CR alone too.</summary>
internal static class CsvWitness
{
    /// <summary>Rows under a header: the label, and the text or every other column as a number.</summary>
    public static IEnumerable<WitnessRow> Table(byte[] file, string? text)
    {
        var records = Records(WitnessBytes.Utf8(file)).ToList();
        var header = records[0].Cells;
        return records[1..].Select(record =>
        {
            Assert.Equal(header.Count, record.Cells.Count);
            var label = record.Cells[header.IndexOf("label")].Trim();
            return text is null
                ? new WitnessRow(record.Line, label, WitnessRow.Series(1), [], [.. record.Cells.Where((_, column) => header[column] != "label").Select(WitnessBytes.Number)])
                : new WitnessRow(record.Line, label, WitnessRow.Text, Encoding.UTF8.GetBytes(record.Cells[header.IndexOf(text)]), []);
        });
    }

    /// <summary>DBpedia's rows: the number of a class, a title and a content.</summary>
    public static IEnumerable<WitnessRow> Dbpedia(byte[] file, string[] classes) => Records(WitnessBytes.Utf8(file)).Select(record =>
    {
        Assert.Equal(3, record.Cells.Count);
        Assert.All(record.Cells[0], digit => Assert.InRange(digit, '0', '9'));
        string[] parts = [.. record.Cells.Skip(1).Select(cell => cell.Trim(' ')).Where(cell => cell.Length > 0)];
        return new WitnessRow(record.Line, classes[int.Parse(record.Cells[0], NumberStyles.None, CultureInfo.InvariantCulture) - 1], WitnessRow.Text, Encoding.UTF8.GetBytes(string.Join(' ', parts)), []);
    });

    private static IEnumerable<(int Line, List<string> Cells)> Records(string table)
    {
        var (at, line) = (0, 1);
        while (at < table.Length)
        {
            if (table[at] is '\r' or '\n') // a line of nothing
            {
                line += Ends(table, at++);
                continue;
            }
            var (first, cells) = (line, new List<string>());
            do
            {
                if (cells.Count > 0)
                    at++; // the comma
                cells.Add(Cell(table, ref at, ref line));
            }
            while (at < table.Length && table[at] == ',');
            yield return (first, cells);
        }
    }

    private static string Cell(string table, ref int at, ref int line)
    {
        if (at == table.Length || table[at] != '"')
        {
            var end = table.AsSpan(at).IndexOfAny(",\r\n") is >= 0 and var length ? at + length : table.Length;
            var plain = table[at..end];
            Assert.DoesNotContain('"', plain);
            at = end;
            return plain;
        }
        var cell = new StringBuilder();
        for (at++; table[at] != '"' || (at + 1 < table.Length && table[at + 1] == '"'); at++) // beyond the end where a quote is missing
        {
            at += table[at] == '"' ? 1 : 0;
            line += Ends(table, at);
            cell.Append(table[at]);
        }
        at++;
        Assert.True(at == table.Length || table[at] is ',' or '\r' or '\n', "Something follows a quoted cell.");
        return cell.ToString();
    }

    // A line ends with LF, CRLF or CR.
    private static int Ends(string table, int at) => table[at] == '\n' || (table[at] == '\r' && (at + 1 == table.Length || table[at + 1] != '\n')) ? 1 : 0;
}
