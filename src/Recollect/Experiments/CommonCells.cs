using Recollect.Networks;

namespace Recollect.Experiments;

/// <summary>The cells that other programs have too, so that their files carry them: the LSTM with standard gates, and the GRU.</summary>
internal static class CommonCells
{
    /// <summary>What a network has instead, as recipes call it, such as <c>lstm with gates refined</c>; null where it has one of them.</summary>
    public static string? OtherOf(NetworkOptions options) => options switch
    {
        { Cell: CellKind.Lstm, Gates: GateKind.Standard } or { Cell: CellKind.Gru } => null,
        { Cell: CellKind.Lstm } => $"{RecipeJson.Word(options.Cell)} with gates {RecipeJson.Word(options.Gates)}",
        _ => RecipeJson.Word(options.Cell),
    };
}
