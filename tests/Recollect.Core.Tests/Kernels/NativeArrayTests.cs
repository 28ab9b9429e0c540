using FsCheck.Xunit;
using Recollect.Kernels;

namespace Recollect.Core.Tests.Kernels;

public sealed unsafe class NativeArrayTests
{
    [Property]
    public void Every_array_begins_at_a_cache_line_and_holds_what_was_asked(ushort first, ushort second)
    {
        using var array = new NativeArray<float>();
        foreach (var length in new[] { first, second })
        {
            var at = array.Ensure(length);
            Assert.Equal(0, (nint)at % 64);
            Assert.True(at == array.Pointer);
            Assert.True(array.Capacity >= length);
            new Span<float>(at, length).Fill(1);
        }
    }

    [Fact]
    public void An_array_that_is_large_enough_stays_where_it_is_with_what_it_holds()
    {
        using var array = new NativeArray<double>();
        var at = array.Ensure(100);
        at[99] = 7;
        Assert.True(array.Ensure(50) == at);
        Assert.True(array.Ensure(100) == at);
        Assert.Equal(7, at[99]);
        Assert.Equal(100, array.Capacity);
        array.Ensure(101);
        Assert.Equal(113, array.Capacity); // and an eighth
    }

    [Fact]
    public void A_new_array_holds_zeros_and_Clear_sets_them_again_and_no_more()
    {
        using var array = new NativeArray<int>(1000);
        Assert.All(new Span<int>(array.Pointer, 1000).ToArray(), value => Assert.Equal(0, value));
        new Span<int>(array.Pointer, 1000).Fill(5);
        array.Clear(600);
        Assert.All(new Span<int>(array.Pointer, 600).ToArray(), value => Assert.Equal(0, value));
        Assert.All(new Span<int>(array.Pointer + 600, 400).ToArray(), value => Assert.Equal(5, value));
    }

    /// <summary>Kernels read behind a row's end, at most a panel of the widest vectors: 32 floats.</summary>
    [Fact]
    public void Behind_the_last_element_lies_a_margin_of_zeros_that_a_panel_fits_in()
    {
        using var array = new NativeArray<float>();
        array.Ensure(3);
        Assert.All(new Span<float>(array.Pointer + 3, 32).ToArray(), value => Assert.Equal(0, value));
    }

    [Fact]
    public void A_disposed_array_is_empty_and_may_be_disposed_of_again()
    {
        var array = new NativeArray<byte>(10);
        array.Dispose();
        array.Dispose();
        Assert.True(array.Pointer is null);
        Assert.Equal(0, array.Capacity);
    }

    [Fact]
    public void An_array_without_elements_can_be_cleared() => new NativeArray<float>().Clear(0);
}
