using Recollect.Cli;
using Recollect.Experiments;
using Recollect.Tests.Cli.Doctor;

namespace Recollect.Tests.Cli.Commands;

public class DoctorCommandTests
{
    [Fact]
    public void A_machine_that_can_train_ends_with_0()
    {
        var ran = Ran.Command("doctor");
        Assert.Equal(0, ran.Code);
        Assert.Contains("loads and computes", ran.Out);
        Assert.EndsWith($"Training can run.{Environment.NewLine}", ran.Out);
    }

    [Fact]
    public void The_data_folder_is_tried_and_nothing_stays_in_it()
    {
        using var runs = new SmallRuns();
        var file = runs.Write("file", "precious");
        Assert.Contains($"{runs.In("data")} can be written to", Ran.Command("doctor", "--data", runs.In("data")).Out);
        var ran = Ran.Command("doctor", "--data", file);
        Assert.Equal(0, ran.Code); // what is embedded can be trained on
        Assert.Contains($"{file} cannot be written to: '{file}' is a file; expected a folder", ran.Out);
        Assert.Equal(["file"], SmallRuns.Contents(runs.Folder).Keys);
    }

    [Fact]
    public void A_folder_in_which_no_file_can_be_made_is_told_without_the_name_of_the_trial()
    {
        Assert.SkipUnless(Directory.Exists("/proc/self"), "This system has no /proc, where nobody may make a file.");
        var ran = Ran.Command("doctor", "--data", "/proc/none");
        Assert.Contains("/proc/none cannot be written to: no file can be made there", ran.Out);
        Assert.DoesNotContain("trial", ran.Out);
    }

    [Fact]
    public void A_machine_that_cannot_ends_with_1_and_the_fix()
    {
        var engine = new Engine { Torch = () => new TorchFacts(null, "0.107.0", 0, false, ["libgomp.so.1: cannot open shared object file: No such file or directory"]) };
        var ran = Ran.Command(engine, "doctor", "--json");
        Assert.Equal(1, ran.Code);
        Assert.False(ran.Json["canTrain"]!.GetValue<bool>());
        var libtorch = ran.Json["findings"]!.AsArray().Single(finding => finding!["check"]!.GetValue<string>() == "libtorch")!;
        Assert.Equal("broken", libtorch["health"]!.GetValue<string>());
        Assert.Contains("apt-get install libgomp1", libtorch["fix"]!.GetValue<string>());
        Assert.Contains("BROKEN", Ran.Command(engine, "doctor").Out);
    }

    [Fact]
    public void The_self_test_runs_where_it_is_asked_for_and_its_findings_follow()
    {
        string? folder = null;
        var engine = new Engine
        {
            SelfTest = (runs, _, progress) =>
            {
                folder = runs;
                progress.Report("trying");
                return DeepDiagnosisTests.Sound with { Saving = DeepDiagnosisTests.Sound.Saving! with { Fault = "the disk is full" } };
            },
        };
        var ran = Ran.Command(engine, "doctor", "--json");
        Assert.Equal((0, null), (ran.Code, folder));
        var shallow = ran.Json["findings"]!.AsArray().Count;

        ran = Ran.Command(engine, "doctor", "--deep", "--json");
        Assert.Equal(1, ran.Code);
        Assert.Equal(Path.GetFullPath("runs"), folder);
        Assert.Contains("trying", ran.Error);
        Assert.Equal(
            [("kernels", "good"), ("saving", "broken"), ("disk speed", "good"), ("work of threads", "good")],
            ran.Json["findings"]!.AsArray().Skip(shallow).Select(finding => (finding!["check"]!.GetValue<string>(), finding["health"]!.GetValue<string>())));
        Assert.Contains("Training cannot run", Ran.Command(engine, "doctor", "--deep").Out);
    }

    [Fact]
    [Trait("Tier", "slow")]
    public void A_real_self_test_takes_20_seconds_and_leaves_nothing()
    {
        using var runs = new SmallRuns();
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var (code, output, error) = Processes.Run("doctor", "--deep", "--data", runs.In("data"));
        TestContext.Current.TestOutputHelper?.WriteLine($"{clock.Elapsed.TotalSeconds:0.0} s\n{output}");
        Assert.True(code == 0, output + error);
        Assert.Matches(@"(?m)^ok +kernels +\d+-bit vectors agree with the scalar path", output);
        Assert.Matches(@"(?m)^ok +saving +a model and a checkpoint came back from .*/runs byte for byte", output);
        Assert.Matches(@"(?m)^\w+ +disk speed +.*/runs: [\d.]+ MB written and flushed", output);
        Assert.Matches(@"(?m)^\w+ +work of threads +results do not depend on their number", output);
        Assert.InRange(clock.Elapsed.TotalSeconds, 20, 40); // the process has to start as well
        Assert.Empty(Directory.GetFileSystemEntries(Environment.CurrentDirectory, ".recollect-trial-*", SearchOption.AllDirectories));
    }
}
