using System.Text.Json;
using Recollect.Data;
using Recollect.Experiments;
using Recollect.Networks;
using Recollect.Randomness;
using Recollect.Sequences;
using Recollect.Training;

namespace Recollect.Tests.Witness;

/// <summary>Another library's layers, fed with the saved file, say of every row what <c>predict</c> and <c>evaluate</c> say.</summary>
public sealed class PyTorchTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recollect-witness-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("kernels")]
    [InlineData("libtorch")]
    public void A_trained_model_classifies_100_test_sequences_as_the_logits_of_the_other_library_do(string engine)
    {
        Python.SkipWithoutTorch();
        var run = Path.Combine(_folder, "run");
        Experiment.Train(
            new TrainRequest
            {
                Recipe = RecipeBook.Open("digits", ["data.limit=200", "data.testLimit=100", "training.pretrainEpochs=1", "training.epochs=1", $"model.engine={engine}"]),
                Folder = run,
                Workplace = new Workplace(_folder, DeviceChoice.Cpu, 1),
            },
            new Progress<TrainNews>(), new StopSignal());
        var file = Path.Combine(run, "model.safetensors");
        var test = DataSetLoader.Load(RecipeBook.Open("digits", ["data.testLimit=100"]).Data, _folder).Test;
        Assert.Equal(100, test.Count);
        Agree(TrainedModel.Load(file).Network, test, file);
    }

    [Theory]
    [InlineData(CellKind.Lstm, 2, StepKind.Reals, EngineKind.Kernels)]
    [InlineData(CellKind.Lstm, 2, StepKind.Reals, EngineKind.Libtorch)]
    [InlineData(CellKind.Gru, 1, StepKind.Tokens, EngineKind.Libtorch)]
    [InlineData(CellKind.Gru, 2, StepKind.Reals, EngineKind.Libtorch)]
    [InlineData(CellKind.Irnn, 2, StepKind.Tokens, EngineKind.Libtorch)]
    [InlineData(CellKind.Lstm, 2, StepKind.Reals, EngineKind.Libtorch, GateKind.Refined)]
    [InlineData(CellKind.Lstm, 2, StepKind.Tokens, EngineKind.Kernels, GateKind.Refined)]
    public void Every_cell_kind_of_step_and_depth_agrees_on_sequences_of_unequal_length(
        CellKind cell, int layers, StepKind kind, EngineKind engine, GateKind gates = GateKind.Standard) =>
        Agree(new NetworkOptions { Cell = cell, Gates = gates, Layers = layers, Embedding = 7, Hidden = 9, HeadUnits = 11, Engine = engine }, kind);

    [Theory]
    [InlineData(PositionKind.Sinusoidal, StepKind.Reals)]
    [InlineData(PositionKind.Learned, StepKind.Tokens)]
    public void A_Transformer_agrees_on_sequences_of_unequal_length(PositionKind positions, StepKind kind) => Agree(
        new NetworkOptions
        {
            Cell = CellKind.Transformer,
            Layers = 2,
            Hidden = 12,
            Heads = 3,
            FeedForward = 10,
            Positions = positions,
            MaxSteps = positions == PositionKind.Learned ? 50 : null,
            HeadUnits = 11,
        },
        kind);

    private void Agree(NetworkOptions options, StepKind kind)
    {
        Python.SkipWithoutTorch();
        var set = UnequalRows.Of(new StepFormat(kind, 3), 100);
        var network = new RecurrentClassifier(set.Format, 4, options, new Seed(4));
        Preprocessing preprocessing = kind == StepKind.Tokens ? new TextPreprocessing() : new SeriesPreprocessing { Components = 3 };
        var task = new TrainingTask(network, [], Truncation.Full, set, null, []);
        var file = Path.Combine(_folder, "model.safetensors");
        new TrainedModel(network, preprocessing, null, set.Classes).Save(file, task, new Recipe());
        Agree(network, set, file);
    }

    private void Agree(RecurrentClassifier network, SequenceSet set, string model)
    {
        var rows = Path.Combine(_folder, "rows.json");
        File.WriteAllText(rows, JsonSerializer.Serialize(Enumerable.Range(0, set.Count).Select(row => StepsOf(set, row))));
        var theirs = JsonSerializer.Deserialize<double[][]>(Python.Run("logits.py", model, rows))!;
        var ours = Classification.Of(network, set, 32).ToArray();
        Assert.Equal(set.Count, theirs.Length);
        Assert.Equal(set.Count, ours.Length);
        for (var row = 0; row < set.Count; row++)
        {
            var whole = Math.Log(theirs[row].Sum(Math.Exp)); // logits are small: no overflow
            Assert.All(ours[row].LogProbabilities.Zip(theirs[row]), pair => Assert.Equal(pair.Second - whole, pair.First, 1e-5));
        }
    }

    private static object StepsOf(SequenceSet set, int row)
    {
        if (set.Format.Kind == StepKind.Tokens)
        {
            var tokens = new int[set.LengthOf(row)];
            set.CopyTokens(row, 0, tokens);
            return tokens;
        }
        var reals = new float[set.LengthOf(row) * set.Format.Width];
        set.CopyReals(row, 0, reals);
        return reals.Chunk(set.Format.Width).ToArray();
    }
}
