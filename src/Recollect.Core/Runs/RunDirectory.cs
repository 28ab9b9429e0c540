namespace Recollect.Runs;

/// <summary>A run's folder: the names of everything in it (design, section 2).</summary>
public sealed class RunDirectory
{
    /// <summary>The name of <see cref="RecipeFile"/> within the folder.</summary>
    public const string RecipeName = "recipe.json";

    private const string ModelName = "model.safetensors", LockName = "lock", OwnerName = "lock.owner";

    // Its words are known again where they come from another process.
    private const string HoldsRun = "' holds a run already.";

    private RunDirectory(string path) => Path = path;

    /// <summary>The folder, as it was given.</summary>
    public string Path { get; }

    /// <summary>The resolved recipe, in full.</summary>
    public string RecipeFile => In(RecipeName);

    /// <summary>Versions, machine, seed, data hashes and command: <see cref="Manifest"/>.</summary>
    public string ManifestFile => In("manifest.json");

    /// <summary>One <see cref="MetricRecord"/> a line: <see cref="MetricsLog"/>.</summary>
    public string MetricsFile => In("metrics.jsonl");

    /// <summary>What the run came to: <see cref="Summary"/>.</summary>
    public string SummaryFile => In("summary.json");

    /// <summary>The trained network and all that prediction needs: <see cref="Safetensors"/>.</summary>
    public string ModelFile => In(ModelName);

    /// <summary>The confusion matrix and what follows from it: <see cref="Evaluation"/>.</summary>
    public string EvaluationFile => In("evaluation.json");

    /// <summary>The folder of what a report shows beyond metrics.</summary>
    public string ProbesFolder => In("probes");

    /// <summary>How far back learning reaches: <see cref="GradientProbe"/>.</summary>
    public string GradientProbeFile => System.IO.Path.Combine(ProbesFolder, "gradient.json");

    /// <summary>What the network remembers of images: <see cref="MemoryProbe"/>.</summary>
    public string MemoryProbeFile => System.IO.Path.Combine(ProbesFolder, "memory.json");

    /// <summary>The folder of TensorBoard's event files, one a sitting: <see cref="EventFile"/>.</summary>
    public string EventsFolder => In("tensorboard");

    /// <summary>The folder of all that an exact resume needs.</summary>
    public string CheckpointFolder => In("checkpoint");

    /// <summary>Makes the folder of a new run; an empty one is taken, and one of a run that ended before it had anything worth keeping.</summary>
    /// <exception cref="RecipeException">There is a run already, or something else.</exception>
    /// <exception cref="RunException">The folder cannot be made.</exception>
    public static RunDirectory Create(string path)
    {
        if (File.Exists(path))
            throw new RecipeException($"'{path}' is a file; a run needs a folder. Choose another one with --out.");
        var run = new RunDirectory(path);
        run.RefuseWork();
        try
        {
            if (!run.IsRun && Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any(entry => !IsHousekeeping(entry)))
                throw new RecipeException($"'{path}' is not empty and holds no run. Choose another folder with --out.");
            Directory.CreateDirectory(path);
        }
        catch (Exception cause) when (StorageFailure.Is(cause))
        {
            throw StorageFailure.Writing(path, cause, "no run was started");
        }
        return run;
    }

    /// <summary>Whether a process holds the run in <paramref name="path"/>, where there is one.</summary>
    internal static bool IsLocked(string path) => RunLock.IsHeld(System.IO.Path.Combine(path, LockName));

    /// <summary>Whether <paramref name="message"/> is that of a new run where an earlier one left work.</summary>
    internal static bool IsRefusalOfWork(string message) => message.Contains(HoldsRun, StringComparison.Ordinal);

    /// <summary>Refuses a new run where an earlier one left work; asked again once the folder is locked, as that run may have gone on meanwhile.</summary>
    /// <exception cref="RecipeException">There is a checkpoint, a model or a summary.</exception>
    public void RefuseWork()
    {
        var checkpoints = Directory.Exists(CheckpointFolder) && Directory.EnumerateFiles(CheckpointFolder).Any(file => !AtomicFile.IsTemporary(file));
        if (checkpoints || File.Exists(ModelFile) || File.Exists(SummaryFile))
            throw new RecipeException($"'{Path}{HoldsRun} Go on with it by --resume {Path}, or choose another folder with --out.");
    }

    /// <summary>Refuses to begin anew where an earlier training left results: its checkpoint is lost, and the results would be too.</summary>
    /// <exception cref="DataException">There is a summary, an evaluation or a model.</exception>
    public void RefuseLostCheckpoint()
    {
        var results = Results.Where(File.Exists).Select(System.IO.Path.GetFileName).ToList();
        if (results.Count > 0)
        {
            throw new DataException($"'{CheckpointFolder}' holds no checkpoint, so '{Path}' cannot go on from where it stood, and to begin anew would replace its "
                + $"{string.Join(", ", results)}. Bring the checkpoint back from a copy, or train anew with another --out.");
        }
    }

    /// <summary>Removes what a run came to, before it goes on and all that is out of date: the summary first, as it vouches for the others.</summary>
    /// <exception cref="RunException">A file cannot be removed.</exception>
    public void RemoveResults()
    {
        foreach (var file in Results.Append(GradientProbeFile).Append(MemoryProbeFile).Where(File.Exists))
        {
            try
            {
                File.Delete(file);
            }
            catch (Exception cause) when (StorageFailure.Is(cause))
            {
                throw StorageFailure.Writing(file, cause, "the run did not go on");
            }
        }
    }

    /// <summary>Opens the folder of an earlier run: one with a recipe, or with a model alone.</summary>
    /// <exception cref="DataException">There is no such folder, or no run in it.</exception>
    public static RunDirectory Open(string path)
    {
        if (!Directory.Exists(path))
            throw new DataException(File.Exists(path)
                ? $"'{path}' is a file; expected the folder of a run, as `recollect train` makes it."
                : $"'{path}' does not exist; expected the folder of a run, as `recollect train` makes it.");
        var run = new RunDirectory(path);
        if (!run.IsRun)
            throw new DataException($"'{path}' holds no run: neither {RecipeName} nor {ModelName} is there. Expected a folder that `recollect train` made.");
        return run;
    }

    /// <summary>Makes this process the only one that writes here, until the lock is disposed or the process ends, and removes what a killed one left half-written.</summary>
    /// <exception cref="RunException">Another process holds the lock, or the folder cannot be written to.</exception>
    internal RunLock Lock()
    {
        var held = RunLock.Take(In(LockName), In(OwnerName), Path);
        foreach (var folder in new[] { Path, CheckpointFolder, ProbesFolder })
            AtomicFile.RemoveStale(folder);
        return held;
    }

    /// <summary>Removes all that a run left in the folder <paramref name="path"/>, for it to begin anew; the recipe last, which says that a run is there.</summary>
    /// <exception cref="RunException">Another process holds the run's lock, or something cannot be removed.</exception>
    internal static void Clear(string path)
    {
        var run = new RunDirectory(path);
        using var held = run.Lock();
        try
        {
            foreach (var entry in Directory.GetFileSystemEntries(path).Where(entry => !IsHousekeeping(entry)).OrderBy(entry => entry == run.RecipeFile))
            {
                if (Directory.Exists(entry))
                    Directory.Delete(entry, recursive: true);
                else
                    File.Delete(entry);
            }
        }
        catch (Exception cause) when (StorageFailure.Is(cause))
        {
            throw StorageFailure.Writing(path, cause, "the run did not begin anew");
        }
    }

    /// <summary>Removes the folder of a run that ended before it had so much as a recipe; anything else is left alone.</summary>
    public void RemoveUnlessStarted()
    {
        if (IsRun || Directory.EnumerateFileSystemEntries(Path).Any(entry => !IsHousekeeping(entry)))
            return;
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (Exception cause) when (StorageFailure.Is(cause))
        {
            // An empty folder that stays is taken by the next run.
        }
    }

    private string[] Results => [SummaryFile, EvaluationFile, ModelFile];

    private bool IsRun => File.Exists(RecipeFile) || File.Exists(ModelFile);

    private string In(string name) => System.IO.Path.Combine(Path, name);

    // What a run leaves that was stopped before it wrote its recipe.
    private static bool IsHousekeeping(string entry) =>
        System.IO.Path.GetFileName(entry) is LockName or OwnerName || AtomicFile.IsTemporary(entry);
}
