using System.Diagnostics;
using System.Diagnostics.Metrics;
using Recollect.Runs;

namespace Recollect.Observation;

/// <summary>What a training measures of itself for whoever listens in this process: instruments and activities by OpenTelemetry's conventions (docs/observing.md).</summary>
/// <remarks>As long as nobody listens an update allocates nothing here: no activity is made, and instruments leave off at their first look.</remarks>
internal static class Telemetry
{
    /// <summary>What the meter and the source of activities are called.</summary>
    public const string Name = "Recollect";

    private const string Phase = "recollect.phase", Split = "recollect.split", UpdateNumber = "recollect.update.number", ErrorType = "error.type";

    private static readonly Meter Meter = new(Name);
    private static readonly ActivitySource Source = new(Name);

    private static readonly Counter<long> Updates = Meter.CreateCounter<long>("recollect.updates", "{update}", "Updates that were taken.");
    private static readonly Counter<long> SkippedUpdates = Meter.CreateCounter<long>("recollect.skipped_updates", "{update}", "Updates of which loss or gradient was not finite, and that changed nothing.");
    private static readonly Counter<long> Sequences = Meter.CreateCounter<long>("recollect.sequences", "{sequence}", "Rows that updates were taken on.");
    private static readonly Histogram<double> UpdateDuration = Durations("recollect.update.duration", "Time of an update.");
    private static readonly Gauge<double> Loss = Meter.CreateGauge<double>("recollect.loss", "1", "The whole loss of the last update, nats for tokens.");
    private static readonly Gauge<double> LearningRate = Meter.CreateGauge<double>("recollect.learning_rate", "1", "The learning rate of the last update.");
    private static readonly Gauge<double> GradientNorm = Meter.CreateGauge<double>("recollect.gradient.norm", "1", "The global norm of the last update's gradient before clipping.");
    private static readonly Histogram<double> EvaluationDuration = Durations("recollect.evaluation.duration", "Time in which the rows of a split were classified.");
    private static readonly Gauge<double> EvaluationAccuracy = Meter.CreateGauge<double>("recollect.evaluation.accuracy", "1", "The fraction of a split's rows classified rightly.");
    private static readonly Gauge<double> EvaluationLoss = Meter.CreateGauge<double>("recollect.evaluation.loss", "1", "Mean cross-entropy of a split's rows, nats.");
    private static readonly Histogram<double> CheckpointDuration = Durations("recollect.checkpoint.duration", "Time in which a checkpoint was saved.");

    // Of words that are there already: a tag of a measurement then costs nothing.
    private static readonly KeyValuePair<string, object?>[] Phases = Tags<TrainingPhase>(Phase), Splits = Tags<DataSplit>(Split);

    /// <summary>An activity for a whole sitting of a run; null where nobody listens.</summary>
    /// <param name="run">The run's folder.</param>
    /// <param name="seed">Its seed.</param>
    public static Activity? Run(string run, long seed) => Source.StartActivity("recollect.run")?.SetTag("recollect.run.folder", run).SetTag("recollect.run.seed", seed);

    /// <summary>An activity for an update; null where nobody listens.</summary>
    /// <param name="phase">The phase.</param>
    /// <param name="update">Its number over the run, from 1.</param>
    public static Activity? Update(TrainingPhase phase, long update) => Source.StartActivity("recollect.update")?.SetTag(Phase, Phases[(int)phase].Value).SetTag(UpdateNumber, update);

    /// <summary>An activity for an evaluation; null where nobody listens.</summary>
    public static Activity? Evaluation(DataSplit split) => Source.StartActivity("recollect.evaluation")?.SetTag(Split, Splits[(int)split].Value);

    /// <summary>An activity for saving a checkpoint; null where nobody listens.</summary>
    /// <param name="update">Updates that are done.</param>
    public static Activity? Checkpoint(long update) => Source.StartActivity("recollect.checkpoint")?.SetTag(UpdateNumber, update);

    /// <summary>Measures an update that was taken.</summary>
    public static void Updated(Activity? activity, TrainingPhase phase, in UpdateMeasure update)
    {
        var tag = Phases[(int)phase];
        Updates.Add(1, tag);
        Sequences.Add(update.Rows, tag);
        UpdateDuration.Record(update.Seconds, tag);
        LearningRate.Record(update.LearningRate, tag);
        if (update.IsFinite)
        {
            Loss.Record(update.Loss, tag);
            GradientNorm.Record(update.GradientNorm, tag);
        }
        else
        {
            SkippedUpdates.Add(1, tag);
        }
        activity?.SetTag("recollect.loss", update.Loss).SetTag("recollect.gradient.norm", update.GradientNorm).SetTag("recollect.sequences", update.Rows);
        if (!update.IsFinite)
            activity?.SetStatus(ActivityStatusCode.Error, "not finite");
    }

    /// <summary>Measures an evaluation that came to its end.</summary>
    public static void Evaluated(Activity? activity, DataSplit split, SplitResult result, double seconds)
    {
        var tag = Splits[(int)split];
        EvaluationDuration.Record(seconds, tag);
        EvaluationAccuracy.Record(result.Accuracy, tag);
        if (double.IsFinite(result.Loss))
            EvaluationLoss.Record(result.Loss, tag);
        activity?.SetTag("recollect.accuracy", result.Accuracy).SetTag("recollect.loss", result.Loss).SetTag("recollect.sequences", result.Examples);
    }

    /// <summary>Measures a checkpoint that was saved, or could not be.</summary>
    public static void Saved(Activity? activity, double seconds, Exception? error)
    {
        if (error is null)
        {
            CheckpointDuration.Record(seconds);
            return;
        }
        var kind = error.GetType().Name;
        CheckpointDuration.Record(seconds, new KeyValuePair<string, object?>(ErrorType, kind));
        activity?.SetTag(ErrorType, kind).SetStatus(ActivityStatusCode.Error, error.Message);
    }

    // OpenTelemetry's own bounds are for milliseconds.
    private static Histogram<double> Durations(string name, string description) => Meter.CreateHistogram(name, "s", description, advice: new InstrumentAdvice<double>
    {
        HistogramBucketBoundaries = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500],
    });

    private static KeyValuePair<string, object?>[] Tags<T>(string key) where T : struct, Enum =>
        [.. Enum.GetValues<T>().Select(value => new KeyValuePair<string, object?>(key, value.ToString().ToLowerInvariant()))];
}

/// <summary>What an update came to.</summary>
/// <param name="Rows">Its rows.</param>
/// <param name="Loss">The whole loss.</param>
/// <param name="GradientNorm">The global norm before clipping.</param>
/// <param name="LearningRate">The rate.</param>
/// <param name="Seconds">Its time.</param>
/// <param name="IsFinite">Whether loss and gradient were numbers.</param>
internal readonly record struct UpdateMeasure(int Rows, double Loss, double GradientNorm, double LearningRate, double Seconds, bool IsFinite);
