namespace Recollect.Kernels;

/// <summary>A stretch of one row through which a gradient flows: steps <paramref name="Start"/>+1 … <paramref name="End"/>; the state after Start steps is a constant.</summary>
/// <param name="Row">The row.</param>
/// <param name="Start">Steps before it.</param>
/// <param name="End">Its last step, counted from 1.</param>
public readonly record struct GradientWindow(int Row, int Start, int End)
{
    /// <summary>Steps through which the gradient flows.</summary>
    public int Length => End - Start;
}
