using Recollect.Experiments;

namespace Recollect.Imports;

/// <summary>A network of another program to read, and as what.</summary>
public sealed record ImportRequest
{
    /// <summary>The safetensors file.</summary>
    public required string File { get; init; }

    /// <summary>The recipe: its section <c>model</c> is the network's shape, and its section <c>data</c> says how samples become steps and what the classes are.</summary>
    public required Recipe Recipe { get; init; }

    /// <summary>Parts of names that are others here, such as <c>fc1</c> → <c>classifier.0</c>.</summary>
    public IReadOnlyDictionary<string, string> Names { get; init; } = new Dictionary<string, string>();

    /// <summary>The data's classes in the order of the network's outputs; empty: in their own order.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>Where the data are, and where the network is computed when it is measured.</summary>
    public Workplace Workplace { get; init; } = new();
}
