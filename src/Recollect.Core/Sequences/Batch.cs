namespace Recollect.Sequences;

/// <summary>Some rows of a set side by side, padded at the end to the longest, with their true lengths.</summary>
/// <remarks>Padding is 0 and is never read by a loss or a state: what a row computes depends on that row alone (method, section 1).</remarks>
public sealed class Batch
{
    private Batch(StepFormat format, int[] lengths, int[] labels, int firstRow)
    {
        Format = format;
        Lengths = lengths;
        Labels = labels;
        FirstRow = firstRow;
        MaxLength = lengths.Max();
    }

    /// <summary>The kind and width of a step.</summary>
    public StepFormat Format { get; }

    /// <summary>The number of rows B.</summary>
    public int Rows => Lengths.Length;

    /// <summary>The longest row's number of steps T.</summary>
    public int MaxLength { get; }

    /// <summary>Steps of each row. // [B]</summary>
    public int[] Lengths { get; }

    /// <summary>Label of each row, or <see cref="SequenceSet.Unlabelled"/>. // [B]</summary>
    public int[] Labels { get; }

    /// <summary>The place of row 0 within the update's whole batch: random draws are keyed by <c>FirstRow + row</c>.</summary>
    public int FirstRow { get; }

    /// <summary>Time-major tokens; empty for reals. // [T, B]</summary>
    public int[] Tokens { get; private init; } = [];

    /// <summary>Time-major reals; empty for tokens. // [T, B, D]</summary>
    public float[] Reals { get; private init; } = [];

    /// <summary>Gathers <paramref name="rows"/> of <paramref name="set"/>.</summary>
    /// <param name="set">The data.</param>
    /// <param name="rows">Row numbers within the set, at least one.</param>
    /// <param name="firstRow">See <see cref="FirstRow"/>.</param>
    /// <exception cref="RecipeException">The padded rows are more than one array can hold.</exception>
    public static Batch Of(SequenceSet set, ReadOnlySpan<int> rows, int firstRow = 0)
    {
        var lengths = new int[rows.Length];
        var labels = new int[rows.Length];
        for (var b = 0; b < rows.Length; b++)
        {
            lengths[b] = set.LengthOf(rows[b]);
            labels[b] = set.LabelOf(rows[b]);
        }
        var longest = lengths.Max();
        return set.Format.Kind == StepKind.Tokens
            ? new Batch(set.Format, lengths, labels, firstRow) { Tokens = GatherTokens(set, rows, lengths, longest) }
            : new Batch(set.Format, lengths, labels, firstRow) { Reals = GatherReals(set, rows, lengths, longest) };
    }

    private static int SizeOf(int longest, int rows, int width)
    {
        var (size, most) = ((Int128)longest * rows * width, Array.MaxLength);
        return size <= most
            ? (int)size
            : throw new RecipeException($"training.batch: {rows:N0} row(s) padded to {longest:N0} steps of {width:N0} number(s) are {size:N0} numbers, " +
                $"more memory than there is; expected at most {most:N0}. Lower training.batch, raise training.accumulate, or shorten the rows.");
    }

    private static int[] GatherTokens(SequenceSet set, ReadOnlySpan<int> rows, int[] lengths, int longest)
    {
        var tokens = new int[SizeOf(longest, rows.Length, 1)];
        var row = new int[longest];
        for (var b = 0; b < rows.Length; b++)
        {
            set.CopyTokens(rows[b], 0, row.AsSpan(0, lengths[b]));
            for (var t = 0; t < lengths[b]; t++)
                tokens[t * rows.Length + b] = row[t];
        }
        return tokens;
    }

    private static float[] GatherReals(SequenceSet set, ReadOnlySpan<int> rows, int[] lengths, int longest)
    {
        var width = set.Format.Width;
        var reals = new float[SizeOf(longest, rows.Length, width)];
        var row = new float[longest * width];
        for (var b = 0; b < rows.Length; b++)
        {
            set.CopyReals(rows[b], 0, row.AsSpan(0, lengths[b] * width));
            for (var t = 0; t < lengths[b]; t++)
                row.AsSpan(t * width, width).CopyTo(reals.AsSpan((t * rows.Length + b) * width, width));
        }
        return reals;
    }
}
