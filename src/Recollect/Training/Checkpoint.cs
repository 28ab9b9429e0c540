using System.Text.Json;
using System.Text.Json.Serialization;
using Recollect.Runs;

namespace Recollect.Training;

/// <summary>All that a training needs to go on exactly: parameters, the optimiser's averages, and the trainer's progress, in one file with a checksum.</summary>
/// <remarks>No generator state is needed: draws are keyed by update and row (method, section 6.4).</remarks>
public sealed class Checkpoint
{
    private const string Kind = "recollect-checkpoint";
    private const int Version = 1;
    private readonly SafetensorsFile _file;

    private Checkpoint(SafetensorsFile file, TrainerProgress progress)
    {
        _file = file;
        Progress = progress;
    }

    /// <summary>How a trainer's progress is written.</summary>
    internal static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, // the loss of held-out rows may be infinite
        RespectNullableAnnotations = true,
    };

    /// <summary>Where the trainer stood.</summary>
    public TrainerProgress Progress { get; }

    /// <summary>The file.</summary>
    public string Path => _file.Path;

    /// <summary>What the writer noted beside the trainer's own state.</summary>
    /// <exception cref="DataException">The checkpoint lacks the note.</exception>
    public string Note(string key) => _file.GetMetadata(key);

    /// <summary>Writes the state of <paramref name="trainer"/>, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="task">Owns the parameters.</param>
    /// <param name="trainer">Stands between two updates.</param>
    /// <param name="notes">Further metadata, read back by <see cref="Note"/>.</param>
    /// <exception cref="RunException">The file cannot be written; an earlier one of the same name is intact.</exception>
    public static void Write(string path, TrainingTask task, Trainer trainer, IReadOnlyDictionary<string, string> notes)
    {
        var metadata = new Dictionary<string, string>(notes)
        {
            ["kind"] = Kind,
            ["version"] = Version.ToString(),
            ["progress"] = JsonSerializer.Serialize(trainer.Snapshot(), Json),
        };
        Safetensors.Write(path, metadata, [.. Tensors(task, trainer).Select(entry => TensorStorage.Store(entry.Name, entry.Value))]);
    }

    /// <summary>Reads and checks a checkpoint.</summary>
    /// <exception cref="DataException">It is missing, damaged, of another format or of a newer version.</exception>
    public static Checkpoint Read(string path)
    {
        var file = Safetensors.Read(path, requireChecksum: true);
        if (file.GetMetadata("kind") != Kind)
            throw new DataException($"'{path}' is no checkpoint: its metadata says kind '{file.GetMetadata("kind")}', expected '{Kind}'.");
        if (file.GetMetadata("version") != Version.ToString())
            throw new DataException($"'{path}' is a checkpoint of version {file.GetMetadata("version")}; this program reads version {Version}. Resume it with the program that wrote it.") { IsOfVersion = true };
        try
        {
            var progress = JsonSerializer.Deserialize<TrainerProgress>(file.GetMetadata("progress"), Json) ?? throw new JsonException("null");
            return new Checkpoint(file, progress.Update >= 0 ? progress : throw new JsonException($"{progress.Update} updates"));
        }
        catch (JsonException error)
        {
            throw new DataException($"'{path}' is damaged: its metadata 'progress' is not what a trainer writes ({error.Message}).", error);
        }
    }

    /// <summary>Puts <paramref name="trainer"/> and the parameters of <paramref name="task"/> where they stood.</summary>
    /// <exception cref="DataException">The checkpoint belongs to another network.</exception>
    public void Restore(TrainingTask task, Trainer trainer)
    {
        trainer.Restore(Progress);
        foreach (var (name, value) in Tensors(task, trainer))
            TensorStorage.Load(_file, name, value);
    }

    /// <summary>Parameters and averages: the tensors that a training goes on from.</summary>
    internal static IEnumerable<(string Name, TorchSharp.torch.Tensor Value)> Tensors(TrainingTask task, Trainer trainer) =>
    [
        .. task.NamedParameters().Select(p => ($"model.{p.Name}", (TorchSharp.torch.Tensor)p.Parameter)),
        .. trainer.Optimizer?.Averages().Select(a => ($"optimizer.{a.Name}", a.Value)) ?? [],
    ];
}
