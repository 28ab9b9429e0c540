using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Recollect.Tests.Cli.Plans;

/// <summary>Real trainings in real processes, and what is left of them when the one that started them dies.</summary>
[Trait("Tier", "slow")]
public sealed class KilledPlanTests : IDisposable
{
    private const string Small = "training.checkpointEvery=10 data.testLimit=60";

    private readonly SmallRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    [Theory]
    [InlineData("reproduce", 3)]
    [InlineData("sweep", 1)]
    public void A_plan_that_is_killed_comes_to_the_same_table(string command, int times)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Reads /proc.");
        var words = command == "sweep" ? Sweep() : Target();
        Assert.Equal(0, Processes.Run([.. words, "--out", _runs.In("whole")]).Code);
        for (var time = 1; time <= times; time++)
        {
            using var process = Start(words, "killed");
            var updates = Updates("killed");
            Until(process, () => Updates("killed") > updates + 15); // some way on, whatever the machine's speed
            process.Kill(); // SIGKILL, and not to what it has started
            process.WaitForExit();
        }
        var (code, _, error) = Processes.Run([.. words, "--out", _runs.In("killed"), "--resume"]);
        Assert.True(code == 0, error);
        foreach (var file in Directory.GetFiles(_runs.In("whole"), "summary.json", SearchOption.AllDirectories))
        {
            JsonNode Result(string from) => JsonNode.Parse(File.ReadAllText(file.Replace(_runs.In("whole"), _runs.In(from))))!;
            Assert.Equal(Result("whole")["test"]!.ToJsonString(), Result("killed")["test"]!.ToJsonString());
            Assert.Equal((long)Result("whole")["updates"]!, (long)Result("killed")["updates"]!);
        }
        Assert.Equal(File.ReadAllText(Path.Combine(_runs.In("whole"), "exhibits.json")), File.ReadAllText(Path.Combine(_runs.In("killed"), "exhibits.json")));
    }

    [Fact]
    public void A_signal_lets_the_trainings_save_and_leaves_their_runs_open()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Sends a signal.");
        using var process = Start(Target(), "stopped");
        Until(process, () => Updates("stopped") > 5);
        Process.Start("kill", ["-TERM", $"{process.Id}"])!.WaitForExit();
        Assert.True(process.WaitForExit(TimeSpan.FromMinutes(1)));
        Assert.Equal(143, process.ExitCode);
        Assert.NotEmpty(Directory.GetFiles(_runs.In("stopped"), "update-*.safetensors", SearchOption.AllDirectories));
        Assert.Empty(Directory.GetFiles(_runs.In("stopped"), "*.failure.json", SearchOption.AllDirectories));
        Assert.Empty(Directory.GetFiles(_runs.In("stopped"), "summary.json", SearchOption.AllDirectories));
    }

    private Process Start(string[] words, string folder) =>
        Processes.Start([.. words, "--out", _runs.In(folder), .. Directory.Exists(_runs.In(folder)) ? ["--resume"] : (string[])[]]);

    private string[] Target() => ["reproduce", _runs.Write("mine.json", $$"""
        {"exhibits": [{"kind": "table", "title": "t", "measure": "test.accuracy", "columns": ["c"], "rows": [
          {"name": "r", "cells": [{"column": "c", "run": "digits training.pretrainEpochs=2 training.epochs=3 {{Small}}"}]},
          {"name": "full", "cells": [{"column": "c", "run": "digits-lstm-full training.epochs=8 {{Small}}"}]},
          {"name": "u", "cells": [{"column": "c", "run": "digits-urnn training.epochs=5 {{Small}}"}]}]}]}
        """), "--scale", "full", "--jobs", "2"];

    private string[] Sweep() => ["sweep", _runs.Write("mine.json", """
        {
          "recipe": "digits-lstm-full",
          "set": {"data.validation": 0.2, "data.testLimit": 60, "training.epochs": 6, "training.checkpointEvery": 10},
          "random": {"draws": 3, "keys": {"training.learningRate": {"logUniform": [1e-3, 1e-2]}, "model.hidden": {"uniform": [48, 64]}}}
        }
        """), "--jobs", "2"];

    // Of the newest checkpoints of all runs.
    private long Updates(string folder) => !Directory.Exists(_runs.In(folder)) ? 0 : Directory.GetFiles(_runs.In(folder), "update-*.safetensors", SearchOption.AllDirectories)
        .GroupBy(Path.GetDirectoryName).Sum(run => run.Max(file => long.Parse(Path.GetFileNameWithoutExtension(file)["update-".Length..])));

    // What comes next must strike a process that is at work.
    private static void Until(Process process, Func<bool> isSo)
    {
        var waited = Stopwatch.StartNew();
        while (!isSo())
        {
            Assert.False(process.HasExited, "it ended before it had come so far");
            Assert.True(waited.Elapsed < TimeSpan.FromMinutes(3), "it does not come so far");
            Thread.Sleep(50);
        }
        Assert.False(process.HasExited, "it ended before anything could strike it");
    }
}
