using Recollect.Experiments;
using Recollect.Reproduction;
using Recollect.Runs;

namespace Recollect.Tests.Reproduction;

public sealed class SmokeCheckTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recollect-smoke-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_run_that_trained_has_no_fault() => Assert.Null(SmokeCheck.Fault(Train()));

    [Fact]
    public void A_weight_that_the_last_update_left_as_it_was_is_a_fault() =>
        Assert.Equal("the last update left 'embedding.weight' as it was", SmokeCheck.Fault(Train("training.learningRate=1e-30")));

    [Fact]
    public void A_loss_that_is_not_finite_is_a_fault()
    {
        var run = Train();
        var lines = File.ReadAllLines(run.MetricsFile);
        File.WriteAllLines(run.MetricsFile, [lines[0].Replace("\"loss\":", "\"loss\":\"NaN\",\"was\":", StringComparison.Ordinal), .. lines[1..]]);
        Assert.Equal("a loss is not finite", SmokeCheck.Fault(run));
    }

    [Fact]
    public void A_run_without_updates_or_with_one_checkpoint_is_a_fault()
    {
        var run = Train("training.checkpointEvery=0", "training.checkpointMinutes=0");
        Assert.Equal("there are no two checkpoints to compare", SmokeCheck.Fault(run));
        File.WriteAllText(run.MetricsFile, "");
        Assert.Equal("no update was recorded", SmokeCheck.Fault(run));
    }

    private RunDirectory Train(params string[] edits)
    {
        string[] small = ["data.limit=8", "data.testLimit=2", "training.batch=4", "training.epochs=1", "training.checkpointEvery=1", "training.logEvery=1", "model.hidden=4", "model.headUnits=8"];
        var request = new TrainRequest
        {
            Recipe = RecipeBook.Open("digits-lstm-full", [.. small, .. edits]),
            Folder = Path.Combine(_folder, "run"),
            Workplace = new Workplace(_folder, DeviceChoice.Cpu, 1),
        };
        Experiment.Train(request, new Progress<TrainNews>(), new StopSignal());
        return RunDirectory.Open(request.Folder);
    }
}
