using Recollect.Losses;
using Recollect.Networks;
using Recollect.Runs;
using Recollect.Training;

namespace Recollect.Tests.Training;

public sealed class CheckpointTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recollect-checkpoint-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static TrainingOptions Options(OptimizerKind optimizer, bool carry, Batching batching = Batching.Shuffled) => new()
    {
        Batching = batching,
        Batch = 8, // 22 rows: three updates an epoch, the last of 6 rows
        PretrainEpochs = 1,
        Epochs = 2,
        Optimizer = optimizer,
        CarryOptimizer = carry,
        Schedule = new ScheduleOptions { Kind = ScheduleKind.Cosine, Warmup = 2 },
        Accumulate = 2,
    };

    private static TrainingTask Task(EngineKind engine = EngineKind.Auto, CellKind cell = CellKind.Lstm) =>
        SmallTask.Task([SmallTask.Reconstruction, SmallTask.Prediction], validation: SmallTask.Rows(9, seed: 3), engine: engine, cell: cell);

    [Theory]
    [InlineData(OptimizerKind.RmsProp, true, EngineKind.Kernels, CellKind.Lstm)]
    [InlineData(OptimizerKind.Adam, true, EngineKind.Kernels, CellKind.Lstm)]
    [InlineData(OptimizerKind.Adam, false, EngineKind.Kernels, CellKind.Lstm)]
    [InlineData(OptimizerKind.AdamW, true, EngineKind.Kernels, CellKind.Lstm)]
    [InlineData(OptimizerKind.Adam, true, EngineKind.Libtorch, CellKind.Lstm)]
    [InlineData(OptimizerKind.Adam, true, EngineKind.Libtorch, CellKind.Gru)]
    [InlineData(OptimizerKind.Adam, true, EngineKind.Kernels, CellKind.Lstm, Batching.ByLength)]
    public void A_run_stopped_before_any_update_and_resumed_equals_one_not_stopped_bit_for_bit(
        OptimizerKind optimizer, bool carry, EngineKind engine, CellKind cell, Batching batching = Batching.Shuffled) =>
        // Every update once; otherwise before the first, within an epoch, at the change of phase, and within the last epoch.
        Agree(
            () => Task(engine, cell), Options(optimizer, carry, batching),
            optimizer == OptimizerKind.Adam && carry && engine == EngineKind.Kernels ? [.. Enumerable.Range(0, 10)] : [0, 2, 3, 7]);

    [Theory]
    [InlineData(CellKind.Irnn, GateKind.Standard, EngineKind.Libtorch)]
    [InlineData(CellKind.Urnn, GateKind.Standard, EngineKind.Kernels)]
    [InlineData(CellKind.Urnn, GateKind.Standard, EngineKind.Libtorch)]
    [InlineData(CellKind.Lstm, GateKind.Refined, EngineKind.Kernels)]
    [InlineData(CellKind.Lstm, GateKind.Refined, EngineKind.Libtorch)]
    [InlineData(CellKind.Transformer, GateKind.Standard, EngineKind.Libtorch)]
    public void So_does_one_of_every_other_network(CellKind cell, GateKind gates, EngineKind engine)
    {
        var transforms = cell == CellKind.Transformer; // which has no auxiliary losses, and so no pretraining
        AuxiliaryOptions[] auxiliary = transforms ? [] : [SmallTask.Reconstruction, SmallTask.Prediction];
        Agree(
            () => SmallTask.Task(auxiliary, validation: SmallTask.Rows(9, seed: 3), engine: engine, cell: cell, gates: gates),
            Options(OptimizerKind.Adam, carry: true) with { PretrainEpochs = transforms ? 0 : 1 }, transforms ? [0, 2, 3, 5] : [0, 2, 3, 7]);
    }

    private void Agree(Func<TrainingTask> make, TrainingOptions options, long[] stops)
    {
        var whole = make();
        var undisturbed = new RecordingObserver();
        using (var trainer = new Trainer(whole, options, SmallTask.Seed, undisturbed))
            Assert.True(trainer.Run());

        foreach (var stop in stops)
        {
            var path = Path.Combine(_folder, $"{stop}.safetensors");
            var first = new RecordingObserver { StopBefore = stop };
            var before = make();
            using (var trainer = new Trainer(before, options, SmallTask.Seed, first))
            {
                trainer.Run();
                Checkpoint.Write(path, before, trainer, new Dictionary<string, string>());
            }

            var rest = new RecordingObserver();
            var after = make();
            using (var trainer = new Trainer(after, options, SmallTask.Seed, rest))
            {
                Checkpoint.Read(path).Restore(after, trainer);
                Assert.True(trainer.Run());
            }
            Assert.Equal(undisturbed.Steps.Select(s => s.Step.Loss), first.Steps.Concat(rest.Steps).Select(s => s.Step.Loss));
            Assert.Equal(undisturbed.Steps.Select(s => s.LearningRate), first.Steps.Concat(rest.Steps).Select(s => s.LearningRate));
            Assert.Equal(
                undisturbed.Epochs.Select(e => (e.Epoch.Loss, e.Epoch.Accuracy, e.Epoch.Validation)),
                first.Epochs.Concat(rest.Epochs).Select(e => (e.Epoch.Loss, e.Epoch.Accuracy, e.Epoch.Validation)));
            Assert.All(SmallTask.Values(whole), p => Assert.Equal(p.Value, SmallTask.Values(after)[p.Key]));
        }
    }

    [Fact]
    public void An_epoch_whose_validation_was_broken_off_is_closed_once_by_the_trainer_that_goes_on()
    {
        var options = Options(OptimizerKind.Adam, true);
        var undisturbed = new RecordingObserver();
        using (var trainer = new Trainer(Task(), options, SmallTask.Seed, undisturbed))
            trainer.Run();

        var path = Path.Combine(_folder, "broken-off.safetensors");
        var task = Task();
        Trainer? stopped = null;
        var asked = 0;
        var first = new RecordingObserver
        {
            Interrupted = () => ++asked == 4, // in the middle of nine held-out rows
            Savable = (position, _) => Checkpoint.Write(path, task, stopped!, new Dictionary<string, string>()),
        };
        using (stopped = new Trainer(task, options, SmallTask.Seed, first))
            Assert.False(stopped.Run());
        Assert.Equal(6, first.Steps.Count); // pretraining and the first epoch of training
        Assert.Single(first.Epochs);
        Assert.Equal(6, Checkpoint.Read(path).Progress.Update);

        var rest = new RecordingObserver();
        var after = Task();
        using (var trainer = new Trainer(after, options, SmallTask.Seed, rest))
        {
            Checkpoint.Read(path).Restore(after, trainer);
            Assert.True(trainer.Run());
            Assert.Equal(rest.Epochs[^1].Epoch.Validation, trainer.Progress.Validation);
        }
        Assert.Equal(undisturbed.Steps.Select(s => s.Step.Loss), first.Steps.Concat(rest.Steps).Select(s => s.Step.Loss));
        Assert.Equal(
            undisturbed.Epochs.Select(e => (e.Position, e.Epoch.Loss, e.Epoch.Validation)),
            first.Epochs.Concat(rest.Epochs).Select(e => (e.Position, e.Epoch.Loss, e.Epoch.Validation)));
    }

    [Fact]
    public void A_held_out_loss_that_is_not_finite_is_kept_as_it_is()
    {
        var path = Path.Combine(_folder, "infinite.safetensors");
        var task = Task();
        using var trainer = new Trainer(task, Options(OptimizerKind.Adam, true), SmallTask.Seed, new RecordingObserver());
        trainer.Restore(new TrainerProgress { Validation = new SplitResult(0, double.PositiveInfinity, 9) });
        Checkpoint.Write(path, task, trainer, new Dictionary<string, string>());
        Assert.Equal(double.PositiveInfinity, Checkpoint.Read(path).Progress.Validation!.Loss);
    }

    [Fact]
    public void The_newest_whole_checkpoint_is_used_and_a_damaged_one_is_named()
    {
        var task = Task();
        var folder = new CheckpointFolder(_folder);
        var notes = new Dictionary<string, string> { ["metrics"] = "12" };
        Trainer? trainer = null;
        var observer = new RecordingObserver { Savable = (_, _) => folder.Save(task, trainer!, notes) };
        using (trainer = new Trainer(task, Options(OptimizerKind.Adam, true), SmallTask.Seed, observer))
            trainer.Run();
        var files = Directory.GetFiles(_folder).Order().ToArray();
        Assert.Equal(["update-0000000008.safetensors", "update-0000000009.safetensors"], files.Select(Path.GetFileName));

        using (var half = File.OpenWrite(files[1]))
            half.SetLength(half.Length / 2);
        var newest = folder.Newest(out var damaged);
        Assert.Equal(8, newest!.Progress.Update);
        Assert.Equal("12", newest.Note("metrics"));
        Assert.Contains("update-0000000009.safetensors", Assert.Single(damaged));
    }

    [Fact]
    public void What_is_saved_after_a_damaged_checkpoint_takes_its_place_and_two_whole_ones_are_kept()
    {
        var task = Task();
        var folder = new CheckpointFolder(_folder);
        Trainer? trainer = null;
        void Run(long stopBefore)
        {
            var observer = new RecordingObserver { StopBefore = stopBefore, Savable = (_, _) => folder.Save(task, trainer!, new Dictionary<string, string>()) };
            using (trainer = new Trainer(task, Options(OptimizerKind.Adam, true), SmallTask.Seed, observer))
            {
                folder.Newest(out _)?.Restore(task, trainer);
                trainer.Run();
            }
        }
        string?[] Names() => [.. Directory.GetFiles(_folder).Select(Path.GetFileName).Order()];

        Run(5);
        Assert.Equal(["update-0000000004.safetensors", "update-0000000005.safetensors"], Names());
        File.Move(Path.Combine(_folder, "update-0000000005.safetensors"), Path.Combine(_folder, "update-0000000008.safetensors"));
        File.WriteAllText(Path.Combine(_folder, "update-0000000008.safetensors"), "damaged");
        Run(5);
        Assert.Equal(["update-0000000004.safetensors", "update-0000000005.safetensors"], Names());
    }

    [Fact]
    public void With_every_checkpoint_damaged_the_run_cannot_be_resumed_and_each_is_named()
    {
        File.WriteAllText(Path.Combine(_folder, "update-0000000001.safetensors"), "half");
        File.WriteAllText(Path.Combine(_folder, "update-0000000002.safetensors"), "");
        var error = Assert.Throws<DataException>(() => new CheckpointFolder(_folder).Newest(out _));
        Assert.Contains("update-0000000001", error.Message);
        Assert.Contains("update-0000000002", error.Message);
        Assert.Equal(3, error.ExitCode);
    }

    [Fact]
    public void A_checkpoint_of_another_version_is_not_passed_over()
    {
        Written("update-0000000001.safetensors");
        Written("update-0000000002.safetensors", "version", "2");
        Assert.Contains("is a checkpoint of version 2", Assert.Throws<DataException>(() => new CheckpointFolder(_folder).Newest(out _)).Message);
        Assert.Equal(2, Directory.GetFiles(_folder).Length);
    }

    [Fact]
    public void A_checkpoint_that_cannot_be_read_now_is_not_passed_over()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "A link takes a right of its own there.");
        Written("update-0000000001.safetensors");
        var away = Path.Combine(_folder, "update-0000000002.safetensors");
        File.CreateSymbolicLink(away, Path.Combine(_folder, "unmounted"));
        var message = Assert.Throws<DataException>(() => new CheckpointFolder(_folder).Newest(out _)).Message;
        Assert.StartsWith($"'{away}' does not exist", message);
        Assert.EndsWith("move it elsewhere to go on from the checkpoint before it.", message);
        File.Delete(away);
        Assert.Equal(0, new CheckpointFolder(_folder).Newest(out _)!.Progress.Update);
    }

    [Fact]
    public void A_folder_without_checkpoints_gives_none() => Assert.Null(new CheckpointFolder(_folder).Newest(out _));

    [Fact]
    public void A_checkpoint_of_another_network_is_refused_by_the_tensor_that_differs()
    {
        var path = Path.Combine(_folder, "other.safetensors");
        var plain = SmallTask.Task([]);
        using (var trainer = new Trainer(plain, new TrainingOptions(), SmallTask.Seed, new RecordingObserver()))
            Checkpoint.Write(path, plain, trainer, new Dictionary<string, string>());
        var task = Task();
        using var other = new Trainer(task, new TrainingOptions(), SmallTask.Seed, new RecordingObserver());
        var error = Assert.Throws<DataException>(() => Checkpoint.Read(path).Restore(task, other));
        Assert.Contains("auxiliary.0.embedding.weight", error.Message);
    }

    [Theory]
    [InlineData("kind", "something-else", "kind 'something-else'")]
    [InlineData("version", "2", "version 2")]
    [InlineData("progress", "[]", "progress")]
    [InlineData("progress", "null", "progress")]
    [InlineData("progress", """{"update":3,"optimizerSteps":null}""", "progress")]
    [InlineData("progress", """{"update":3,"epoch":null}""", "progress")]
    [InlineData("progress", """{"update":3,"epoch":{"auxiliary":null}}""", "progress")]
    [InlineData("progress", """{"update":-1}""", "-1 updates")]
    public void A_checkpoint_of_another_format_is_refused_by_name(string key, string value, string expected)
    {
        var path = Written("foreign.safetensors", key, value);
        var error = Assert.Throws<DataException>(() => Checkpoint.Read(path));
        Assert.Contains(path, error.Message);
        Assert.Contains(expected, error.Message);
    }

    // A checkpoint without a tensor, with one key of its metadata changed.
    private string Written(string name, string key = "progress", string value = "{}")
    {
        var metadata = new Dictionary<string, string> { ["kind"] = "recollect-checkpoint", ["version"] = "1", ["progress"] = "{}" };
        metadata[key] = value;
        var path = Path.Combine(_folder, name);
        Safetensors.Write(path, metadata, []);
        return path;
    }
}
