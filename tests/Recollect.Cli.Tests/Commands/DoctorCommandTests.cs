using Recollect.Cli;
using Recollect.Experiments;

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
}
