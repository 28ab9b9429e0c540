using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Recollect.Inference;
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
    /// <summary>Writes the model, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="task">Owns the decoders, which are saved under <c>auxiliary.*</c> beside the network.</param>
    /// <param name="recipe">Says what the decoders are.</param>
    /// <exception cref="RunException">It cannot be written.</exception>
    public void Save(string path, TrainingTask task, Recipe recipe)
    {
        var metadata = new Dictionary<string, string>(Describe())
        {
            ["kind"] = ModelMetadata.Kind,
            ["version"] = ModelMetadata.Version.ToString(),
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
    /// <exception cref="DataException">The file is missing, damaged, no model, or of a newer version, or a weight is not finite.</exception>
    public static TrainedModel Load(string path)
    {
        var file = Safetensors.Read(path, requireChecksum: false, header => ModelMetadata.RefuseOther(header.Metadata, path));
        var metadata = ModelMetadata.Of(file);
        var (preprocessing, classes) = (metadata.Preprocessing, metadata.Classes);
        var options = ModelMetadata.Parse(metadata.Architecture, path, "architecture", TypeOf<NetworkOptions>());
        if (!options.IsPossible())
            throw new DataException($"'{path}': the metadata 'architecture' states an impossible size. The file is damaged.");
        // A header may claim any size; the tensors in the file are really there. Compared before the network is made, so that a lie allocates nothing.
        foreach (var (name, shape) in RecurrentClassifier.Shapes(preprocessing.Format, classes.Count, options))
            file.GetWeight(name, shape);
        var network = new RecurrentClassifier(preprocessing.Format, classes.Count, options, new Seed(0));
        foreach (var (name, parameter) in network.named_parameters())
            TensorStorage.Load(file, name, parameter);
        return new TrainedModel(network, preprocessing, metadata.Columns, classes);
    }

    private static string Json<T>(T value) => JsonSerializer.Serialize(value, TypeOf<T>());

    private static JsonTypeInfo<T> TypeOf<T>() => (JsonTypeInfo<T>)RecipeJson.Compact.GetTypeInfo(typeof(T));
}
