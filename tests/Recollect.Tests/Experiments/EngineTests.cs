using Recollect.Experiments;
using Recollect.Runs;

namespace Recollect.Tests.Experiments;

/// <summary>The kernels train as libtorch does.</summary>
public sealed class EngineTests : IDisposable
{
    private const int Updates = 50;

    private readonly string _folder = Directory.CreateTempSubdirectory("recollect-engine-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>As written, pretraining comes first; without it both losses are trained.</summary>
    [Theory]
    [InlineData("digits", true)]
    [InlineData("digits", false)]
    [InlineData("digits-lstm", false)]
    [InlineData("digits-p-lstm", false)]
    [InlineData("digits-rp-lstm", false)]
    [InlineData("digits-lstm-full", false)]
    public void Each_of_the_first_50_losses_on_digits_is_within_one_percent_of_libtorchs(string recipe, bool pretraining)
    {
        var (kernels, libtorch) = (Losses(recipe, pretraining, "kernels"), Losses(recipe, pretraining, "libtorch"));

        Assert.Equal(Updates, kernels.Length);
        Assert.Equal(Updates, libtorch.Length);
        Assert.NotEqual(libtorch, kernels); // two engines, and not one twice
        var apart = kernels.Zip(libtorch, (ours, its) => Math.Abs(ours - its) / its).ToArray();
        TestContext.Current.TestOutputHelper?.WriteLine($"apart by {apart.Max():P4} at most; losses from {kernels[0]:0.000} to {kernels[^1]:0.000}");
        Assert.All(apart, relative => Assert.InRange(relative, 0, 0.01));
    }

    private double[] Losses(string recipe, bool pretraining, string engine)
    {
        string[] edits = [$"model.engine={engine}", "training.logEvery=1", "data.testLimit=1"];
        var folder = Path.Combine(_folder, engine);
        Experiment.Train(
            new TrainRequest
            {
                Recipe = RecipeBook.Open(recipe, pretraining ? edits : [.. edits, "training.pretrainEpochs=0"]),
                Folder = folder,
                Workplace = new Workplace(_folder, DeviceChoice.Cpu, 1),
                MaxSteps = Updates,
            },
            new Progress<TrainNews>(),
            new StopSignal());
        return [.. MetricsLog.Read(Path.Combine(folder, "metrics.jsonl"))
            .Where(metric => metric is { Split: DataSplit.Train, WholeEpoch: null }).Select(metric => metric.Loss!.Value)];
    }
}
