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

    /// <summary>A decoder of which the last update changed nothing, written into its checkpoint by hand.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_decoder_that_was_left_as_it_was_is_a_fault_where_training_is_joint(bool isJoint)
    {
        var run = TrainOf("digits", $"training.joint={(isJoint ? "true" : "false")}", "training.pretrainEpochs=1");
        Assert.Null(SmokeCheck.Fault(run));
        var files = Directory.GetFiles(run.CheckpointFolder, "*.safetensors").Order(StringComparer.Ordinal).TakeLast(2).ToList();
        var name = Safetensors.Read(run.ModelFile).Tensors.First(tensor => tensor.Name.StartsWith("auxiliary.", StringComparison.Ordinal)).Name;
        var (before, after) = (Safetensors.Read(files[0]), Safetensors.Read(files[1]));
        Safetensors.Write(files[1], new Dictionary<string, string>(), [.. after.Tensors.Select(tensor => tensor.Name == $"model.{name}" ? before.Find(tensor.Name)! : tensor)]);
        Assert.Equal(isJoint ? $"the last update left '{name}' as it was" : null, SmokeCheck.Fault(run));
    }

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

    private RunDirectory Train(params string[] edits) => TrainOf("digits-lstm-full", edits);

    private RunDirectory TrainOf(string recipe, params string[] edits)
    {
        string[] small = ["data.limit=8", "data.testLimit=2", "training.batch=4", "training.epochs=1", "training.checkpointEvery=1", "training.logEvery=1", "model.hidden=4", "model.headUnits=8"];
        var request = new TrainRequest
        {
            Recipe = RecipeBook.Open(recipe, [.. small, .. edits]),
            Folder = Path.Combine(_folder, "run"),
            Workplace = new Workplace(_folder, DeviceChoice.Cpu, 1),
        };
        Experiment.Train(request, new Progress<TrainNews>(), new StopSignal());
        return RunDirectory.Open(request.Folder);
    }
}
