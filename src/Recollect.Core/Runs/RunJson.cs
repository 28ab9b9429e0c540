using System.Text.Json.Serialization;

namespace Recollect.Runs;

/// <summary>How the records of a run directory are written as JSON: camelCase, indented, absent values left out.</summary>
/// <remarks>A number that is not finite, as a loss can be, is written as the string <c>"NaN"</c>, <c>"Infinity"</c> or <c>"-Infinity"</c>.</remarks>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    WriteIndented = true,
    NewLine = "\n")]
[JsonSerializable(typeof(Manifest))]
[JsonSerializable(typeof(Summary))]
[JsonSerializable(typeof(Evaluation))]
[JsonSerializable(typeof(GradientProbe))]
[JsonSerializable(typeof(MemoryProbe))]
internal sealed partial class RunJson : JsonSerializerContext;

/// <summary>How metrics are written: as <see cref="RunJson"/>, on one line.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(MetricRecord))]
internal sealed partial class MetricsJson : JsonSerializerContext;
