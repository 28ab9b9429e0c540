using Recollect.Data;
using Recollect.Losses;
using Recollect.Networks;
using Recollect.Observation;
using Recollect.Randomness;
using Recollect.Runs;
using Recollect.Sequences;
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
    /// <returns>What the run came to; saved but neither evaluated nor complete where <paramref name="stop"/> was raised.</returns>
    public static Summary Train(TrainRequest request, IProgress<TrainNews> progress, StopSignal stop)
    {
        var run = request.Resume ? RunDirectory.Open(request.Folder) : RunDirectory.Create(request.Folder);
        request = request with { Recipe = request.Recipe.Resolve() };
        using var held = run.Lock();
        using var activity = Telemetry.Run(request.Folder, request.Recipe.Seed);
        try
        {
            if (!request.Resume)
                run.RefuseWork();
            var before = request.Resume && File.Exists(run.ManifestFile) ? JsonFile.Read(run.ManifestFile, RunJson.Default.Manifest) : null;
            var device = Compute.Use(before is null ? request.Workplace : As(before.Sittings[^1], request.Workplace));
            using var data = DataSetLoader.Load(request.Recipe.Data, DataFolder.Resolve(request.Workplace.DataFolder));
            AnchorCheck.Refuse(request.Recipe.Auxiliary, data.Train);
            PositionCheck.Refuse(request.Recipe.Model, data);
            if (request.Recipe.Model is { Input: InputKind.Raw, Cell: not CellKind.Transformer } && data.Train.Format.Kind == StepKind.Tokens)
                throw new RecipeException("model.input: found raw, and the steps of these data are tokens, which have to be embedded. Set it to embedded.");
            var machine = MachineInfo.Read();
            if (device.type == DeviceType.CPU)
                MemoryPlan.RefuseWeights(data.Train.Format, data.Classes.Count, request.Recipe, machine);
            var task = TaskOf(request.Recipe, data, device); // before anything is written: what does not fit the memory leaves nothing
            using var network = task.Network;
            var plan = device.type == DeviceType.CPU ? MemoryPlan.Refuse(task, request.Recipe, machine) : null;
            task = task with { Recompute = plan?.Recomputes ?? request.Recipe.Bptt.Recompute == RecomputeMode.Always };
            var manifest = ManifestOf(request, run, data, network, before);
            foreach (var difference in before is null ? [] : manifest.Sittings[^1].DifferencesFrom(before.Sittings[^1]))
                progress.Report(new NoteNews($"Not as in the sitting before: {difference}. The run may differ in last digits from one that was not stopped."));
            if (!request.Resume)
                WriteOrigins(request, run, manifest);
            foreach (var note in data.Notes)
                progress.Report(new NoteNews(note));
            progress.Report(new StartNews(device.ToString(), network.EngineName, torch.get_num_threads()));
            request.Log.Started(run.Path, device.ToString(), network.EngineName, torch.get_num_threads(), data.Train.Count);
            if (plan is not null)
                progress.Report(new MemoryNews(plan.Describe(machine)));
            return Train(request, run, data, task, (manifest, plan), progress, stop);
        }
        catch (Exception) when (!request.Resume && !File.Exists(run.RecipeFile))
        {
            held.Dispose();
            run.RemoveUnlessStarted();
            throw;
        }
    }

    /// <summary>Measures a run's model on a split of its recipe's data.</summary>
    /// <exception cref="DataException">The run, its model or its data is missing or damaged, or the data are not those of the training.</exception>
    /// <exception cref="RecipeException">The recipe holds out no such split.</exception>
    public static Evaluation Evaluate(EvaluateRequest request)
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
        return Evaluate(network, set, request.Split, recipe.Training.Batch, () => false)!;
    }

    /// <summary>Labels every row of an input, in order, by a model file alone.</summary>
    /// <exception cref="DataException">The model or the input is missing or damaged.</exception>
    public static IEnumerable<PredictedRow> Predict(PredictRequest request)
    {
        var model = TrainedModel.Open(request.Run);
        using var network = model.Network;
        network.to(Compute.Use(request.Workplace));
        using var standardInput = request.Input == PredictionInput.StandardInput ? request.StandardInput() : null;
        var rows = PredictionInput.Read(request.Input, model.Preprocessing, model.Columns, model.Classes, standardInput);
        if (rows.CutRows > 0)
            request.Note?.Invoke($"{rows.CutRows:N0} of {rows.Count:N0} rows are cut, as the model's data.maxLength says.");
        var isFolder = Directory.Exists(request.Input);
        foreach (var row in Classification.Of(network, rows, PredictionBatch))
        {
            yield return new PredictedRow(row.Row, model.Classes[row.Predicted], model.Classes.Zip(row.LogProbabilities)
                .ToDictionary(pair => pair.First, pair => Math.Exp(pair.Second)), isFolder ? rows.FileOf(row.Row) : null);
        }
    }

    private static Summary Train(
        TrainRequest request, RunDirectory run, DataSets data, TrainingTask task, (Manifest Manifest, MemoryPlan? Memory) plans, IProgress<TrainNews> progress,
        StopSignal stop)
    {
        var recipe = request.Recipe;
        using var recorder = new RunRecorder(request, run, task, data.Test, progress, stop);
        using var trainer = new Trainer(task, recipe.Training, new Seed(recipe.Seed), recorder);
        recorder.Trainer = trainer;
        if (request.Resume && !recorder.Restore())
            recorder.Note($"'{run.Path}' holds no checkpoint yet; training starts from the beginning.");
        if (request.Resume)
            GoOn(request, run, trainer, recorder, plans.Manifest); // not before: a run that cannot be resumed stays as it is

        var complete = trainer.Run();
        recorder.Save();
        var summary = SummaryOf(task, trainer, recorder, complete) with { EstimatedMemory = plans.Memory?.Bytes };
        var result = recorder.IsInterrupted() ? null : Conclude(request, run, data, task, trainer, recorder, summary);
        summary = result ?? summary with { Complete = false, StoppedBy = recorder.StoppedBy };
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
    private static Summary? Conclude(
        TrainRequest request, RunDirectory run, DataSets data, TrainingTask task, Trainer trainer, RunRecorder recorder, Summary summary)
    {
        new TrainedModel(task.Network, data.Preprocessing, data.Columns, data.Classes).Save(run.ModelFile, task, request.Recipe);
        var batch = request.Recipe.Training.Batch;
        var last = trainer.Plan.At(Math.Max(0, trainer.Progress.Update - 1));
        var validation = trainer.Progress.Validation;
        if (validation is null && data.Validation is { Count: > 0 } held)
            validation = Validation(task.Network, held, batch, recorder.IsInterrupted);
        if (recorder.IsInterrupted() || Evaluate(task.Network, data.Test, DataSplit.Test, batch, recorder.IsInterrupted) is not { } evaluation)
            return null;
        var test = new SplitResult(evaluation.Accuracy, evaluation.Loss, evaluation.Examples);
        recorder.Evaluated(last, DataSplit.Test, test);
        JsonFile.Write(run.EvaluationFile, evaluation, RunJson.Default.Evaluation);
        RunProbes.Write(run, task, data, trainer.Progress.Update * Math.Min(batch, data.Train.Count), recorder.Note, recorder.IsInterrupted);
        if (recorder.IsInterrupted())
            return null;
        summary = summary with { Test = test, Validation = validation };
        JsonFile.Write(run.SummaryFile, summary, RunJson.Default.Summary);
        return summary;
    }

    private static TrainingTask TaskOf(Recipe recipe, DataSets data, torch.Device device)
    {
        var seed = new Seed(recipe.Seed);
        var network = new RecurrentClassifier(data.Train.Format, data.Classes.Count, recipe.Model, seed);
        network.to(device);
        AuxiliaryLoss[] losses = [.. recipe.Auxiliary.Select((options, j) => AuxiliaryLoss.Of(options, j, recipe.Bptt.Auxiliary, network, seed))];
        foreach (var loss in losses)
            loss.MoveTo(network.Like);
        double[] weights = recipe.Training.ClassWeights == ClassWeighting.Balanced ? [.. ClassWeights.Balanced(data.Train)] : [];
        return new TrainingTask(network, losses, recipe.Bptt.Supervised, data.Train, data.Validation, weights);
    }

    private static Manifest ManifestOf(TrainRequest request, RunDirectory run, DataSets data, RecurrentClassifier network, Manifest? before)
    {
        var manifest = new Manifest
        {
            Program = ProgramVersion.Text,
            Runtime = System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription,
            Machine = MachineInfo.Read(),
            Libraries = ProgramVersion.Libraries(),
            Device = network.Like.device.ToString(),
            Threads = torch.get_num_threads(),
            Engine = network.EngineName,
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
    private static Workplace As(Sitting earlier, Workplace workplace)
    {
        var device = earlier.Device == "cpu" ? DeviceChoice.Cpu : torch.cuda.is_available() ? DeviceChoice.Cuda : DeviceChoice.Auto;
        return workplace with
        {
            Threads = workplace.Threads ?? earlier.Threads,
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

    // Null where it was interrupted.
    private static Evaluation? Evaluate(RecurrentClassifier network, SequenceSet set, DataSplit split, int batch, Func<bool> interrupted)
    {
        using var watch = new EvaluationWatch(split);
        var confusion = new ConfusionMatrix(set.Classes.Count);
        var loss = 0.0;
        foreach (var row in Classification.Of(network, set, batch).TakeWhile(_ => !interrupted()))
        {
            confusion.Add(row.Label, row.Predicted);
            loss += row.Loss;
        }
        if (confusion.Examples < set.Count)
            return null;
        var evaluation = Evaluation.Of(split, set.Classes, confusion, loss / set.Count);
        watch.Done(new SplitResult(evaluation.Accuracy, evaluation.Loss, evaluation.Examples));
        return evaluation;
    }

    // Of the rows that were classified before it was interrupted.
    private static SplitResult Validation(RecurrentClassifier network, SequenceSet held, int batch, Func<bool> interrupted)
    {
        using var watch = new EvaluationWatch(DataSplit.Validation);
        var result = Score.Of(Classification.Of(network, held, batch).TakeWhile(_ => !interrupted()));
        if (result.Examples == held.Count)
            watch.Done(result);
        return result;
    }

    private static long Count(IEnumerable<torch.Tensor> parameters) => parameters.Sum(parameter => parameter.numel());
}
