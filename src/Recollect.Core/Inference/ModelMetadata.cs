using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Recollect.Runs;
using Recollect.Sequences;

namespace Recollect.Inference;

/// <summary>What the metadata of <c>model.safetensors</c> say beside the numbers, checked: with them the file alone predicts the same.</summary>
/// <param name="Preprocessing">How a sample becomes steps.</param>
/// <param name="Columns">Which columns of a table hold what, or null.</param>
/// <param name="Classes">The class names, in label order; at least one, each once.</param>
/// <param name="Architecture">The network's shape, as JSON.</param>
public sealed record ModelMetadata(Preprocessing Preprocessing, InputColumns? Columns, IReadOnlyList<string> Classes, string Architecture)
{
    /// <summary>The value of the key <c>kind</c>.</summary>
    public const string Kind = "recollect-model";

    /// <summary>The version of the format that is written and read.</summary>
    public const int Version = 1;

    /// <summary>The metadata of <paramref name="file"/>.</summary>
    /// <exception cref="DataException">The file is no model, of a newer version, without a checksum, or its metadata cannot be read.</exception>
    public static ModelMetadata Of(SafetensorsFile file)
    {
        var path = file.Path;
        RefuseOther(file.Metadata, path);
        if (file.Metadata.TryGetValue("activation", out var activation) && activation != "relu")
            throw new DataException($"'{path}': the metadata 'activation' is '{activation}'; expected relu. The file is of a newer version.");
        var preprocessing = Preprocessing.FromJson(file.GetMetadata("preprocessing"), path);
        var columns = file.Metadata.TryGetValue("columns", out var text) ? Parse(text, path, "columns", PreprocessingJson.Default.InputColumns) : null;
        if (columns?.Values is { } values && values.Any(name => name is null))
            throw new DataException($"'{path}': the metadata 'columns' has a column without a name among its values; expected names. The file is damaged.");
        var classes = Parse(file.GetMetadata("classes"), path, "classes", InferenceJson.Default.StringArray);
        if (classes.Length == 0 || Array.Exists(classes, name => name is null))
            throw new DataException($"'{path}': the metadata 'classes' has no class, or one without a name; expected a list of names. The file is damaged.");
        if (classes.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new DataException($"'{path}': the metadata 'classes' names the class \"{twice.Key}\" {twice.Count()} times; expected different names. The file is damaged.");
        return new ModelMetadata(preprocessing, columns, classes, file.GetMetadata("architecture"));
    }

    /// <summary>Refuses what is no model of this version by its header alone, before any tensor is read.</summary>
    /// <param name="metadata">The header's map of strings.</param>
    /// <param name="path">The file, for messages.</param>
    /// <exception cref="DataException">The file is no model, of a newer version, or without a checksum.</exception>
    internal static void RefuseOther(IReadOnlyDictionary<string, string> metadata, string path)
    {
        if (metadata.GetValueOrDefault("kind") != Kind)
            throw new DataException($"'{path}' is no model of Recollect's: its metadata has no kind '{Kind}'. Expected a model.safetensors that `recollect train` wrote.");
        if (metadata.GetValueOrDefault("version", "unknown") is var version && version != Version.ToString())
            throw new DataException($"'{path}' is a model of version {version}; this program reads version {Version}. Use the program that wrote it, or a newer one.");
        if (!metadata.ContainsKey(Safetensors.ChecksumKey))
            throw new DataException($"'{path}' has no checksum, so it is not what `recollect train` wrote. It was changed by another program; restore it.");
    }

    /// <summary>Parses what a key of the metadata holds.</summary>
    /// <param name="json">The value.</param>
    /// <param name="path">The file, for messages.</param>
    /// <param name="key">The key.</param>
    /// <param name="type">What is expected.</param>
    /// <exception cref="DataException">It is something else.</exception>
    public static T Parse<T>(string json, string path, string key, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw new JsonException("found null");
        }
        catch (JsonException error)
        {
            throw new DataException($"'{path}': the metadata '{key}' cannot be read ({error.Message}). The file is damaged or of another version.", error);
        }
    }
}
