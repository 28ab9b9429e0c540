using System.Diagnostics;
using System.Globalization;
using Recollect.Observation;
using Recollect.Runs;

namespace Recollect.Training;

/// <summary>The checkpoints of a run: the two newest are kept, so that one damaged file does not cost the run.</summary>
/// <param name="path">The folder; created at the first save.</param>
public sealed class CheckpointFolder(string path)
{
    private const int Kept = 2;
    private const string Prefix = "update-";
    private const string Extension = ".safetensors";

    /// <summary>Saves the state of <paramref name="trainer"/> and drops checkpoints older than the two newest.</summary>
    /// <returns>The time that it took.</returns>
    /// <exception cref="RunException">It cannot be written; the earlier ones are intact.</exception>
    public TimeSpan Save(TrainingTask task, Trainer trainer, IReadOnlyDictionary<string, string> notes)
    {
        using var activity = Telemetry.Checkpoint(trainer.Progress.Update);
        var begun = Stopwatch.GetTimestamp();
        try
        {
            Write(task, trainer, notes);
        }
        catch (Exception error)
        {
            Telemetry.Saved(activity, Stopwatch.GetElapsedTime(begun).TotalSeconds, error);
            throw;
        }
        var taken = Stopwatch.GetElapsedTime(begun);
        Telemetry.Saved(activity, taken.TotalSeconds, null);
        return taken;
    }

    private void Write(TrainingTask task, Trainer trainer, IReadOnlyDictionary<string, string> notes)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new RunException($"The checkpoint folder '{path}' cannot be created: {error.Message} Free space or change permissions, then resume.", error);
        }
        var name = Prefix + trainer.Progress.Update.ToString("D10", CultureInfo.InvariantCulture) + Extension;
        Checkpoint.Write(Path.Combine(path, name), task, trainer, notes);
        // What has a later name was damaged, or this trainer would not stand where it does.
        var own = Files().Where(file => string.CompareOrdinal(Path.GetFileName(file), name) <= 0).ToList();
        foreach (var old in Files().Except(own.Take(Kept)))
            Delete(old);
    }

    /// <summary>The newest checkpoint that is whole.</summary>
    /// <param name="damaged">The messages of newer ones that are not.</param>
    /// <returns>The checkpoint, or null where the folder holds none at all.</returns>
    /// <exception cref="DataException">There are checkpoints, and each is damaged; or one that is newer than any whole one is of another version, or cannot be read now.</exception>
    public Checkpoint? Newest(out IReadOnlyList<string> damaged)
    {
        var messages = new List<string>();
        damaged = messages;
        foreach (var file in Files())
        {
            try
            {
                return Checkpoint.Read(file);
            }
            // What may be whole is not passed over: the next save would delete it.
            catch (DataException error) when (error.InnerException is { } cause && StorageFailure.Is(cause))
            {
                throw new DataException($"{error.Message} Make it readable, or move it elsewhere to go on from the checkpoint before it.", cause);
            }
            catch (DataException error) when (!error.IsOfVersion)
            {
                messages.Add(error.Message);
            }
        }
        return messages.Count == 0 ? null : throw new DataException(
            $"No checkpoint in '{path}' can be read, so the run cannot be resumed: {string.Join(" ", messages)} Restore one from a copy, or train anew with another --out.");
    }

    private static void Delete(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // One checkpoint too many does no harm; the next save tries again.
        }
    }

    private List<string> Files() => Directory.Exists(path)
        ? [.. Directory.GetFiles(path, $"{Prefix}*{Extension}").OrderByDescending(file => file, StringComparer.Ordinal)]
        : [];
}
