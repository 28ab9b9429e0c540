using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Recollect.Tests.Cli.BadInput;

/// <summary>A training that is killed again and again, without a word, and resumed each time.</summary>
public sealed class KilledTrainingTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly SmallRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public void Killed_10_times_a_training_ends_with_the_weights_of_an_undisturbed_one() => Survives(kills: 10, pretrainEpochs: 2, epochs: 14);

    /// <summary>Alone, the training takes half a minute.</summary>
    [Fact]
    [Trait("Tier", "slow")]
    public void Killed_100_times_a_training_ends_with_the_weights_of_an_undisturbed_one() => Survives(kills: 100, pretrainEpochs: 10, epochs: 120);

    private void Survives(int kills, int pretrainEpochs, int epochs)
    {
        string[] words = ["train", "digits", "--threads", "1", "--set", $"training.pretrainEpochs={pretrainEpochs}", "--set", $"training.epochs={epochs}", "--set", "training.checkpointEvery=10", "--set", "training.logEvery=10"];
        var clock = Stopwatch.StartNew();
        var whole = _runs.In("whole");
        var undisturbed = Processes.Run([.. words, "--out", whole]);
        Assert.True(undisturbed.Code == 0, undisturbed.Error);
        TestContext.Current.TestOutputHelper?.WriteLine($"Undisturbed it takes {clock.Elapsed.TotalSeconds:F1} s.");

        var run = _runs.In("run");
        var checkpoints = Path.Combine(run, "checkpoint");
        var moments = new Random(kills);
        var (saving, sittings) = (0, new SortedSet<long>());
        for (var kill = 0; kill < kills; kill++)
        {
            using var process = Processes.Start(kill == 0 ? [.. words, "--out", run] : ["train", "--resume", run, "--threads", "1"]);
            // Not before it has saved for the first time, as there would be nothing to go on from; and then at any moment, of the program's start too.
            for (var waited = Stopwatch.StartNew(); kill == 0 && !(Directory.Exists(checkpoints) && Directory.GetFiles(checkpoints, "update-*").Length > 0);)
            {
                Assert.False(process.HasExited, process.HasExited ? process.StandardError.ReadToEnd() : "");
                Assert.True(waited.Elapsed < Patience, "The training did not begin.");
                Thread.Sleep(5);
            }
            var before = Newest(checkpoints);
            bool Saved() => Newest(checkpoints) != before;
            bool Saves() => Partial(checkpoints) > 0;
            // One of four at any moment; one in the middle of a save; the others some checkpoints after this sitting's first.
            var patience = Stopwatch.StartNew();
            while (kill % 4 != 0 && !Saved() && !process.HasExited && patience.Elapsed < Patience)
                Thread.Sleep(2);
            while (kill % 4 == 1 && !Saves() && !process.HasExited && patience.Elapsed < Patience)
                Thread.Sleep(0); // a save is short: it is waited for without a pause, once the program has started
            Thread.Sleep(kill % 4 == 1 ? 0 : moments.Next(kill % 4 == 0 ? 1200 : 120));
            Assert.False(process.HasExited, process.HasExited ? $"Kill {kill + 1} came too late: {process.StandardError.ReadToEnd()}" : "");
            process.Kill();
            process.WaitForExit();
            saving += Partial(checkpoints) > 0 ? 1 : 0;
            sittings.Add(Newest(checkpoints));
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{kills} kills, {saving} of them in the middle of a save, at {sittings.Count} different checkpoints up to update {sittings.Max}.");
        Assert.True(saving > 0, "No kill fell into a save.");
        var last = Processes.Run("train", "--resume", run, "--threads", "1");
        Assert.True(last.Code == 0, last.Error);

        Assert.Equal(File.ReadAllBytes(Path.Combine(whole, "model.safetensors")), File.ReadAllBytes(Path.Combine(run, "model.safetensors")));
        Assert.Equal(Losses(whole), Losses(run));
        Assert.DoesNotContain(Directory.GetFiles(run, "*", SearchOption.AllDirectories), file => file.EndsWith(".part", StringComparison.Ordinal));
    }

    private static int Partial(string checkpoints) => Directory.GetFiles(checkpoints, ".*.part").Length;

    private static long Newest(string checkpoints) =>
        Directory.GetFiles(checkpoints, "update-*.safetensors").Select(file => long.Parse(Path.GetFileNameWithoutExtension(file)["update-".Length..])).DefaultIfEmpty(0).Max();

    // Everything that is no time: each update's line is there once.
    private static string[] Losses(string run) =>
    [
        .. File.ReadLines(Path.Combine(run, "metrics.jsonl")).Select(line => JsonNode.Parse(line)!.AsObject())
            .Select(line => $"{line["phase"]} {line["epoch"]} {line["step"]} {line["split"]} {line["wholeEpoch"]} {line["loss"]}"),
    ];
}
