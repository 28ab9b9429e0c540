namespace Recollect.Sequences;

/// <summary>Gathers one batch after the other in the same memory: a batch is good until the next one is read.</summary>
public sealed class BatchReader
{
    private int[] _tokens = [], _rowOfTokens = [];
    private float[] _reals = [], _rowOfReals = [];

    /// <summary>The memory that <see cref="Read"/> takes for so many rows of so many steps, bytes.</summary>
    public static long BytesFor(int rows, int steps, StepFormat format) =>
        (rows + 1L) * steps * WidthOf(format) * sizeof(float); // or int, which has as many

    /// <summary>The most rows of so many steps that one batch can hold, at least one.</summary>
    internal static int MostRows(int steps, StepFormat format) => (int)Math.Max(1, Array.MaxLength / Math.Max(1L, (long)steps * WidthOf(format)));

    /// <summary>Gathers <paramref name="rows"/> of <paramref name="set"/>.</summary>
    /// <param name="set">The data.</param>
    /// <param name="rows">Row numbers within the set, at least one.</param>
    /// <param name="firstRow">See <see cref="Batch.FirstRow"/>.</param>
    /// <param name="draws">Where the set's augmentation draws from, for rows to train on; null: rows are read as they are.</param>
    /// <exception cref="RecipeException">The padded rows are more than one array can hold.</exception>
    public Batch Read(SequenceSet set, ReadOnlySpan<int> rows, int firstRow = 0, UpdateDraws? draws = null)
    {
        var lengths = new int[rows.Length];
        var labels = new int[rows.Length];
        for (var b = 0; b < rows.Length; b++)
        {
            lengths[b] = set.LengthOf(rows[b]);
            labels[b] = set.LabelOf(rows[b]);
        }
        var longest = lengths.Max();
        if (set.Format.Kind == StepKind.Tokens)
            ReadTokens(set, rows, lengths, longest, firstRow, draws);
        else
            ReadReals(set, rows, lengths, longest, firstRow, draws);
        return new Batch(set.Format, lengths, labels, firstRow) { TokenRoom = _tokens, RealRoom = _reals };
    }

    private void ReadTokens(SequenceSet set, ReadOnlySpan<int> rows, int[] lengths, int longest, int firstRow, UpdateDraws? draws)
    {
        var size = SizeOf(longest, rows.Length, 1);
        Grow(ref _tokens, size);
        Grow(ref _rowOfTokens, longest);
        Array.Clear(_tokens, 0, size);
        for (var b = 0; b < rows.Length; b++)
        {
            var steps = _rowOfTokens.AsSpan(0, lengths[b]);
            if (ViewOf(set, firstRow + b, draws) is { } view)
                set.CopyTokens(rows[b], view, 0, steps);
            else
                set.CopyTokens(rows[b], 0, steps);
            for (var t = 0; t < lengths[b]; t++)
                _tokens[t * rows.Length + b] = _rowOfTokens[t];
        }
    }

    private void ReadReals(SequenceSet set, ReadOnlySpan<int> rows, int[] lengths, int longest, int firstRow, UpdateDraws? draws)
    {
        var width = set.Format.Width;
        var size = SizeOf(longest, rows.Length, width);
        Grow(ref _reals, size);
        Grow(ref _rowOfReals, longest * width);
        Array.Clear(_reals, 0, size);
        for (var b = 0; b < rows.Length; b++)
        {
            var steps = _rowOfReals.AsSpan(0, lengths[b] * width);
            if (ViewOf(set, firstRow + b, draws) is { } view)
                set.CopyReals(rows[b], view, 0, steps);
            else
                set.CopyReals(rows[b], 0, steps);
            for (var t = 0; t < lengths[b]; t++)
                _rowOfReals.AsSpan(t * width, width).CopyTo(_reals.AsSpan((t * rows.Length + b) * width, width));
        }
    }

    private static ImageView? ViewOf(SequenceSet set, int row, UpdateDraws? draws) =>
        draws is { } given && set.Augmentation is { } augmentation ? augmentation.Draw(given.Streams.At(given.Update, row)) : null;

    private static int WidthOf(StepFormat format) => format.Kind == StepKind.Tokens ? 1 : format.Width;

    private static int SizeOf(int longest, int rows, int width)
    {
        var (size, most) = ((Int128)longest * rows * width, Array.MaxLength);
        return size <= most
            ? (int)size
            : throw new RecipeException($"training.batch: {rows:N0} row(s) padded to {longest:N0} steps of {width:N0} number(s) are {size:N0} numbers, " +
                $"more memory than there is; expected at most {most:N0}. Lower training.batch, raise training.accumulate, or shorten the rows.");
    }

    private static void Grow<T>(ref T[] array, int length)
    {
        if (array.Length < length)
            array = new T[length];
    }
}
