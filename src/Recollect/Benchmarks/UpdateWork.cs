using Recollect.Experiments;
using Recollect.Losses;
using Recollect.Networks;
using Recollect.Sequences;
using Recollect.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Recollect.Benchmarks;

/// <summary>A recipe's training update as it is taken in training: batch, losses, gradients, clipping and optimiser, by either engine.</summary>
internal sealed class UpdateWork : Side
{
    private readonly Recipe _recipe;
    private readonly SequenceSet _set;
    private readonly RecurrentClassifier _network;
    private readonly IReadOnlyList<AuxiliaryLoss> _auxiliary;
    private readonly (string Name, Parameter Parameter)[] _parameters;
    private readonly Objective _objective;
    private readonly ParameterOptimizer _optimizer;
    private readonly TrainingStep _step;
    private readonly int[] _rows;
    private StepRecord? _record;

    /// <summary>Makes the network and its data.</summary>
    /// <param name="recipe">What is computed; its data aside. Its engine says by what.</param>
    /// <param name="steps">Steps T of every row.</param>
    /// <param name="setting">Threads; rows computed at a time, of the recipe's batch.</param>
    public UpdateWork(Recipe recipe, int steps, SideSetting setting) : base(setting)
    {
        set_num_threads(setting.Threads); // the network's team has so many
        _recipe = recipe;
        _set = SyntheticTokens.Of(recipe.Training.Batch, steps);
        _rows = [.. Enumerable.Range(0, _set.Count)];
        _network = new RecurrentClassifier(_set.Format, _set.Classes.Count, recipe.Model, Workloads.Seed);
        _auxiliary = [.. recipe.Auxiliary.Select((options, place) => AuxiliaryLoss.Of(options, place, recipe.Bptt.Auxiliary, _network, Workloads.Seed))];
        var supervised = new SupervisedLoss(recipe.Bptt.Supervised, [], Workloads.Seed);
        // Left open, states are kept: whatever the machine, a workload is one and the same.
        Task = new TrainingTask(_network, _auxiliary, recipe.Bptt.Supervised, _set, null, []) { Recompute = recipe.Bptt.Recompute == RecomputeMode.Always };
        _parameters = [.. Task.NamedParameters()];
        _objective = Objective.Of(_network, supervised, _auxiliary, Task.Recompute);
        _optimizer = new ParameterOptimizer(recipe.Training, _parameters);
        var pieces = (_rows.Length + setting.Rows - 1) / setting.Rows;
        _step = new TrainingStep(_network, _objective, _optimizer, recipe.Training.ClipNorm, pieces, Workloads.Seed);
    }

    /// <summary>What is trained, and on what.</summary>
    internal TrainingTask Task { get; }

    /// <summary>How far training is said to be, 0…1: scheduled inputs depend on it.</summary>
    public double Progress { get; init; }

    /// <inheritdoc/>
    public override void Run(int round) => _record = _step.Take(_set, _rows, round, Progress, _recipe.Training.LearningRate);

    /// <inheritdoc/>
    public override Outcome Result() => new(_record!.Loss, Gradients.Of(_parameters));

    /// <inheritdoc/>
    public override void Dispose()
    {
        _optimizer.Dispose();
        _objective.Dispose();
        _network.Dispose();
        foreach (var (_, parameter) in _auxiliary.SelectMany(loss => loss.NamedParameters()))
            parameter.Dispose();
        GC.SuppressFinalize(this);
    }
}
