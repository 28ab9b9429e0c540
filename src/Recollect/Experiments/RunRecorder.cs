using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Recollect.Runs;
using Recollect.Sequences;
using Recollect.Training;

namespace Recollect.Experiments;

/// <summary>Writes what a trainer reports to the run directory, saves checkpoints, and says when to stop.</summary>
internal sealed class RunRecorder : ITrainingObserver, IDisposable
{
    private const string MetricsLength = "metricsLength", PeakMemoryNote = "peakMemory";
    private readonly TrainRequest _request;
    private readonly RunDirectory _run;
    private readonly TrainingTask _task;
    private readonly SequenceSet _test;
    private readonly CheckpointFolder _checkpoints;
    private readonly MetricsLog _metrics;
    private readonly NewsDesk _news;
    private readonly SittingEnd _end;
    private readonly Stopwatch _sinceSaved = Stopwatch.StartNew();
    private readonly RunEvents _events;
    private readonly ILogger _log;
    private TrainerProgress? _saved;
    private long _earlierPeak;

    public RunRecorder(TrainRequest request, RunDirectory run, TrainingTask task, SequenceSet test, IProgress<TrainNews> progress, StopSignal stop)
    {
        (_request, _run, _task, _test, _end, _log) = (request, run, task, test, new SittingEnd(request, stop), request.Log);
        _news = new NewsDesk(request.Recipe, request.MaxSteps, progress);
        _checkpoints = new CheckpointFolder(run.CheckpointFolder);
        _metrics = MetricsLog.Open(run.MetricsFile);
        _events = new RunEvents(run.EventsFolder, Note);
        if (!request.Resume)
            _metrics.TruncateTo(0); // an earlier start in this folder may have failed before it had a checkpoint
    }

    /// <summary>The trainer whose state is saved; set once, right after it is made.</summary>
    public Trainer Trainer { get; set; } = null!;

    /// <inheritdoc/>
    public long? Saved => _saved?.Update;

    /// <summary>Why training, or the evaluation after it, stopped before it was done.</summary>
    public string? StoppedBy => _end.Reason;

    /// <summary>The largest peak of resident memory of any sitting, bytes.</summary>
    public long PeakBytes => Math.Max(_earlierPeak, PeakMemory.Bytes);

    /// <summary>Tells the person who waits.</summary>
    public void Note(string text) => _news.Note(text);

    /// <summary>Puts the trainer where the newest whole checkpoint stands, and the metrics with it.</summary>
    /// <returns>Whether there was a checkpoint.</returns>
    /// <exception cref="RecipeException">The recipe asks for less than is done; nothing has changed.</exception>
    /// <exception cref="DataException">There is none, or none that is whole, and the run has results; nothing has changed.</exception>
    public bool Restore()
    {
        var checkpoint = _checkpoints.Newest(out var damaged);
        foreach (var message in damaged)
        {
            _news.Note($"{message} An older checkpoint is used.");
            _log.CheckpointDamaged(message);
        }
        if (checkpoint is null)
        {
            _run.RefuseLostCheckpoint();
            _metrics.TruncateTo(0);
            return false;
        }
        RefuseLess(checkpoint.Progress.Update);
        checkpoint.Restore(_task, Trainer);
        _earlierPeak = Math.Max(NoteOf(checkpoint, PeakMemoryNote), PeakOfResults());
        _saved = Trainer.Progress;
        _events.Done = Trainer.Progress.Update;
        _log.Resumed(_run.Path, Trainer.Progress.Update);
        var length = NoteOf(checkpoint, MetricsLength);
        if (length <= _metrics.Length)
        {
            _metrics.TruncateTo(length);
            return true;
        }
        _news.Note($"metrics.jsonl has {_metrics.Length} bytes, and had {length} when the checkpoint was taken: lines are missing. The run goes on with those that are there.");
        _saved = null;
        Save(); // with the length that the log now has
        return true;
    }

    // The evaluation comes after the last checkpoint. Results that cannot be read are about to be replaced.
    private long PeakOfResults()
    {
        try
        {
            return File.Exists(_run.SummaryFile) ? JsonFile.Read(_run.SummaryFile, RunJson.Default.Summary).PeakMemory ?? 0 : 0;
        }
        catch (DataException)
        {
            return 0;
        }
    }

    private void RefuseLess(long done)
    {
        var (plan, training) = (Trainer.Plan, _request.Recipe.Training);
        if (done <= plan.Updates)
            return;
        var epochs = (done - plan.PretrainUpdates + plan.UpdatesPerEpoch - 1) / plan.UpdatesPerEpoch;
        throw new RecipeException($"'training.epochs' is {training.Epochs}, {plan.Updates} updates in all; the run has done {done} already. "
            + $"Give at least {epochs}, or leave it as it was.");
    }

    /// <summary>Saves the trainer's state, unless this very state is saved already.</summary>
    public void Save()
    {
        if (_saved == Trainer.Progress)
            return;
        var taken = _checkpoints.Save(_task, Trainer, new Dictionary<string, string>
        {
            [MetricsLength] = _metrics.Sync().ToString(CultureInfo.InvariantCulture),
            [PeakMemoryNote] = PeakBytes.ToString(CultureInfo.InvariantCulture),
        });
        _saved = Trainer.Progress;
        _sinceSaved.Restart();
        _log.CheckpointSaved(Trainer.Progress.Update, taken.TotalSeconds);
    }

    /// <summary>Logs the result on a split after training.</summary>
    public void Evaluated(Position position, DataSplit split, SplitResult result)
    {
        Log(new MetricRecord
        {
            Phase = position.Phase,
            Epoch = position.Epoch + 1,
            Step = position.Update + 1,
            Split = split,
            Loss = result.Loss,
            Accuracy = result.Accuracy,
        });
        _log.Evaluated(split, result.Accuracy, result.Loss, result.Examples, position.Update + 1);
    }

    public void OnStep(Position position, StepRecord step, double learningRate, double secondsPerUpdate)
    {
        _news.Update(Trainer, position);
        _log.UpdateTaken(position.Update + 1, step.Loss, step.GradientNorm, learningRate, secondsPerUpdate);
        if (!step.Finite)
        {
            _log.UpdateSkipped(position.Update + 1, step.Loss, step.GradientNorm);
            _news.Note($"Update {position.Update + 1} was not applied: its loss ({step.Loss}) or gradient norm ({step.GradientNorm}) is not a finite number.");
        }
        if ((position.Update + 1) % _request.Recipe.Training.LogEvery != 0 && step.Finite)
            return;
        Log(new MetricRecord
        {
            Phase = position.Phase,
            Epoch = position.Epoch + 1,
            Step = position.Update + 1,
            Split = DataSplit.Train,
            Loss = step.Loss,
            Supervised = step.Supervised,
            Auxiliary = step.Auxiliary.Count == 0 ? null : step.Loss - (step.Supervised ?? 0),
            Auxiliaries = step.Auxiliary.Count == 0 ? null : step.Auxiliary,
            Accuracy = step.Supervised is null ? null : (double)step.Correct / step.Rows,
            LearningRate = learningRate,
            GradientNorm = step.GradientNorm,
            SequencesPerSecond = step.Rows / secondsPerUpdate,
            PeakMemory = PeakMemory.Bytes,
            Shortened = step.Shortened,
            Skipped = step.Skipped,
            NonFinite = step.Finite ? 0 : 1,
        });
    }

    public bool OnEpoch(Position position, EpochRecord epoch)
    {
        if (!TestCurve.TryMeasure(position, _request, _task, _test, IsInterrupted, out var test))
            return false;
        Log(new MetricRecord
        {
            Phase = position.Phase,
            Epoch = position.Epoch + 1,
            Step = position.Update + 1,
            Split = DataSplit.Train,
            WholeEpoch = true,
            Loss = epoch.Loss,
            Supervised = epoch.Supervised,
            Auxiliary = epoch.Auxiliary.Count == 0 ? null : epoch.Loss - (epoch.Supervised ?? 0),
            Auxiliaries = epoch.Auxiliary.Count == 0 ? null : epoch.Auxiliary,
            Accuracy = epoch.Accuracy,
            GradientNorm = epoch.GradientNorm,
            SequencesPerSecond = epoch.SequencesPerSecond,
            Seconds = Trainer.Progress.Seconds,
            PeakMemory = PeakMemory.Bytes,
            Shortened = epoch.Shortened,
            Skipped = epoch.Skipped,
            NonFinite = epoch.NonFinite,
        });
        _log.EpochEnded(position.Phase, position.Epoch + 1, position.Update + 1, epoch.Loss, epoch.Accuracy);
        if (epoch.Validation is { } validation)
            Evaluated(position, DataSplit.Validation, validation);
        if (test is not null)
            Evaluated(position, DataSplit.Test, test);
        _news.Epoch(Trainer, position, epoch.Validation?.Accuracy);
        if (position.Epoch == 0 && epoch.Shortened + epoch.Skipped > 0)
            _news.Note($"Rows too short for their segments: {epoch.Shortened} segment(s) an epoch are shortened, {epoch.Skipped} left out; metrics.jsonl counts them.");
        return true;
    }

    public bool ShouldStop(Position next) => _end.IsDue(next.Update);

    public void OnSavable(Position position, bool endsEpoch)
    {
        var (every, minutes) = (_request.Recipe.Training.CheckpointEvery, _request.Recipe.Training.CheckpointMinutes);
        if (endsEpoch || (every > 0 && (position.Update + 1) % every == 0) || (minutes > 0 && _sinceSaved.Elapsed.TotalMinutes >= minutes))
            Save();
    }

    /// <inheritdoc/>
    public bool IsInterrupted() => _end.IsInterrupted();

    /// <inheritdoc cref="SittingEnd.IsInterruptedAnywhere"/>
    public bool IsInterruptedAnywhere() => _end.IsInterruptedAnywhere();

    public void Dispose()
    {
        _metrics.Dispose();
        _events.Dispose();
    }

    // The metrics first: they are what a resume and a report rely on.
    private void Log(MetricRecord record)
    {
        _metrics.Append(record);
        _events.Append(record);
    }

    private static long NoteOf(Checkpoint checkpoint, string key) => long.TryParse(checkpoint.Note(key), CultureInfo.InvariantCulture, out var value)
        ? value
        : throw new DataException($"'{checkpoint.Path}' is damaged: its metadata '{key}' is '{checkpoint.Note(key)}', expected a number.");
}
