using Recollect.Cli.Doctor;
using Recollect.Experiments;
using Recollect.Runs;

namespace Recollect.Tests.Cli.Doctor;

public class DiagnosisTests
{
    private static readonly MachineFacts Sound = new()
    {
        Platform = new Platform("linux", "x64", false, new Version(2, 36), "Debian"),
        Machine = new MachineInfo { Processor = "A processor", Cores = 4, Memory = 8L << 30, OperatingSystem = "Debian", Architecture = "X64" },
        Torch = new TorchFacts("2.10.0", "0.107.0", 4, false, []),
        Vectors = ["AVX2", "FMA"],
        Sets = new Dictionary<string, bool> { ["mnist"] = true },
        RunsFolder = new FolderState("/home/runs", 9L << 30, null),
        DataFolder = new FolderState("/data", 9L << 30, null),
    };

    [Fact]
    public void A_sound_machine_has_nothing_to_mend() => Assert.All(Diagnosis.Of(Sound), finding => Assert.Equal((Health.Good, null), (finding.Health, finding.Fix)));

    [Fact]
    public void Every_note_and_every_break_says_what_to_do()
    {
        var poor = Sound with
        {
            Machine = Sound.Machine with { MemoryLimit = 1L << 30 },
            Torch = Sound.Torch with { Failures = ["file too short"] },
            Vectors = [],
            OpenMpThreads = "16",
            NvidiaDriver = true,
            Sets = new Dictionary<string, bool> { ["mnist"] = false },
            RunsFolder = Sound.RunsFolder with { Free = 1 << 20 },
            DataFolder = Sound.DataFolder with { Free = 500L << 20 },
        };
        var findings = Diagnosis.Of(poor).Where(finding => finding.Health != Health.Good).ToList();
        Assert.Equal(["libtorch", "processor", "threads", "memory", "GPU", "data", "disk (runs)", "disk (data)"], findings.Select(finding => finding.Check));
        Assert.All(findings, finding => Assert.NotNull(finding.Fix));
        Assert.Equal(["libtorch", "disk (runs)"], findings.Where(finding => finding.Health == Health.Broken).Select(finding => finding.Check));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_to_is_named_with_the_reason_and_the_fix()
    {
        var locked = Sound with
        {
            RunsFolder = Sound.RunsFolder with { Fault = "the file system is read-only" },
            DataFolder = Sound.DataFolder with { Fault = "'/data' is a file; expected a folder", Free = null },
        };
        var findings = Diagnosis.Of(locked).Where(finding => finding.Health != Health.Good).ToDictionary(finding => finding.Check);
        Assert.Equal(["disk (data)", "disk (runs)"], findings.Keys.Order());
        // Without a folder for runs the default training fails; a data folder may well be read-only.
        Assert.Equal((Health.Broken, "/home/runs cannot be written to: the file system is read-only"), (findings["disk (runs)"].Health, findings["disk (runs)"].Found));
        Assert.Contains("--out DIR", findings["disk (runs)"].Fix);
        Assert.Equal((Health.Note, "/data cannot be written to: '/data' is a file; expected a folder"), (findings["disk (data)"].Health, findings["disk (data)"].Found));
        Assert.Contains("--data or $RECOLLECT_DATA", findings["disk (data)"].Fix);
    }

    [Theory]
    [InlineData(null, "Note", "the free space cannot be told")]
    [InlineData(62_000_000L, "Broken", "62 MB free")]
    [InlineData(287_000_000L, "Note", "287 MB free")]
    [InlineData(9_500_000_000L, "Good", "9.5 GB free")]
    public void Whether_a_folder_can_be_written_to_is_told_however_full_its_disk_is(long? free, string health, string found)
    {
        var finding = Diagnosis.Runs(Sound.RunsFolder with { Free = free });
        Assert.Equal((health, $"/home/runs can be written to; {found}"), ($"{finding.Health}", finding.Found));
        Assert.Equal(finding.Health == Health.Good, finding.Fix is null);
        finding = Diagnosis.DataDisk(Sound.DataFolder with { Free = free });
        Assert.Equal((health == "Good" ? Health.Good : Health.Note, $"/data can be written to; {found}"), (finding.Health, finding.Found)); // runs go elsewhere
        Assert.DoesNotContain("a run needs", finding.Fix ?? "");
    }

    [Theory]
    [InlineData("4", false)]
    [InlineData("2", true)]
    [InlineData("8", true)]
    [InlineData("all", true)]
    public void OpenMp_threads_are_held_against_the_cores(string set, bool noted) =>
        Assert.Equal(noted ? Health.Note : Health.Good, Diagnosis.Threads(Sound with { OpenMpThreads = set }).Health);
}
