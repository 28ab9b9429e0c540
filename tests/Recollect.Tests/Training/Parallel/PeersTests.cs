using FsCheck.Xunit;
using Recollect.Training;

namespace Recollect.Tests.Training;

public sealed class PeersTests
{
    [Theory]
    [InlineData(128, 4, new[] { 0, 32, 64, 96, 128 })]
    [InlineData(29, 4, new[] { 0, 8, 15, 22, 29 })] // the last batch of an epoch
    [InlineData(3, 5, new[] { 0, 1, 2, 3, 3, 3 })] // more processes than rows: some have none
    public void Each_process_has_its_stretch_of_the_rows(int rows, int count, int[] bounds) =>
        Assert.Equal(bounds[..^1].Zip(bounds[1..], (first, end) => first..end), ThreadPeers.Run(count, peers => peers.ShareOf(rows)));

    [Property(MaxTest = 30)]
    public void Stretches_follow_each_other_and_are_alike(ushort rows, byte processes)
    {
        var count = processes % 16 + 1;
        var stretches = ThreadPeers.Run(count, peers => (peers.ShareOf(rows), Largest: peers.LargestShareOf(rows)));
        var lengths = stretches.Select(stretch => stretch.Item1.GetOffsetAndLength(rows).Length).ToArray();
        Assert.Equal(rows, lengths.Sum());
        Assert.Equal([.. lengths.Select((_, rank) => lengths[..rank].Sum())], stretches.Select(stretch => stretch.Item1.Start.Value));
        Assert.InRange(lengths.Max() - lengths.Min(), 0, 1);
        Assert.All(stretches, stretch => Assert.Equal(lengths.Max(), stretch.Largest));
    }

    [Fact]
    public void A_text_of_one_is_read_by_all()
    {
        Assert.Equal(["größer", "größer", "größer"], ThreadPeers.Run(3, peers => peers.ShareText(peers.Rank == 2 ? "größer" : null, from: 2)));
        Assert.Equal(["", ""], ThreadPeers.Run(2, peers => peers.ShareText("")));
    }

    [Fact]
    public void The_first_that_says_anything_is_heard_by_all()
    {
        string?[] said = [null, null, "SIGTERM", "--max-time"];
        Assert.All(ThreadPeers.Run(4, peers => peers.FirstOf(said[peers.Rank])), heard => Assert.Equal("SIGTERM", heard));
        Assert.All(ThreadPeers.Run(4, peers => peers.FirstOf(null)), Assert.Null);
    }

    [Fact]
    public void Those_of_the_same_mark_are_counted()
    {
        string[] machines = ["a", "b", "a", "a"];
        Assert.Equal([3, 1, 3, 3], ThreadPeers.Run(4, peers => peers.CountOf(machines[peers.Rank])));
    }

    [Fact]
    public void Alone_everything_is_ones_own()
    {
        double[] values = [1.5, -2];
        Peers.Alone.Sum<double>(values);
        Assert.Equal([1.5, -2], values);
        Assert.Equal((0, 1, true, 0..7, 7), (Peers.Alone.Rank, Peers.Alone.Count, Peers.Alone.IsFirst, Peers.Alone.ShareOf(7), Peers.Alone.LargestShareOf(7)));
        Assert.Equal(("x", "x", (string?)null, 1), (Peers.Alone.ShareText("x"), Peers.Alone.FirstOf("x"), Peers.Alone.FirstOf(null), Peers.Alone.CountOf("m")));
    }

    /// <summary>The variables that Open MPI 4 and 5, and Slurm with PMIx, set.</summary>
    [Theory]
    [InlineData(null, null, false)]
    [InlineData("1", "0", false)] // mpirun -np 1 needs nobody else
    [InlineData("4", "2", true)]
    [InlineData(null, "0", true)]
    public void Others_are_expected_where_a_launcher_says_so(string? size, string? rank, bool expected) =>
        Assert.Equal(expected, MpiPeers.Expected(name => name switch { "OMPI_COMM_WORLD_SIZE" => size, "PMIX_RANK" => rank, _ => null }));

    [Fact]
    public void A_library_that_is_not_there_is_named_with_what_brings_it()
    {
        var error = Assert.Throws<RunException>(() => OpenMpi.Load(["libnothing.so.40", "libnothing.so"]));
        Assert.Contains("started by mpirun, and Open MPI's library does not load; looked for libnothing.so.40 and libnothing.so", error.Message);
        Assert.Contains("apt install openmpi-bin", error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Another_library_is_told_from_Open_MPI()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Names a library of Linux.");
        var error = Assert.Throws<RunException>(() => OpenMpi.Load(["libc.so.6"]));
        Assert.StartsWith("'libc.so.6' is not Open MPI's library", error.Message);
    }
}
