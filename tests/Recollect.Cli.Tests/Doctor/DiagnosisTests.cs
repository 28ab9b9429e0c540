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
        DataFolder = "data",
        Sets = new Dictionary<string, bool> { ["mnist"] = true },
        Free = new Dictionary<string, long?> { ["runs"] = 9L << 30 },
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
            Free = new Dictionary<string, long?> { ["runs"] = 1 << 20, ["data"] = 500L << 20 },
        };
        var findings = Diagnosis.Of(poor).Where(finding => finding.Health != Health.Good).ToList();
        Assert.Equal(["libtorch", "processor", "threads", "memory", "GPU", "data", "disk (runs)", "disk (data)"], findings.Select(finding => finding.Check));
        Assert.All(findings, finding => Assert.NotNull(finding.Fix));
        Assert.Equal(["libtorch", "disk (runs)"], findings.Where(finding => finding.Health == Health.Broken).Select(finding => finding.Check));
    }

    [Theory]
    [InlineData("4", false)]
    [InlineData("2", true)]
    [InlineData("8", true)]
    [InlineData("all", true)]
    public void OpenMp_threads_are_held_against_the_cores(string set, bool noted) =>
        Assert.Equal(noted ? Health.Note : Health.Good, Diagnosis.Threads(Sound with { OpenMpThreads = set }).Health);
}
