using Recollect.Cli.Doctor;
using Recollect.SelfTests;

namespace Recollect.Tests.Cli.Doctor;

public class DeepDiagnosisTests
{
    internal static SelfTestFacts Sound { get; } = new(
        new KernelFacts(512, 24, 3e-7, "network 3, lstm.weight_hh_l0"),
        new SavingFacts("/home/runs", 7_000_000, 0.25, null),
        new DiskFacts("/home/runs", 128 << 20, 410e6, 1.9e9, null),
        new ThreadFacts(true, 1.92, 2, 1.92, 2, 2, null));

    [Fact]
    public void A_sound_machine_has_nothing_to_mend()
    {
        var findings = DeepDiagnosis.Of(Sound);
        Assert.All(findings, finding => Assert.Equal((Health.Good, null), (finding.Health, finding.Fix)));
        Assert.Equal(
            [
                "512-bit vectors agree with the scalar path: 24 comparisons of drawn networks, losses and gradients apart by 3E-7 of their size at most",
                "a model and a checkpoint came back from /home/runs byte for byte: 7.0 MB in 0.25 s",
                "/home/runs: 134.2 MB written and flushed at 410 MB/s, read at 1,900 MB/s",
                "results do not depend on their number; 2 threads multiply 1.9 times as fast as one; 2 core(s) may be used",
            ],
            findings.Select(finding => finding.Found));
    }

    [Fact]
    public void Every_break_and_every_note_says_what_to_do()
    {
        var broken = new SelfTestFacts(
            Sound.Kernels! with { Apart = 0.2 }, Sound.Saving! with { Fault = "the disk is full (0 bytes free)" }, Sound.Disk with { Fault = "the file system is read-only" }, Sound.Threads! with { Agree = false });
        var findings = DeepDiagnosis.Of(broken);
        Assert.All(findings, finding => Assert.Equal(Health.Broken, finding.Health));
        Assert.All(findings, finding => Assert.NotNull(finding.Fix));
        Assert.Equal("512-bit vectors and the scalar path differ by 2E-1 of the size, most in network 3, lstm.weight_hh_l0", findings[0].Found);
        Assert.Contains("model.engine=libtorch", findings[0].Fix);
        Assert.Equal("in /home/runs: the disk is full (0 bytes free)", findings[1].Found);
        Assert.Equal("in /home/runs: the file system is read-only", findings[2].Found);
        Assert.Contains("--out DIR", findings[2].Fix);
        Assert.Contains("--threads 1", findings[3].Fix);
    }

    [Fact]
    public void A_slow_disk_is_a_note_as_is_a_second_core_that_gains_little()
    {
        var disk = DeepDiagnosis.Disk(Sound.Disk with { WriteRate = 4e6 });
        Assert.Equal(Health.Note, disk.Health);
        Assert.Contains("flushed at 4 MB/s", disk.Found);
        Assert.Contains("training.checkpointMinutes", disk.Fix);
        var threads = DeepDiagnosis.Threads(Sound.Threads! with { Gain = 1.1, GainOfTwo = 1.1 });
        Assert.Equal(Health.Note, threads.Health);
        Assert.Contains("2 threads multiply 1.1 times as fast as one", threads.Found);
        Assert.Contains("are not this process's alone", threads.Fix);
    }

    [Theory]
    [InlineData(2, 8, null, "2 core(s) of the machine's 8 may be used")]
    [InlineData(2, 8, 1.5, "2 core(s) of the machine's 8, and of the container's quota 1.5 may be used")]
    [InlineData(8, 8, 64.0, "8 core(s) may be used")]
    [InlineData(1, null, 0.5, "1 core(s), and of the container's quota 0.5 may be used")]
    public void A_machine_that_gives_less_than_it_has_is_told(int cores, int? machine, double? quota, string found)
    {
        var finding = DeepDiagnosis.Threads(new ThreadFacts(true, cores == 1 ? null : 1.9, cores, cores == 1 ? null : 1.9, cores, machine, quota));
        Assert.Equal(Health.Good, finding.Health);
        Assert.EndsWith(found, finding.Found);
    }

    [Fact]
    public void More_than_two_threads_are_told_apart()
    {
        var finding = DeepDiagnosis.Threads(new ThreadFacts(true, 5.13, 8, 1.94, 8, 8, null));
        Assert.Contains("2 threads multiply 1.9 times as fast as one, 8 5.1 times;", finding.Found);
    }

    [Fact]
    public void What_needs_libtorch_is_not_tried_without_it()
    {
        var findings = DeepDiagnosis.Of(new SelfTestFacts(null, null, Sound.Disk, null));
        Assert.Equal([Health.Note, Health.Note, Health.Good, Health.Note], findings.Select(finding => finding.Health));
        Assert.Equal(["kernels", "saving", "disk speed", "work of threads"], findings.Select(finding => finding.Check));
        Assert.All(findings.Where(finding => finding.Health == Health.Note), finding => Assert.Contains("libtorch", finding.Fix));
    }
}
