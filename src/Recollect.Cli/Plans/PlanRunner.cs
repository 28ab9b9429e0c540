using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json.Nodes;
using Recollect.Cli.Display;
using Recollect.Data;
using Recollect.Experiments;
using Recollect.Plans;
using Recollect.Runs;

namespace Recollect.Cli.Plans;

/// <summary>Runs what a plan asks for and what is not there yet, each training as a process of its own.</summary>
/// <param name="request">What is asked for.</param>
/// <param name="train">Runs a training: what follows <c>train</c>, the file for its messages, and when to stop.</param>
/// <param name="tell">Hears of each run that begins or ends.</param>
/// <param name="stop">When to stop: trainings save first.</param>
internal sealed class PlanRunner(PlanRequest request, Func<IReadOnlyList<string>, string, StopSignal, TrainOutcome> train, Action<string> tell, StopSignal stop)
{
    private const string ExhibitsName = "exhibits.json", Elsewhere = "is in use: another process trains it", Stopped = "was stopped by a signal of its own; --resume goes on with it";
    private readonly RunStates _states = new(request.Plan, Path.Combine(request.Folder, RunPlan.RunsFolder));
    private readonly ConcurrentBag<PlannedRun> _elsewhere = [];
    private Stopwatch _clock = Stopwatch.StartNew();
    private int _begun, _ended, _stopped;

    private RunPlan Plan => request.Plan;

    /// <summary>Runs them.</summary>
    /// <exception cref="RecipeException">The folder holds something else.</exception>
    /// <exception cref="DataException">A data set is missing.</exception>
    /// <exception cref="OperationCanceledException">It was to stop before anything was begun.</exception>
    public PlanResult Run()
    {
        Prepare();
        var own = request.Own;
        CheckDone(own);
        var todo = own.Where(run => _states.Of(run).State != PlannedState.Done).ToList();
        if (own.Count == 0)
            tell($"note: the {Plan.Kind} '{Plan.Name}' has {Plan.Runs.Count} runs, and this share none of them.");
        if (todo.Count < own.Count)
            tell($"{own.Count - todo.Count} of {own.Count} runs are done already.");
        TrainAll(todo);
        // Who held them may have been a training that was only saving, its command having been killed.
        if (stop.Reason is null)
            TrainAll([.. todo.Where(_elsewhere.Contains)]);
        return new PlanResult([.. Plan.Runs.Select(_states.Of)], _stopped);
    }

    /// <summary>The runs of the share that are not done; a run that is begun is one of them.</summary>
    /// <exception cref="RecipeException">The folder holds something else.</exception>
    /// <exception cref="DataException">What says what it holds is damaged.</exception>
    public IReadOnlyList<PlannedRun> Left()
    {
        RefuseFolder();
        return [.. request.Own.Where(run => _states.Of(run).State != PlannedState.Done)];
    }

    private void RefuseFolder()
    {
        var file = Path.Combine(request.Folder, ExhibitsName);
        if (File.Exists(request.Folder))
            throw new RecipeException($"'{request.Folder}' is a file; expected a folder for the runs. Choose another with --out.");
        if (File.Exists(file))
            RefuseOther(file);
        else if (Directory.Exists(request.Folder) && Directory.EnumerateFileSystemEntries(request.Folder).Any(IsForeign))
            throw new RecipeException($"'{request.Folder}' is not empty and holds no {Plan.Kind}'s runs. Choose another folder with --out.");
        _states.RefuseOtherRecipes();
    }

    private void Prepare()
    {
        var file = Path.Combine(request.Folder, ExhibitsName);
        RefuseFolder();
        RefuseUnfitData();
        if (request.Resume && !File.Exists(file))
            tell($"note: '{request.Folder}' holds nothing to go on with; all begins anew.");
        Storage(() => Directory.CreateDirectory(request.Folder));
        WriteExhibits(file);
        Storage(() => Directory.CreateDirectory(Path.Combine(request.Folder, RunPlan.RunsFolder)));
    }

    // Sets that are missing, or others than finished runs were trained on, are told before hours have gone, and all of them at once.
    private void RefuseUnfitData()
    {
        var missing = new List<DataException>();
        foreach (var data in request.Own.Select(run => Plan.RecipeOf(run).Data).DistinctBy(data => (data.Source, data.Train, data.Test)))
        {
            try
            {
                var folder = DataFolder.Resolve(request.Workplace.DataFolder);
                if (data.Source != DataSources.Packed)
                {
                    _states.RefuseOtherData(data, stop.Cancelling(cancel => DataSetLoader.RefuseMissing(data, folder, cancel)));
                    continue;
                }
                using var packed = DataSetLoader.Load(data, folder);
                _states.RefuseOtherData(data, packed.Hashes);
                if (Plan.Judge == DataSplit.Validation && packed.Validation is not { Count: > 0 })
                    throw new RecipeException($"The {Plan.Kind} '{Plan.Name}' chooses by validation rows, and '{data.Train}' was packed without any. Pack its data anew from a recipe with data.validation above 0.");
            }
            catch (DataException error)
            {
                missing.Add(error);
            }
        }
        if (missing.Count > 0)
            throw missing is [var only] ? only : new DataException($"{missing.Count} data sets are missing, damaged or changed:\n{string.Join('\n', missing.Select(error => error.Message))}", missing[0]);
    }

    // Another share may be about to make the same; and what it writes is given its name at the end.
    private static bool IsForeign(string entry) => Path.GetFileName(entry) is not (RunPlan.RunsFolder or PlanRequest.ReportName) && !AtomicFile.IsTemporary(entry);

    // One that came to its end while this command did not: what nobody has looked at is not known to be right.
    private void CheckDone(IReadOnlyList<PlannedRun> runs)
    {
        foreach (var run in runs.Where(run => _states.Of(run).State == PlannedState.Done))
        {
            Guarded(run, () =>
            {
                if (_states.Fault(run) is { } fault)
                    _states.Fail(run, ExitCode.Done, fault);
                return null;
            });
        }
    }

    private void WriteExhibits(string file) =>
        AtomicFile.Write(file, Plan.Exhibits.ToJsonString(new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n");

    private void RefuseOther(string file)
    {
        JsonObject before;
        try
        {
            before = JsonNode.Parse(File.ReadAllText(file)) as JsonObject ?? throw new System.Text.Json.JsonException("It holds no JSON object.");
        }
        catch (System.Text.Json.JsonException error)
        {
            throw new DataException($"'{file}' is damaged: {error.Message} Remove it; finished runs beside it stay, and are used.", error);
        }
        var (held, own) = (RunPlan.Describe(before), RunPlan.Describe(Plan.Exhibits));
        if (held != own)
            throw new RecipeException($"'{request.Folder}' holds {held}; {own} needs another folder: give one with --out.");
        if (Dropped([.. RunPlan.NamesOf(before).Except(RunPlan.NamesOf(Plan.Exhibits)).Order(StringComparer.Ordinal)]) is [var first, ..] others)
        {
            throw new RecipeException($"'{request.Folder}' holds {own} with {(others.Count == 1 ? "1 run that is" : $"{others.Count} runs that are")} not asked for now, such as '{first}', and would no longer show {(others.Count == 1 ? "it" : "them")}. "
                + $"Give what it was begun with, the file as it was and --seeds{SeedsOf(others)}; or choose another folder with --out.");
        }
        if (!request.Resume && request.Shard is null)
            throw new RecipeException($"'{request.Folder}' holds this {Plan.Kind} already. Go on with it by --resume, or choose another folder with --out.");
    }

    // Of runs that are not asked for any more those with something to lose: not what has failed, nor other seeds of it that have not begun.
    private List<string> Dropped(List<string> names)
    {
        static string WithoutSeed(string name) => name[..name.LastIndexOf("-s", StringComparison.Ordinal)];
        string At(string name) => Path.Combine(request.Folder, name);
        var failed = names.Where(name => RunStates.HasFailed(At(name))).ToList();
        var otherwise = failed.Select(WithoutSeed).ToHashSet();
        return [.. names.Except(failed).Where(name => Directory.Exists(At(name)) || !otherwise.Contains(WithoutSeed(name)))];
    }

    // Of folders such as "runs/digits-s4".
    private static string SeedsOf(IEnumerable<string> names) =>
        names.Select(name => int.TryParse(name.AsSpan(name.LastIndexOf("-s", StringComparison.Ordinal) + 2), out var seed) ? seed : 0).Max() is > 0 and var most ? $" ({most} at least)" : "";

    private void TrainAll(List<PlannedRun> todo)
    {
        (_clock, _begun, _ended) = (Stopwatch.StartNew(), 0, 0);
        TrainAll(todo.Where(run => !run.Alone), request.Jobs, todo.Count);
        TrainAll(todo.Where(run => run.Alone), 1, todo.Count);
    }

    private void TrainAll(IEnumerable<PlannedRun> runs, int jobs, int all)
    {
        // Not in ranges, as a list would be: whoever is free takes the next one of the plan.
        Parallel.ForEach(Partitioner.Create(runs, EnumerablePartitionerOptions.NoBuffering), new ParallelOptions { MaxDegreeOfParallelism = jobs }, run =>
        {
            if (stop.Reason is null)
                Train(run, all);
        });
    }

    private void Train(PlannedRun run, int all)
    {
        var place = $"[{Interlocked.Increment(ref _begun)}/{all}] {run.Name}";
        if (Guarded(run, () => Trained(run, place)) is not { } end)
            return;
        if (end == Elsewhere)
            _elsewhere.Add(run);
        var ended = Interlocked.Increment(ref _ended);
        var left = TimeSpan.FromSeconds(_clock.Elapsed.TotalSeconds / ended * (all - ended));
        tell($"{place} {(ended < all ? end.TrimEnd('.') : end)}" + (ended < all ? $"; {ended} of {all}, about {Duration.Show(left)} left" : ""));
    }

    // Whatever befalls one run stops no other.
    private string? Guarded(PlannedRun run, Func<string?> action)
    {
        try
        {
            return action();
        }
        catch (RunException error) when (RunLock.IsRefusal(error.Message))
        {
            return Elsewhere;
        }
        catch (Exception error) when (RunStates.IsOfOneRun(error))
        {
            var failure = Failure.Of(error);
            try
            {
                _states.Fail(run, failure.Code, failure.Message);
            }
            catch (Exception cause) when (StorageFailure.Is(cause) || cause is RunException)
            {
                // Where nothing can be written that cannot be either; the run stays open.
            }
            return $"failed: {failure.Message}";
        }
    }

    /// <summary>Trains a run, and says how it ended; null where all are to stop.</summary>
    private string? Trained(PlannedRun run, string place, bool again = false)
    {
        if (_states.Of(run) is { State: PlannedState.Done, Accuracy: var before }) // by another process, meanwhile
            return Done(before);
        _states.Begin(run);
        _states.RefuseOtherRecipe(run);
        var folder = _states.FolderOf(run);
        var begun = Directory.Exists(Path.Combine(folder, "checkpoint")) && Directory.EnumerateFiles(Path.Combine(folder, "checkpoint"), "*.safetensors").Any();
        tell($"{place} {(begun ? "goes on" : "begins")}");
        string[] words = begun
            ? ["--resume", folder]
            : [run.Recipe, "--out", folder, "--seed", $"{run.Seed}", .. Plan.EditsOf(run).SelectMany(edit => new[] { "--set", edit })];
        var outcome = train([.. words, .. TrainProcess.WordsOf(request.WorkplaceOf(run))], folder + ".log", stop);
        if (outcome.ExitCode != ExitCode.Done)
        {
            if (stop.Reason is not null)
                return null;
            if (outcome.ExitCode is ExitCode.Interrupted or ExitCode.Terminated)
            {
                Interlocked.Increment(ref _stopped);
                return Stopped;
            }
            if (RunLock.IsRefusal(outcome.Message) || _states.IsInUse(run))
                return Elsewhere;
            // Another process began the run between the look at its folder and the training.
            if (!again && RunDirectory.IsRefusalOfWork(outcome.Message))
                return Trained(run, place, again: true);
        }
        var fault = outcome.ExitCode == ExitCode.Done ? _states.Fault(run)
            : outcome.Message is "" ? $"ended with exit code {outcome.ExitCode}; {folder}.log may say why" : request.Refusal(run, outcome.Message);
        if (fault is null)
        {
            _states.Forgive(run); // it is done, whatever another process noted of its own try
            return Done(_states.Of(run).Accuracy);
        }
        _states.Fail(run, outcome.ExitCode, fault);
        return $"failed: {fault}";
    }

    private string Done(double? accuracy) => accuracy is { } share && Plan.HasResults ? $"is done: {ProgressText.Percent(share)}{(Plan.Judge == DataSplit.Test ? "" : " of the validation rows")}" : "is done";

    private static void Storage(Action action)
    {
        try
        {
            action();
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new RunException($"The folder for the runs cannot be made: {cause.Message} Nothing was run. Choose another with --out.", cause);
        }
    }
}
