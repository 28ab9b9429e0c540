namespace Recollect.Losses;

/// <summary>What a loss must know of the update that it serves, beside the batch.</summary>
/// <param name="Update">The update's number over the whole run, from 0: the key of its random draws.</param>
/// <param name="RowsInUpdate">Rows of the whole update, of which the batch at hand may be one piece: losses are divided by it.</param>
/// <param name="Progress">How far training is, from 0 (first update) to 1 (last).</param>
public readonly record struct UpdateContext(long Update, int RowsInUpdate, double Progress);
