using Recollect.Data;
using Recollect.Losses;
using Recollect.Networks;
using Recollect.Randomness;
using Recollect.Runs;
using Recollect.Sequences;
using Recollect.Training;
using TorchSharp;

namespace Recollect.Experiments;

/// <summary>All that a training needs before its first update, in each of its processes.</summary>
/// <param name="Data">The rows.</param>
/// <param name="Task">The network, its losses and the rows to train on.</param>
/// <param name="Memory">What it will take; null on a GPU.</param>
/// <param name="Sharing">How many processes share this machine: of this training, and others that train beside it.</param>
internal sealed record PreparedTraining(DataSets Data, TrainingTask Task, MemoryPlan? Memory, int Sharing) : IDisposable
{
    /// <summary>Reads the data and makes the network. Nothing is written, so that what cannot be trained leaves nothing.</summary>
    /// <param name="request">The training.</param>
    /// <param name="stop">Ends the reading of rows; null where other processes would wait in vain for this one's.</param>
    /// <exception cref="RecipeException">The recipe does not fit the data, or the memory.</exception>
    /// <exception cref="DataException">Data are missing or damaged, or not those of the other processes.</exception>
    /// <exception cref="OperationCanceledException">It was to stop while rows were read.</exception>
    public static PreparedTraining Of(TrainRequest request, StopSignal? stop)
    {
        var device = Compute.Use(request.Workplace, request.Peers);
        DataSets Load(CancellationToken token) => DataSetLoader.LoadUnless(request.Recipe.Data, DataFolder.Resolve(request.Workplace.DataFolder), token);
        var data = stop is null ? Load(CancellationToken.None) : stop.Cancelling(Load);
        try
        {
            DataOrigin.RefuseUnlikeFirst(request.Peers, data);
            var sharing = request.Peers.CountOf(Environment.MachineName) * request.Workplace.Sharing;
            var (task, plan) = Planned(request.Recipe, data, device, request.Peers, sharing);
            request.Peers.Meet();
            return new PreparedTraining(data, task, plan, sharing);
        }
        catch
        {
            data.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Task.GiveBack();
        Data.Dispose();
    }

    /// <summary>The network with its losses, and what training it will take; null on a GPU.</summary>
    /// <exception cref="RecipeException">The recipe does not fit the data, or the memory.</exception>
    public static (TrainingTask Task, MemoryPlan? Memory) Planned(Recipe recipe, DataSets data, torch.Device device, Peers peers, int sharing)
    {
        AnchorCheck.Refuse(recipe.Auxiliary, data.Train);
        PositionCheck.Refuse(recipe.Model, data);
        InputCheck.Refuse(recipe.Model, data.Train.Format);
        var (machine, onCpu) = (MachineInfo.Read(), device.type == DeviceType.CPU);
        if (onCpu)
            MemoryPlan.RefuseWeights(data.Train.Format, data.Classes.Count, recipe, machine, sharing);
        MemoryPlan.RefuseSums(data.Train.Format, data.Classes.Count, recipe, peers.Count);
        var task = TaskOf(recipe, data, device);
        try
        {
            var plan = onCpu ? MemoryPlan.Refuse(task, recipe, [data.Test, .. data.Validation is { } held ? [held] : Array.Empty<SequenceSet>()], machine, peers, sharing) : null;
            return (task with { Recompute = plan?.Recomputes ?? recipe.Bptt.Recompute == RecomputeMode.Always }, plan);
        }
        catch
        {
            task.GiveBack();
            throw;
        }
    }

    private static TrainingTask TaskOf(Recipe recipe, DataSets data, torch.Device device)
    {
        var seed = new Seed(recipe.Seed);
        var network = new RecurrentClassifier(data.Train.Format, data.Classes.Count, recipe.Model, seed);
        network.to(device);
        AuxiliaryLoss[] losses = [.. recipe.Auxiliary.Select((options, j) => AuxiliaryLoss.Of(options, j, recipe.Bptt.Auxiliary, network, seed))];
        foreach (var loss in losses)
            loss.MoveTo(network.Like);
        double[] weights = recipe.Training.ClassWeights == ClassWeighting.Balanced ? [.. ClassWeights.Balanced(data.Train)] : [];
        return new TrainingTask(network, losses, recipe.Bptt.Supervised, data.Train, data.Validation, weights);
    }
}
