using Recollect.Networks;
using Recollect.Runs;
using Recollect.Sequences;
using TorchSharp;

namespace Recollect.Experiments;

/// <summary>Refuses a Transformer whose update cannot fit the memory, or whose positions cannot count the rows' steps: both grow with the length, as no recurrence's do.</summary>
internal static class TransformerCheck
{
    /// <exception cref="RecipeException">It does not fit.</exception>
    public static void Refuse(Recipe recipe, SequenceSet train, torch.Device device)
    {
        if (recipe.Model.Cell != CellKind.Transformer)
            return;
        var longest = Enumerable.Range(0, train.Count).Max(train.LengthOf);
        if (recipe.Model is { Positions: PositionKind.Learned, MaxSteps: { } places } && longest > places)
            throw new RecipeException($"model.maxSteps: found {places:N0}, and the longest training row has {longest:N0} steps. Set it to {longest} or more, or model.positions to sinusoidal.");
        if (device.type == DeviceType.CPU)
            Refuse(recipe, longest, MachineInfo.Read());
    }

    internal static void Refuse(Recipe recipe, int longest, MachineInfo machine)
    {
        var training = recipe.Training;
        var rows = (training.Batch + training.Accumulate - 1) / training.Accumulate;
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

    private static string Gibibytes(double bytes) => $"{bytes / (1L << 30):N1} GiB";
}
