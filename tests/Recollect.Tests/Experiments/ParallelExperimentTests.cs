using Recollect.Experiments;
using Recollect.Runs;
using Recollect.Tests.Training;
using TorchSharp;

namespace Recollect.Tests.Experiments;

/// <summary>From a recipe to a run directory in several processes, played by threads: the first reports and writes, the others follow.</summary>
public sealed class ParallelExperimentTests : IDisposable
{
    private static readonly string[] Small =
    [
        "data.limit=60", "data.testLimit=30", "data.validation=0.2", "model.hidden=8", "model.embedding=6", "model.headUnits=9", "training.batch=16", "training.epochs=3",
        "training.pretrainEpochs=1", "training.logEvery=1", "training.testEvery=1", "auxiliary=[{\"kind\":\"reconstruction\",\"segments\":2,\"length\":8,\"bptt\":6,\"decoder\":{\"headUnits\":7}}]",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("recollect-processes-").FullName;

    public ParallelExperimentTests() => torch.set_num_threads(1);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private TrainRequest Request(string name, params string[] edits) => new()
    {
        Recipe = RecipeBook.Open("digits-lstm", [.. Small, .. edits]),
        Folder = Path.Combine(_folder, name),
        Workplace = new Workplace(_folder, DeviceChoice.Cpu, 1),
    };

    /// <summary>What the first makes of the request; each has its own wish to stop.</summary>
    private static Summary Train(TrainRequest request, int processes, Action<int, StopSignal>? begin = null) => ThreadPeers.Run(processes, peers =>
    {
        var (own, stop) = (request with { Peers = peers }, new StopSignal());
        begin?.Invoke(peers.Rank, stop);
        if (peers.IsFirst)
            return Experiment.Train(own, new Silent(), stop);
        Experiment.Follow(own with { Folder = "" }, stop);
        return null;
    })[0]!;

    private MetricRecord[] Metrics(string run) =>
        [.. MetricsLog.Read(Path.Combine(_folder, run, "metrics.jsonl"))];

    [Fact]
    public void The_run_of_several_is_that_of_one()
    {
        var one = Train(Request("one"), 1);
        var three = Train(Request("three"), 3);
        Assert.True(three.Complete);
        Assert.Equal((one.Updates, one.Parameters, one.Test!.Examples, one.Validation!.Examples), (three.Updates, three.Parameters, three.Test!.Examples, three.Validation!.Examples));
        Assert.Equal(one.Test.Loss, three.Test.Loss, 1e-3);
        Assert.Equal(
            Metrics("one").Select(line => (line.Phase, line.Epoch, line.Step, line.Split, line.WholeEpoch)),
            Metrics("three").Select(line => (line.Phase, line.Epoch, line.Step, line.Split, line.WholeEpoch)));
        Assert.All(Metrics("one").Zip(Metrics("three")), pair => Assert.Equal(pair.First.Loss!.Value, pair.Second.Loss!.Value, 1e-3));
        Assert.Equal(3, JsonFile.Read(Path.Combine(_folder, "three", "manifest.json"), RunJson.Default.Manifest).Processes);
    }

    [Fact]
    public void A_wish_of_any_to_stop_stops_all_at_the_same_update()
    {
        var summary = Train(Request("run", "training.epochs=1000"), 3, (rank, stop) =>
        {
            if (rank == 2)
                new Thread(() => { Thread.Sleep(1500); stop.Raise("SIGTERM"); }).Start();
        });
        Assert.Equal(("SIGTERM", false), (summary.StoppedBy, summary.Complete));
        Assert.True(Train(Request("run") with { Resume = true, MaxSteps = summary.Updates + 1, Recipe = Longer("run") }, 2).Updates == summary.Updates + 1);
    }

    [Fact]
    public void A_limit_that_one_knows_alone_counts_for_all() =>
        Assert.Equal((2L, "--max-steps"), Stopped(ThreadPeers.Run(2, peers =>
        {
            var request = Request("run") with { Peers = peers, MaxSteps = peers.IsFirst ? null : 2 };
            if (peers.IsFirst)
                return Experiment.Train(request, new Silent(), new StopSignal());
            Experiment.Follow(request, new StopSignal());
            return null;
        })[0]!));

    [Fact]
    public void One_that_cannot_hold_its_share_refuses_before_anything_is_written()
    {
        var huge = Request("run", "model.hidden=2000000");
        var error = Assert.Throws<InvalidOperationException>(() => Train(huge, 2));
        Assert.IsType<RecipeException>(error.InnerException);
        Assert.Contains("for 2 processes", error.Message);
        Assert.False(File.Exists(Path.Combine(_folder, "run", "recipe.json")));
    }

    private Recipe Longer(string run) => RecipeBook.Resume(RunDirectory.Open(Path.Combine(_folder, run)), []);

    private static (long, string?) Stopped(Summary summary) => (summary.Updates, summary.StoppedBy);

    private sealed class Silent : IProgress<TrainNews>
    {
        public void Report(TrainNews value)
        {
        }
    }
}
