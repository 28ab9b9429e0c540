using System.Runtime.InteropServices;
using Recollect.Networks;
using static TorchSharp.torch;

namespace Recollect.Tests.Networks;

public sealed class TensorMemoryTests
{
    /// <summary>A uRNN's window of 16,400 steps of 128 rows and 128 cells is as large. Of the 2 GiB no more than two pages are ever touched.</summary>
    [Fact]
    public void A_tensor_of_more_bytes_than_an_int_counts_has_a_first_number_and_a_last()
    {
        const long Count = (1L << 29) + 3;
        using var tensor = empty([3, Count / 3], dtype: ScalarType.Float32);
        Assert.Throws<ArgumentException>(() => tensor.bytes.Length); // why it is not asked
        var first = TensorMemory.AddressOf<float>(tensor);
        Marshal.Copy([5f], 0, first, 1);
        Marshal.Copy([7f], 0, first + (nint)(sizeof(float) * (tensor.numel() - 1)), 1);
        Assert.Equal((5.0, 7.0), (TensorNumber.Of(tensor[0, 0]), TensorNumber.Of(tensor[2, -1])));
    }

    [Fact]
    public void A_part_of_a_tensor_begins_where_it_does()
    {
        using var scope = NewDisposeScope();
        var tensor = zeros([4, 6], dtype: ScalarType.Float64);
        Assert.Equal(TensorMemory.AddressOf<double>(tensor) + 12 * sizeof(double), TensorMemory.AddressOf<double>(tensor.narrow(0, 2, 1)));
        Assert.Equal(0, TensorMemory.AddressOf<double>(empty([0, 3], dtype: ScalarType.Float64)));
    }

    [Fact]
    public void What_kernels_would_misread_is_refused()
    {
        using var scope = NewDisposeScope();
        var tensor = zeros([4, 6], dtype: ScalarType.Float32);
        Assert.Throws<InvalidOperationException>(() => TensorMemory.AddressOf<float>(tensor.t()));
        Assert.Throws<InvalidOperationException>(() => TensorMemory.AddressOf<double>(tensor));
    }
}
