using System.Text.Json;
using static TorchSharp.torch;

namespace Recollect.Training;

/// <summary>Puts every process where the first one stands, bit for bit.</summary>
/// <remarks>So a checkpoint is read by the first alone, and machines that round otherwise do not drift apart.</remarks>
internal static class StateExchange
{
    /// <summary>Shares out the first process's progress, parameters and averages, before training begins or goes on.</summary>
    public static void Begin(Peers peers, TrainingTask task, Trainer trainer)
    {
        if (peers.Count == 1)
            return;
        var progress = peers.ShareText(JsonSerializer.Serialize(trainer.Snapshot(), Checkpoint.Json));
        if (!peers.IsFirst)
            trainer.Restore(JsonSerializer.Deserialize<TrainerProgress>(progress, Checkpoint.Json)!);
        Share(peers, task, trainer);
    }

    /// <summary>Shares out the first process's parameters and averages.</summary>
    public static void Share(Peers peers, TrainingTask task, Trainer trainer)
    {
        if (peers.Count == 1)
            return;
        using var scope = NewDisposeScope();
        foreach (var (_, value) in Checkpoint.Tensors(task, trainer))
        {
            var host = TensorStorage.OnHost(value);
            peers.Share(host.bytes);
            TensorStorage.PutBack(host, value);
        }
    }
}
