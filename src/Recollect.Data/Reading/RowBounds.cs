using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>What one row of a table or of a text may ask for, whatever a file of it is packed into; decision 0013.</summary>
internal static class RowBounds
{
    /// <summary>The bytes that a row may have: a line of JSON Lines, .ts or text, a record of CSV.</summary>
    public const int MostBytes = 1 << 26;

    /// <summary>The values that a row may have: cells of CSV, numbers of .ts, numbers, lists and properties of JSON Lines.</summary>
    public const int MostValues = 1 << 22;

    /// <summary>The error of a row with more values.</summary>
    /// <param name="place">The file, and where in it.</param>
    /// <param name="what">What there are too many of.</param>
    public static DataException TooMany(string place, string what) =>
        new($"{place}: the row has more than {MostValues:N0} {what}; expected at most so many. Split the row, or take fewer of its steps together.");

    /// <summary>The error of a longer row.</summary>
    /// <param name="place">The file, and where in it.</param>
    /// <param name="what">What is too long.</param>
    /// <param name="longest">The bytes that it may have.</param>
    public static DataException TooLong(string place, string what, int longest = MostBytes) =>
        new($"{place}: {what} has more than {longest:N0} bytes; expected at most so many. Split the row, or shorten it.");

    /// <summary>The same rows; where memory ends while one is read, the error says so, and after which row.</summary>
    /// <param name="rows">What a reader streams.</param>
    /// <param name="file">What messages call the file.</param>
    /// <exception cref="RecipeException">There is not enough memory.</exception>
    public static IEnumerable<Sample> WithinMemory(IEnumerable<Sample> rows, string file)
    {
        using var row = rows.GetEnumerator();
        for (Origin? last = null; Next(row, file, last); last = row.Current.Origin)
            yield return row.Current;
    }

    private static bool Next(IEnumerator<Sample> row, string file, Origin? last)
    {
        try
        {
            return row.MoveNext();
        }
        catch (OutOfMemoryException error)
        {
            throw new RecipeException($"{(last is { } origin ? $"{file}, after {origin.Unit} {origin.Number}" : $"{file}, before its first row")}: there is not enough memory to read on. "
                + "Take fewer rows with 'data.limit', split long ones, or make one file with 'recollect data pack', whose rows are not held in memory.", error);
        }
    }
}
