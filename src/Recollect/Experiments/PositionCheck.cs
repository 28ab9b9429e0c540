using Recollect.Data;
using Recollect.Networks;
using Recollect.Sequences;

namespace Recollect.Experiments;

/// <summary>Refuses a Transformer whose learned positions cannot count the rows' steps.</summary>
internal static class PositionCheck
{
    /// <exception cref="RecipeException">A row has more steps.</exception>
    public static void Refuse(NetworkOptions model, DataSets data)
    {
        if (model is not { Cell: CellKind.Transformer, Positions: PositionKind.Learned, MaxSteps: { } places })
            return;
        foreach (var (name, set) in new[] { ("training", data.Train), ("validation", data.Validation), ("test", data.Test) })
        {
            if (set is not null && Longest(set) is var steps && steps > places)
                throw new RecipeException($"model.maxSteps: found {places:N0}, and the longest {name} row has {steps:N0} steps. Set it to {steps} or more, or model.positions to sinusoidal.");
        }
    }

    private static int Longest(SequenceSet set) => Enumerable.Range(0, set.Count).Max(set.LengthOf);
}
