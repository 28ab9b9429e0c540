using Recollect.Networks;
using Recollect.Runs;
using Recollect.Sequences;
using Recollect.Training;
using TorchSharp;

namespace Recollect.Tests.Training;

/// <summary>Several processes, played by threads, against one with the same batch: in float64, where nothing but rounding is between them.</summary>
public sealed class ParallelTrainingTests
{
    private static readonly TrainingOptions Options = new()
    {
        Batch = 8,
        PretrainEpochs = 1,
        Epochs = 3,
        LearningRate = 0.01,
        ClipNorm = 0.5,
    };

    /// <summary>22 rows in batches of 8: the last one of an epoch has 6, fewer than some of these processes are.</summary>
    public static TheoryData<EngineKind, CellKind, int> Cases => new()
    {
        { EngineKind.Kernels, CellKind.Lstm, 2 },
        { EngineKind.Kernels, CellKind.Lstm, 3 },
        { EngineKind.Kernels, CellKind.Lstm, 7 },
        { EngineKind.Libtorch, CellKind.Lstm, 2 },
        { EngineKind.Libtorch, CellKind.Gru, 3 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Several_processes_train_as_one_does(EngineKind engine, CellKind cell, int count) => Agree(engine, cell, count, Options);

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Pieces_of_a_share_change_nothing(int count) => Agree(EngineKind.Kernels, CellKind.Lstm, count, Options with { Accumulate = 3 });

    [Fact]
    public void Losses_clipped_apart_are_clipped_as_in_one() => Agree(EngineKind.Kernels, CellKind.Lstm, 3, Options with { ClipApart = true });

    /// <summary>Segments of one loss do not fit the rows of some processes, whose decoder then has no gradient there.</summary>
    [Fact]
    public void A_loss_that_only_some_processes_have_trains_in_all()
    {
        var rows = new InMemorySequences(StepFormat.Tokens(3), ["a", "b", "c"]);
        for (var row = 0; row < 12; row++)
            rows.AddTokens(row % 4 == 0 ? [0, 1, 2, 0, 1, 2, row % 3] : [row % 3, 1], row % 3);
        Agree(EngineKind.Kernels, CellKind.Lstm, 4, Options with { Batch = 4 }, rows);
    }

    [Fact]
    public void A_stop_and_a_resume_in_other_numbers_go_on_as_one_does()
    {
        var alone = Train(Peers.Alone, EngineKind.Kernels, CellKind.Lstm, Options);
        TrainerProgress? progress = null;
        var file = Path.Combine(Directory.CreateTempSubdirectory("recollect-parallel-").FullName, "checkpoint.safetensors");
        ThreadPeers.Run(2, peers => Train(peers, EngineKind.Kernels, CellKind.Lstm, Options, stopBefore: 5, after: (task, trainer) =>
        {
            if (peers.IsFirst)
                Checkpoint.Write(file, task, trainer, new Dictionary<string, string>());
        }));
        var parts = ThreadPeers.Run(3, peers => Train(peers, EngineKind.Kernels, CellKind.Lstm, Options, before: (task, trainer) =>
        {
            if (!peers.IsFirst)
                return; // the others have nothing to read
            var checkpoint = Checkpoint.Read(file);
            checkpoint.Restore(task, trainer);
            progress = checkpoint.Progress;
        }));
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
        Assert.Equal(5, progress!.Update);
        Assert.All(parts, part => Same(alone.Values, part.Values, 1e-11));
        Assert.Equal(alone.Losses.Count - 5, parts[0].Losses.Count);
    }

    [Fact]
    public void Evaluation_is_shared_out_and_comes_to_the_same()
    {
        var (held, whole) = (SmallTask.Rows(23, seed: 3), Score.Of(Task(EngineKind.Kernels, CellKind.Lstm).Network, SmallTask.Rows(23, seed: 3), DataSplit.Test, 4, () => false)!);
        var scores = ThreadPeers.Run(4, peers => Score.Of(Task(EngineKind.Kernels, CellKind.Lstm).Network, held, DataSplit.Test, 4, () => false, peers)!);
        Assert.All(scores, score =>
        {
            Assert.Equal(whole.Loss, score.Loss, 1e-12);
            Assert.Equal(whole.Confusion.ToRows(), score.Confusion.ToRows());
            Assert.Equal(new SplitResult(whole.Confusion.Accuracy, score.Loss, 23), score.Result);
        });
    }

    [Fact]
    public void One_that_is_interrupted_leaves_all_without_a_score()
    {
        var held = SmallTask.Rows(23, seed: 3);
        Assert.All(
            ThreadPeers.Run(3, peers => Score.Of(Task(EngineKind.Kernels, CellKind.Lstm).Network, held, DataSplit.Test, 4, () => peers.Rank == 1, peers)),
            Assert.Null);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_gradient_that_is_no_number_in_one_process_is_applied_by_none_and_ends_all(int rank)
    {
        var failures = ThreadPeers.Run(2, peers =>
        {
            var task = Task(EngineKind.Kernels, CellKind.Lstm);
            if (peers.Rank == rank)
                task.Network.Like.FillWith(double.NaN);
            var before = SmallTask.Values(task);
            using var trainer = new Trainer(task, Options with { PretrainEpochs = 0, NonFiniteLimit = 2 }, SmallTask.Seed, new RecordingObserver(), peers);
            var message = Assert.Throws<RunException>(() => trainer.Run()).Message;
            Same(before, SmallTask.Values(task), 0);
            return message;
        });
        Assert.All(failures, message => Assert.Contains("Updates 1 to 2 were not applied", message));
    }

    private static void Agree(EngineKind engine, CellKind cell, int count, TrainingOptions options, SequenceSet? rows = null)
    {
        var alone = Train(Peers.Alone, engine, cell, options, rows);
        var parts = ThreadPeers.Run(count, peers => Train(peers, engine, cell, options, rows));
        Assert.All(parts, part =>
        {
            Assert.Equal(alone.Losses.Count, part.Losses.Count);
            Assert.All(alone.Losses.Zip(part.Losses), pair => Assert.Equal(pair.First, pair.Second, 1e-11));
            Assert.Equal(alone.Correct, part.Correct);
            Assert.All(alone.Validations.Zip(part.Validations), pair => Assert.Equal(pair.First, pair.Second, 1e-11));
            Same(alone.Values, part.Values, 1e-11);
        });
        Assert.Contains(alone.Values["embedding.weight"], value => Math.Abs(value) > 1e-3);
    }

    private static void Same(IReadOnlyDictionary<string, double[]> expected, IReadOnlyDictionary<string, double[]> found, double tolerance) =>
        Assert.All(expected, entry => Assert.All(entry.Value.Zip(found[entry.Key]), pair => Assert.Equal(pair.First, pair.Second, tolerance)));

    private static TrainingTask Task(EngineKind engine, CellKind cell, SequenceSet? rows = null)
    {
        var task = SmallTask.Task([SmallTask.Reconstruction, SmallTask.Prediction], rows, SmallTask.Rows(9, seed: 2), engine: engine, cell: cell);
        task.Network.to(torch.float64);
        foreach (var loss in task.Auxiliary)
            loss.MoveTo(task.Network.Like);
        return task;
    }

    private sealed record Trained(
        IReadOnlyList<double> Losses, IReadOnlyList<int> Correct, IReadOnlyList<double> Validations, IReadOnlyDictionary<string, double[]> Values);

    private static Trained Train(
        Peers peers, EngineKind engine, CellKind cell, TrainingOptions options, SequenceSet? rows = null, long stopBefore = long.MaxValue,
        Action<TrainingTask, Trainer>? before = null, Action<TrainingTask, Trainer>? after = null)
    {
        var task = Task(engine, cell, rows);
        using var network = task.Network;
        var observer = new RecordingObserver { StopBefore = stopBefore };
        using var trainer = new Trainer(task, options, SmallTask.Seed, observer, peers);
        before?.Invoke(task, trainer);
        trainer.JoinFirst();
        trainer.Run();
        after?.Invoke(task, trainer);
        return new Trained(
            [.. observer.Steps.Select(step => step.Step.Loss)], [.. observer.Steps.Select(step => step.Step.Correct)],
            [.. observer.Epochs.Select(epoch => epoch.Epoch.Validation).OfType<SplitResult>().Select(validation => validation.Loss)], SmallTask.Values(task));
    }
}
