using FsCheck.Xunit;
using Recollect.Kernels;

namespace Recollect.Core.Tests.Kernels;

public sealed class GateLayoutTests
{
    [Property]
    public void Every_gate_has_one_column_and_the_filling_none(byte units, byte width)
    {
        var (hidden, lanes) = (units + 1, width % 16 + 1);
        var layout = new GateLayout(hidden, lanes);

        Assert.Equal(layout.Columns, layout.Sources.Length);
        Assert.Equal(Enumerable.Range(0, 4 * hidden), layout.Sources.Where(source => source >= 0).Order());
        Assert.Equal(4 * (layout.Units - hidden), layout.Sources.Count(source => source == -1));
        Assert.InRange(layout.Units, hidden, hidden + lanes - 1);
        Assert.True(layout.Stride >= layout.Columns);
    }

    /// <summary>What the kernels take for granted: gate q of unit u stands in the q-th vector of the unit's block.</summary>
    [Property]
    public void A_units_four_gates_stand_in_the_same_lane_of_four_vectors(byte units, byte width)
    {
        var (hidden, lanes) = (units + 1, width % 16 + 1);
        var sources = new GateLayout(hidden, lanes).Sources;
        for (var unit = 0; unit < hidden; unit++)
        {
            for (var gate = 0; gate < 4; gate++)
                Assert.Equal(gate * hidden + unit, sources[unit / lanes * 4 * lanes + gate * lanes + unit % lanes]);
        }
    }

    [Fact]
    public void Three_units_in_vectors_of_two_lie_as_written_out_here() =>
        Assert.Equal([0, 1, 3, 4, 6, 7, 9, 10, 2, -1, 5, -1, 8, -1, 11, -1], new GateLayout(3, 2).Sources);
}
