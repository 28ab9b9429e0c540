using System.Text;
using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>Reads the time-series archive's .ts files: a header of @ lines, then a series a line, its dimensions apart by ':', its values by ',', the class last.</summary>
/// <remarks>'?' and NaN are missing values, and NaN in the samples; what becomes of them is the preprocessing's to say. Time stamps and regression are refused.</remarks>
public static class TsReader
{
    /// <summary>Streams the rows of a file.</summary>
    /// <param name="path">The file, plain or gzip.</param>
    /// <param name="labelled">Whether every row must have a label.</param>
    /// <exception cref="DataException">The file is missing, not UTF-8 or not of this format, its rows disagree with the header or each other, or a value is no number.</exception>
    public static IEnumerable<Sample> Read(string path, bool labelled = true)
    {
        using var input = InputStream.Open(path);
        foreach (var sample in Read(input, labelled))
            yield return sample;
    }

    internal static IEnumerable<Sample> Read(InputStream input, bool labelled) => RowBounds.WithinMemory(Rows(input, labelled), input.Name);

    private static IEnumerable<Sample> Rows(InputStream input, bool labelled)
    {
        using var lines = Utf8Lines.Of(input).GetEnumerator();
        var header = TsHeader.Read(lines, input.Name);
        if (labelled && header.Labels is null)
            throw new DataException($"{input.Name}: its rows have no classes ('@classLabel false'); expected '@classLabel true' and one at the end of every row. Name them in the header, and give every row its own.");
        SeriesSample? before = null;
        while (lines.MoveNext())
        {
            var line = lines.Current.Line.Span.Trim(" \t"u8);
            if (TsHeader.IsComment(line))
                continue;
            var sample = Parse(new Origin(input.Name, "line", lines.Current.Number), line, header, labelled);
            Check(sample, header, before);
            before ??= sample;
            yield return sample;
        }
        if (before is null)
            throw new DataException($"{input.Name}: there is a header and no row after '@data'; expected at least one. Add rows, or get the file anew.");
    }

    private static SeriesSample Parse(Origin origin, ReadOnlySpan<byte> line, TsHeader header, bool labelled)
    {
        string? label = null;
        if (header.Labels is { } labels)
        {
            var colon = line.LastIndexOf((byte)':');
            label = Label(origin, Encoding.UTF8.GetString(line[(colon + 1)..]).Trim(), labels, colon >= 0, labelled);
            line = line[..Math.Max(0, colon)];
        }
        var values = new List<float>(); // dimension by dimension
        var (dimensions, steps) = (0, 0);
        foreach (var part in line.Split((byte)':'))
        {
            var start = values.Count;
            Dimension(origin, line[part], ++dimensions, values);
            var found = values.Count - start;
            if (dimensions > 1 && found != steps)
                throw new DataException($"{origin}: dimension {dimensions} has {found} value(s), and dimension 1 has {steps}; expected the same number in all dimensions of a row. {Advice.CorrectRow}");
            steps = found;
        }
        var series = new float[values.Count];
        for (var i = 0; i < series.Length; i++)
            series[i % steps * dimensions + i / steps] = values[i];
        return new SeriesSample(origin, label, series, dimensions);
    }

    private static void Dimension(Origin origin, ReadOnlySpan<byte> part, int dimension, List<float> values)
    {
        var step = 0;
        foreach (var range in part.Split((byte)','))
        {
            step++;
            if (values.Count == RowBounds.MostValues)
                throw RowBounds.TooMany($"{origin}, dimension {dimension}, step {step}", "values");
            var cell = part[range].Trim(" \t"u8);
            if (cell is [(byte)'?'])
                values.Add(float.NaN);
            else if (CellNumber.TryParse(cell, out float value) && !float.IsInfinity(value))
                values.Add(value);
            else
                throw NoNumber(origin, cell, dimension, step);
        }
    }

    private static DataException NoNumber(Origin origin, ReadOnlySpan<byte> cell, int dimension, int step)
    {
        var hint = cell is [(byte)'(', ..] ? " Time stamps are not read; export values alone." : $" {Advice.CorrectRow}";
        return new DataException($"{origin}, dimension {dimension}, step {step}: found '{Shown.Shortly(Encoding.UTF8.GetString(cell))}'; "
            + $"expected a finite number, such as -1.5e3, or ? where one is missing.{hint}");
    }

    // The archive's own programs take classes in any case; where two differ in it alone, the row must say which.
    private static string? Label(Origin origin, string name, IReadOnlyList<string> labels, bool isThere, bool labelled)
    {
        if (isThere && labels.Contains(name))
            return name;
        if (!labelled && isThere && name is "" or "?")
            return null;
        var close = labels.Where(label => label.Equals(name, StringComparison.OrdinalIgnoreCase)).ToList();
        if (isThere && close.Count == 1)
            return close[0];
        throw new DataException($"{origin}: found {(isThere ? $"the class '{Shown.Shortly(name)}'" : "no ':' before a class")}; "
            + $"expected one of the header's at the end of the row: {Shown.Names(labels, "classes")}. Correct the row, or name its class in the header.");
    }

    private static void Check(SeriesSample sample, TsHeader header, SeriesSample? before)
    {
        var steps = sample.Values.Length / sample.Components;
        if (header.Dimensions is { } dimensions && sample.Components != dimensions)
            throw new DataException($"{sample.Origin}: found {sample.Components} dimension(s); expected {dimensions}, as the header says. Correct the row, or the header.");
        if (before is not null && sample.Components != before.Components)
            throw new DataException($"{sample.Origin}: found {sample.Components} dimension(s); expected {before.Components}, as in the first row. {Advice.CorrectRow}");
        if (header.Steps is { } length && steps != length)
            throw new DataException($"{sample.Origin}: found {steps} step(s); expected {length}, as the header says ('@seriesLength'; '@equalLength false' allows others). Correct the row, or the header.");
        if (header.SameSteps && before is not null && steps != before.Values.Length / before.Components)
            throw new DataException($"{sample.Origin}: found {steps} step(s); expected {before.Values.Length / before.Components}, as in the first row, since '@equalLength true' promises so. Correct the row, or the header.");
    }
}
