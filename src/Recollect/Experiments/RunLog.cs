using Microsoft.Extensions.Logging;
using Recollect.Runs;

namespace Recollect.Experiments;

/// <summary>What a run logs (docs/observing.md); without a listener nothing is formatted, and nothing allocated.</summary>
internal static partial class RunLog
{
    [LoggerMessage(1, LogLevel.Information, "Run {Run} begins on {Device} by {Engine}, {Threads} thread(s), {Rows} training rows")]
    public static partial void Started(this ILogger log, string run, string device, string engine, int threads, int rows);

    [LoggerMessage(2, LogLevel.Information, "Run {Run} goes on from its checkpoint of update {Update}")]
    public static partial void Resumed(this ILogger log, string run, long update);

    [LoggerMessage(3, LogLevel.Debug, "Update {Update}: loss {Loss}, gradient norm {GradientNorm}, learning rate {LearningRate}, {Seconds} s")]
    public static partial void UpdateTaken(this ILogger log, long update, double loss, double gradientNorm, double learningRate, double seconds);

    [LoggerMessage(4, LogLevel.Warning, "Update {Update} was not applied: loss {Loss}, gradient norm {GradientNorm}")]
    public static partial void UpdateSkipped(this ILogger log, long update, double loss, double gradientNorm);

    [LoggerMessage(5, LogLevel.Information, "Epoch {Epoch} of phase {Phase} ended with update {Update}: loss {Loss}, accuracy {Accuracy}")]
    public static partial void EpochEnded(this ILogger log, TrainingPhase phase, int epoch, long update, double? loss, double? accuracy);

    [LoggerMessage(6, LogLevel.Information, "Split {Split} after update {Update}: accuracy {Accuracy}, loss {Loss}, {Examples} rows")]
    public static partial void Evaluated(this ILogger log, DataSplit split, double accuracy, double loss, long examples, long update);

    [LoggerMessage(7, LogLevel.Debug, "Checkpoint of update {Update} saved in {Seconds} s")]
    public static partial void CheckpointSaved(this ILogger log, long update, double seconds);

    [LoggerMessage(8, LogLevel.Warning, "A checkpoint is damaged, and an older one used: {Damage}")]
    public static partial void CheckpointDamaged(this ILogger log, string damage);

    [LoggerMessage(10, LogLevel.Error, "Run {Run} failed: {Message}")]
    public static partial void Failed(this ILogger log, string run, string message);

    [LoggerMessage(9, LogLevel.Information, "Run {Run} ended after {Updates} updates, by {Reason}")]
    public static partial void Ended(this ILogger log, string run, long updates, string reason);
}
