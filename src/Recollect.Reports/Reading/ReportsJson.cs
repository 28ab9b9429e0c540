using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Recollect.Reports.Reading;

/// <summary>How a report reads what lies beside a run's own records: camelCase; null only where a value may be absent; each key once.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    AllowOutOfOrderMetadataProperties = true,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ExhibitsFile))]
[JsonSerializable(typeof(RunFailure))]
[JsonSerializable(typeof(JsonObject))]
internal sealed partial class ReportsJson : JsonSerializerContext;
