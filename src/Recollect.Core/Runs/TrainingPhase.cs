using System.Text.Json;
using System.Text.Json.Serialization;

namespace Recollect.Runs;

/// <summary>A phase of a run (method, section 4).</summary>
[JsonConverter(typeof(CamelCaseEnum<TrainingPhase>))]
public enum TrainingPhase
{
    /// <summary>The auxiliary losses alone.</summary>
    Pretrain,

    /// <summary>The supervised loss, with the auxiliary ones where the recipe says so.</summary>
    Train,
}

/// <summary>Writes an enumeration's values as camelCase words, and refuses numbers.</summary>
internal sealed class CamelCaseEnum<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false) where T : struct, Enum;
