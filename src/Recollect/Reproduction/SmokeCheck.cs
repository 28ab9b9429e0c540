using Recollect.Experiments;
using Recollect.Runs;

namespace Recollect.Reproduction;

/// <summary>Whether a run of a few updates did what a training does.</summary>
internal static class SmokeCheck
{
    /// <summary>What is wrong with a finished run whose every update left a checkpoint, or null: its losses are finite, and its last update changed every weight: those of decoders too, where they are trained to the end.</summary>
    /// <exception cref="DataException">A file of the run is missing or damaged.</exception>
    public static string? Fault(RunDirectory run)
    {
        var updates = MetricsLog.Read(run.MetricsFile).Where(line => line is { Split: DataSplit.Train, WholeEpoch: not true }).ToList();
        if (updates.Count == 0)
            return "no update was recorded";
        if (updates.Any(line => line.NonFinite > 0 || line.Loss is not { } loss || !double.IsFinite(loss)))
            return "a loss is not finite";
        var checkpoints = Directory.GetFiles(run.CheckpointFolder, "*.safetensors").Order(StringComparer.Ordinal).TakeLast(2).Select(file => Safetensors.Read(file)).ToList();
        if (checkpoints.Count < 2)
            return "there are no two checkpoints to compare";
        var (model, isJoint) = (Safetensors.Read(run.ModelFile), RecipeBook.OfRun(run).Training.Joint);
        foreach (var weight in model.Tensors.Where(tensor => isJoint || !tensor.Name.StartsWith("auxiliary.", StringComparison.Ordinal)))
        {
            var (before, after) = (checkpoints[0].Find($"model.{weight.Name}"), checkpoints[1].Find($"model.{weight.Name}"));
            if (before is null || after is null)
                return $"'{weight.Name}' is not in the checkpoints";
            if (before.Data.Span.SequenceEqual(after.Data.Span))
                return $"the last update left '{weight.Name}' as it was";
        }
        return null;
    }
}
