using Recollect.Kernels;

namespace Recollect.Core.Tests.Kernels.Lstm;

public sealed class StateStoreTests
{
    [Fact]
    public void A_slot_takes_gates_a_cell_and_an_output_in_every_layer()
    {
        // 5 units in blocks of 4 lanes are 8; gates of 4 · 8 numbers lie 48 apart.
        using var store = new StateStore<float>(2, new GateLayout(5, 4));
        Assert.Equal(10 * 2 * (48 + 8 + 8) * sizeof(float), store.BytesFor(10));
        Assert.Equal(0, store.BytesFor(0));
    }

    [Fact]
    public unsafe void The_slots_lie_within_what_they_take()
    {
        using var store = new StateStore<double>(3, new GateLayout(5, 4));
        store.Ensure(7);
        var (gates, cells, outputs) = (store.Gates(2, 6) + 48 - store.Gates(0, 0), store.Cell(2, 6) + 8 - store.Cell(0, 0), store.Output(2, 6) + 8 - store.Output(0, 0));
        Assert.Equal((gates + cells + outputs) * sizeof(double), store.BytesFor(7));
    }
}
