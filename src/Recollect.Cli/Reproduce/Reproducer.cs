using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json.Nodes;
using Recollect.Cli.Display;
using Recollect.Data;
using Recollect.Experiments;
using Recollect.Reports.Reading;
using Recollect.Reproduction;
using Recollect.Runs;

namespace Recollect.Cli.Reproduce;

/// <summary>Runs what a target asks for and what is not there yet, each training as a process of its own.</summary>
/// <param name="request">What is asked for.</param>
/// <param name="train">Runs a training: what follows <c>train</c>, the file for its messages, and when to stop.</param>
/// <param name="tell">Hears of each run that begins or ends.</param>
/// <param name="stop">When to stop: trainings save first.</param>
internal sealed class Reproducer(ReproduceRequest request, Func<IReadOnlyList<string>, string, StopSignal, TrainOutcome> train, Action<string> tell, StopSignal stop)
{
    private const string ExhibitsName = "exhibits.json", FailureEnding = ".failure.json";
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private int _begun, _ended;

    private TargetPlan Plan => request.Plan;

    /// <summary>Runs them.</summary>
    /// <exception cref="RecipeException">The folder holds something else.</exception>
    /// <exception cref="DataException">A data set is missing.</exception>
    public ReproduceResult Run()
    {
        Prepare();
        var own = Plan.Runs.Where((_, index) => request.Shard?.Has(index) ?? true).ToList();
        var todo = own.Where(run => StateOf(run).State != ReproducedState.Done).ToList();
        if (todo.Count < own.Count)
            tell($"{own.Count - todo.Count} of {own.Count} runs are done already.");
        Parallel.ForEach(todo, new ParallelOptions { MaxDegreeOfParallelism = request.Jobs }, run =>
        {
            if (stop.Reason is null)
                Train(run, todo.Count);
        });
        var results = Plan.Runs.Select(StateOf).ToList();
        int Count(ReproducedState state) => results.Count(result => result.State == state);
        return new ReproduceResult(Plan.Target, ScaleWord, request.Folder, Count(ReproducedState.Done), Count(ReproducedState.Failed), Count(ReproducedState.Open), results);
    }

    private string ScaleWord => (string)Plan.Exhibits["scale"]!;

    private string RunsFolder => Path.Combine(request.Folder, TargetPlan.RunsFolder);

    private void Prepare()
    {
        var file = Path.Combine(request.Folder, ExhibitsName);
        if (File.Exists(file))
            RefuseOther(file);
        else if (Directory.Exists(request.Folder) && Directory.EnumerateFileSystemEntries(request.Folder).Any())
            throw new RecipeException($"'{request.Folder}' is not empty and holds no reproduction. Choose another folder with --out.");
        RefuseUnreadable();
        foreach (var data in Plan.Runs.Select(run => Plan.RecipeOf(run).Data).DistinctBy(data => data.Source))
        {
            using var _ = DataSetLoader.Load(data with { Limit = 1, TestLimit = 1 }, DataFolder.Resolve(request.Workplace.DataFolder)); // a set that is missing is missed before hours have gone
        }
        Storage(() => Directory.CreateDirectory(RunsFolder));
        WriteExhibits(file);
    }

    private void WriteExhibits(string file) =>
        AtomicFile.Write(file, Plan.Exhibits.ToJsonString(new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n");

    // What no report can show is said now, and not when all has been run.
    private void RefuseUnreadable()
    {
        var folder = Directory.CreateTempSubdirectory("recollect-exhibits-").FullName;
        var file = Path.Combine(folder, ExhibitsName);
        try
        {
            WriteExhibits(file);
            ReportInput.Read([folder]);
        }
        catch (DataException error)
        {
            throw new RecipeException($"The target '{Plan.Target}' cannot be shown: {error.Message.Replace(file, ExhibitsName, StringComparison.Ordinal)}", error);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private void RefuseOther(string file)
    {
        JsonNode? before;
        try
        {
            before = JsonNode.Parse(File.ReadAllText(file));
        }
        catch (System.Text.Json.JsonException error)
        {
            throw new DataException($"'{file}' is damaged: {error.Message} Remove it; finished runs beside it stay, and are used.", error);
        }
        var (target, scale) = ((string?)before?["target"], (string?)before?["scale"]);
        if (target != Plan.Target || scale != ScaleWord)
            throw new RecipeException($"'{request.Folder}' holds the target '{target}' at scale {scale}; '{Plan.Target}' at scale {ScaleWord} needs another folder: give one with --out.");
        if (!request.Resume && request.Shard is null)
            throw new RecipeException($"'{request.Folder}' holds this target already. Go on with it by --resume, or choose another folder with --out.");
    }

    private void Train(PlannedRun run, int all)
    {
        var folder = Path.Combine(RunsFolder, run.Name);
        var number = Interlocked.Increment(ref _begun);
        tell($"[{number}/{all}] {run.Name} begins");
        Storage(() =>
        {
            // Of two updates nothing is worth going on with, and what was wrong with them would stay.
            if (Plan.Scale == Scale.Smoke && File.Exists(folder + FailureEnding) && Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
            File.Delete(folder + FailureEnding);
        });
        var begun = Directory.Exists(Path.Combine(folder, "checkpoint")) && Directory.EnumerateFiles(Path.Combine(folder, "checkpoint"), "*.safetensors").Any();
        string[] words = begun
            ? ["--resume", folder]
            : [run.Recipe, "--out", folder, "--seed", $"{run.Seed}", .. Plan.EditsOf(run).SelectMany(edit => new[] { "--set", edit })];
        var outcome = train([.. words, .. TrainProcess.WordsOf(request.Workplace)], folder + ".log", stop);
        if (outcome.ExitCode is ExitCode.Interrupted or ExitCode.Terminated || stop.Reason is not null)
            return;
        var fault = outcome.ExitCode != ExitCode.Done
            ? outcome.Message is "" ? $"ended with exit code {outcome.ExitCode}; {folder}.log may say why" : outcome.Message
            : Plan.Scale == Scale.Smoke ? SmokeCheck.Fault(RunDirectory.Open(folder)) : null;
        if (fault is not null)
            AtomicFile.Write(folder + FailureEnding, new JsonObject { ["exitCode"] = outcome.ExitCode, ["message"] = fault }.ToJsonString() + "\n");
        var ended = Interlocked.Increment(ref _ended);
        var left = TimeSpan.FromSeconds(_clock.Elapsed.TotalSeconds / ended * (all - ended));
        var result = StateOf(run);
        tell($"[{number}/{all}] {run.Name} {(result.State == ReproducedState.Failed ? $"failed: {fault}" : $"is done: {ProgressText.Percent(result.Accuracy ?? 0)}")}"
            + (ended < all ? $"; {ended} of {all}, about {Duration.Show(left)} left" : ""));
    }

    private RunResult StateOf(PlannedRun run)
    {
        var folder = Path.Combine(RunsFolder, run.Name);
        if (File.Exists(folder + FailureEnding))
            return new RunResult(run.Name, ReproducedState.Failed, null, (string?)JsonNode.Parse(File.ReadAllText(folder + FailureEnding))?["message"]);
        var file = Path.Combine(folder, "summary.json");
        return File.Exists(file) && JsonFile.Read(file, RunJson.Default.Summary) is { Complete: true } summary
            ? new RunResult(run.Name, ReproducedState.Done, summary.Test?.Accuracy)
            : new RunResult(run.Name, ReproducedState.Open);
    }

    private static void Storage(Action action)
    {
        try
        {
            action();
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new RunException($"{cause.Message} Nothing was run.", cause);
        }
    }
}
