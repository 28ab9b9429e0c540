using Recollect.Data;
using Recollect.Networks;
using Recollect.Runs;
using Recollect.Sequences;
using TorchSharp;

namespace Recollect.Experiments;

/// <summary>Refuses a Transformer whose update cannot fit the memory, or whose positions cannot count the rows' steps: both grow with the length, as no recurrence's do.</summary>
internal static class TransformerCheck
{
    /// <exception cref="RecipeException">It does not fit.</exception>
    public static void Refuse(Recipe recipe, DataSets data, torch.Device device)
    {
        if (recipe.Model.Cell != CellKind.Transformer)
            return;
        foreach (var (name, set) in new[] { ("training", data.Train), ("validation", data.Validation), ("test", data.Test) })
        {
            if (set is not null && recipe.Model is { Positions: PositionKind.Learned, MaxSteps: { } places } && Longest(set) is var steps && steps > places)
                throw new RecipeException($"model.maxSteps: found {places:N0}, and the longest {name} row has {steps:N0} steps. Set it to {steps} or more, or model.positions to sinusoidal.");
        }
        if (device.type == DeviceType.CPU)
            Refuse(recipe, data.Train.Count, Longest(data.Train), MachineInfo.Read());
    }

    internal static void Refuse(Recipe recipe, int trainingRows, int longest, MachineInfo machine)
    {
        var batch = Math.Min(recipe.Training.Batch, trainingRows);
        var rows = (batch + (long)recipe.Training.Accumulate - 1) / recipe.Training.Accumulate;
        var available = machine.MemoryLimit ?? machine.Memory;
        var each = TransformerEncoder.TrainingBytes(recipe.Model, 1, longest);
        if ((Int128)each * rows <= available)
            return;
        var advice = each <= available
            ? $"Set training.accumulate so that at most {available / each:N0} row(s) are computed at a time, or shorten the rows."
            : "Shorten the rows, or lower model.hidden, model.layers or model.feedForward.";
        throw new RecipeException($"model.cell: a Transformer over rows of {longest:N0} steps, {rows:N0} at a time, needs at least {Gibibytes((double)each * rows)} for an update; "
            + $"this machine has {Gibibytes(available)}. {advice}");
    }

    private static int Longest(SequenceSet set) => Enumerable.Range(0, set.Count).Max(set.LengthOf);

    private static string Gibibytes(double bytes) => $"{bytes / (1L << 30):N1} GiB";
}
