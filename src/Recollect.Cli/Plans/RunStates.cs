using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Recollect.Data;
using Recollect.Experiments;
using Recollect.Plans;
using Recollect.Runs;

namespace Recollect.Cli.Plans;

/// <summary>How a plan's runs stand: what lies in and beside their folders.</summary>
/// <param name="plan">The runs.</param>
/// <param name="runs">The folder that holds theirs.</param>
internal sealed class RunStates(RunPlan plan, string runs)
{
    private const string FailureEnding = ".failure.json";
    private readonly ConcurrentDictionary<string, string> _unwritten = new(); // what runs failed by, where no file beside them says it

    /// <summary>Where a run lies.</summary>
    public string FolderOf(PlannedRun run) => Path.Combine(runs, run.Name);

    /// <summary>How a run stands. One whose files cannot be read has failed.</summary>
    public RunResult Of(PlannedRun run)
    {
        try
        {
            return FailureOf(run) is { } failure ? new RunResult(run.Name, PlannedState.Failed, null, failure)
                : SummaryOf(run) is { Complete: true } summary ? new RunResult(run.Name, PlannedState.Done, Judged(summary)?.Accuracy)
                : new RunResult(run.Name, PlannedState.Open);
        }
        catch (Exception cause) when (IsOfOneRun(cause))
        {
            return new RunResult(run.Name, PlannedState.Failed, null, Failure.Of(cause).Message);
        }
    }

    /// <summary>Whether <paramref name="cause"/> is the trouble of one run, and not a defect of the program.</summary>
    public static bool IsOfOneRun(Exception cause) => cause is RecollectException or IOException or UnauthorizedAccessException;

    /// <summary>Forgets that a run failed, before it is trained again.</summary>
    /// <exception cref="RunException">The folder of a run that begins anew is in use, or cannot be cleared.</exception>
    public void Begin(PlannedRun run)
    {
        if (plan.BeginsAnew && Of(run).State == PlannedState.Failed && Directory.Exists(FolderOf(run)))
            RunDirectory.Clear(FolderOf(run));
        Forgive(run);
    }

    /// <summary>Forgets that a run failed.</summary>
    public void Forgive(PlannedRun run)
    {
        File.Delete(FolderOf(run) + FailureEnding);
        _unwritten.TryRemove(run.Name, out _);
    }

    /// <summary>Whether a file beside a run's folder says that it failed.</summary>
    public static bool HasFailed(string folder) => File.Exists(folder + FailureEnding);

    /// <summary>Whether a process is training it.</summary>
    public bool IsInUse(PlannedRun run) => RunDirectory.IsLocked(FolderOf(run));

    /// <summary>Notes that a run failed.</summary>
    /// <param name="run">The run.</param>
    /// <param name="exitCode">What its training ended with.</param>
    /// <param name="message">What it failed by.</param>
    public void Fail(PlannedRun run, int exitCode, string message)
    {
        try
        {
            AtomicFile.Write(FolderOf(run) + FailureEnding, new JsonObject { ["exitCode"] = exitCode, ["message"] = message }.ToJsonString() + "\n");
        }
        catch (RunException)
        {
            _unwritten[run.Name] = message; // where the disk is full, say: this process knows it all the same
        }
    }

    /// <summary>What is wrong with a finished run; null where nothing is.</summary>
    /// <exception cref="DataException">A file of the run is missing or damaged.</exception>
    public string? Fault(PlannedRun run) => plan.Fault(FolderOf(run));

    /// <summary>Refuses a folder whose runs have other recipes than those of the same name that the plan asks for. A run whose recipe is damaged has failed, and stops no other.</summary>
    /// <exception cref="RecipeException">A run has another recipe.</exception>
    public void RefuseOtherRecipes()
    {
        foreach (var run in plan.Runs)
        {
            try
            {
                RefuseOtherRecipe(run);
            }
            catch (DataException damage)
            {
                _unwritten[run.Name] = damage.Message; // no file is written: it may be another share's
            }
        }
    }

    /// <summary>Refuses a run that has another recipe than the plan asks for.</summary>
    /// <exception cref="RecipeException">It has.</exception>
    /// <exception cref="DataException">Its recipe is damaged.</exception>
    public void RefuseOtherRecipe(PlannedRun run)
    {
        var folder = FolderOf(run);
        if (File.Exists(Path.Combine(folder, RunDirectory.RecipeName)) && plan.DifferenceFrom(RecipeBook.OfRun(RunDirectory.Open(folder)), run) is { } difference)
        {
            throw new RecipeException($"'{folder}' was trained by another recipe than '{run.Text}' is now: {difference}. "
                + "Choose another folder with --out; or remove that run, to train it anew.");
        }
    }

    /// <summary>Refuses data that have changed since a finished run of the plan was trained on them: means over seeds, and ranks, are of the same rows.</summary>
    /// <param name="data">The section of the recipes that read them.</param>
    /// <param name="hashes">Their files as they are now.</param>
    /// <exception cref="DataException">A file has changed.</exception>
    public void RefuseOtherData(DataOptions data, IReadOnlyDictionary<string, string> hashes)
    {
        foreach (var run in plan.Runs.Where(run => plan.RecipeOf(run).Data is var own && (own.Source, own.Train, own.Test) == (data.Source, data.Train, data.Test)))
        {
            if (Of(run).State == PlannedState.Done && ManifestOf(run)?.Data.FirstOrDefault(was => hashes.TryGetValue(was.File, out var now) && now != was.Sha256) is { } changed)
            {
                throw new DataException($"The data file '{changed.File}' is not the one that '{FolderOf(run)}' was trained on (SHA-256 {changed.Sha256}), and the runs of a {plan.Kind} are compared. "
                    + "Bring that file back, or choose another folder with --out.");
            }
        }
    }

    private SplitResult? Judged(Summary summary) => plan.Judge == DataSplit.Validation ? summary.Validation : summary.Test;

    private string? FailureOf(PlannedRun run)
    {
        if (_unwritten.TryGetValue(run.Name, out var message))
            return message;
        var file = FolderOf(run) + FailureEnding;
        if (!File.Exists(file))
            return null;
        try
        {
            return (string?)JsonNode.Parse(File.ReadAllText(file))?["message"] ?? "";
        }
        catch (Exception cause) when (cause is System.Text.Json.JsonException or InvalidOperationException)
        {
            return $"'{file}' is damaged";
        }
    }

    // None where it is missing or damaged: the report says so.
    private Manifest? ManifestOf(PlannedRun run)
    {
        try
        {
            return Path.Combine(FolderOf(run), "manifest.json") is var file && File.Exists(file) ? JsonFile.Read(file, RunJson.Default.Manifest) : null;
        }
        catch (DataException)
        {
            return null;
        }
    }

    private Summary? SummaryOf(PlannedRun run) =>
        Path.Combine(FolderOf(run), "summary.json") is var file && File.Exists(file) ? JsonFile.Read(file, RunJson.Default.Summary) : null;
}
