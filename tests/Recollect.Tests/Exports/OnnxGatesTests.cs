using Recollect.Exports;

namespace Recollect.Tests.Exports;

public class OnnxGatesTests
{
    [Fact]
    public void Blocks_of_rows_are_in_the_order_of_the_standard()
    {
        // i i, f f, g g, o o → i, o, f, c; r, z, n → z, r, h, two rows of one number and one of two.
        Assert.Equal([1f, 2, 7, 8, 3, 4, 5, 6], OnnxGates.OfLstm([1, 2, 3, 4, 5, 6, 7, 8], 2));
        Assert.Equal([3f, 4, 1, 2, 5, 6], OnnxGates.OfGru([1, 2, 3, 4, 5, 6], 1));
        Assert.Throws<ArgumentException>(() => OnnxGates.OfGru([1, 2, 3, 4, 5, 6, 7, 8, 9], 2));
    }
}
