using System.Text.Json;

namespace Recollect.Server.Models;

/// <summary>What a model takes, and what it tells.</summary>
public sealed record ModelAnswer
{
    /// <summary>The classes, in label order.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>What a step is: <c>tokens</c> or <c>reals</c>.</summary>
    public required string Steps { get; init; }

    /// <summary>Tokens: how many there are, V. Reals: how many a step has, D.</summary>
    public required int Width { get; init; }

    /// <summary>How a sample becomes steps: as in the metadata of <c>model.safetensors</c>.</summary>
    public required JsonElement Preprocessing { get; init; }
}
