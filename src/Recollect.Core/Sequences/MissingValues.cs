using System.Text.Json.Serialization;

namespace Recollect.Sequences;

/// <summary>What becomes of the numbers of a series that are not there.</summary>
public enum MissingValues
{
    /// <summary>They are refused.</summary>
    [JsonStringEnumMemberName("error")]
    Error,

    /// <summary>0.</summary>
    [JsonStringEnumMemberName("zero")]
    Zero,

    /// <summary>The last number of the component before them; 0 where there is none.</summary>
    [JsonStringEnumMemberName("previous")]
    Previous,

    /// <summary>On the line between the component's numbers on both sides; the nearest number at the ends, 0 where there is none.</summary>
    [JsonStringEnumMemberName("interpolate")]
    Interpolate,
}

/// <summary>Fills the numbers of a series that are not there.</summary>
internal static class MissingValuesFilling
{
    /// <summary>A copy of <paramref name="values"/> without NaN. // [T, D]</summary>
    public static float[] Fill(this MissingValues how, float[] values, int components)
    {
        var filled = values.AsSpan().ToArray();
        for (var component = 0; component < components; component++)
        {
            var before = -1; // where the last number was
            for (var at = component; at < filled.Length; at += components)
            {
                if (float.IsNaN(values[at]))
                {
                    filled[at] = how == MissingValues.Zero || before < 0 ? 0 : values[before];
                    continue;
                }
                if (how == MissingValues.Interpolate)
                    Join(filled, before, at, components);
                before = at;
            }
        }
        return filled;
    }

    /// <summary>Lays the gap between two numbers on the line through them; a gap at the beginning (before −1) gets the number after it.</summary>
    private static void Join(float[] filled, int before, int after, int components)
    {
        var first = before < 0 ? after % components : before + components;
        for (var at = first; at < after; at += components)
        {
            var share = before < 0 ? 1 : (double)(at - before) / (after - before);
            filled[at] = (float)((before < 0 ? 0 : (1 - share) * filled[before]) + share * filled[after]);
        }
    }
}
