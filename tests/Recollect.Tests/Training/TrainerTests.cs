using Recollect.Networks;
using Recollect.Runs;
using Recollect.Sequences;
using Recollect.Training;

namespace Recollect.Tests.Training;

public sealed class TrainerTests
{
    private static readonly TrainingOptions Options = new()
    {
        Batch = 8,
        PretrainEpochs = 1,
        Epochs = 2,
        LearningRate = 0.01,
        PretrainLearningRate = 0.02,
        Schedule = new ScheduleOptions { Kind = ScheduleKind.Cosine },
    };

    private static RecordingObserver Train(TrainingTask task, TrainingOptions options, RecordingObserver? observer = null)
    {
        observer ??= new RecordingObserver();
        using var trainer = new Trainer(task, options, SmallTask.Seed, observer);
        trainer.Run();
        return observer;
    }

    [Theory]
    [MemberData(nameof(SmallTask.Engines), MemberType = typeof(SmallTask))]
    public void The_same_seed_gives_the_same_run_bit_for_bit(EngineKind engine, CellKind cell)
    {
        var runs = Enumerable.Range(0, 2).Select(_ =>
        {
            var task = SmallTask.Task([SmallTask.Reconstruction, SmallTask.Prediction], engine: engine, cell: cell);
            var observer = Train(task, Options);
            return (Losses: observer.Steps.Select(s => s.Step.Loss).ToArray(), Values: SmallTask.Values(task));
        }).ToArray();
        Assert.Equal(runs[0].Losses, runs[1].Losses);
        Assert.All(runs[0].Values, p => Assert.Equal(p.Value, runs[1].Values[p.Key]));
    }

    [Fact]
    public void Pretraining_leaves_the_classifier_untouched_and_moves_the_rest()
    {
        var task = SmallTask.Task([SmallTask.Reconstruction]);
        var before = SmallTask.Values(task);
        var observer = Train(task, Options, new RecordingObserver { StopBefore = 3 });
        var after = SmallTask.Values(task);
        Assert.All(observer.Steps, s => Assert.Equal(TrainingPhase.Pretrain, s.Position.Phase));
        Assert.All(before, p => Assert.Equal(p.Key.StartsWith("classifier.", StringComparison.Ordinal), p.Value.SequenceEqual(after[p.Key])));
    }

    [Fact]
    public void Without_joint_training_the_decoders_rest_after_pretraining()
    {
        var task = SmallTask.Task([SmallTask.Prediction]);
        IReadOnlyDictionary<string, double[]>? pretrained = null;
        var observer = Train(task, Options with { Joint = false }, new RecordingObserver
        {
            Savable = (position, ends) => pretrained = position.Phase == TrainingPhase.Pretrain ? SmallTask.Values(task) : pretrained,
        });
        var after = SmallTask.Values(task);
        Assert.All(pretrained!, p => Assert.Equal(p.Key.StartsWith("auxiliary.", StringComparison.Ordinal), p.Value.SequenceEqual(after[p.Key])));
        Assert.All(observer.Steps.Where(s => s.Position.Phase == TrainingPhase.Train), s => Assert.Empty(s.Step.Auxiliary));
    }

    [Fact]
    public void Each_phase_follows_its_own_learning_rate()
    {
        var observer = Train(SmallTask.Task([SmallTask.Prediction]), Options);
        Assert.Equal(0.02, observer.Steps[0].LearningRate, 1e-12);
        Assert.Equal(0.01, observer.Steps[3].LearningRate, 1e-12);
        Assert.True(observer.Steps[^1].LearningRate < 0.002);
    }

    [Theory]
    [InlineData(1, new[] { 8 })]
    [InlineData(3, new[] { 3, 3, 2 })]
    public void An_update_is_computed_in_as_many_pieces_as_asked(int accumulate, int[] expected)
    {
        var rows = new GatheredRows(SmallTask.Rows(22));
        Train(SmallTask.Task([], rows), Options with { PretrainEpochs = 0, Accumulate = accumulate }, new RecordingObserver { StopBefore = 1 });
        Assert.Equal(expected, rows.Batches);
    }

    [Fact]
    public void A_run_of_updates_that_are_not_finite_ends_with_a_message_that_says_what_to_do()
    {
        var task = SmallTask.Task([]);
        task.Network.Like.FillWith(double.NaN);
        var observer = new RecordingObserver();
        using var trainer = new Trainer(task, Options with { PretrainEpochs = 0, Epochs = 9, NonFiniteLimit = 4 }, SmallTask.Seed, observer);
        var error = Assert.Throws<RunException>(() => trainer.Run());
        Assert.Equal(4, observer.Steps.Count);
        Assert.Contains("Updates 1 to 4 were not applied", error.Message);
        Assert.Contains("Start a new run with a lower training.learningRate", error.Message);
        Assert.DoesNotContain("checkpoint", error.Message); // there is none
        Assert.Equal(1, error.ExitCode);
    }

    [Fact]
    public void The_first_update_of_all_is_update_1_and_a_checkpoint_is_named_where_there_is_one()
    {
        var task = SmallTask.Task([]);
        task.Network.Like.FillWith(double.NaN);
        using var trainer = new Trainer(task, Options with { PretrainEpochs = 0, NonFiniteLimit = 1 }, SmallTask.Seed, new RecordingObserver { Saved = 0 });
        var error = Assert.Throws<RunException>(() => trainer.Run());
        Assert.StartsWith("Update 1 was not applied", error.Message);
        Assert.EndsWith("The checkpoint of update 0 is intact.", error.Message);
    }

    [Fact]
    public void Training_learns_what_its_window_reaches()
    {
        // The label is the first token: a window of 12 reaches it in rows of at most 10 steps.
        var task = SmallTask.Task([], SmallTask.Rows(400), SmallTask.Rows(60, seed: 2), dropout: 0) with { SupervisedK = new(12) };
        var observer = Train(task, new TrainingOptions { Batch = 20, Epochs = 40, LearningRate = 0.01 });
        Assert.True(observer.Epochs[^1].Epoch.Validation!.Accuracy > 0.9, $"{observer.Epochs[^1].Epoch.Validation}");
        Assert.Equal(40, observer.Epochs.Count);
    }

    /// <summary>Counts the rows of each batch: their lengths are asked for together, before the steps of any.</summary>
    private sealed class GatheredRows(SequenceSet rows) : SequenceSet(rows.Format, rows.Classes)
    {
        private bool _copying = true;

        public List<int> Batches { get; } = [];

        public override int Count => rows.Count;

        public override int LengthOf(int row)
        {
            if (_copying)
                Batches.Add(0);
            _copying = false;
            Batches[^1]++;
            return rows.LengthOf(row);
        }

        public override int LabelOf(int row) => rows.LabelOf(row);

        public override void CopyTokens(int row, int start, Span<int> tokens)
        {
            _copying = true;
            rows.CopyTokens(row, start, tokens);
        }

        public override void CopyReals(int row, int start, Span<float> reals) => rows.CopyReals(row, start, reals);
    }
}
