using Recollect.Sequences;

namespace Recollect.Networks;

/// <summary>A gradient window (method, section 2): gradients flow through steps Start+1 … End of a row; the state after Start steps is a constant.</summary>
/// <param name="Row">The row within the batch.</param>
/// <param name="Start">Steps before the window; 0 or more.</param>
/// <param name="End">The last step of the window, counted from 1; at least <paramref name="Start"/>.</param>
public readonly record struct Window(int Row, int Start, int End)
{
    /// <summary>The number of steps through which gradients flow.</summary>
    public int Length => End - Start;

    /// <summary>The window (end, k): aligned to the end that it serves.</summary>
    public static Window Ending(int row, int end, Truncation k) => new(row, end - Math.Min(end, k.Steps), end);
}
