using Recollect.Data;
using Recollect.Experiments;
using Recollect.Networks;
using Recollect.Runs;
using Recollect.Training;

namespace Recollect.Tests.Experiments;

/// <summary>What a recipe says reaches the part that does it: each option is followed to a number that it decides.</summary>
public sealed class RecipeWiringTests : IDisposable
{
    private const float Rate = 0.01f;

    // One update an epoch, of all twelve rows; its rate moves no weight, so that every update sees the network as it was drawn.
    private static readonly string[] Small =
    [
        "data.limit=12", "data.testLimit=1", "model.hidden=8", "model.embedding=6", "model.headUnits=32", "model.dropout=0",
        "training.batch=12", "training.epochs=1", "training.learningRate=1e-30", "training.clipNorm=0", "training.logEvery=1",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("recollect-wiring-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Balanced_class_weights_average_the_loss_over_classes_instead_of_rows()
    {
        var trained = Train(1, "training.classWeights=balanced");
        var rows = Classification.Of(TrainedModel.Load(trained.Model).Network, trained.Rows, 12).ToArray();
        var byRow = rows.Average(row => row.Loss);
        var byClass = rows.GroupBy(row => row.Label).Average(all => all.Average(row => row.Loss));
        Assert.NotEqual(byRow, byClass, 1e-4);
        Assert.Equal(byClass, trained.Updates[0].Supervised!.Value, 1e-5);
        Assert.Equal(byRow, Train(1).Updates[0].Supervised!.Value, 1e-5);
    }

    [Fact]
    public void The_test_rows_are_measured_every_so_many_epochs_and_once_at_the_end()
    {
        var trained = Train(5, "training.epochs=5", "training.testEvery=2");
        Assert.Equal([2L, 4, 5], trained.Lines.Where(line => line.Split == DataSplit.Test).Select(line => line.Step));
        Assert.All(trained.Lines.Where(line => line.Split == DataSplit.Test), line => Assert.InRange(line.Accuracy!.Value, 0, 1));
    }

    [Fact]
    public void Each_phase_has_its_own_full_rate_and_schedule()
    {
        var trained = Train(
            6, OneReconstruction(), "training.pretrainEpochs=2", "training.epochs=4", "training.pretrainLearningRate=0.02", "training.learningRate=0.01",
            "training.pretrainSchedule={\"kind\":\"cosine\",\"minimum\":0.5}", "training.schedule={\"kind\":\"step\",\"every\":1,\"factor\":0.5,\"warmup\":2}");
        Assert.Equal(
            [0.02, 0.015, 0.005, 0.01, 0.0025, 0.00125], // a cosine half way to its minimum; two updates of warm-up, then 2⁻² and 2⁻³ of the full rate
            trained.Updates.Select(update => update.LearningRate!.Value), (expected, found) => Math.Abs(expected - found) < 1e-12);
    }

    /// <summary>The first update of a weight with no gradient but its decay, from the rules' definitions.</summary>
    [Theory]
    [InlineData("adam")]
    [InlineData("adamw")]
    [InlineData("rmsprop")]
    public void Each_optimizer_decays_weights_by_its_own_rule_at_the_rate_of_the_recipe(string optimizer)
    {
        string[] edits = [$"training.optimizer={optimizer}", "training.weightDecay=0.5", "bptt.supervised=4"];
        var (before, trained) = (Train(1, edits), Train(1, [.. edits, $"training.learningRate={Rate}"]));
        var unread = Enumerable.Range(0, 17).Except(trained.LastTokens(4)).ToArray();
        Assert.NotEmpty(unread);
        foreach (var (old, found) in unread.SelectMany(token => before.Weights("embedding.weight", token).Zip(trained.Weights("embedding.weight", token))))
        {
            var expected = optimizer switch
            {
                "adam" => old - Rate * MathF.Sign(old),
                "adamw" => old - Rate * 0.5f * old,
                _ => old - Rate * MathF.Sign(old) * 10, // √(1 − α) with α = 0.99
            };
            Assert.Equal(expected, found, 1e-5f);
        }
    }

    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 1)]
    public void Averages_carry_over_from_pretraining_where_they_shall(bool carry, int updates)
    {
        var trained = Train(2, OneReconstruction(), "training.pretrainEpochs=1", $"training.carryOptimizer={(carry ? "true" : "false")}");
        Assert.Equal(updates, Checkpoint.Read(trained.Checkpoint).Progress.OptimizerSteps["lstm.weight_hh_l0"]);
        Assert.Equal(!carry, Math.Abs(trained.AppliedNorm / trained.Updates[1].GradientNorm!.Value - 1) < 1e-4);
    }

    [Theory]
    [InlineData("0", null)]
    [InlineData("0.01", 0.01)]
    [InlineData("1000", null)]
    public void A_gradient_is_scaled_down_to_the_norm_of_the_recipe(string clip, double? expected)
    {
        var trained = Train(1, $"training.clipNorm={clip}");
        var norm = trained.Updates[0].GradientNorm!.Value;
        Assert.True(norm > 0.1);
        Assert.Equal(expected ?? norm, trained.AppliedNorm, 1e-3 * (expected ?? norm));
    }

    [Fact]
    public void Losses_clipped_apart_may_come_to_more_than_the_norm()
    {
        string[] edits = [OneReconstruction(), "training.clipNorm=0.001"];
        Assert.Equal(0.001, Train(1, edits).AppliedNorm, 1e-6);
        Assert.InRange(Train(1, [.. edits, "training.clipApart=true"]).AppliedNorm, 0.00101, 0.00201);
    }

    /// <summary>Sums in another order, which nothing but their last digits tells.</summary>
    [Fact]
    public void Accumulated_pieces_give_the_same_gradient_but_for_rounding()
    {
        var (whole, pieces) = (Train(1), Train(1, "training.accumulate=5"));
        Assert.Equal(whole.AppliedNorm, pieces.AppliedNorm, 1e-5 * whole.AppliedNorm);
        Assert.NotEqual(whole.Average("lstm.weight_hh_l0"), pieces.Average("lstm.weight_hh_l0"));
    }

    /// <summary>The tokens that a gradient reaches are those of the window's steps; a reconstruction of 62 of 64 steps has its anchor at the end.</summary>
    [Theory]
    [InlineData("bptt.supervised", 6, false)]
    [InlineData("bptt.supervised", 20, false)]
    [InlineData("bptt.auxiliary", 6, true)]
    [InlineData("bptt.auxiliary", 20, true)]
    public void A_gradient_reaches_the_steps_of_its_own_window(string option, int k, bool pretraining)
    {
        string[] edits = pretraining ? [OneReconstruction(62), "training.pretrainEpochs=1"] : [];
        var trained = Train(1, [.. edits, $"{option}={k}", "data.limit=1"]);
        var expected = trained.LastTokens(k);
        Assert.NotEqual(expected, trained.LastTokens(k - 3));
        Assert.NotEqual(expected, trained.LastTokens(64));
        Assert.Equal(expected, Enumerable.Range(0, 17).Where(token => trained.Average("embedding.weight", token).Any(value => value != 0)));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("2.5")]
    public void The_forget_gates_start_from_the_bias_of_the_recipe(string bias)
    {
        var trained = Train(1, $"model.forgetBias={bias}", "model.layers=2");
        Assert.All([0, 1], layer =>
        {
            var (first, second) = (trained.Weights($"lstm.bias_ih_l{layer}"), trained.Weights($"lstm.bias_hh_l{layer}"));
            Assert.All(Enumerable.Range(8, 8), cell => Assert.Equal(float.Parse(bias), first[cell] + second[cell], 1e-6f)); // gates i, f, g, o of eight cells
        });
    }

    /// <summary>With one row, or one step of it, a unit that is dropped teaches the layer above it nothing.</summary>
    [Theory]
    [InlineData("model.dropout", "classifier.5.weight", false)]
    [InlineData("auxiliary.0.decoder.dropout", "auxiliary.0.head.5.weight", true)]
    public void Dropout_keeps_units_of_the_head_from_teaching(string option, string weight, bool pretraining)
    {
        string[] edits = ["data.limit=1", OneReconstruction(1), $"training.pretrainEpochs={(pretraining ? 1 : 0)}"];
        var (all, kept) = (Taught("0"), Taught("0.75"));
        Assert.InRange(kept.Length, 1, all.Length / 2);
        Assert.Empty(kept.Except(all));

        int[] Taught(string rate) => [.. Train(1, [.. edits, $"{option}={rate}"]).Average(weight).Index()
            .Where(entry => entry.Item != 0).Select(entry => entry.Index % 32).Distinct()];
    }

    [Fact]
    public void Scheduled_input_goes_from_the_teachers_to_its_own_as_far_as_the_maximum_says()
    {
        var (teacher, free) = (Losses("teacher"), Losses("free"));
        var (none, some, all) = (Losses("scheduled", ",\"scheduledMaximum\":0"), Losses("scheduled", ",\"scheduledMaximum\":0.5"), Losses("scheduled", ",\"scheduledMaximum\":1"));
        Assert.NotEqual(teacher[2], free[2]);
        Assert.Equal(teacher, none);
        Assert.Equal((teacher[0], free[2]), (all[0], all[2]));
        Assert.Equal(teacher[0], some[0]);
        Assert.All([(some[2], 2), (all[1], 1)], half => Assert.False(half.Item1 == teacher[half.Item2] || half.Item1 == free[half.Item2]));

        double[] Losses(string input, string more = "") => [.. Train(3, OneReconstruction(10, $",\"input\":\"{input}\"{more}"), "training.epochs=3")
            .Updates.Select(update => update.Auxiliaries![0])];
    }

    [Fact]
    public void A_loss_and_its_gradient_count_as_much_as_its_weight_says()
    {
        var (one, quarter) = (Train(1, OneReconstruction(), "training.pretrainEpochs=1"), Train(1, OneReconstruction(10, ",\"weight\":0.25"), "training.pretrainEpochs=1"));
        Assert.Equal(one.Updates[0].Auxiliaries, quarter.Updates[0].Auxiliaries);
        Assert.Equal(one.Updates[0].Loss!.Value / 4, quarter.Updates[0].Loss!.Value, 1e-6);
        Assert.Equal(one.AppliedNorm / 4, quarter.AppliedNorm, 1e-5 * one.AppliedNorm);
    }

    /// <summary>What each comes to is compared with the scalar reference elsewhere; here, that the recipe's word gets there, and from which update on.</summary>
    [Theory]
    [InlineData(4, "training.joint=false")]
    [InlineData(1, "auxiliary.0.input=teacher", "auxiliary.0.scheduledMaximum=null")]
    [InlineData(2, "training.pretrainEpochs=0", "training.epochs=6")]
    [InlineData(0, "auxiliary.0.side=future")]
    [InlineData(0, "auxiliary.0.distance=adjacent")]
    [InlineData(0, "data.encoding=reals", "data.levels=null")]
    [InlineData(0, "data.encoding=reals", "data.levels=null", "model.input=raw", "model.embedding=null")]
    [InlineData(0, "auxiliary.0.direction=reversed")]
    [InlineData(0, "auxiliary.0.decoder.layers=1")]
    public void Each_switch_of_the_papers_ablation_changes_what_is_computed(int unchanged, params string[] edits)
    {
        string[] full =
        [
            OneReconstruction(10, ",\"input\":\"scheduled\",\"scheduledMaximum\":1,\"distance\":\"distant\""),
            "training.pretrainEpochs=4", "training.epochs=2", $"training.learningRate={Rate}",
        ];
        var (with, without) = (Losses(full), Losses([.. full, .. edits]));
        if (!edits[0].StartsWith("training.pretrainEpochs", StringComparison.Ordinal)) // without pretraining even the first update is another phase's
            Assert.Equal(with[..unchanged], without[..unchanged]);
        Assert.All(with[unchanged..].Zip(without[unchanged..]), pair => Assert.NotEqual(pair.First, pair.Second));

        double[] Losses(string[] all) => [.. Train(6, all).Updates.Select(update => update.Loss!.Value)];
    }

    private static string OneReconstruction(int length = 10, string more = "") =>
        $"auxiliary=[{{\"kind\":\"reconstruction\",\"length\":{length},\"decoder\":{{\"headUnits\":32,\"dropout\":0}}{more}}}]";

    private Trained Train(long updates, params string[] edits)
    {
        var request = new TrainRequest
        {
            Recipe = RecipeBook.Open("digits-lstm", [.. Small, .. edits]),
            Folder = Path.Combine(_folder, Path.GetRandomFileName()),
            Workplace = new Workplace(_folder, DeviceChoice.Cpu, 1),
            MaxSteps = updates,
        };
        Experiment.Train(request, new Progress<TrainNews>(), new StopSignal());
        return new Trained(request);
    }

    /// <summary>What a run left behind.</summary>
    private sealed class Trained(TrainRequest request)
    {
        public IReadOnlyList<MetricRecord> Lines { get; } = [.. MetricsLog.Read(Path.Combine(request.Folder, "metrics.jsonl"))];

        public IReadOnlyList<MetricRecord> Updates => [.. Lines.Where(metric => metric is { Split: DataSplit.Train, WholeEpoch: null })];

        public string Model { get; } = Path.Combine(request.Folder, "model.safetensors");

        public string Checkpoint { get; } = Directory.GetFiles(Path.Combine(request.Folder, "checkpoint")).Max(StringComparer.Ordinal)!;

        public Recollect.Sequences.SequenceSet Rows { get; } = DataSetLoader.Load(request.Recipe.Data, request.Folder).Train;

        /// <summary>The norm of the gradient that the first update applied: Adam's first average is a tenth of it.</summary>
        public double AppliedNorm => 10 * Math.Sqrt(Safetensors.Read(Checkpoint).Tensors.Where(tensor => tensor.Name.StartsWith("optimizer.exp_avg.", StringComparison.Ordinal))
            .Sum(tensor => tensor.Floats.ToArray().Sum(value => (double)value * value)));

        public float[] Weights(string name, int? row = null) => Read($"model.{name}", row);

        public float[] Average(string name, int? row = null) => Read($"optimizer.exp_avg.{name}", row);

        /// <summary>The tokens among the last <paramref name="steps"/> of each row, in order.</summary>
        public int[] LastTokens(int steps)
        {
            var tokens = new int[steps];
            var seen = new SortedSet<int>();
            for (var row = 0; row < Rows.Count; row++)
            {
                Rows.CopyTokens(row, 64 - steps, tokens);
                seen.UnionWith(tokens);
            }
            return [.. seen];
        }

        private float[] Read(string name, int? row)
        {
            var tensor = Safetensors.Read(Checkpoint).Find(name)!;
            return row is { } number ? tensor.Floats.Slice(number * (int)tensor.Shape[1], (int)tensor.Shape[1]).ToArray() : tensor.Floats.ToArray();
        }
    }
}
