using System.Text.Json.Serialization;

namespace Recollect.Sequences;

/// <summary>What one step of a sequence is (method, section 1).</summary>
public enum StepKind
{
    /// <summary>An integer 0…V−1, embedded by a table.</summary>
    [JsonStringEnumMemberName("tokens")]
    Tokens,

    /// <summary>A vector of D floats, projected linearly.</summary>
    [JsonStringEnumMemberName("reals")]
    Reals,
}

/// <summary>The kind and the width of every step in a data set: V tokens, or D real components.</summary>
/// <param name="Kind">Tokens or reals.</param>
/// <param name="Width">The vocabulary V for tokens, the number of components D for reals; at least 1.</param>
public readonly record struct StepFormat(StepKind Kind, int Width)
{
    /// <summary>Integer steps 0…<paramref name="vocabulary"/>−1.</summary>
    public static StepFormat Tokens(int vocabulary) => new(StepKind.Tokens, vocabulary);

    /// <summary>Steps of <paramref name="components"/> floats.</summary>
    public static StepFormat Reals(int components) => new(StepKind.Reals, components);

    /// <inheritdoc/>
    public override string ToString() => Kind == StepKind.Tokens ? $"tokens 0…{Width - 1}" : $"{Width} real component(s) a step";
}
