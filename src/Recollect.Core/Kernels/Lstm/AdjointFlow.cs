namespace Recollect.Kernels;

/// <summary>What comes to a stack's outputs from above, and what its inputs pass on below, while gradients flow back.</summary>
/// <typeparam name="T">The number.</typeparam>
internal abstract unsafe class AdjointFlow<T>
    where T : unmanaged
{
    /// <summary>The adjoint of the top layer's h at a step of a window, or null for none. // [H]</summary>
    public virtual T* OfOutput(int window, int step) => null;

    /// <summary>Whether <see cref="OfInput"/> is asked for: the bottom layer reads vectors that a gradient reaches.</summary>
    public virtual bool ReachesInputs => false;

    /// <summary>Where the adjoint of the bottom layer's input at a step of a window is written. // [inputs, in whole panels]</summary>
    public virtual T* OfInput(int window, int step) => null;
}
