using System.Text.Json.Nodes;
using Recollect.Experiments;
using Recollect.Networks;

namespace Recollect.Tests.Cli;

/// <summary>Memory that does not grow with the sequence: method, section 6.5.</summary>
public sealed class MemoryTests : IDisposable
{
    private const int Batch = 128;
    private readonly string _folder = Directory.CreateTempSubdirectory("recollect-memory-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Peak_memory_at_16384_steps_is_within_15_percent_of_that_at_1024() => Grows("kernels", updates: 1, 1024, 16384);

    /// <summary>The second update runs in memory that the first has left.</summary>
    [Theory]
    [Trait("Tier", "slow")]
    [InlineData("kernels")]
    [InlineData("libtorch")]
    public void So_it_is_over_several_updates_and_on_libtorch(string engine) => Grows(engine, updates: 2, 1024, 4096, 16384);

    private void Grows(string engine, int updates, params int[] lengths)
    {
        // n = 1, batch 128, hidden 128, k = 300, l = 600; a process of its own each, an idle one taken off.
        var idle = Peak("mnist-r-lstm-300", steps: 16, updates, "model.hidden=1", "model.embedding=1", "model.headUnits=1", "training.batch=1", "auxiliary=[]", "bptt.auxiliary=null", "training.pretrainEpochs=0", $"model.engine={engine}");
        var peaks = lengths.ToDictionary(steps => steps, steps => Peak("mnist-r-lstm-300", steps, updates, "training.pretrainEpochs=0", $"model.engine={engine}") - idle);
        TestContext.Current.TestOutputHelper?.WriteLine($"idle {idle / 1e6:F0} MB; above it {string.Join(", ", peaks.Select(p => $"{p.Value / 1e6:F0} MB at {p.Key}"))}");
        Assert.All(lengths, steps => Assert.InRange(peaks[steps], 0, (long)(1.15 * peaks[1024])));
        Assert.True(peaks[1024] > 100_000_000, "A step of this size needs more; the measurement is wrong.");
    }

    /// <summary>States that are computed again take the root of the length; kept, they would take 1.6 GB here.</summary>
    [Fact]
    public void Full_backpropagation_through_16384_steps_of_32_rows_takes_at_most_200_MB_above_an_idle_process() => Fits(updates: 1);

    [Fact]
    [Trait("Tier", "slow")]
    public void So_it_does_over_several_updates() => Fits(updates: 3);

    private void Fits(int updates)
    {
        var idle = Peak("mnist-lstm-full", steps: 16, updates, "model.hidden=1", "model.embedding=1", "model.headUnits=1", "training.batch=1");
        var above = Peak("mnist-lstm-full", 16384, updates, "training.batch=32") - idle;
        TestContext.Current.TestOutputHelper?.WriteLine($"idle {idle / 1e6:F0} MB; {above / 1e6:F0} MB above it");
        Assert.InRange(above, 10_000_000, 200_000_000);
    }

    [Fact]
    [Trait("Tier", "slow")]
    public void A_transformers_update_takes_what_is_reckoned_beforehand()
    {
        // The slope over rows: what a process takes without them falls away.
        var (few, many) = (8, 72);
        long PeakOf(int rows) => Peak("mnist-transformer", 2048, updates: 2, $"training.batch={rows}");
        var taken = PeakOf(many) - PeakOf(few);
        var reckoned = TransformerEncoder.TrainingBytes(RecipeBook.Open("mnist-transformer").Model, many - few, 2048);
        TestContext.Current.TestOutputHelper?.WriteLine($"taken {taken / 1e6:F0} MB, reckoned {reckoned / 1e6:F0} MB");
        Assert.InRange(taken, (long)(0.9 * reckoned), (long)(1.75 * reckoned));
    }

    /// <summary>Rows that are evaluated are longer than those trained on, and are evaluated last of all.</summary>
    [Fact]
    public void The_peak_of_a_run_holds_its_evaluation()
    {
        var longer = Rows(2048);
        long PeakOf(int rows) => Peak("mnist-transformer", 16, updates: 1, "training.batch=32", $"data.test={JsonValue.Create(longer).ToJsonString()}", $"data.testLimit={rows}");
        Assert.InRange(PeakOf(32) - PeakOf(1), 100_000_000, 1_000_000_000); // 400 MB
    }

    [Theory]
    [Trait("Tier", "slow")]
    [InlineData("mnist14-lm-lstm", 784, "training.batch=128", "training.pretrainEpochs=0", "training.joint=true")]
    [InlineData("mnist14-lm-lstm", 784, "training.batch=128")]
    [InlineData("mnist14-masked-lstm", 784, "training.batch=128")]
    [InlineData("mnist-irnn", 784)]
    [InlineData("mnist-urnn", 784)]
    [InlineData("mnist-transformer", 4096, "training.batch=16", "training.accumulate=16", "data.testLimit=16")]
    [InlineData("mnist-r-lstm-300", 1024, "training.pretrainEpochs=0")]
    [InlineData("mnist-r-lstm-300", 4096, "training.pretrainEpochs=0")]
    [InlineData("mnist-r-lstm-300", 16384, "training.pretrainEpochs=0")]
    [InlineData("mnist-lstm-full", 784)]
    [InlineData("mnist-lstm-full", 1568)]
    [InlineData("mnist-lstm-full", 3136, "bptt.recompute=never")]
    [InlineData("mnist-lstm-full", 3136)]
    [InlineData("mnist-lstm-full", 16384, "training.batch=32")]
    [InlineData("mnist-r-lstm-300", 4096, "training.pretrainEpochs=0", "bptt.supervised=full", "training.batch=64")]
    [InlineData("mnist-lstm-full", 1024, "model.cell=gru", "bptt.recompute=always")]
    [InlineData("mnist-p-lstm-300", 784, "training.pretrainEpochs=0")]
    [InlineData("mnist-r-lstm-300", 784, "training.pretrainEpochs=0", "auxiliary.0.segments=20", "auxiliary.0.length=30")]
    [InlineData("mnist-transformer", 1024, "training.batch=32")]
    [InlineData("mnist-lstm-300", 1024, "model.cell=gru")]
    [InlineData("mnist-r-lstm-300", 1024, "training.pretrainEpochs=0", "model.engine=libtorch")]
    public void A_training_takes_within_20_percent_of_what_it_says_beforehand(string recipe, int steps, params string[] edits)
    {
        var summary = Summary(recipe, steps, updates: 2, edits);
        double peak = summary["peakMemory"]!.GetValue<long>(), estimate = summary["estimatedMemory"]!.GetValue<long>();
        TestContext.Current.TestOutputHelper?.WriteLine($"{recipe}, {steps} steps, {string.Join(' ', edits)}: reckoned {estimate / 1e6:F0} MB, measured {peak / 1e6:F0} MB");
        Assert.InRange(estimate / peak, 0.8, 1.2);
    }

    private long Peak(string recipeName, int steps, int updates, params string[] edits) => Summary(recipeName, steps, updates, edits)["peakMemory"]!.GetValue<long>();

    private string Rows(int steps)
    {
        var rows = Path.Combine(_folder, $"{steps}.jsonl");
        File.WriteAllLines(rows, Enumerable.Range(0, Batch + 2).Select(row =>
            $"{{\"text\":\"{string.Concat(Enumerable.Range(0, steps).Select(t => (char)('a' + (t * 7 + row) % 26)))}\",\"label\":{row % 2}}}"));
        return rows;
    }

    private JsonNode Summary(string recipeName, int steps, int updates, string[] edits)
    {
        var rows = Rows(steps);
        string[] recipe =
        [
            "data={\"source\":\"jsonl\",\"text\":\"text\",\"train\":" + JsonValue.Create(rows).ToJsonString() + ",\"test\":" + JsonValue.Create(rows).ToJsonString() + ",\"testLimit\":1}",
            .. edits,
        ];
        var run = Path.Combine(_folder, $"run-{Directory.GetDirectories(_folder).Length}");
        var ended = Processes.Run(["train", recipeName, "--out", run, "--threads", "2", "--max-steps", $"{updates}", .. recipe.SelectMany(edit => new[] { "--set", edit })]);
        Assert.True(ended.Code == 0, ended.Error);
        return JsonNode.Parse(File.ReadAllText(Path.Combine(run, "summary.json")))!;
    }
}
