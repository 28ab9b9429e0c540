using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Recollect.Data;
using Recollect.Losses;
using Recollect.Networks;
using Recollect.Observation;
using Recollect.Randomness;
using Recollect.Runs;
using Recollect.Training;
using TorchSharp;

namespace Recollect.Experiments;

/// <summary>From a recipe to a run directory: data, network, training, evaluation.</summary>
public static class Experiment
{
    // Rows labelled at once: it changes nothing but speed and memory.
    private const int PredictionBatch = 128;

    /// <summary>Trains, or goes on with a training, and evaluates what came out.</summary>
    /// <exception cref="RecipeException">The recipe or the folder is not usable.</exception>
    /// <exception cref="DataException">Data or a checkpoint is missing or damaged.</exception>
    /// <exception cref="RunException">Something failed on the way; checkpoints are whole.</exception>
    /// <remarks>Of several processes, in the first alone; the others do their part by <see cref="Follow"/>.</remarks>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was raised while rows were read: nothing was begun.</exception>
    /// <returns>What the run came to; saved but neither evaluated nor complete where <paramref name="stop"/> was raised.</returns>
    public static Summary Train(TrainRequest request, IProgress<TrainNews> progress, StopSignal stop) => ComputingThread.Lent(() => TrainHere(request, progress, stop));

    private static Summary TrainHere(TrainRequest request, IProgress<TrainNews> progress, StopSignal stop)
    {
        request = request with { Recipe = Checked(request.Recipe) };
        var run = request.Resume ? RunDirectory.Open(request.Folder) : RunDirectory.Create(request.Folder);
        if (request.Resume && RecipeDifference.Of(RecipeBook.OfRun(run), request.Recipe, anyLength: true) is { } other)
            throw new RecipeException($"'{run.Path}' was begun with another recipe: {other}. A run goes on with its own, of which only '{RecipeBook.Extendable}' may change; start a new run for anything else.");
        using var held = run.Lock();
        using var activity = Telemetry.Run(request.Folder, request.Recipe.Seed);
        try
        {
            if (!request.Resume)
                run.RefuseWork();
            var before = request.Resume && File.Exists(run.ManifestFile) ? JsonFile.Read(run.ManifestFile, RunJson.Default.Manifest) : null;
            using var prepared = PreparedTraining.Of(request with { Workplace = OfFirst(request.Peers, before is null ? request.Workplace : As(before.Sittings[^1], request)) },
                request.Peers.Count == 1 ? stop : null);
            var (data, network, plan) = (prepared.Data, prepared.Task.Network, prepared.Memory);
            var manifest = ManifestOf(request, run, prepared, before);
            foreach (var difference in before is null ? [] : manifest.Sittings[^1].DifferencesFrom(before.Sittings[^1]))
                progress.Report(new NoteNews($"Not as in the sitting before: {difference}. The run may differ in last digits from one that was not stopped."));
            if (!request.Resume)
                WriteOrigins(request, run, manifest);
            foreach (var note in data.Notes)
                progress.Report(new NoteNews(note));
            var engine = manifest.Sittings[^1].Engine!;
            progress.Report(new StartNews(network.Like.device.ToString(), engine, torch.get_num_threads(), request.Peers.Count));
            request.Log.Started(run.Path, network.Like.device.ToString(), engine, torch.get_num_threads(), data.Train.Count);
            if (plan is not null)
                progress.Report(new MemoryNews(plan.Describe(manifest.Sittings[^1].Machine, prepared.Sharing)));
            return Train(request, run, prepared, manifest, progress, stop);
        }
        catch (Exception failure) when (IsLogged(failure, request, activity) && !request.Resume && !File.Exists(run.RecipeFile))
        {
            // Under the lock, so that nobody else's new run is in the folder; Windows removes no file that is open.
            if (OperatingSystem.IsWindows())
                held.Dispose();
            run.RemoveUnlessStarted();
            throw;
        }
    }

    // A program may have put it together itself; what is trained is what evaluation and a resumed training will read.
    private static Recipe Checked(Recipe recipe)
    {
        var name = recipe.Name ?? "the recipe";
        return RecipeReader.Read(Written(recipe, name), name).Resolve();
    }

    private static string Written(Recipe recipe, string name)
    {
        try
        {
            return RecipeJson.Write(recipe);
        }
        catch (ArgumentException error)
        {
            throw new RecipeException($"{name}: one of its numbers is not finite; expected finite ones, as a recipe file holds no others.", error);
        }
        catch (JsonException error)
        {
            throw new RecipeException($"{name}: one of its words is none of those that there are ({error.Message.TrimEnd('.')}); expected a member of its enumeration.", error);
        }
    }

    /// <summary>Does the part of one that is not the first of several processes: computes its rows, and neither reports nor writes.</summary>
    /// <exception cref="RecipeException">The recipe is not usable here.</exception>
    /// <exception cref="DataException">Data are missing or damaged here, or not those of the first.</exception>
    /// <exception cref="RunException">Something failed on the way.</exception>
    public static void Follow(TrainRequest request, StopSignal stop) => ComputingThread.Lent(() =>
    {
        request = request with { Recipe = Checked(request.Recipe) };
        using var prepared = PreparedTraining.Of(request with { Workplace = OfFirst(request.Peers, request.Workplace) }, stop: null);
        var end = new SittingEnd(request, stop);
        var observer = new FollowingObserver(request, prepared.Task, prepared.Data.Test, end);
        using var trainer = new Trainer(prepared.Task, request.Recipe.Training, new Seed(request.Recipe.Seed), observer, request.Peers);
        trainer.JoinFirst();
        trainer.Run();
        if (!end.IsInterruptedAnywhere() && Measure(request, prepared, trainer, end.IsInterrupted) is null)
            end.IsInterruptedAnywhere(); // as the first asks
    });

    // Whoever observes a run hears of its failure, wherever that goes.
    private static bool IsLogged(Exception failure, TrainRequest request, Activity? activity)
    {
        if (failure is OperationCanceledException)
            return true; // a wish, and no failure
        request.Log.Failed(request.Folder, failure.Message);
        activity?.SetStatus(ActivityStatusCode.Error, failure.Message);
        return true;
    }

    // Where and with how many threads the first computes, in each process; its data are its own machine's.
    private static Workplace OfFirst(Peers peers, Workplace workplace)
    {
        var words = peers.ShareText($"{workplace.Device} {workplace.Threads}").Split(' ');
        return workplace with { Device = Enum.Parse<DeviceChoice>(words[0]), Threads = words[1].Length == 0 ? null : int.Parse(words[1], CultureInfo.InvariantCulture) };
    }

    /// <summary>Measures a run's model on a split of its recipe's data.</summary>
    /// <exception cref="DataException">The run, its model or its data is missing or damaged, or the data are not those of the training.</exception>
    /// <exception cref="RecipeException">The recipe holds out no such split, or there is no memory for one row of a Transformer.</exception>
    public static Evaluation Evaluate(EvaluateRequest request) => ComputingThread.Lent(() =>
    {
        var run = RunDirectory.Open(request.Folder);
        var recipe = RecipeBook.OfRun(run).Resolve();
        var model = TrainedModel.OfRun(run);
        using var network = model.Network;
        network.to(Compute.Use(request.Workplace));
        using var data = DataSetLoader.Load(recipe.Data, DataFolder.Resolve(request.Workplace.DataFolder));
        DataOrigin.RefuseOtherData(run, model, data);
        foreach (var note in data.Notes)
            request.Note?.Invoke(note);
        var set = request.Split switch
        {
            DataSplit.Train => data.Train,
            DataSplit.Validation => data.Validation ?? throw new RecipeException(
                $"--split validation: '{run.Path}' holds out no validation rows (its data.validation is 0); choose train or test."),
            _ => data.Test,
        };
        var piece = TrainingStep.RowsEvaluated(network, recipe.Training, Math.Min(recipe.Training.Batch, data.Train.Count), Peers.Alone);
        var score = Score.Of(network, set, request.Split, MemoryPlan.RowsLabelled(network, set, piece, MachineInfo.Read()), () => false)!;
        return Evaluation.Of(request.Split, set.Classes, score.Confusion, score.Loss);
    });

    /// <summary>Labels every row of an input, in order, by a model file alone.</summary>
    /// <exception cref="DataException">The model or the input is missing or damaged, a row is longer than a Transformer's learned positions, or what the model says of one is not finite.</exception>
    /// <exception cref="RecipeException">There is no memory for one row of a Transformer.</exception>
    public static IEnumerable<PredictedRow> Predict(PredictRequest request) => ComputingThread.Lent(PredictHere(request));

    private static IEnumerable<PredictedRow> PredictHere(PredictRequest request)
    {
        var model = TrainedModel.Open(request.Run);
        using var network = model.Network;
        network.to(Compute.Use(request.Workplace));
        using var standardInput = request.Input == PredictionInput.StandardInput ? request.StandardInput() : null;
        var rows = PredictionInput.Read(request.Input, model.Preprocessing, model.Columns, model.Classes, standardInput, request.Note);
        PositionCheck.Refuse(network.Options, rows);
        if (rows.CutRows > 0)
            request.Note?.Invoke($"{rows.CutRows:N0} of {rows.Count:N0} rows are cut, as the model's data.maxLength says.");
        var isFolder = Directory.Exists(request.Input);
        foreach (var row in Classification.Of(network, rows, MemoryPlan.RowsLabelled(network, rows, PredictionBatch, MachineInfo.Read())))
        {
            if (!Array.TrueForAll(row.LogProbabilities, double.IsFinite))
                throw new DataException($"{rows.OriginOf(row.Row)}: what the model says is not finite; expected finite numbers. The row's steps or the model's weights are too large: look at the row, or train the model anew.");
            yield return new PredictedRow(row.Row, model.Classes[row.Predicted], model.Classes.Zip(row.LogProbabilities)
                .ToDictionary(pair => pair.First, pair => Math.Exp(pair.Second)), isFolder ? rows.OriginOf(row.Row).File : null);
        }
    }

    private static Summary Train(TrainRequest request, RunDirectory run, PreparedTraining prepared, Manifest manifest, IProgress<TrainNews> progress, StopSignal stop)
    {
        var (recipe, task) = (request.Recipe, prepared.Task);
        using var recorder = new RunRecorder(request, run, task, prepared.Data.Test, progress, stop);
        using var trainer = new Trainer(task, recipe.Training, new Seed(recipe.Seed), recorder, request.Peers);
        recorder.Trainer = trainer;
        if (request.Resume && !recorder.Restore())
            recorder.Note($"'{run.Path}' holds no checkpoint yet; training starts from the beginning.");
        if (request.Resume)
            GoOn(request, run, trainer, recorder, manifest); // not before: a run that cannot be resumed stays as it is

        trainer.JoinFirst();
        var complete = trainer.Run();
        recorder.Save();
        var summary = SummaryOf(task, trainer, recorder, complete) with { EstimatedMemory = prepared.Memory?.Bytes };
        var result = recorder.IsInterruptedAnywhere() ? null : Conclude(request, run, prepared, trainer, recorder, summary);
        summary = result ?? summary with { Complete = false, StoppedBy = recorder.StoppedBy, PeakMemory = recorder.PeakBytes };
        request.Log.Ended(run.Path, summary.Updates, summary.StoppedBy ?? "its plan");
        return summary;
    }

    private static void GoOn(TrainRequest request, RunDirectory run, Trainer trainer, RunRecorder recorder, Manifest manifest)
    {
        var (before, now) = (RecipeBook.OfRun(run).Training.Epochs, request.Recipe.Training.Epochs);
        string[] stretched =
        [
            .. trainer.Progress.Update > trainer.Plan.PretrainUpdates && request.Recipe.Training.Schedule.Kind == ScheduleKind.Cosine ? ["the cosine learning rate"] : (string[])[],
            .. trainer.Progress.Update > 0 && request.Recipe.Auxiliary.Any(loss => loss.Input == DecoderInputMode.Scheduled) ? ["the scheduled decoder input"] : (string[])[],
        ];
        if (before != now && stretched.Length > 0)
        {
            recorder.Note($"'training.epochs' is {now} now, before {before}: {string.Join(" and ", stretched)} goes by the whole run's length and jumps here. "
                + $"The result is not that of a run of {now} epochs from the start.");
        }
        if (trainer.Progress.Update < trainer.Plan.Updates)
            run.RemoveResults();
        if (request.MaxSteps is { } most && most <= trainer.Progress.Update && trainer.Progress.Update < trainer.Plan.Updates)
            recorder.Note($"--max-steps is {most}, and the run has done {trainer.Progress.Update} updates in earlier sittings, which count: no update is taken now. Give more to go on.");
        WriteOrigins(request, run, manifest);
    }

    // Order: model, evaluation, probes, summary. A summary is there only where all that it sums up is. Null where a signal broke in.
    private static Summary? Conclude(TrainRequest request, RunDirectory run, PreparedTraining prepared, Trainer trainer, RunRecorder recorder, Summary summary)
    {
        var (data, task) = (prepared.Data, prepared.Task);
        new TrainedModel(task.Network, data.Preprocessing, data.Columns, data.Classes).Save(run.ModelFile, task, request.Recipe);
        if (Measure(request, prepared, trainer, recorder.IsInterrupted) is not { } measured)
        {
            recorder.IsInterruptedAnywhere(); // whose signal it was
            return null;
        }
        var test = measured.Test.Result;
        var last = trainer.Plan.At(Math.Max(0, trainer.Progress.Update - 1));
        if (trainer.Progress.Update == 0 || !trainer.Plan.EndsEpoch(last) || !TestCurve.HasPointAt(last, request.Recipe.Training)) // else the curve has it
            recorder.Evaluated(last, DataSplit.Test, test);
        JsonFile.Write(run.EvaluationFile, Evaluation.Of(DataSplit.Test, data.Test.Classes, measured.Test.Confusion, measured.Test.Loss), RunJson.Default.Evaluation);
        var trained = trainer.Progress.Update * Math.Min(request.Recipe.Training.Batch, data.Train.Count);
        RunProbes.Write(run, task, data, trained, recorder.Note, recorder.IsInterrupted);
        if (recorder.IsInterrupted())
            return null;
        summary = summary with { Test = test, Validation = measured.Validation, PeakMemory = recorder.PeakBytes }; // what evaluation took is in it
        JsonFile.Write(run.SummaryFile, summary, RunJson.Default.Summary);
        return summary;
    }

    /// <summary>What a trained network is worth.</summary>
    private sealed record Measured(SplitResult? Validation, Score Test);

    // By all processes; null in all where a signal broke in.
    private static Measured? Measure(TrainRequest request, PreparedTraining prepared, Trainer trainer, Func<bool> interrupted)
    {
        var (network, rows, validation) = (prepared.Task.Network, prepared.Task.RowsEvaluated(request.Recipe.Training, request.Peers), trainer.Progress.Validation);
        if (validation is null && prepared.Data.Validation is { Count: > 0 } held)
        {
            validation = Score.ResultOf(network, held, DataSplit.Validation, rows, interrupted, request.Peers);
            if (validation is null)
                return null;
        }
        return Score.Of(network, prepared.Data.Test, DataSplit.Test, rows, interrupted, request.Peers) is { } test ? new Measured(validation, test) : null;
    }

    private static Manifest ManifestOf(TrainRequest request, RunDirectory run, PreparedTraining prepared, Manifest? before)
    {
        var (data, network) = (prepared.Data, prepared.Task.Network);
        var manifest = new Manifest
        {
            Program = ProgramVersion.Text,
            Runtime = System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription,
            Machine = MachineInfo.Read(),
            Libraries = ProgramVersion.Libraries(),
            Device = network.Like.device.ToString(),
            Threads = torch.get_num_threads(),
            Engine = TrainingEngine.Of(prepared.Task, request.Recipe.Training),
            Recompute = prepared.Task.Recompute,
            Processes = request.Peers.Count,
            Seed = request.Recipe.Seed,
            Data = DataOrigin.FilesOf(data),
            Command = request.Command,
            Started = DateTimeOffset.UtcNow,
        };
        if (before is null)
            return manifest;
        DataOrigin.RefuseOtherFiles(run, data);
        return before with { Sittings = [.. before.Sittings, .. manifest.Sittings] };
    }

    // A resume is exact where it computes as before; what was not asked for is therefore as it was.
    private static Workplace As(Sitting earlier, TrainRequest request)
    {
        var workplace = request.Workplace;
        var device = earlier.Device == "cpu" ? DeviceChoice.Cpu : torch.cuda.is_available() ? DeviceChoice.Cuda : DeviceChoice.Auto;
        return workplace with
        {
            Threads = workplace.Threads ?? ((earlier.Processes ?? 1) == request.Peers.Count ? earlier.Threads : null),
            Device = workplace.Device == DeviceChoice.Auto ? device : workplace.Device,
        };
    }

    private static void WriteOrigins(TrainRequest request, RunDirectory run, Manifest manifest)
    {
        JsonFile.Write(run.ManifestFile, manifest, RunJson.Default.Manifest);
        AtomicFile.Write(run.RecipeFile, RecipeJson.Write(request.Recipe));
    }

    private static Summary SummaryOf(TrainingTask task, Trainer trainer, RunRecorder recorder, bool complete)
    {
        var done = trainer.Progress.Update;
        var pretrained = Math.Min(done, trainer.Plan.PretrainUpdates);
        return new Summary
        {
            Parameters = Count(task.Network.parameters()),
            AuxiliaryParameters = task.Auxiliary.Sum(loss => Count(loss.NamedParameters().Select(p => p.Parameter))),
            TrainSeconds = trainer.Progress.Seconds,
            Updates = done,
            PretrainEpochs = (int)(pretrained / trainer.Plan.UpdatesPerEpoch),
            Epochs = (int)((done - pretrained) / trainer.Plan.UpdatesPerEpoch),
            Complete = complete,
            StoppedBy = complete ? null : recorder.StoppedBy,
            PeakMemory = recorder.PeakBytes,
        };
    }

    private static long Count(IEnumerable<torch.Tensor> parameters) => parameters.Sum(parameter => parameter.numel());
}
