using Microsoft.Extensions.Logging;
using Recollect.Experiments;
using Recollect.Runs;

namespace Recollect.Tests.Experiments;

/// <summary>The points of the test curve, in runs that are stopped and go on.</summary>
public sealed class TestCurveTests : IDisposable
{
    // Three updates an epoch, one epoch of pretraining.
    private static readonly string[] Small =
    [
        "data.limit=48", "data.testLimit=30", "model.hidden=8", "model.embedding=6", "model.headUnits=9", "training.batch=16", "training.pretrainEpochs=1",
        "auxiliary=[{\"kind\":\"reconstruction\",\"segments\":2,\"length\":8,\"bptt\":6,\"decoder\":{\"headUnits\":7}}]",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("recollect-curve-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string In(string run) => Path.Combine(_folder, run);

    private static Summary Train(TrainRequest request, StopSignal? stop = null) => Experiment.Train(request, new Progress<TrainNews>(), stop ?? new StopSignal());

    private TrainRequest Request(string run, params string[] edits) =>
        new() { Recipe = RecipeBook.Open("digits-lstm", [.. Small, .. edits]), Folder = In(run), Workplace = new Workplace(_folder, DeviceChoice.Cpu, 1) };

    private TrainRequest Again(string run, params string[] edits) => Request(run) with { Recipe = RecipeBook.Resume(RunDirectory.Open(In(run)), edits), Resume = true };

    private List<(long Step, double? Accuracy, double? Loss)> Curve(string run) =>
        [.. MetricsLog.Read(Path.Combine(In(run), "metrics.jsonl")).Where(line => line.Split == DataSplit.Test).Select(line => (line.Step, line.Accuracy, (double?)line.Loss))];

    [Fact]
    public void A_run_that_is_made_longer_has_the_points_of_one_that_was_longer_from_the_start()
    {
        Train(Request("longer", "training.epochs=4", "training.testEvery=2"));
        Train(Request("run", "training.epochs=2", "training.testEvery=2"));
        Assert.Equal([9L], Curve("run").Select(point => point.Step));
        Train(Again("run", "training.epochs=4"));
        Assert.Equal([9L, 15], Curve("run").Select(point => point.Step));
        Assert.Equal(Curve("longer"), Curve("run"));
    }

    [Fact]
    public void A_signal_while_the_test_rows_are_measured_leaves_the_point_to_the_resume()
    {
        string[] edits = ["training.epochs=3", "training.testEvery=1"];
        Train(Request("whole", edits));
        var stop = new StopSignal();
        Assert.False(Train(Request("run", edits) with { Log = new StopAfter(6, stop) }, stop).Complete); // the last update of an epoch
        Assert.True(Train(Again("run")).Complete);
        Assert.Equal([6L, 9, 12], Curve("run").Select(point => point.Step));
        Assert.Equal(Curve("whole"), Curve("run"));
        Assert.Equal(File.ReadAllBytes(Path.Combine(In("whole"), "model.safetensors")), File.ReadAllBytes(Path.Combine(In("run"), "model.safetensors")));
    }

    [Theory]
    [InlineData(6, new long[] { 6 })]
    [InlineData(7, new long[] { 6, 7 })]
    public void A_run_that_stops_early_has_each_point_once_and_its_evaluation(int most, long[] steps)
    {
        Train(Request("run", "training.epochs=3", "training.testEvery=1") with { MaxSteps = most });
        Assert.Equal(steps, Curve("run").Select(point => point.Step));
    }

    /// <summary>Asks to stop as soon as an update is taken.</summary>
    private sealed class StopAfter(long update, StopSignal stop) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Name == "UpdateTaken" && state is IEnumerable<KeyValuePair<string, object?>> values && values.Any(value => value.Value is long taken && taken == update))
                stop.Raise("SIGTERM");
        }
    }
}
