using System.Text.Json.Serialization;

namespace Recollect.Runs;

/// <summary>Which part of the data a number was measured on.</summary>
[JsonConverter(typeof(CamelCaseEnum<DataSplit>))]
public enum DataSplit
{
    /// <summary>The rows that change the weights.</summary>
    Train,

    /// <summary>The rows held out of training by seed, for choices.</summary>
    Validation,

    /// <summary>The rows published for the final number.</summary>
    Test,
}
