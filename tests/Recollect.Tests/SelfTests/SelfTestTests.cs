using Recollect.Runs;
using Recollect.SelfTests;
using TorchSharp;

namespace Recollect.Tests.SelfTests;

public sealed class SelfTestTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recollect-selftest-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Kernels_of_this_machine_agree_with_the_scalar_path()
    {
        var facts = KernelCheck.Run(TimeSpan.Zero);
        Assert.True(facts.Agree, $"{facts}");
        Assert.Equal(4, facts.Comparisons); // without time as many as must be
        Assert.InRange(facts.Apart, 1e-9, 1e-4); // single and double precision are not the same numbers
    }

    /// <summary>None of the networks that the command may draw is one in which rounding carries a unit over to where its gradient is another.</summary>
    [Fact]
    [Trait("Tier", "slow")]
    public void All_that_may_be_drawn_agree()
    {
        var facts = KernelCheck.Run(SelfTest.Whole);
        TestContext.Current.TestOutputHelper?.WriteLine($"{facts}");
        Assert.InRange(facts.Comparisons, KernelCheck.Drawn, int.MaxValue);
        Assert.InRange(facts.Apart, 1e-9, 1e-4);
    }

    [Fact]
    public void A_gradient_that_is_wrong_is_found_and_named()
    {
        Dictionary<string, double[]> sound = new() { ["a"] = [3, 4], ["b"] = [0, 0.5] };
        Assert.Equal((0, ""), KernelCheck.Apart(sound, sound));
        // Of 0.5 and a thousandth of the largest norm, 5.
        var (apart, where) = KernelCheck.Apart(sound, new Dictionary<string, double[]> { ["a"] = [3, 4], ["b"] = [0.1, 0.5] });
        Assert.Equal("b", where);
        Assert.Equal(0.1 / 0.505, apart, 1e-12);
        Assert.True(double.IsNaN(KernelCheck.Apart(sound, new Dictionary<string, double[]> { ["a"] = [3, double.NaN], ["b"] = [0, 0.5] }).Apart));
        Assert.False(new KernelFacts(256, 1, double.PositiveInfinity, "a").Agree);
        Assert.False(new KernelFacts(256, 1, 0.2, "b").Agree);
    }

    [Fact]
    public void A_model_and_a_checkpoint_come_back_and_nothing_stays()
    {
        var runs = Path.Combine(_folder, "runs");
        var facts = SavingCheck.Run(runs);
        Assert.Null(facts.Fault);
        Assert.Equal(runs, facts.Folder);
        Assert.InRange(facts.Bytes, 1_000_000, 50_000_000);
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void A_disk_has_a_speed_and_nothing_stays()
    {
        var facts = DiskCheck.Run(Path.Combine(_folder, "runs"));
        Assert.Null(facts.Fault);
        Assert.Equal(0, facts.Bytes % (1 << 20));
        Assert.InRange(facts.Bytes, 1 << 20, 128 << 20);
        Assert.InRange(facts.WriteRate, 1e5, 1e12);
        Assert.InRange(facts.ReadRate, 1e5, 1e12);
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Theory]
    [InlineData(null, 128)]
    [InlineData(0L, 1)]
    [InlineData(80L << 20, 10)]
    [InlineData(1L << 50, 128)]
    public void Of_what_is_free_an_eighth_is_written_at_most(long? free, int blocks) => Assert.Equal(blocks, DiskCheck.BlocksFor(free));

    [Fact]
    public void A_folder_in_which_nothing_can_be_made_is_a_fault()
    {
        Assert.SkipUnless(Directory.Exists("/proc/self"), "This system has no /proc, where nobody may make a file.");
        Assert.NotNull(SavingCheck.Run("/proc/none/runs").Fault);
        Assert.NotNull(DiskCheck.Run("/proc/none/runs").Fault);
    }

    [Fact]
    public void Threads_change_no_bit_and_what_they_gain_is_measured()
    {
        var before = torch.get_num_threads();
        var facts = ThreadCheck.Run(MachineInfo.Read());
        Assert.True(facts.Agree);
        Assert.Equal(before, torch.get_num_threads());
        Assert.Equal(Environment.ProcessorCount, facts.Cores);
        Assert.Equal(facts.Cores == 1, facts.Gain is null);
        if (facts.Gain is { } gain)
            Assert.InRange(gain, 0.2, 1.2 * facts.Threads);
    }

    [Fact]
    public void One_core_has_no_gain()
    {
        var facts = ThreadCheck.Run(MachineInfo.Read() with { Cores = 1 });
        Assert.Equal((true, null, null), (facts.Agree, facts.Gain, facts.GainOfTwo));
    }

    [Fact]
    public void Without_libtorch_the_disk_alone_is_tried()
    {
        var facts = SelfTest.Run(_folder, torchWorks: false, new Progress<string>());
        Assert.Equal((null, null, null), (facts.Kernels, facts.Saving, facts.Threads));
        Assert.Null(facts.Disk.Fault);
    }
}
