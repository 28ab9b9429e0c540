using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Recollect.Networks;
using Recollect.Randomness;
using Recollect.Runs;
using Recollect.Sequences;
using Recollect.Training;

namespace Recollect.Experiments;

/// <summary>A network with all that turns a user's input into labels: what <c>model.safetensors</c> holds, so that this file alone predicts the same.</summary>
/// <param name="Network">The main network.</param>
/// <param name="Preprocessing">How a sample becomes steps.</param>
/// <param name="Columns">Which columns of a table hold what, or null.</param>
/// <param name="Classes">The class names, in label order.</param>
public sealed record TrainedModel(RecurrentClassifier Network, Preprocessing Preprocessing, InputColumns? Columns, IReadOnlyList<string> Classes)
{
    private const string Kind = "recollect-model";
    private const int Version = 1;

    /// <summary>Writes the model, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="task">Owns the decoders, which are saved under <c>auxiliary.*</c> beside the network.</param>
    /// <param name="recipe">Says what the decoders are.</param>
    /// <exception cref="RunException">It cannot be written.</exception>
    public void Save(string path, TrainingTask task, Recipe recipe)
    {
        var metadata = new Dictionary<string, string>(Describe())
        {
            ["kind"] = Kind,
            ["version"] = Version.ToString(),
            ["activation"] = "relu",
            ["auxiliary"] = Json(recipe.Auxiliary),
        };
        Safetensors.Write(path, metadata, [.. task.NamedParameters().Select(p => TensorStorage.Store(p.Name, p.Parameter))]);
    }

    /// <summary>What whoever uses the weights must know, as texts by name: <c>architecture</c>, <c>preprocessing</c>, <c>classes</c>, <c>columns</c> where a table was read, and <c>program</c>.</summary>
    public IReadOnlyDictionary<string, string> Describe()
    {
        var description = new Dictionary<string, string>
        {
            ["program"] = ProgramVersion.Text,
            ["architecture"] = Json(Network.Options),
            ["preprocessing"] = Preprocessing.ToJson(),
            ["classes"] = Json(Classes),
        };
        if (Columns is not null)
            description["columns"] = Json(Columns);
        return description;
    }

    /// <summary>Reads the model of a run's folder, or a model file.</summary>
    /// <exception cref="DataException">As for <see cref="Load"/>, or the run has no model yet.</exception>
    public static TrainedModel Open(string path) => File.Exists(path) ? Load(path) : OfRun(RunDirectory.Open(path));

    /// <summary>Reads the model of a run.</summary>
    /// <exception cref="DataException">As for <see cref="Load"/>, or it has none yet.</exception>
    internal static TrainedModel OfRun(RunDirectory run) => File.Exists(run.ModelFile)
        ? Load(run.ModelFile)
        : throw new DataException($"'{run.ModelFile}' does not exist: the training has not come to an end. Go on with it by 'recollect train --resume {run.Path}'.");

    /// <summary>Reads a model; nothing else of its run is needed.</summary>
    /// <exception cref="DataException">The file is missing, damaged, no model, or of a newer version.</exception>
    public static TrainedModel Load(string path)
    {
        var file = Safetensors.Read(path);
        if (file.Metadata.GetValueOrDefault("kind") != Kind)
            throw new DataException($"'{path}' is no model of Recollect's: its metadata has no kind '{Kind}'. Expected a model.safetensors that `recollect train` wrote.");
        if (file.GetMetadata("version") != Version.ToString())
            throw new DataException($"'{path}' is a model of version {file.GetMetadata("version")}; this program reads version {Version}. Use the program that wrote it, or a newer one.");
        if (!file.Verified)
            throw new DataException($"'{path}' has no checksum, so it is not what `recollect train` wrote. It was changed by another program; restore it.");
        var preprocessing = Preprocessing.FromJson(file.GetMetadata("preprocessing"), path);
        var columns = file.Metadata.TryGetValue("columns", out var text) ? Parse<InputColumns>(text, path, "columns") : null;
        var classes = Parse<IReadOnlyList<string>>(file.GetMetadata("classes"), path, "classes");
        var options = Parse<NetworkOptions>(file.GetMetadata("architecture"), path, "architecture");
        if (!options.IsPossible() || classes.Count == 0)
            throw new DataException($"'{path}': the metadata 'architecture' or 'classes' states an impossible size. The file is damaged.");
        if (classes.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new DataException($"'{path}': the metadata 'classes' names the class \"{twice.Key}\" {twice.Count()} times; expected different names. The file is damaged.");
        // A header may claim any size; the tensors in the file are really there. Compared before the network is made, so that a lie allocates nothing.
        foreach (var (name, shape) in RecurrentClassifier.Shapes(preprocessing.Format, classes.Count, options))
            file.Get(name, StoredType.F32, shape);
        var network = new RecurrentClassifier(preprocessing.Format, classes.Count, options, new Seed(0));
        foreach (var (name, parameter) in network.named_parameters())
            TensorStorage.Load(file, name, parameter);
        return new TrainedModel(network, preprocessing, columns, classes);
    }

    private static string Json<T>(T value) => JsonSerializer.Serialize(value, (JsonTypeInfo<T>)RecipeJson.Compact.GetTypeInfo(typeof(T)));

    private static T Parse<T>(string json, string path, string key)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, RecipeJson.Compact) ?? throw new JsonException("found null");
        }
        catch (JsonException error)
        {
            throw new DataException($"'{path}': the metadata '{key}' cannot be read ({error.Message}). The file is damaged or of another version.", error);
        }
    }
}
