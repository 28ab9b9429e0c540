using System.Diagnostics;
using Recollect.Losses;
using Recollect.Networks;
using Recollect.Observation;
using Recollect.Randomness;
using Recollect.Runs;
using Recollect.Sequences;
using TorchSharp.Modules;

namespace Recollect.Training;

/// <summary>What is trained, and on what.</summary>
/// <param name="Network">The main network.</param>
/// <param name="Auxiliary">The auxiliary losses with their decoders; empty for a plain network.</param>
/// <param name="SupervisedK">How far the supervised gradient flows back, k_s.</param>
/// <param name="Train">Training rows.</param>
/// <param name="Validation">Held-out rows, or null.</param>
/// <param name="ClassWeights">A factor for each class, or empty.</param>
public sealed record TrainingTask(
    RecurrentClassifier Network, IReadOnlyList<AuxiliaryLoss> Auxiliary, Truncation SupervisedK, SequenceSet Train, SequenceSet? Validation,
    IReadOnlyList<double> ClassWeights)
{
    /// <summary>Whether states inside long windows are computed again on the way back, and not kept (decision 0019).</summary>
    public bool Recompute { get; init; }

    /// <summary>Every parameter by full name: the network's, then the decoders'.</summary>
    public IEnumerable<(string Name, Parameter Parameter)> NamedParameters() =>
        [.. Network.named_parameters(), .. Auxiliary.SelectMany(loss => loss.NamedParameters())];

    /// <summary>Gives the weights of the network and of the decoders back.</summary>
    internal void GiveBack()
    {
        Network.Dispose();
        foreach (var loss in Auxiliary)
            loss.Dispose();
    }

    /// <summary>Rows that are evaluated at once.</summary>
    /// <param name="options">How it is trained.</param>
    /// <param name="peers">The processes; null: this one alone.</param>
    internal int RowsEvaluated(TrainingOptions options, Peers? peers = null) =>
        TrainingStep.RowsEvaluated(Network, options, Math.Min(options.Batch, Train.Count), peers ?? Peers.Alone);
}

/// <summary>Who watches a training: called on the training thread, between updates.</summary>
public interface ITrainingObserver
{
    /// <summary>An update was taken.</summary>
    void OnStep(Position position, StepRecord step, double learningRate, double secondsPerUpdate);

    /// <summary>An epoch ended.</summary>
    /// <returns>False where it was told to leave off before it had reported anything; a later trainer then reports the epoch.</returns>
    bool OnEpoch(Position position, EpochRecord epoch);

    /// <summary>Whether to stop before the next update; the trainer then returns with all its state as it is.</summary>
    bool ShouldStop(Position next);

    /// <summary>An update is done, or the epoch that ended with it is; records are written, and the trainer's state may be saved.</summary>
    /// <remarks>Called twice for an update that ends an epoch with held-out rows: before they are classified, and after.</remarks>
    void OnSavable(Position position, bool endsEpoch);

    /// <summary>Whether to leave off at once; asked between the rows of an evaluation, which a later trainer then begins anew.</summary>
    bool IsInterrupted();

    /// <summary>Updates of which the newest checkpoint knows; null where there is none.</summary>
    long? Saved { get; }
}

/// <summary>Training from any update on: two phases, one step, and a state that is whole between any two updates.</summary>
public sealed class Trainer : IDisposable
{
    private readonly TrainingTask _task;
    private readonly TrainingOptions _options;
    private readonly Seed _seed;
    private readonly ITrainingObserver _observer;
    private readonly Peers _peers;
    private readonly Stopwatch _clock = new();
    private ParameterOptimizer? _optimizer;
    private Objective? _objective;
    private TrainingStep? _step;
    private LearningRate? _rate;
    private TrainingPhase? _phase;

    /// <summary>Creates a trainer that stands before update 0.</summary>
    /// <param name="task">What is trained.</param>
    /// <param name="options">How.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="observer">Who watches; in each of several processes it must ask for a stop at the same update.</param>
    /// <param name="peers">The processes that train together, each with a trainer of its own; null: this one alone.</param>
    public Trainer(TrainingTask task, TrainingOptions options, Seed seed, ITrainingObserver observer, Peers? peers = null)
    {
        (_task, _options, _seed, _observer, _peers) = (task, options, seed, observer, peers ?? Peers.Alone);
        Plan = new TrainingPlan(options, task.Train, seed);
    }

    /// <summary>Which update takes which rows.</summary>
    public TrainingPlan Plan { get; }

    /// <summary>All that changes from update to update beside the parameters and the optimiser's averages.</summary>
    public TrainerProgress Progress { get; private set; } = new();

    /// <summary>The optimiser of the current phase, or null before the first update.</summary>
    public ParameterOptimizer? Optimizer => _optimizer;

    /// <summary><see cref="Progress"/> with the optimiser's step counts: what a checkpoint holds beside tensors.</summary>
    public TrainerProgress Snapshot() => Progress with { OptimizerSteps = _optimizer?.Steps() ?? new Dictionary<string, long>() };

    /// <summary>Trains until the plan ends or the observer stops it.</summary>
    /// <returns>Whether the plan was finished.</returns>
    /// <exception cref="RunException">Too many updates in a row had no finite loss and gradient.</exception>
    public bool Run()
    {
        // First what an earlier trainer left: the end of an epoch whose updates are all done.
        while (CloseEpoch() && Progress.Update < Plan.Updates)
        {
            var position = Plan.At(Progress.Update);
            if (_observer.ShouldStop(position))
                return false;
            EnterPhase(position.Phase);
            TakeUpdate(position);
        }
        return !EndsEpoch && Progress.Update >= Plan.Updates;
    }

    // Its sums are cleared when an epoch has been reported.
    private bool EndsEpoch => Progress.Update > 0 && Progress.Epoch.Updates + Progress.Epoch.NonFinite > 0 && Plan.EndsEpoch(Plan.At(Progress.Update - 1));

    /// <summary>Stands where an earlier trainer of the same recipe stood; parameters and averages are restored by the caller afterwards.</summary>
    public void Restore(TrainerProgress progress)
    {
        Progress = progress;
        if (progress.Update > 0)
            EnterPhase(Plan.At(progress.Update - 1).Phase);
        _optimizer?.RestoreSteps(progress.OptimizerSteps);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _optimizer?.Dispose();
        _objective?.Dispose();
    }

    private void TakeUpdate(Position position)
    {
        using var activity = Telemetry.Update(position.Phase, position.Update + 1);
        _clock.Restart();
        var rate = _rate!.At(position.InPhase);
        var progress = Plan.Updates == 1 ? 1 : position.Update / (Plan.Updates - 1.0);
        var record = _step!.Take(_task.Train, Plan.RowsOf(position), position.Update, progress, rate);
        var seconds = _clock.Elapsed.TotalSeconds;
        Progress = Progress.After(record, seconds);
        Telemetry.Updated(activity, position.Phase, new UpdateMeasure(record.Rows, record.Loss, record.GradientNorm, rate, seconds, record.Finite));
        activity?.Stop(); // what the observer does is no part of it
        _observer.OnStep(position, record, rate, seconds);
        if (Progress.NonFiniteInARow >= _options.NonFiniteLimit)
            throw NotFinite(position, record);
        if (!EndsEpoch || HeldOut(position) is not null)
            _observer.OnSavable(position, EndsEpoch); // an epoch is not lost while held-out rows are classified
    }

    /// <summary>Stands where the first of the processes stands; before training begins or goes on.</summary>
    public void JoinFirst() => StateExchange.Begin(_peers, _task, this);

    /// <summary>Reports the epoch that has just ended, if one has.</summary>
    /// <returns>False where an observer broke in; the epoch then still waits to be reported.</returns>
    private bool CloseEpoch()
    {
        if (!EndsEpoch)
            return true;
        var position = Plan.At(Progress.Update - 1);
        SplitResult? validation = null;
        if (HeldOut(position) is { } held)
        {
            validation = Score.ResultOf(_task.Network, held, DataSplit.Validation, _task.RowsEvaluated(_options, _peers), _observer.IsInterrupted, _peers);
            if (validation is null)
                return false;
        }
        if (!_observer.OnEpoch(position, Progress.Epoch.Record(validation)))
            return false;
        Progress = Progress with { Epoch = new EpochTotals(), Validation = validation };
        _observer.OnSavable(position, endsEpoch: true);
        StateExchange.Share(_peers, _task, this); // processes on unlike machines may have drifted apart by rounding
        return true;
    }

    private SequenceSet? HeldOut(Position position) =>
        position.Phase == TrainingPhase.Train && _task.Validation is { Count: > 0 } held ? held : null;

    private void EnterPhase(TrainingPhase phase)
    {
        if (_phase == phase)
            return;
        _phase = phase;
        var auxiliary = phase == TrainingPhase.Pretrain || _options.Joint ? _task.Auxiliary : [];
        var supervised = phase == TrainingPhase.Train ? new SupervisedLoss(_task.SupervisedK, _task.ClassWeights, _seed) : null;
        var earlier = _optimizer;
        _optimizer = new ParameterOptimizer(_options, [.. ParametersOf(phase, auxiliary)]);
        if (earlier is not null && _options.CarryOptimizer)
            _optimizer.CarryOver(earlier);
        earlier?.Dispose();
        _objective?.Dispose();
        _objective = _options.ClipApart
            ? Objective.OfEach(_task.Network, supervised, auxiliary, _task.Recompute)
            : Objective.Of(_task.Network, supervised, auxiliary, _task.Recompute);
        _step = new TrainingStep(_task.Network, _objective, _optimizer, _options.ClipNorm, _options.Accumulate, _seed, _peers);
        _rate = phase == TrainingPhase.Pretrain
            ? new LearningRate(_options.PretrainSchedule ?? _options.Schedule, _options.PretrainLearningRate ?? _options.LearningRate, _options.PretrainEpochs, Plan.UpdatesPerEpoch)
            : new LearningRate(_options.Schedule, _options.LearningRate, _options.Epochs, Plan.UpdatesPerEpoch);
    }

    // Pretraining leaves the classifier untouched; decoders that a phase does not use are not its to change.
    private IEnumerable<(string Name, Parameter Parameter)> ParametersOf(TrainingPhase phase, IReadOnlyList<AuxiliaryLoss> auxiliary)
    {
        var main = _task.Network.named_parameters()
            .Where(p => phase == TrainingPhase.Train || !p.name.StartsWith("classifier.", StringComparison.Ordinal));
        return [.. main, .. auxiliary.SelectMany(loss => loss.NamedParameters())];
    }

    // Resuming would meet the same numbers again, and the keys that might help may not change on the way.
    private RunException NotFinite(Position position, StepRecord record)
    {
        var (last, count) = (position.Update + 1, Progress.NonFiniteInARow);
        var which = count == 1 ? $"Update {last} was not applied: its" : $"Updates {last - count + 1} to {last} were not applied: the last one's";
        var saved = _observer.Saved is { } update ? $" The checkpoint of update {update} is intact." : "";
        return new RunException($"{which} loss ({record.Loss}) or gradient norm ({record.GradientNorm}) is not a finite number. "
            + $"Start a new run with a lower training.learningRate or with training.clipNorm, or look for extreme values in the data.{saved}");
    }
}
