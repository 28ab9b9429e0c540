using Recollect.Losses;

namespace Recollect.Training;

/// <summary>What computes the main network's steps in a training: Recollect's own kernels, libtorch, or the one and then the other.</summary>
internal static class TrainingEngine
{
    /// <summary><c>kernels</c> or <c>libtorch</c>; <c>libtorch, then kernels</c> where pretraining is another's than the rest; <c>kernels and libtorch</c> where losses of one phase are.</summary>
    public static string Of(TrainingTask task, TrainingOptions options)
    {
        string[] phases =
        [
            .. options.PretrainEpochs > 0 ? [OfPhase(task, options, supervised: false, task.Auxiliary)] : Array.Empty<string>(),
            .. options.Epochs > 0 ? [OfPhase(task, options, supervised: true, options.Joint ? task.Auxiliary : [])] : Array.Empty<string>(),
        ];
        return string.Join(", then ", phases.Distinct());
    }

    // Losses that are clipped apart run the network each by itself, on the engine that serves it.
    private static string OfPhase(TrainingTask task, TrainingOptions options, bool supervised, IReadOnlyList<AuxiliaryLoss> auxiliary)
    {
        if (!options.ClipApart)
            return Objective.EngineOf(task.Network, auxiliary);
        var each = auxiliary.Select(loss => Objective.EngineOf(task.Network, [loss]));
        return string.Join(" and ", (supervised ? each.Append(task.Network.EngineName) : each).Distinct().Order(StringComparer.Ordinal));
    }
}
