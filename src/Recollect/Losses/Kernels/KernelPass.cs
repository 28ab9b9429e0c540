using System.Numerics;
using Recollect.Kernels;
using Recollect.Networks;
using Recollect.Sequences;

namespace Recollect.Losses;

/// <summary>A batch whose states the main network has computed.</summary>
/// <param name="Network">The main network.</param>
/// <param name="Batch">The batch.</param>
/// <param name="Context">The update.</param>
/// <param name="Slots">Where its states are.</param>
/// <param name="Steps">What it read.</param>
internal sealed unsafe record KernelPass<T>(KernelNetwork<T> Network, Batch Batch, UpdateContext Context, WindowSlots Slots, ArraySource<T> Steps)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>The top layer's h after a step of a row. // [H]</summary>
    public T* Output(int row, int step) => Network.Store.Output(Network.Top, Slots.Of(row, step));

    /// <summary>The top layer's c likewise. // [H]</summary>
    public T* Cell(int row, int step) => Network.Store.Cell(Network.Top, Slots.Of(row, step));
}
