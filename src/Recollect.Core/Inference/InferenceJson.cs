using System.Text.Json.Serialization;

namespace Recollect.Inference;

/// <summary>The network's shape as metadata spell it: the recipe's section <c>model</c>.</summary>
/// <remarks>Keys that inference does not read stand here too, as unknown ones are refused. Setters, unlike initialisers, leave an absent key its default in generated JSON code.</remarks>
internal sealed class ArchitectureJson
{
    public string? Cell { get; set; } = "lstm";

    public string? Gates { get; set; } = "standard";

    public string? Input { get; set; } = "embedded";

    public int Embedding { get; set; } = 128;

    public int Hidden { get; set; } = 128;

    public int Layers { get; set; } = 1;

    public int? Heads { get; set; }

    public int? FeedForward { get; set; }

    public string? Positions { get; set; }

    public int? MaxSteps { get; set; }

    public int HeadUnits { get; set; } = 256;

    public double Dropout { get; set; }

    public double ForgetBias { get; set; }

    public string? Engine { get; set; }
}

/// <summary>The JSON of a model's metadata, generated so that it needs no reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(ArchitectureJson))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class InferenceJson : JsonSerializerContext;
