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
        if (PlacesOf(model) is not { } places)
            return;
        foreach (var (name, set) in new[] { ("training", data.Train), ("validation", data.Validation), ("test", data.Test) })
        {
            if (set is not null && Longest(set) is var steps && steps > places)
                throw new RecipeException($"model.maxSteps: found {places:N0}, and the longest {name} row has {steps:N0} steps. Set it to {steps} or more, or model.positions to sinusoidal and model.maxSteps to null.");
        }
    }

    /// <summary>The same for rows that a trained network is to label.</summary>
    /// <exception cref="DataException">A row has more steps.</exception>
    public static void Refuse(NetworkOptions model, SampleSequences rows)
    {
        for (var row = 0; PlacesOf(model) is { } places && row < rows.Count; row++)
        {
            if (rows.LengthOf(row) > places)
                throw new DataException($"{rows.OriginOf(row)}: the row has {rows.LengthOf(row):N0} steps; expected at most {places:N0}, the positions that the Transformer learned. Shorten it, or train with a larger model.maxSteps, or with model.positions = sinusoidal.");
        }
    }

    private static int? PlacesOf(NetworkOptions model) => model is { Cell: CellKind.Transformer, Positions: PositionKind.Learned } ? model.MaxSteps : null;

    private static int Longest(SequenceSet set) => Enumerable.Range(0, set.Count).Max(set.LengthOf);
}
