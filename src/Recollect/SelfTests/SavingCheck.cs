using System.Diagnostics;
using Recollect.Benchmarks;
using Recollect.Experiments;
using Recollect.Networks;
using Recollect.Randomness;
using Recollect.Runs;
using Recollect.Sequences;
using Recollect.Training;

namespace Recollect.SelfTests;

/// <summary>Whether a model and a checkpoint come back from the disk as they went there.</summary>
/// <param name="Folder">Where they were written.</param>
/// <param name="Bytes">How much was written, both times.</param>
/// <param name="Seconds">How long it all took.</param>
/// <param name="Fault">What is wrong, as a clause; null where nothing is.</param>
internal sealed record SavingFacts(string Folder, long Bytes, double Seconds, string? Fault);

/// <summary>A small training is saved where runs go, loaded into another network, and saved again: both files have the same bytes.</summary>
internal static class SavingCheck
{
    private const int Rows = 24, Steps = 30;

    // A text's steps are bytes, as the rows that are made.
    private static readonly Preprocessing Bytes = Preprocessing.FromJson("""{"kind":"text"}""", "self-test");
    private static readonly TrainingOptions Training = new() { Batch = 8, Epochs = 1 };

    /// <summary>Does it; nothing stays.</summary>
    /// <param name="folder">Where runs go.</param>
    public static SavingFacts Run(string folder)
    {
        var clock = Stopwatch.StartNew();
        try
        {
            using var trial = new TrialFolder(folder);
            var (written, fault) = SaveAndLoad(trial.Path);
            return new SavingFacts(Path.GetFullPath(folder), written, clock.Elapsed.TotalSeconds, fault);
        }
        catch (Exception error) when (error is RecollectException || StorageFailure.Is(error))
        {
            var cause = error is RunException { InnerException: { } inner } ? inner : error; // its words name the trial's file
            return new SavingFacts(Path.GetFullPath(folder), 0, clock.Elapsed.TotalSeconds, error is DataException ? error.Message.TrimEnd('.') : StorageFailure.Found(folder, cause));
        }
    }

    private static (long Bytes, string? Fault) SaveAndLoad(string folder)
    {
        string[] models = [Path.Combine(folder, "a.model"), Path.Combine(folder, "b.model")], checkpoints = [Path.Combine(folder, "a"), Path.Combine(folder, "b")];
        using RecurrentClassifier network = Network(1), other = Network(2);
        var task = TaskOf(network);
        using var trainer = new Trainer(task, Training, new Seed(1), new Silent());
        trainer.Run();
        new TrainedModel(network, Bytes, null, task.Train.Classes).Save(models[0], task, new Recipe());
        Checkpoint.Write(checkpoints[0], task, trainer, new Dictionary<string, string>());

        var loaded = TrainedModel.Load(models[0]);
        using (loaded.Network)
            loaded.Save(models[1], TaskOf(loaded.Network), new Recipe());
        using var second = new Trainer(TaskOf(other), Training, new Seed(1), new Silent());
        Checkpoint.Read(checkpoints[0]).Restore(TaskOf(other), second);
        Checkpoint.Write(checkpoints[1], TaskOf(other), second, new Dictionary<string, string>());

        var bytes = models.Concat(checkpoints).Sum(file => new FileInfo(file).Length);
        return (bytes, Differ(models) ? "a model that was loaded and saved again is another one" : Differ(checkpoints) ? "a checkpoint that was loaded and saved again is another one" : null);
    }

    private static RecurrentClassifier Network(long seed) => new(Bytes.Format, SyntheticTokens.Of(0, Steps).Classes.Count, new NetworkOptions(), new Seed(seed));

    private static TrainingTask TaskOf(RecurrentClassifier network) => new(network, [], Truncation.Full, SyntheticTokens.Of(Rows, Steps), null, []);

    private static bool Differ(string[] files) => !File.ReadAllBytes(files[0]).AsSpan().SequenceEqual(File.ReadAllBytes(files[1]));

    private sealed class Silent : ITrainingObserver
    {
        public long? Saved => null;

        public void OnStep(Position position, StepRecord step, double learningRate, double secondsPerUpdate)
        {
        }

        public bool OnEpoch(Position position, EpochRecord epoch) => true;

        public bool ShouldStop(Position next) => false;

        public void OnSavable(Position position, bool endsEpoch)
        {
        }

        public bool IsInterrupted() => false;
    }
}
