namespace Recollect.Sequences;

/// <summary>Some rows of another set, in a given order, without a copy.</summary>
internal sealed class SequenceSubset(SequenceSet whole, IReadOnlyList<int> rows) : SequenceSet(whole.Format, whole.Classes)
{
    /// <inheritdoc/>
    public override int Count => rows.Count;

    /// <inheritdoc/>
    public override int LengthOf(int row) => whole.LengthOf(rows[row]);

    /// <inheritdoc/>
    public override int LabelOf(int row) => whole.LabelOf(rows[row]);

    /// <inheritdoc/>
    public override void CopyTokens(int row, int start, Span<int> tokens) => whole.CopyTokens(rows[row], start, tokens);

    /// <inheritdoc/>
    public override void CopyReals(int row, int start, Span<float> reals) => whole.CopyReals(rows[row], start, reals);
}
