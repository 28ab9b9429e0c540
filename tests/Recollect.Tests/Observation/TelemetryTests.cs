using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using Recollect.Experiments;
using Recollect.Observation;
using Recollect.Runs;
using Recollect.Tests.Training;
using Recollect.Training;

namespace Recollect.Tests.Observation;

public sealed class TelemetryTests
{
    private static readonly UpdateMeasure Measured = new(Rows: 8, Loss: 1.5, GradientNorm: 0.25, LearningRate: 0.01, Seconds: 0.02, IsFinite: true);

    [Fact]
    public void Without_a_listener_an_update_allocates_nothing()
    {
        static void Take()
        {
            for (var update = 0; update < 10_000; update++)
            {
                using var activity = Telemetry.Update(TrainingPhase.Train, update);
                Telemetry.Updated(activity, TrainingPhase.Train, Measured);
                NullLogger.Instance.UpdateTaken(update, Measured.Loss, Measured.GradientNorm, Measured.LearningRate, Measured.Seconds);
            }
        }

        Assert.Equal(0, Allocation.EveryTime(Take));
    }

    [Fact]
    public void Whoever_listens_hears_of_every_update_what_the_trainer_reports()
    {
        using var heard = new Listener();
        var observer = Train();
        Assert.Equal(9, observer.Steps.Count); // 22 rows in batches of 8, three epochs
        Assert.Equal(9, heard.Of("recollect.updates").Sum());
        Assert.Equal(3, heard.Of("recollect.updates", "pretrain").Sum());
        Assert.Equal(66, heard.Of("recollect.sequences").Sum());
        Assert.Equal(observer.Steps.Select(step => step.Step.Loss), heard.Of("recollect.loss"));
        Assert.Equal(observer.Steps.Select(step => step.Step.GradientNorm), heard.Of("recollect.gradient.norm"));
        Assert.Equal(observer.Steps.Select(step => step.LearningRate), heard.Of("recollect.learning_rate"));
        Assert.Equal(9, heard.Of("recollect.update.duration").Count(seconds => seconds > 0));
        Assert.Empty(heard.Of("recollect.skipped_updates"));
        var validation = observer.Epochs.Select(epoch => epoch.Epoch.Validation).OfType<SplitResult>().ToList();
        Assert.Equal(2, validation.Count);
        Assert.Equal(validation.Select(result => result.Accuracy), heard.Of("recollect.evaluation.accuracy", "validation"));
        Assert.Equal(validation.Select(result => result.Loss), heard.Of("recollect.evaluation.loss", "validation"));
    }

    [Fact]
    public void An_update_that_is_not_finite_counts_as_skipped_and_leaves_no_loss()
    {
        using var heard = new Listener();
        Telemetry.Updated(null, TrainingPhase.Train, Measured with { Loss = double.NaN, IsFinite = false });
        Assert.Equal((1, 1), (heard.Of("recollect.updates").Sum(), heard.Of("recollect.skipped_updates").Sum()));
        Assert.Empty(heard.Of("recollect.loss"));
    }

    [Fact]
    public void Every_update_and_evaluation_is_an_activity_in_its_order()
    {
        var ended = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Telemetry.Name,
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = ended.Add,
        };
        ActivitySource.AddActivityListener(listener);
        Train();
        Assert.Equal(
            ["update", "update", "update", "update", "update", "update", "evaluation", "update", "update", "update", "evaluation"],
            ended.Select(activity => activity.OperationName["recollect.".Length..]));
        Assert.Equal(Enumerable.Range(1, 9).Select(number => (object)(long)number), ended.Where(activity => activity.OperationName == "recollect.update").Select(activity => activity.GetTagItem("recollect.update.number")));
        Assert.Equal("pretrain", ended[0].GetTagItem("recollect.phase"));
        Assert.Equal("validation", ended[6].GetTagItem("recollect.split"));
        Assert.All(ended, activity => Assert.Equal(ActivityStatusCode.Unset, activity.Status));
    }

    [Fact]
    public void An_evaluation_that_was_interrupted_measures_nothing_and_says_so()
    {
        Activity? ended = null;
        using var listener = new ActivityListener { ShouldListenTo = source => source.Name == Telemetry.Name, Sample = (ref _) => ActivitySamplingResult.AllData, ActivityStopped = activity => ended = activity };
        ActivitySource.AddActivityListener(listener);
        using var heard = new Listener();
        using (new EvaluationWatch(DataSplit.Test))
        {
        }
        Assert.Equal((ActivityStatusCode.Error, "interrupted"), (ended!.Status, ended.StatusDescription));
        Assert.Empty(heard.Of("recollect.evaluation.duration"));
    }

    private static RecordingObserver Train()
    {
        var observer = new RecordingObserver();
        using var trainer = new Trainer(
            SmallTask.Task([SmallTask.Prediction], validation: SmallTask.Rows(5, seed: 2)), new TrainingOptions { Batch = 8, PretrainEpochs = 1, Epochs = 2, LearningRate = 0.01 }, SmallTask.Seed, observer);
        trainer.Run();
        return observer;
    }

    /// <summary>What the program's instruments were given, in order.</summary>
    private sealed class Listener : IDisposable
    {
        private readonly List<(string Name, double Value, string? Tag)> _heard = [];
        private readonly MeterListener _listener = new();

        public Listener()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == Telemetry.Name)
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => _heard.Add((instrument.Name, value, tags.IsEmpty ? null : (string?)tags[0].Value)));
            _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => _heard.Add((instrument.Name, value, tags.IsEmpty ? null : (string?)tags[0].Value)));
            _listener.Start();
        }

        public IEnumerable<double> Of(string name, string? tag = null) => _heard.Where(one => one.Name == name && (tag is null || one.Tag == tag)).Select(one => one.Value);

        public void Dispose() => _listener.Dispose();
    }
}
