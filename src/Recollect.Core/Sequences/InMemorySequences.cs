namespace Recollect.Sequences;

/// <summary>A sequence set held in memory: one byte a token where the vocabulary allows, four otherwise, four bytes a real component.</summary>
public sealed class InMemorySequences : SequenceSet
{
    private readonly List<byte[]> _bytes = [];
    private readonly List<int[]> _integers = [];
    private readonly List<float[]> _reals = [];
    private readonly List<int> _labels = [];

    /// <summary>Creates an empty set; rows are added with <see cref="AddTokens"/> or <see cref="AddReals"/>.</summary>
    public InMemorySequences(StepFormat format, IReadOnlyList<string> classes) : base(format, classes) { }

    /// <inheritdoc/>
    public override int Count => _labels.Count;

    private bool FitsBytes => Format.Width <= 256;

    /// <summary>Appends a row of tokens.</summary>
    /// <param name="tokens">Integers 0…V−1, at least one.</param>
    /// <param name="label">An index into the classes, or <see cref="SequenceSet.Unlabelled"/>.</param>
    /// <exception cref="ArgumentException">The row is empty, a token lies outside the vocabulary, or the label outside the classes.</exception>
    public void AddTokens(ReadOnlySpan<int> tokens, int label)
    {
        Require(StepKind.Tokens);
        CheckRow(tokens.Length, label);
        foreach (var token in tokens)
        {
            if ((uint)token >= (uint)Format.Width)
                throw new ArgumentException($"Token {token} lies outside 0…{Format.Width - 1}.", nameof(tokens));
        }
        if (FitsBytes)
        {
            var row = new byte[tokens.Length];
            for (var t = 0; t < row.Length; t++)
                row[t] = (byte)tokens[t];
            _bytes.Add(row);
        }
        else
        {
            _integers.Add(tokens.ToArray());
        }
        _labels.Add(label);
    }

    /// <summary>Appends a row of reals.</summary>
    /// <param name="reals">Steps × D finite floats, at least one step.</param>
    /// <param name="label">An index into the classes, or <see cref="SequenceSet.Unlabelled"/>.</param>
    /// <exception cref="ArgumentException">The row is empty, not a whole number of steps, not finite, or the label lies outside the classes.</exception>
    public void AddReals(ReadOnlySpan<float> reals, int label)
    {
        Require(StepKind.Reals);
        if (reals.Length % Format.Width != 0)
            throw new ArgumentException($"{reals.Length} values are not a whole number of steps of {Format.Width}.", nameof(reals));
        CheckRow(reals.Length / Format.Width, label);
        foreach (var value in reals)
        {
            if (!float.IsFinite(value))
                throw new ArgumentException($"Value {value} is not finite.", nameof(reals));
        }
        _reals.Add(reals.ToArray());
        _labels.Add(label);
    }

    /// <inheritdoc/>
    public override int LengthOf(int row) => Format.Kind == StepKind.Reals
        ? _reals[row].Length / Format.Width
        : FitsBytes ? _bytes[row].Length : _integers[row].Length;

    /// <inheritdoc/>
    public override int LabelOf(int row) => _labels[row];

    /// <inheritdoc/>
    public override void CopyTokens(int row, int start, Span<int> tokens)
    {
        Require(StepKind.Tokens);
        if (!FitsBytes)
        {
            _integers[row].AsSpan(start, tokens.Length).CopyTo(tokens);
            return;
        }
        var from = _bytes[row].AsSpan(start, tokens.Length);
        for (var t = 0; t < from.Length; t++)
            tokens[t] = from[t];
    }

    /// <inheritdoc/>
    public override void CopyReals(int row, int start, Span<float> reals)
    {
        Require(StepKind.Reals);
        _reals[row].AsSpan(start * Format.Width, reals.Length).CopyTo(reals);
    }

    private void Require(StepKind kind)
    {
        if (Format.Kind != kind)
            throw new InvalidOperationException($"The set holds {Format}.");
    }

    private void CheckRow(int length, int label)
    {
        if (length == 0)
            throw new ArgumentException("A sequence has at least one step.");
        if (label < Unlabelled || label >= Classes.Count)
            throw new ArgumentException($"Label {label} lies outside 0…{Classes.Count - 1}.", nameof(label));
    }
}
