using FsCheck.Xunit;
using Recollect.Kernels;

namespace Recollect.Core.Tests.Kernels.Lstm;

/// <summary>What is kept, and what runs again; that gradients are the same is shown in <see cref="LstmStackTests"/>.</summary>
public sealed class RecomputationTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(16, 4)]
    [InlineData(17, 5)]
    [InlineData(16384, 128)]
    [InlineData(int.MaxValue, 46341)]
    public void A_stretch_has_as_many_steps_as_there_are_stretches(int longest, int steps) => Assert.Equal(steps, Recomputation.StretchOf(longest));

    [Fact]
    public void Of_a_long_window_the_states_between_stretches_are_kept_counted_from_its_end()
    {
        var recomputation = new Recomputation<float>(wanted: true);
        var kept = recomputation.Plan([new GradientWindow(0, 3, 13), new GradientWindow(1, 0, 16)], _ => false);
        // Stretches of 4 steps; the first one of the first window has 2.
        int[] first = [13, 9, 5, 3], second = [16, 12, 8, 4, 0];
        GradientWindow[] expected = [.. first.Select(step => new GradientWindow(0, step, step)), .. second.Select(step => new GradientWindow(1, step, step))];
        Assert.Equal(expected, kept.ToArray());
        Assert.Equal(2 * (4 + 1), recomputation.Slots);
    }

    [Fact]
    public void A_window_that_is_read_inside_and_one_no_longer_than_a_stretch_keep_every_state()
    {
        GradientWindow[] whole = [new(0, 0, 30), new(1, 5, 9), new(1, 7, 7)];
        var recomputation = new Recomputation<float>(wanted: true);
        var kept = recomputation.Plan([.. whole, new GradientWindow(0, 0, 16)], window => window == 0).ToArray();
        Assert.Equal(whole, kept[..3]);
        Assert.All(kept[3..], window => Assert.Equal((0, 0), (window.Row, window.Length)));
        Assert.Equal(4 + 1, recomputation.Slots);
    }

    [Fact]
    public void Where_it_is_not_wanted_every_state_is_kept()
    {
        GradientWindow[] windows = [new(0, 0, 100), new(1, 5, 90)];
        var recomputation = new Recomputation<float>(wanted: false);
        Assert.Equal(windows, recomputation.Plan(windows, _ => false).ToArray());
        Assert.Equal(0, recomputation.Slots);
    }

    /// <summary>T = 16,384 in 129 states between stretches and the 129 of a stretch, where all are 16,385.</summary>
    [Fact]
    public void Memory_grows_with_the_root_of_the_length()
    {
        const int Ring = 2;
        Assert.Equal(Ring + 129 + 129, new Recomputation<float>(wanted: true).SlotsOf(16384, [16384], [], Ring));
        Assert.Equal(Ring + 16385, new Recomputation<float>(wanted: false).SlotsOf(16384, [16384], [], Ring));
        Assert.Equal(Ring + 1001 + 1001, new Recomputation<float>(wanted: true).SlotsOf(1_000_000, [1_000_000], [], Ring));
        Assert.Equal(Ring, new Recomputation<float>(wanted: true).SlotsOf(10, [], [], Ring));
    }

    [Property(MaxTest = 100, Arbitrary = [typeof(StackCases)])]
    public void The_room_that_is_reckoned_is_enough_for_every_plan(StackCase problem, bool wanted)
    {
        const int Ring = 2;
        static bool Inside(int window) => window % 3 == 2;
        var recomputation = new Recomputation<float>(wanted);
        var kept = recomputation.Plan(problem.Windows.ToArray(), Inside);
        var slots = new WindowSlots().Plan(problem.Lengths.Count, kept, Ring);
        // As if every row were as long as the longest, and had every window at its full length.
        int[] Lengths(bool inside) => [.. problem.Windows.Where((_, window) => Inside(window) == inside).Select(window => window.Length)];
        var reckoned = recomputation.SlotsOf(problem.Lengths.Max(), Lengths(false), Lengths(true), Ring);
        Assert.InRange(slots.Most + recomputation.Slots, 1, reckoned * problem.Lengths.Count);
    }
}
