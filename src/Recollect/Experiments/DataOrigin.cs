using System.Text.Json;
using Recollect.Data;
using Recollect.Runs;
using Recollect.Training;

namespace Recollect.Experiments;

/// <summary>Whether data are those that a run was trained on: labels, splits and standardisation follow from all of their rows.</summary>
internal static class DataOrigin
{
    private const string Remedy = "Bring back those that it was trained on (--data), or start a new run.";

    /// <summary>The files of <paramref name="data"/>, for a manifest.</summary>
    public static IReadOnlyList<DataHash> FilesOf(DataSets data) => [.. data.Hashes.Select(file => new DataHash(file.Key, file.Value))];

    /// <summary>Refuses files other than those that <paramref name="run"/>'s manifest lists; a run without a manifest lists none.</summary>
    /// <exception cref="DataException">A file has changed, or is not among those read.</exception>
    public static void RefuseOtherFiles(RunDirectory run, DataSets data)
    {
        if (!File.Exists(run.ManifestFile))
            return;
        var found = FilesOf(data);
        if (JsonFile.Read(run.ManifestFile, RunJson.Default.Manifest).Data.FirstOrDefault(file => !found.Contains(file)) is { } changed)
            throw new DataException($"The data file '{changed.File}' is not the one that '{run.Path}' was trained on (SHA-256 {changed.Sha256}). {Remedy}");
    }

    /// <summary>Refuses data whose files, classes or preprocessing are not those of <paramref name="run"/>'s model.</summary>
    /// <exception cref="DataException">The message says what differs.</exception>
    public static void RefuseOtherData(RunDirectory run, TrainedModel model, DataSets data)
    {
        RefuseOtherFiles(run, data);
        if (!model.Classes.SequenceEqual(data.Classes))
            throw new DataException($"The data have the classes {Listed(data.Classes)}; the model of '{run.Path}' was trained on other data, with {Listed(model.Classes)}. {Remedy}");
        var (found, expected) = (data.Preprocessing.ToJson(), model.Preprocessing.ToJson());
        if (found != expected)
            throw new DataException($"The data become steps by {found}; the model of '{run.Path}' was trained on other data, by {expected}. {Remedy}");
    }

    /// <summary>Refuses files other than those that the first of the processes reads.</summary>
    /// <exception cref="DataException">This process's are others.</exception>
    public static void RefuseUnlikeFirst(Peers peers, DataSets data)
    {
        var own = FilesOf(data);
        var first = JsonSerializer.Deserialize<DataHash[]>(peers.ShareText(JsonSerializer.Serialize(own)))!;
        if (first.FirstOrDefault(file => !own.Contains(file)) is { } other)
        {
            throw new DataException($"The data file '{other.File}' is not the one that rank 0 reads (SHA-256 {other.Sha256}). "
                + "Every process of a training needs the same files: copy them to each machine, or name a folder that all of them see with --data.");
        }
    }

    private static string Listed(IReadOnlyList<string> classes)
    {
        const int shown = 20;
        return string.Join(", ", classes.Take(shown).Select(name => $"\"{name}\"")) + (classes.Count > shown ? $" … ({classes.Count} in all)" : "");
    }
}
