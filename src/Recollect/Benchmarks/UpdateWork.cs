using Recollect.Experiments;
using Recollect.Losses;
using Recollect.Networks;
using Recollect.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Recollect.Benchmarks;

/// <summary>A recipe's training update as it is taken in training: batch, losses, gradients, clipping and optimiser, by either engine.</summary>
internal sealed class UpdateWork : Side
{
    private readonly Recipe _recipe;
    private readonly (string Name, Parameter Parameter)[] _parameters;
    private readonly Objective _objective;
    private readonly ParameterOptimizer _optimizer;
    private readonly TrainingStep _step;
    private readonly int[] _rows;
    private double _progress;
    private StepRecord? _record;

    /// <summary>The work of training a task; it is disposed with it.</summary>
    /// <param name="recipe">What is computed; its data aside. Its engine says by what.</param>
    /// <param name="task">The network and its losses; all its rows are one batch.</param>
    /// <param name="setting">Threads; rows computed at a time, of that batch.</param>
    public UpdateWork(Recipe recipe, TrainingTask task, SideSetting setting) : base(setting)
    {
        (_recipe, Task) = (recipe, task);
        _rows = [.. Enumerable.Range(0, task.Train.Count)];
        _parameters = [.. task.NamedParameters()];
        _objective = Objective.Of(task.Network, new SupervisedLoss(task.SupervisedK, [], Workloads.Seed), task.Auxiliary, task.Recompute);
        _optimizer = new ParameterOptimizer(recipe.Training, _parameters);
        var pieces = (_rows.Length + setting.Rows - 1) / setting.Rows;
        _step = new TrainingStep(task.Network, _objective, _optimizer, recipe.Training.ClipNorm, pieces, Workloads.Seed);
    }

    /// <summary>The work of a recipe on uniform tokens.</summary>
    /// <param name="recipe">What is computed; its data aside. Its engine says by what.</param>
    /// <param name="steps">Steps T of every row.</param>
    /// <param name="setting">Threads; rows computed at a time, of the recipe's batch.</param>
    /// <param name="progress">How far training is said to be, 0…1: scheduled inputs depend on it.</param>
    public static UpdateWork OnTokens(Recipe recipe, int steps, SideSetting setting, double progress = 0)
    {
        set_num_threads(setting.Threads); // the network's team has so many
        var set = SyntheticTokens.Of(recipe.Training.Batch, steps);
        var network = new RecurrentClassifier(set.Format, set.Classes.Count, recipe.Model, Workloads.Seed);
        AuxiliaryLoss[] auxiliary = [.. recipe.Auxiliary.Select((options, place) => AuxiliaryLoss.Of(options, place, recipe.Bptt.Auxiliary, network, Workloads.Seed))];
        // Left open, states are kept: whatever the machine, a workload is one and the same.
        var task = new TrainingTask(network, auxiliary, recipe.Bptt.Supervised, set, null, []) { Recompute = recipe.Bptt.Recompute == RecomputeMode.Always };
        return new UpdateWork(recipe, task, setting) { _progress = progress };
    }

    /// <summary>What is trained, and on what.</summary>
    internal TrainingTask Task { get; }

    /// <inheritdoc/>
    public override void Run(int round) => _record = _step.Take(Task.Train, _rows, round, _progress, _recipe.Training.LearningRate);

    /// <inheritdoc/>
    public override Outcome Result() => new(_record!.Loss, Gradients.Of(_parameters));

    /// <inheritdoc/>
    public override void Dispose()
    {
        _optimizer.Dispose();
        _objective.Dispose();
        Task.GiveBack();
        GC.SuppressFinalize(this);
    }
}
