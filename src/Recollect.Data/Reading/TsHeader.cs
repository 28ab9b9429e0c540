using System.Text;

namespace Recollect.Data;

/// <summary>What the lines before a .ts file's data promise of its rows.</summary>
/// <param name="Labels">The class names, in the header's order and spelling; null where rows have none.</param>
/// <param name="Dimensions">The dimensions of every row; null where that is not said.</param>
/// <param name="Steps">The steps of every row; null where they differ, or that is not said.</param>
/// <param name="SameSteps">Whether every row is said to have as many steps as the first.</param>
/// <remarks>
/// The format is that of timeseriesclassification.com, sktime and aeon: keys after @ in any case and order, # and % for comments. Other keys are
/// left aside, as archives write some of their own.
/// </remarks>
internal sealed record TsHeader(IReadOnlyList<string>? Labels, int? Dimensions, int? Steps, bool SameSteps)
{
    private const string Data = "data", ClassLabel = "classlabel", TargetLabel = "targetlabel", TimeStamps = "timestamps", Univariate = "univariate",
        EqualLength = "equallength", SeriesLength = "serieslength", Missing = "missing";

    // A class's name takes some dozen times its bytes.
    private const int LongestLine = 1 << 20;

    // Archives write both.
    private static readonly string[] DimensionKeys = ["dimensions", "dimension"];

    private static readonly string[] Keys =
        [Data, ClassLabel, TargetLabel, TimeStamps, Univariate, EqualLength, SeriesLength, .. DimensionKeys, "problemname", Missing];

    /// <summary>Whether a line is one of a header's, to tell such a file by its first bytes.</summary>
    public static bool IsKey(string line) => line.StartsWith('@') && Keys.Contains(KeyOf(line), StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a line says nothing.</summary>
    public static bool IsComment(ReadOnlySpan<byte> line) => line.IsEmpty || line[0] is (byte)'#' or (byte)'%';

    /// <summary>Reads the lines up to @data, and that one.</summary>
    /// <exception cref="DataException">A line is no key, a key's value is wrong or not supported, or @data or @classLabel is missing.</exception>
    public static TsHeader Read(IEnumerator<(long Number, ReadOnlyMemory<byte> Line)> lines, string file)
    {
        var given = new Dictionary<string, Entry>(StringComparer.OrdinalIgnoreCase);
        var any = false;
        while (lines.MoveNext())
        {
            any = true;
            var line = lines.Current.Line.Span.Trim(" \t"u8);
            if (IsComment(line))
                continue;
            if (line.Length > LongestLine)
                throw RowBounds.TooLong($"{file}, line {lines.Current.Number}", "this line of the header", LongestLine);
            var entry = Entry.Of(Encoding.UTF8.GetString(line), $"{file}, line {lines.Current.Number}");
            if (!given.TryAdd(entry.Key, entry))
                throw new DataException($"{entry.Where}: the header has '@{entry.Key}' a second time (first on {given[entry.Key].Where[(file.Length + 2)..]}); expected every key once. Remove one of them.");
            if (entry.Key.Equals(Data, StringComparison.OrdinalIgnoreCase))
                return Of(given, file);
        }
        throw new DataException(any
            ? $"{file}: the header has no line '@data'; expected one, and a row a line after it.{Spelling.Hint(Data, given.Keys)}"
            : $"{file}: the file is empty; expected a .ts file: a header of @ lines, '@data', and a row a line.");
    }

    private static TsHeader Of(Dictionary<string, Entry> given, string file)
    {
        if (given.GetValueOrDefault(TargetLabel) is { } target && target.Flag())
            throw new DataException($"{target.Where}: '@targetLabel true' makes it a regression problem, which is out of scope; expected classes: '@classLabel true' and their names.");
        if (given.GetValueOrDefault(TimeStamps) is { } stamps && stamps.Flag())
            throw new DataException($"{stamps.Where}: '@timeStamps true' means (time, value) pairs, which are not read; expected values alone. Export the file without its time stamps.");
        given.GetValueOrDefault(Missing)?.Flag(); // what stands in the rows tells more; but it must be readable
        var univariate = given.GetValueOrDefault(Univariate)?.Flag();
        var dimensions = DimensionKeys.Select(given.GetValueOrDefault).FirstOrDefault(entry => entry is not null) is { } said ? said.Count(least: 1) : univariate == true ? 1 : (int?)null;
        if (univariate == true && dimensions != 1)
            throw new DataException($"{given[Univariate].Where}: '@univariate true' and {dimensions} dimensions contradict each other; expected one of them to go. Correct the header.");
        var equal = given.GetValueOrDefault(EqualLength)?.Flag();
        // Archives write a length, or 0, beside '@equalLength false' as well.
        var steps = equal == false ? null : given.GetValueOrDefault(SeriesLength)?.Count();
        return new TsHeader(LabelsOf(given, file), dimensions, steps is 0 ? null : steps, equal == true);
    }

    private static string[]? LabelsOf(Dictionary<string, Entry> given, string file)
    {
        if (!given.TryGetValue(ClassLabel, out var entry))
        {
            // Of a problem without classes nothing but '@targetLabel false' may be said.
            return given.ContainsKey(TargetLabel) ? null : throw new DataException($"{file}: the header has no line '@classLabel'; expected '@classLabel true' and the classes, "
                + $"or '@classLabel false' where rows have none.{Spelling.Hint(ClassLabel, given.Keys)}");
        }
        if (!entry.Flag())
            return null;
        var names = entry.Words[1..];
        if (names.GroupBy(name => name).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new DataException($"{entry.Where}: the class '{twice.Key}' is there twice; expected different names. Remove one of them.");
        return names.Length > 0 ? names : throw new DataException($"{entry.Where}: '@classLabel true' names no class; expected their names after it, such as '@classLabel true a b'.");
    }

    private static string KeyOf(string line) => line[1..].Split((char[])[' ', '\t', '\r', '\n'], 2)[0];

    /// <summary>A line of the header: the key after @, and the words after it.</summary>
    private sealed record Entry(string Key, string[] Words, string Where)
    {
        public static Entry Of(string line, string where) => line.StartsWith('@')
            ? new Entry(KeyOf(line), line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1..], where)
            : throw new DataException($"{where}: found '{Shown.Shortly(line)}' before '@data'; expected a header line such as '@classLabel true a b', or a comment after #.");

        public bool Flag() => Words.FirstOrDefault()?.ToLowerInvariant() switch
        {
            "true" => true,
            "false" => false,
            _ => throw Wrong("true or false"),
        };

        public int Count(int least = 0) => Words.Length == 1 && CellNumber.TryParse(Encoding.UTF8.GetBytes(Words[0]), out int count) && count >= least
            ? count
            : throw Wrong(least == 0 ? "a whole number" : $"a whole number from {least}");

        private DataException Wrong(string expected) => new($"{Where}: '@{Key}' is '{Shown.Shortly(string.Join(' ', Words))}'; it must be {expected}.");
    }
}
