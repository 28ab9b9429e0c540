using Recollect.Experiments;
using Recollect.Runs;

namespace Recollect.Tests.Experiments;

/// <summary>A whole training whose states are computed again on the way back (decision 0019).</summary>
public sealed class RecomputedTrainingTests : IDisposable
{
    private const int Updates = 30;

    private readonly string _folder = Directory.CreateTempSubdirectory("recollect-recomputed-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("digits-lstm-full")]
    [InlineData("digits")]
    [InlineData("digits-rp-lstm", "training.pretrainEpochs=0", "bptt.supervised=full")]
    [InlineData("digits-lstm-full", "training.accumulate=3", "model.layers=2")]
    public void On_kernels_it_ends_with_the_same_model_byte_for_byte(string recipe, params string[] edits)
    {
        var (kept, recomputed) = (Train(recipe, "never", edits), Train(recipe, "always", edits));
        Assert.Equal(File.ReadAllBytes(Path.Combine(kept.Folder, "model.safetensors")), File.ReadAllBytes(Path.Combine(recomputed.Folder, "model.safetensors")));
        Assert.Equal(kept.Losses, recomputed.Losses);
        Assert.DoesNotContain("computed again", kept.Memory);
        Assert.Contains("states inside long windows are computed again", recomputed.Memory);
        Assert.Equal((false, true), (IsRecomputed(kept.Folder), IsRecomputed(recomputed.Folder)));
    }

    [Fact]
    public void What_a_recipe_that_leaves_it_open_came_to_is_in_the_manifest() =>
        Assert.False(IsRecomputed(Train("digits-lstm-full", "auto", ["data.limit=40"]).Folder)); // of 64 steps all states are kept

    [Theory]
    [InlineData("digits-lstm-full", "model.cell=gru", "model.forgetBias=null")]
    [InlineData("digits-rp-lstm", "training.pretrainEpochs=0", "bptt.supervised=full", "model.engine=libtorch")]
    public void On_libtorch_its_losses_are_the_same_to_rounding(string recipe, params string[] edits)
    {
        var (kept, recomputed) = (Train(recipe, "never", edits), Train(recipe, "always", edits));
        Assert.Equal(Updates, recomputed.Losses.Length);
        Assert.All(kept.Losses.Zip(recomputed.Losses), pair => Assert.Equal(pair.First, pair.Second, 1e-3 * pair.First));
        Assert.Contains("states inside long windows are computed again", recomputed.Memory);
    }

    private (string Folder, double[] Losses, string Memory) Train(string recipe, string recompute, string[] edits)
    {
        var folder = Path.Combine(_folder, recompute);
        var heard = new MemoryLine();
        Experiment.Train(
            new TrainRequest
            {
                Recipe = RecipeBook.Open(recipe, [$"bptt.recompute={recompute}", "training.logEvery=1", "data.testLimit=1", .. edits]),
                Folder = folder,
                Workplace = new Workplace(_folder, DeviceChoice.Cpu, 1),
                MaxSteps = Updates,
            },
            heard,
            new StopSignal());
        double[] losses = [.. MetricsLog.Read(Path.Combine(folder, "metrics.jsonl"))
            .Where(metric => metric is { Split: DataSplit.Train, WholeEpoch: null }).Select(metric => metric.Loss!.Value)];
        return (folder, losses, heard.Text);
    }

    private static bool IsRecomputed(string run)
    {
        var manifest = JsonFile.Read(Path.Combine(run, "manifest.json"), RunJson.Default.Manifest);
        Assert.Equal(manifest.Recompute, Assert.Single(manifest.Sittings).Recompute);
        return manifest.Recompute!.Value;
    }

    private sealed class MemoryLine : IProgress<TrainNews>
    {
        public string Text { get; private set; } = "";

        public void Report(TrainNews value) => Text = (value as MemoryNews)?.Text ?? Text;
    }
}
