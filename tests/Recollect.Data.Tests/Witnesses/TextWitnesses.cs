using System.Text;
using System.Text.Json;

namespace Recollect.Data.Tests.Witnesses;

/// <summary>Second readers of lines of text, of whole files, of JSON Lines and of .ts.</summary>
internal static class TextWitnesses
{
    public static IEnumerable<WitnessRow> Lines(byte[] file) => WitnessBytes.Lines(file).Select(line => Text(line.Number, null, line.Line));

    /// <param name="file">The bytes, which are not unpacked.</param>
    /// <param name="most">How many of them are read.</param>
    public static IEnumerable<WitnessRow> Whole(byte[] file, int most) => [new WitnessRow(0, null, WitnessRow.File, file[..Math.Min(most, file.Length)], [])];

    /// <param name="file">The bytes.</param>
    /// <param name="column">The property: a text, or numbers, or lists of numbers.</param>
    public static IEnumerable<WitnessRow> JsonLines(byte[] file, string column)
    {
        foreach (var (number, line) in WitnessBytes.Filled(file))
        {
            using var row = JsonDocument.Parse(line);
            var (said, value) = (row.RootElement.GetProperty("label"), row.RootElement.GetProperty(column));
            var label = said.ValueKind == JsonValueKind.String ? said.GetString()!.Trim() : said.GetRawText();
            if (value.ValueKind == JsonValueKind.String)
            {
                yield return Text(number, label, value.GetString()!);
                continue;
            }
            var steps = value.EnumerateArray().Select(step => step.ValueKind == JsonValueKind.Array ? step.EnumerateArray().ToList() : [step]).ToList();
            Assert.All(steps, step => Assert.Equal(steps[0].Count, step.Count));
            yield return Series(number, label, steps[0].Count, [.. steps.SelectMany(step => step).Select(value => WitnessBytes.Number(value.GetRawText()))]);
        }
    }

    /// <summary>Rows after @data: dimensions apart by ':', values by ',', the class last, of which @classLabel has the spelling.</summary>
    public static IEnumerable<WitnessRow> Ts(byte[] file)
    {
        string[] labels = [];
        var isData = false;
        foreach (var (number, line) in WitnessBytes.Filled(file).Select(line => (line.Number, line.Line.Trim(' ', '\t'))).Where(line => line.Item2[0] is not ('#' or '%')))
        {
            if (isData)
            {
                var parts = line.Split(':');
                var dimensions = parts[..^1].Select(dimension => dimension.Split(',').Select(Value).ToList()).ToList();
                Assert.All(dimensions, dimension => Assert.Equal(dimensions[0].Count, dimension.Count));
                var values = from step in Enumerable.Range(0, dimensions[0].Count) from dimension in dimensions select dimension[step];
                yield return Series(number, Spelt(parts[^1].Trim(), labels), dimensions.Count, [.. values]);
                continue;
            }
            var words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            isData = words[0].Equals("@data", StringComparison.OrdinalIgnoreCase);
            if (words[0].Equals("@classLabel", StringComparison.OrdinalIgnoreCase))
                labels = words[2..];
        }
    }

    private static float Value(string cell) => cell.Trim() is "?" || cell.Trim().Equals("NaN", StringComparison.OrdinalIgnoreCase) ? float.NaN : WitnessBytes.Number(cell);

    private static string Spelt(string name, string[] labels) => labels.Contains(name) ? name : labels.Single(label => label.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static WitnessRow Text(int number, string? label, string text) => new(number, label, WitnessRow.Text, Encoding.UTF8.GetBytes(text), []);

    private static WitnessRow Series(int number, string? label, int components, float[] values) => new(number, label, WitnessRow.Series(components), [], values);
}
