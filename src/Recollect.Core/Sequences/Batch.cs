namespace Recollect.Sequences;

/// <summary>Some rows of a set side by side, padded at the end to the longest, with their true lengths.</summary>
/// <remarks>Padding is 0 and is never read by a loss or a state: what a row computes depends on that row alone (method, section 1).</remarks>
public sealed class Batch
{
    internal Batch(StepFormat format, int[] lengths, int[] labels, int firstRow)
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
    public Span<int> Tokens => Format.Kind == StepKind.Tokens ? TokenRoom.AsSpan(0, MaxLength * Rows) : [];

    /// <summary>Time-major reals; empty for tokens. // [T, B, D]</summary>
    public Span<float> Reals => Format.Kind == StepKind.Reals ? RealRoom.AsSpan(0, MaxLength * Rows * Format.Width) : [];

    /// <summary>The array that <see cref="Tokens"/> are the beginning of.</summary>
    internal int[] TokenRoom { get; init; } = [];

    /// <summary>The array that <see cref="Reals"/> are the beginning of.</summary>
    internal float[] RealRoom { get; init; } = [];

    /// <summary>Gathers <paramref name="rows"/> of <paramref name="set"/>, in memory of its own.</summary>
    /// <inheritdoc cref="BatchReader.Read"/>
    public static Batch Of(SequenceSet set, ReadOnlySpan<int> rows, int firstRow = 0) => new BatchReader().Read(set, rows, firstRow);
}
