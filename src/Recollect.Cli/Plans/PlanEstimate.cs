using Recollect.Data;
using Recollect.Experiments;
using Recollect.Networks;
using Recollect.Plans;
using Recollect.Runs;
using Recollect.Training;

namespace Recollect.Cli.Plans;

/// <summary>What a run will cost, by a short measurement.</summary>
/// <param name="Recipe">The recipe's name.</param>
/// <param name="Edits">Its own edits.</param>
/// <param name="Seeds">How many seeds it is run with here.</param>
/// <param name="Updates">Updates of one of them; null where the data are not there.</param>
/// <param name="Seconds">Seconds of training of one of them; null where they could not be measured.</param>
/// <param name="PeakMemory">The peak of resident memory, bytes.</param>
/// <param name="Message">Why something is missing, or why the training would be refused here.</param>
internal sealed record RunEstimate(string Recipe, string Edits, int Seeds, long? Updates, double? Seconds, long? PeakMemory, string? Message);

/// <summary>Measures two updates of each phase of every recipe that is asked for, on a few rows.</summary>
/// <remarks>
/// Seconds an update are those of the second one of its phase. A batch larger than <see cref="MostRows"/> is measured with so many rows, of a Transformer's long ones with fewer, and its time and its memory above that of an idle
/// process taken to grow with the rows: an upper bound, since kernels do better with many; where the whole batch's memory plan reckons less memory, that is told. Whether states are computed again is what the whole batch's memory plan says, as it does in the run itself.
/// </remarks>
internal sealed class PlanEstimate(PlanRequest request, IReadOnlyList<PlannedRun> runs, Func<IReadOnlyList<string>, string, StopSignal, TrainOutcome> train, StopSignal stop)
{
    /// <summary>Rows of a measured batch, at most.</summary>
    public const int MostRows = 16;

    // Steps from which fewer rows of a Transformer are measured: its attention takes the square of them.
    private const long SquaredSteps = 2048;

    // Resident memory of a process that has loaded libtorch, and not trained: about so much, bytes.
    private const long Idle = 200L << 20;

    // The data of the recipe before, as neighbours in a plan often share them; no sets where they are not there.
    private (DataOptions Options, DataSets? Sets)? _held;

    /// <summary>An estimate for every recipe with its edits among the runs, in their order.</summary>
    public IEnumerable<RunEstimate> Of()
    {
        try
        {
            foreach (var group in runs.GroupBy(run => run.Text))
            {
                if (stop.Reason is null)
                    yield return Of(group.First(), group.Count());
            }
        }
        finally
        {
            _held?.Sets?.Dispose();
        }
    }

    private RunEstimate Of(PlannedRun run, int seeds)
    {
        var (recipe, edits) = (request.Plan.RecipeOf(run), string.Join(' ', run.Edits));
        var data = DataOf(recipe.Data);
        var rows = RowsOf(recipe, data);
        var (planned, refusal) = data is null ? (null, null) : Planned(run, recipe, data);
        var recomputes = recipe.Bptt.Recompute == RecomputeMode.Auto && planned is { Recomputes: true };
        var folder = Directory.CreateTempSubdirectory("recollect-estimate-").FullName;
        try
        {
            var outcome = train([.. Words(run, recipe, rows, recomputes, folder)], Path.Combine(folder, "log"), stop);
            if (outcome.ExitCode != ExitCode.Done)
                return new RunEstimate(run.Recipe, edits, seeds, null, null, planned?.Bytes, refusal ?? outcome.Message);
            var (pretrain, training) = SecondsOf(Path.Combine(folder, "run"), rows, recipe.Training);
            var factor = (double)recipe.Training.Batch / rows;
            var memory = JsonFile.Read(Path.Combine(folder, "run", "summary.json"), RunJson.Default.Summary).PeakMemory;
            long? epoch = data is null ? null : (data.Train.Count + (long)recipe.Training.Batch - 1) / recipe.Training.Batch;
            return new RunEstimate(run.Recipe, edits, seeds, epoch * (recipe.Training.PretrainEpochs + recipe.Training.Epochs),
                factor * epoch * (recipe.Training.PretrainEpochs * pretrain + recipe.Training.Epochs * training),
                memory is { } peak && (planned is not null || refusal is null) ? MemoryOf(peak, factor, planned) : null, refusal); // the refusal says how much
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // No more than the whole batch's plan reckons, and no less than its part was seen to take.
    private static long MemoryOf(long peak, double factor, MemoryPlan? planned) =>
        Math.Max(peak, Math.Min(Idle + (long)(Math.Max(0, peak - Idle) * factor), planned?.Bytes ?? long.MaxValue));

    private static int RowsOf(Recipe recipe, DataSets? data)
    {
        var most = Math.Min(recipe.Training.Batch, MostRows);
        if (recipe.Model.Cell != CellKind.Transformer || data is null)
            return most;
        var steps = Math.Max(SquaredSteps, MemoryPlan.LongestIn(data.Train));
        return (int)Math.Max(1, most * SquaredSteps * SquaredSteps / (steps * steps));
    }

    // What the whole batch takes, and whether its states are computed again, of which the measured rows alone would say nothing; and why the training would be refused.
    private (MemoryPlan? Plan, string? Refusal) Planned(PlannedRun run, Recipe recipe, DataSets data)
    {
        var place = request.WorkplaceOf(run);
        var (plan, refusal) = Planned(recipe, data, place);
        if (refusal is null)
            return (plan, null);
        return (MemoryPlan.IsRefusalOfShare(refusal) ? Planned(recipe, data, place with { Sharing = 1 }).Plan : null, request.Refusal(run, refusal));
    }

    private static (MemoryPlan? Plan, string? Refusal) Planned(Recipe recipe, DataSets data, Workplace place)
    {
        try
        {
            return (MemoryPlan.Forecast(recipe, data, place), null);
        }
        catch (RecipeException refusal)
        {
            return (null, refusal.Message);
        }
    }

    private IEnumerable<string> Words(PlannedRun run, Recipe recipe, int rows, bool recomputes, string folder)
    {
        string[] edits =
        [
            .. request.Plan.EditsOf(run), $"training.batch={rows}", $"data.limit={Math.Ceiling(2 * rows / (1 - recipe.Data.Validation))}", "data.testLimit=1", "training.epochs=1", "training.logEvery=1",
            "training.checkpointMinutes=0", .. recipe.Training.Accumulate > rows ? [$"training.accumulate={rows}"] : (string[])[], .. recomputes ? ["bptt.recompute=always"] : (string[])[], .. recipe.Training.PretrainEpochs > 0 ? ["training.pretrainEpochs=1"] : (string[])[],
        ];
        return [run.Recipe, "--out", Path.Combine(folder, "run"), .. edits.SelectMany(edit => new[] { "--set", edit }), .. TrainProcess.WordsOf(request.WorkplaceOf(run) with { Sharing = 1 })]; // one is measured at a time
    }

    // The second update of each phase: the first one also makes buffers and compiles.
    // Null for a phase of which fewer updates than two were taken, as there are no more rows: nothing is known of it.
    private static (double? Pretrain, double? Train) SecondsOf(string run, int rows, TrainingOptions training)
    {
        var lines = MetricsLog.Read(Path.Combine(run, "metrics.jsonl")).Where(line => line is { Split: DataSplit.Train, WholeEpoch: not true }).ToList();
        double? Of(TrainingPhase phase, int epochs)
        {
            var own = lines.Where(line => line.Phase == phase).ToList();
            return epochs == 0 ? 0 : own.Count < 2 ? null : rows / own[1].SequencesPerSecond!.Value;
        }

        return (Of(TrainingPhase.Pretrain, training.PretrainEpochs), Of(TrainingPhase.Train, training.Epochs));
    }

    private DataSets? DataOf(DataOptions options)
    {
        if (_held is { } held && held.Options == options)
            return held.Sets;
        _held?.Sets?.Dispose();
        _held = (options, null);
        try
        {
            _held = (options, DataSetLoader.Load(options with { TestLimit = 1 }, DataFolder.Resolve(request.Workplace.DataFolder)));
        }
        catch (Exception error) when (error is DataException or RecipeException)
        {
            // The measurement fails by it, and says so.
        }
        return _held.Value.Sets;
    }
}
