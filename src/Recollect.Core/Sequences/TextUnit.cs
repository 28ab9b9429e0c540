using System.Text.Json.Serialization;

namespace Recollect.Sequences;

/// <summary>What one step of a text is.</summary>
public enum TextUnit
{
    /// <summary>A byte of its UTF-8, V = 256.</summary>
    [JsonStringEnumMemberName("bytes")]
    Bytes,

    /// <summary>A Unicode scalar value, as it is.</summary>
    [JsonStringEnumMemberName("characters")]
    Characters,

    /// <summary>A run of letters, marks and digits in lower case; any other character that is not white space by itself.</summary>
    [JsonStringEnumMemberName("words")]
    Words,
}
