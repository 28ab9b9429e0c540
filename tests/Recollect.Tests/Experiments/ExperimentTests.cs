using Recollect.Experiments;
using Recollect.Runs;
using TorchSharp;

namespace Recollect.Tests.Experiments;

/// <summary>From a recipe to a run directory and back, on a few of the embedded digits.</summary>
public sealed class ExperimentTests : IDisposable
{
    private static readonly string[] Small =
    [
        "data.limit=60", "data.testLimit=30", "data.validation=0.2", "model.hidden=8", "model.embedding=6", "model.headUnits=9", "training.batch=16",
        "training.epochs=2", "training.pretrainEpochs=1", "training.logEvery=1", "training.checkpointEvery=2",
        "auxiliary=[{\"kind\":\"reconstruction\",\"segments\":2,\"length\":8,\"bptt\":6,\"input\":\"scheduled\",\"decoder\":{\"headUnits\":7}},"
            + "{\"kind\":\"prediction\",\"length\":10,\"bptt\":5,\"decoder\":{\"headUnits\":7}}]",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("recollect-experiment-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private TrainRequest Request(string name, params string[] edits) => new()
    {
        Recipe = RecipeBook.Open("digits-lstm", [.. Small, .. edits]),
        Folder = Path.Combine(_folder, name),
        Workplace = new Workplace(_folder, DeviceChoice.Cpu, 1),
    };

    private TrainRequest More(string name, int epochs)
    {
        var recipe = RecipeBook.Resume(RunDirectory.Open(Path.Combine(_folder, name)), [$"training.epochs={epochs}"]);
        return Request(name) with { Recipe = recipe, Resume = true };
    }

    private static Summary Train(TrainRequest request, Heard? heard = null, StopSignal? stop = null) =>
        Experiment.Train(request, heard ?? new Heard(), stop ?? new StopSignal());

    private string In(string run, string file) => Path.Combine(_folder, run, file);

    [Fact]
    public void A_run_directory_holds_all_that_is_promised_and_its_numbers_agree()
    {
        var summary = Train(Request("run"));
        Assert.True(summary.Complete);
        Assert.Null(summary.StoppedBy);
        Assert.Equal(9, summary.Updates); // 48 rows in batches of 16, three epochs
        Assert.Equal((1, 2), (summary.PretrainEpochs, summary.Epochs));
        Assert.Equal(
            ["checkpoint", "evaluation.json", "lock", "manifest.json", "metrics.jsonl", "model.safetensors", "probes", "recipe.json", "summary.json", "tensorboard"],
            Directory.GetFileSystemEntries(Path.Combine(_folder, "run")).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        var written = JsonFile.Read(In("run", "summary.json"), RunJson.Default.Summary);
        Assert.Equal(summary, written);
        var evaluation = Experiment.Evaluate(new EvaluateRequest(Path.Combine(_folder, "run"), DataSplit.Test, new Workplace(_folder, DeviceChoice.Cpu, 1)));
        Assert.Equal((summary.Test!.Accuracy, summary.Test.Examples), (evaluation.Accuracy, evaluation.Examples));
        Assert.Equal(summary.Test.Loss, evaluation.Loss, 1e-9);
        Assert.Equal(30, evaluation.Confusion.Sum(row => row.Sum()));

        var metrics = MetricsLog.Read(In("run", "metrics.jsonl"));
        Assert.Equal(Enumerable.Range(1, 9).Select(step => (long)step), metrics.Where(m => m is { Split: DataSplit.Train, WholeEpoch: null }).Select(m => m.Step));
        Assert.Equal(3, metrics.Count(m => m.WholeEpoch == true));
        Assert.Equal(2, metrics.Count(m => m.Split == DataSplit.Validation));
        Assert.Equal(summary.Test.Accuracy, Assert.Single(metrics, m => m.Split == DataSplit.Test).Accuracy);
        Assert.All(metrics.Where(m => m.Phase == TrainingPhase.Pretrain), m => Assert.Null(m.Supervised));

        var manifest = JsonFile.Read(In("run", "manifest.json"), RunJson.Default.Manifest);
        Assert.Equal(["TorchSharp", "libtorch"], manifest.Libraries.Keys);
        Assert.Matches("^[0-9a-f]{64}$", Assert.Single(manifest.Data).Sha256);
    }

    [Fact]
    public void Images_that_are_drawn_anew_are_drawn_the_same_after_a_resume_and_change_what_is_learnt()
    {
        string[] drawn = ["data.flip=true", "data.cropPadding=2"];
        Train(Request("whole", drawn));
        Train(Request("parts", drawn) with { MaxSteps = 4 });
        Train(Request("parts", drawn) with { Resume = true });
        Train(Request("plain"));
        Train(Request("pieces", [.. drawn, "training.accumulate=3"]));
        var whole = File.ReadAllBytes(In("whole", "model.safetensors"));
        Assert.Equal(whole, File.ReadAllBytes(In("parts", "model.safetensors")));
        Assert.NotEqual(whole, File.ReadAllBytes(In("plain", "model.safetensors")));
        double Loss(string run) => MetricsLog.Read(In(run, "metrics.jsonl"))[0].Loss!.Value;
        Assert.Equal(Loss("whole"), Loss("pieces"), 1e-5); // the same images, whatever piece they come in
        Assert.NotEqual(Loss("whole"), Loss("plain"), 1e-5);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(8)]
    public void Stopped_and_resumed_gives_the_same_model_file_byte_for_byte(int steps)
    {
        Train(Request("whole"));
        var first = Train(Request("parts") with { MaxSteps = steps });
        Assert.Equal((steps, false, "--max-steps"), (first.Updates, first.Complete, first.StoppedBy));
        Assert.True(Train(Request("parts") with { Resume = true }).Complete);
        Assert.Equal(File.ReadAllBytes(In("whole", "model.safetensors")), File.ReadAllBytes(In("parts", "model.safetensors")));
        Assert.Equal(
            MetricsLog.Read(In("whole", "metrics.jsonl")).Where(m => m.Split != DataSplit.Test).Select(m => (m.Step, m.Split, m.Loss, m.Accuracy, m.GradientNorm)),
            MetricsLog.Read(In("parts", "metrics.jsonl")).Where(m => m.Split != DataSplit.Test).Select(m => (m.Step, m.Split, m.Loss, m.Accuracy, m.GradientNorm)));
    }

    [Fact]
    public void No_segments_and_no_losses_train_the_same_network()
    {
        Train(Request("none", "training.pretrainEpochs=0", "auxiliary=[]"));
        Train(Request("zero", "training.pretrainEpochs=0", "auxiliary=[{\"kind\":\"reconstruction\",\"segments\":0}]"));
        var (none, zero) = (Safetensors.Read(In("none", "model.safetensors")), Safetensors.Read(In("zero", "model.safetensors")));
        Assert.All(none.Tensors, tensor => Assert.Equal(tensor.Data.ToArray(), zero.Find(tensor.Name)!.Data.ToArray()));
    }

    [Fact]
    public void A_reconstruction_without_a_gradient_into_the_network_leaves_pretraining_to_the_decoder()
    {
        var edits = new[] { "auxiliary=[{\"kind\":\"reconstruction\",\"length\":8,\"bptt\":0,\"decoder\":{\"headUnits\":7}}]", "training.epochs=0" };
        Train(Request("one", edits));
        Train(Request("two", [.. edits, "training.pretrainEpochs=2"]));
        var (one, two) = (Safetensors.Read(In("one", "model.safetensors")), Safetensors.Read(In("two", "model.safetensors")));
        Assert.All(one.Tensors, tensor => Assert.Equal(
            !tensor.Name.StartsWith("auxiliary.", StringComparison.Ordinal), tensor.Data.Span.SequenceEqual(two.Find(tensor.Name)!.Data.Span)));
    }

    [Fact]
    public void A_signal_saves_and_leaves_the_rest_to_a_resume()
    {
        Train(Request("whole"));
        var stop = new StopSignal();
        var summary = Train(Request("run"), new Heard(update => { if (update.Update >= 1) stop.Raise("SIGTERM"); }), stop);
        Assert.Equal((false, "SIGTERM"), (summary.Complete, summary.StoppedBy));
        Assert.Null(summary.Test);
        Assert.False(File.Exists(In("run", "model.safetensors")));
        Assert.True(Train(Request("run") with { Resume = true }).Complete);
        Assert.Equal(File.ReadAllBytes(In("whole", "model.safetensors")), File.ReadAllBytes(In("run", "model.safetensors")));
    }

    [Theory]
    [InlineData("constant", "teacher", true)]
    [InlineData("constant", "scheduled", false)]
    [InlineData("cosine", "teacher", false)]
    public void More_epochs_may_be_asked_of_a_finished_run(string schedule, string input, bool exact)
    {
        string[] edits = [$"training.schedule.kind={schedule}", $"auxiliary.0.input={input}"];
        Train(Request("longer", [.. edits, "training.epochs=3"]));
        Train(Request("run", edits));
        var heard = new Heard();
        var summary = Train(More("run", 3), heard);
        Assert.Equal((12, true), (summary.Updates, summary.Complete));
        Assert.Equal(exact, File.ReadAllBytes(In("longer", "model.safetensors")).SequenceEqual(File.ReadAllBytes(In("run", "model.safetensors"))));
        Assert.Equal(exact, !heard.Notes.Any(note => note.Contains("'training.epochs' is 3 now, before 2")));
    }

    [Fact]
    public void Fewer_epochs_than_are_done_are_refused_and_the_run_is_as_it_was()
    {
        Train(Request("run"));
        var before = Directory.GetFiles(Path.Combine(_folder, "run"), "*.json*").ToDictionary(file => file, File.ReadAllText);
        var error = Assert.Throws<RecipeException>(() => Train(More("run", 1)));
        Assert.Contains("the run has done 9 already. Give at least 2", error.Message);
        Assert.All(before, file => Assert.Equal(file.Value, File.ReadAllText(file.Key)));
    }

    [Fact]
    public void A_finished_run_that_goes_on_has_no_results_until_it_has_new_ones()
    {
        Train(Request("run"));
        var stop = new StopSignal();
        Train(More("run", 4), new Heard(_ => stop.Raise("SIGKILL")), stop);
        Assert.All(["summary.json", "evaluation.json", "model.safetensors", "probes/gradient.json", "probes/memory.json"], file => Assert.False(File.Exists(In("run", file)), file));
        Assert.Contains("--resume", Assert.Throws<DataException>(() => Experiment.Evaluate(
            new EvaluateRequest(Path.Combine(_folder, "run"), DataSplit.Test, new Workplace(_folder, DeviceChoice.Cpu, 1)))).Message);
    }

    /// <summary>Its evaluation came after the last checkpoint, and may have been what took the most.</summary>
    [Fact]
    public void A_run_that_goes_on_keeps_the_peak_of_the_results_that_it_replaces()
    {
        var first = Train(Request("run"));
        JsonFile.Write(In("run", "summary.json"), first with { PeakMemory = 1L << 50 }, RunJson.Default.Summary);
        Assert.Equal(1L << 50, Train(More("run", 3)).PeakMemory);
        File.WriteAllText(In("run", "summary.json"), "{");
        Assert.Equal(4, Train(More("run", 4)).Epochs);
    }

    [Fact]
    public void A_transformer_that_no_machine_can_train_is_refused_and_leaves_nothing()
    {
        string Rows(string name, int count, int steps)
        {
            File.WriteAllLines(In(".", name), Enumerable.Range(0, count).Select(row => $$"""{"text":"{{new string('a', steps)}}","label":{{row % 2}}}"""));
            return name;
        }
        // 256 blocks keep some 160,000 numbers of each of 5 million steps: 4 TB, for weights of 5 million numbers.
        string[] edits =
        [
            $$"""data={"source":"jsonl","text":"text","train":"{{Rows("train.jsonl", 128, 40_000)}}","test":"{{Rows("test.jsonl", 2, 9)}}"}""",
            "model.cell=transformer", "model.hidden=16", "model.layers=256", "model.feedForward=512", "auxiliary=[]", "training.pretrainEpochs=0", "training.batch=128",
        ];
        var request = Request("run") with { Recipe = RecipeBook.Open("mnist-transformer", edits) };
        var error = Assert.Throws<RecipeException>(() => Train(request));
        Assert.Matches(@"^The training needs about \d,\d{3},\d{3} MB of memory at its peak, computing 128 row\(s\) at a time .*graph \d,", error.Message);
        Assert.False(Directory.Exists(Path.Combine(_folder, "run")));
    }

    [Fact]
    public void Of_several_that_train_at_a_time_each_keeps_to_its_part_of_the_memory()
    {
        var request = Request("run");
        request = request with { Workplace = request.Workplace with { Sharing = 100_000 } };
        Assert.Contains(" for 100000 processes, and all of it would be enough. ", Assert.Throws<RecipeException>(() => Train(request)).Message);
        Assert.False(Directory.Exists(Path.Combine(_folder, "run")));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(9L)]
    public void A_signal_during_the_last_evaluation_leaves_only_that_to_a_resume(long? maxSteps)
    {
        var whole = Train(Request("whole"));
        var stop = new StopSignal();
        var heard = new Heard(news => { if (news.Update == 9) stop.Raise("SIGINT"); });
        var first = Train(Request("run") with { MaxSteps = maxSteps }, heard, stop);
        Assert.Equal((9, false, "SIGINT", null), (first.Updates, first.Complete, first.StoppedBy, first.Test));
        Assert.False(File.Exists(In("run", "summary.json")));
        var second = Train(Request("run") with { Resume = true });
        Assert.Equal((true, whole.Test, whole.Validation), (second.Complete, second.Test, second.Validation));
        Assert.Equal(3, MetricsLog.Read(In("run", "metrics.jsonl")).Count(m => m.WholeEpoch == true));
    }

    [Theory]
    [InlineData("0", "")]
    [InlineData("1e-9", "update-0000000001.safetensors update-0000000002.safetensors")]
    public void A_checkpoint_is_taken_whenever_its_minutes_are_over(string minutes, string expected)
    {
        string? seen = null;
        Train(Request("run", "training.checkpointEvery=0", $"training.checkpointMinutes={minutes}"), new Heard(news =>
        {
            if (news.Update == 3) // the first epoch's end, before its own checkpoint
                seen = Directory.Exists(In("run", "checkpoint")) ? string.Join(' ', Directory.GetFiles(In("run", "checkpoint")).Select(Path.GetFileName).Order()) : "";
        }));
        Assert.Equal(expected, seen);
    }

    [Fact]
    public void A_run_goes_on_without_the_lines_that_its_metrics_lost()
    {
        Train(Request("whole"));
        Train(Request("run") with { MaxSteps = 4 });
        File.Delete(In("run", "metrics.jsonl"));
        var heard = new Heard();
        Train(Request("run") with { Resume = true, MaxSteps = 5 }, heard);
        Assert.Contains(heard.Notes, note => note.Contains("metrics.jsonl has 0 bytes") && note.Contains("lines are missing"));
        heard.Notes.Clear();
        Train(Request("run") with { Resume = true }, heard);
        Assert.Empty(heard.Notes);
        Assert.Equal([5L, 6, 7, 8, 9], MetricsLog.Read(In("run", "metrics.jsonl")).Where(m => m is { Split: DataSplit.Train, WholeEpoch: null }).Select(m => m.Step));
        Assert.Equal(File.ReadAllBytes(In("whole", "model.safetensors")), File.ReadAllBytes(In("run", "model.safetensors")));
    }

    [Fact]
    public void A_start_that_failed_before_its_first_checkpoint_does_not_stand_in_the_way()
    {
        var failed = Request("run", "training.learningRate=1e30", "training.nonFiniteLimit=1", "training.checkpointEvery=0", "training.clipNorm=0");
        var error = Assert.Throws<RunException>(() => Train(failed));
        Assert.Contains("Start a new run", error.Message);
        Assert.DoesNotContain("checkpoint", error.Message);
        Assert.NotEmpty(File.ReadAllText(In("run", "metrics.jsonl")));
        Train(Request("whole"));
        Assert.True(Train(Request("run")).Complete);
        Assert.Equal(File.ReadAllBytes(In("whole", "model.safetensors")), File.ReadAllBytes(In("run", "model.safetensors")));
        Assert.Equal(MetricsLog.Read(In("whole", "metrics.jsonl")).Select(m => m.Step), MetricsLog.Read(In("run", "metrics.jsonl")).Select(m => m.Step));
    }

    [Fact]
    public void An_epoch_without_a_finite_update_has_no_loss()
    {
        Train(Request("run", "training.pretrainEpochs=0", "training.learningRate=1e30", "training.nonFiniteLimit=100", "training.clipNorm=0"));
        var epochs = MetricsLog.Read(In("run", "metrics.jsonl")).Where(m => m.WholeEpoch == true).ToList();
        Assert.Equal([2L, 3], epochs.Select(m => m.NonFinite)); // the first of 3 updates in each of 2 epochs is of the drawn weights
        Assert.True(epochs[0] is { Loss: > 0, Supervised: > 0, Accuracy: not null, GradientNorm: > 0, SequencesPerSecond: > 0 });
        Assert.True(epochs[1] is { Loss: null, Supervised: null, Auxiliary: null, Accuracy: null, GradientNorm: null, SequencesPerSecond: null });
    }

    [Theory]
    [InlineData("libtorch", "lstm", "libtorch")]
    [InlineData("kernels", "lstm", "kernels")]
    [InlineData("auto", "gru", "libtorch")]
    public void A_manifest_tells_which_engine_computed(string asked, string cell, string computed)
    {
        Train(Request("run", $"model.engine={asked}", $"model.cell={cell}") with { MaxSteps = 1 });
        Train(Request("run", $"model.engine={asked}", $"model.cell={cell}") with { MaxSteps = 2, Resume = true });
        var manifest = JsonFile.Read(In("run", "manifest.json"), RunJson.Default.Manifest);
        Assert.Equal([computed, computed, computed], [manifest.Engine, .. manifest.Sittings.Select(sitting => sitting.Engine)]);
    }

    /// <summary>A language model and masked steps of an LSTM are libtorch's, with all losses of their phase.</summary>
    [Theory]
    [InlineData("kernels", "kernels", "autoencoder")]
    [InlineData("auto", "libtorch, then kernels", "languageModel", "training.joint=false")]
    [InlineData("auto", "libtorch", "masked")]
    [InlineData("auto", "libtorch", "languageModel", "training.epochs=0")]
    [InlineData("auto", "kernels and libtorch", "languageModel", "training.clipApart=true", "training.pretrainEpochs=0")]
    [InlineData("kernels", "kernels", "languageModel", "model.cell=urnn")]
    public void It_tells_which_engine_computed_each_phase_and_so_does_the_line_at_the_start(string asked, string computed, string loss, params string[] more)
    {
        var heard = new Heard();
        var auxiliary = $"auxiliary=[{{\"kind\":\"{loss}\",\"bptt\":6,\"decoder\":{{\"headUnits\":7}}}}]";
        Train(Request("run", [$"model.engine={asked}", auxiliary, .. more]) with { MaxSteps = 1 }, heard);
        if (asked == "auto" && !Recollect.Kernels.KernelSet.IsFast)
            computed = "libtorch";
        Assert.Equal(computed, JsonFile.Read(In("run", "manifest.json"), RunJson.Default.Manifest).Engine);
        Assert.Equal(computed, Assert.Single(heard.Starts).Engine);
    }

    [Fact]
    public void A_resume_computes_as_before_unless_asked_and_tells_what_differs()
    {
        var heard = new Heard();
        try
        {
            Train(Request("run") with { MaxSteps = 2, Command = ["recollect", "train"] });
            Train(Request("run") with { Resume = true, MaxSteps = 3, Workplace = new Workplace(_folder, Threads: 2) }, heard);
            Assert.Contains("threads: 2, before 1", Assert.Single(heard.Notes));
            heard.Notes.Clear();
            var manifest = JsonFile.Read(In("run", "manifest.json"), RunJson.Default.Manifest);
            JsonFile.Write(In("run", "manifest.json"), manifest with { Sittings = [.. manifest.Sittings.Select(s => s with { Program = "0.0.1" })] }, RunJson.Default.Manifest);
            torch.set_num_threads(1);
            Train(Request("run") with { Resume = true, Workplace = new Workplace(_folder), Command = ["recollect", "on"] }, heard);
            Assert.Contains("program: ", Assert.Single(heard.Notes));
        }
        finally
        {
            torch.set_num_threads(1);
        }
        var sittings = JsonFile.Read(In("run", "manifest.json"), RunJson.Default.Manifest).Sittings;
        Assert.Equal([("cpu", 1), ("cpu", 2), ("cpu", 2)], sittings.Select(sitting => (sitting.Device, sitting.Threads)));
        Assert.Equal([["recollect", "train"], [], ["recollect", "on"]], sittings.Select(sitting => sitting.Command));
        Assert.Equal(sittings.Select(sitting => sitting.Started).Order(), sittings.Select(sitting => sitting.Started));
    }

    [Fact]
    public void Predictions_need_the_model_file_alone()
    {
        Train(Request("run"));
        var input = Path.Combine(_folder, "rows.csv");
        File.WriteAllLines(input, Enumerable.Range(0, 5).Select(row => string.Join(',', Enumerable.Range(0, 64).Select(pixel => (row * 7 + pixel * 3) % 17))));
        PredictedRow[] Predict(string run) =>
            [.. Experiment.Predict(new PredictRequest(Path.Combine(_folder, run), input, () => Stream.Null, new Workplace(_folder, DeviceChoice.Cpu, 1)))];
        var before = Predict("run");
        Directory.CreateDirectory(Path.Combine(_folder, "bare"));
        File.Move(In("run", "model.safetensors"), In("bare", "model.safetensors"));
        Directory.Delete(Path.Combine(_folder, "run"), recursive: true);
        var after = Predict("bare");
        Assert.Equal(5, before.Length);
        Assert.All(before.Zip(after), pair =>
        {
            Assert.Equal((pair.First.Index, pair.First.Label), (pair.Second.Index, pair.Second.Label));
            Assert.Equal(pair.First.Probabilities, pair.Second.Probabilities);
        });
        Assert.All(before, row => Assert.Equal(1, row.Probabilities.Values.Sum(), 1e-9));
        Assert.All(before, row => Assert.Equal(row.Probabilities.MaxBy(p => p.Value).Key, row.Label));
    }

    [Fact]
    public void An_existing_run_is_refused_and_untouched()
    {
        Train(Request("run"));
        var before = File.ReadAllBytes(In("run", "metrics.jsonl"));
        var error = Assert.Throws<RecipeException>(() => Train(Request("run")));
        Assert.Contains("--resume", error.Message);
        Assert.Equal(before, File.ReadAllBytes(In("run", "metrics.jsonl")));
    }

    [Theory]
    [InlineData("error", 63, "fits into 0 of 48")]
    [InlineData("skip", 63, "fits into 0 of 48")]
    public void A_segment_longer_than_every_row_is_a_recipe_error_and_leaves_no_folder(string tooShort, int length, string expected)
    {
        var request = Request("run", "auxiliary=[{\"kind\":\"reconstruction\",\"length\":" + length + ",\"tooShort\":\"" + tooShort + "\"}]");
        var error = Assert.Throws<RecipeException>(() => Train(request));
        Assert.Contains("auxiliary.0.length", error.Message);
        Assert.Contains(expected, error.Message);
        Assert.Contains("62", error.Message);
        Assert.False(Directory.Exists(request.Folder));
    }

    [Fact]
    public void Shortened_segments_are_told_and_counted()
    {
        var heard = new Heard();
        Train(Request("run", "auxiliary.0.length=63"), heard);
        Assert.Contains(heard.Notes, note => note.Contains("96 segment(s) an epoch are shortened"));
        Assert.Equal(3 * 96, MetricsLog.Read(In("run", "metrics.jsonl")).Where(m => m.WholeEpoch == true).Sum(m => m.Shortened));
    }

    [Fact]
    public void Other_data_than_the_run_began_with_is_refused()
    {
        Train(Request("run") with { MaxSteps = 2 });
        var manifest = JsonFile.Read(In("run", "manifest.json"), RunJson.Default.Manifest);
        JsonFile.Write(In("run", "manifest.json"), manifest with { Data = [manifest.Data[0] with { Sha256 = new string('0', 64) }] }, RunJson.Default.Manifest);
        var error = Assert.Throws<DataException>(() => Train(Request("run") with { Resume = true }));
        Assert.Contains(manifest.Data[0].File, error.Message);
    }

    private sealed class Heard(Action<UpdateNews>? onUpdate = null) : IProgress<TrainNews>
    {
        public List<string> Notes { get; } = [];

        public List<StartNews> Starts { get; } = [];

        public void Report(TrainNews value)
        {
            if (value is NoteNews note)
                Notes.Add(note.Text);
            if (value is StartNews start)
                Starts.Add(start);
            if (value is UpdateNews update)
                onUpdate?.Invoke(update);
            if (value is EpochNews epoch)
                onUpdate?.Invoke(epoch.At);
        }
    }
}
