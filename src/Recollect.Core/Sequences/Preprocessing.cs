using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Recollect.Sequences;

/// <summary>How a sample becomes steps: chosen before training, stored with the model, and applied the same ever after.</summary>
/// <remarks>Instances are safe to use from several threads.</remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(ImagePreprocessing), "image")]
[JsonDerivedType(typeof(TextPreprocessing), "text")]
[JsonDerivedType(typeof(SeriesPreprocessing), "series")]
[JsonDerivedType(typeof(BytesPreprocessing), "bytes")]
public abstract class Preprocessing
{
    // Escaped, each letter of a vocabulary beyond ASCII would take six bytes, and seven in the header of a model's file.
    private static readonly PreprocessingJson Unescaped = new(new JsonSerializerOptions(PreprocessingJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private protected Preprocessing() { }

    /// <summary>The kind and width of the steps it makes.</summary>
    [JsonIgnore]
    public abstract StepFormat Format { get; }

    /// <summary><paramref name="sample"/> with what is missing in it filled; itself where nothing is.</summary>
    /// <exception cref="DataException">The sample does not fit, or lacks a value where none may be missing.</exception>
    public virtual Sample Complete(Sample sample) => sample;

    /// <summary>The number of steps that <paramref name="sample"/> becomes.</summary>
    /// <exception cref="DataException">The sample does not fit: another kind or shape, or nothing in it.</exception>
    public abstract int StepsOf(Sample sample);

    /// <summary>Whether only the first part of <paramref name="sample"/> becomes steps.</summary>
    /// <exception cref="DataException">The sample does not fit.</exception>
    public virtual bool Cuts(Sample sample) => false;

    /// <summary>Writes the steps of <paramref name="sample"/> from <paramref name="start"/> (0-based) on until <paramref name="tokens"/> is full.</summary>
    /// <exception cref="InvalidOperationException">The steps are reals.</exception>
    /// <exception cref="DataException">The sample does not fit.</exception>
    public virtual void WriteTokens(Sample sample, int start, Span<int> tokens) => throw new InvalidOperationException($"The steps are {Format}.");

    /// <summary>Writes the steps of <paramref name="sample"/> from <paramref name="start"/> (0-based) on until <paramref name="reals"/> (steps × D) is full.</summary>
    /// <exception cref="InvalidOperationException">The steps are tokens.</exception>
    /// <exception cref="DataException">The sample does not fit, or a value is not finite.</exception>
    public virtual void WriteReals(Sample sample, int start, Span<float> reals) => throw new InvalidOperationException($"The steps are {Format}.");

    /// <summary>What it does, as JSON on one line; <see cref="FromJson"/> reads it back.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Unescaped.Preprocessing);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <param name="json">The JSON.</param>
    /// <param name="origin">Where it stands, for messages: the model file's name.</param>
    /// <exception cref="DataException">It is not JSON of this form, names a step that this version does not know, or states an impossible size.</exception>
    public static Preprocessing FromJson(string json, string origin)
    {
        try
        {
            var preprocessing = JsonSerializer.Deserialize(json, PreprocessingJson.Default.Preprocessing)
                ?? throw new DataException($"{origin}: the preprocessing is null; expected an object.");
            if (preprocessing.Fault() is { } fault)
                throw new DataException($"{origin}: the preprocessing cannot be applied: {fault}.");
            return preprocessing;
        }
        // An unknown kind is a NotSupportedException where the base type cannot be made.
        catch (Exception error) when (error is JsonException or NotSupportedException)
        {
            throw new DataException($"{origin}: the preprocessing cannot be read ({error.Message}). The model may come from a newer version.", error);
        }
    }

    /// <summary>What makes it impossible to apply, as a clause for a message; null where nothing does.</summary>
    public abstract string? Fault();

    private protected static DataException Misfit(Sample sample, string expected) => new($"{sample.Origin}: found {Describe(sample)}; expected {expected}.");

    private static string Describe(Sample sample) => sample switch
    {
        ImageSample image => $"an image of {image.Shape}",
        TextSample text => text.Utf8.IsEmpty ? "an empty text" : $"a text of {text.Utf8.Length} bytes",
        BytesSample file => file.Bytes.Length == 0 ? "an empty file" : $"a file of {file.Bytes.Length:N0} bytes",
        SeriesSample series => $"a series of {series.Values.Length} numbers, {series.Components} a step",
        _ => throw new NotSupportedException(sample.GetType().Name),
    };
}

/// <summary>Which columns (properties) of a table hold what: stored with a model, so that it reads a user's rows the same way.</summary>
public sealed record InputColumns
{
    /// <summary>The column that holds the label where none is named.</summary>
    public const string DefaultLabel = "label";

    /// <summary>The property (column) that lists the numbers of JSON Lines (Parquet) where none is named.</summary>
    public const string DefaultValues = "values";

    /// <summary>The column that holds the label.</summary>
    [JsonRequired]
    public string Label { get; init; } = DefaultLabel;

    /// <summary>The column that holds the text; null where the steps are numbers.</summary>
    public string? Text { get; init; }

    /// <summary>CSV, Parquet: the numeric columns, in order. JSON Lines: the one property that holds the list; Parquet: or the one column of lists. Null: every column but the label; "values".</summary>
    public IReadOnlyList<string>? Values { get; init; }
}

/// <summary>The JSON of <see cref="Preprocessing"/> and <see cref="InputColumns"/>, generated so that it needs no reflection.</summary>
/// <remarks>An unknown member is refused: a step left out would change every answer in silence.</remarks>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Preprocessing))]
[JsonSerializable(typeof(InputColumns))]
public sealed partial class PreprocessingJson : JsonSerializerContext;
