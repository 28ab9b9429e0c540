using System.Reflection;
using FsCheck.Xunit;
using Recollect.Data;
using Recollect.Experiments;
using Recollect.Inference;
using Recollect.Networks;
using Recollect.Randomness;
using Recollect.Sequences;
using Recollect.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Recollect.Tests.Inference;

/// <summary>Inference without libtorch says what the trained network says: of libtorch to 1e-5, of training's kernels to the last bit.</summary>
public sealed class SequenceModelAgreementTests : IDisposable
{
    private const double Tolerance = 1e-5;
    private readonly string _folder = Directory.CreateTempSubdirectory("recollect-inference-").FullName;

    private string ModelPath => Path.Combine(_folder, "model.safetensors");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Property(MaxTest = 60)]
    public void Logits_of_any_shape_are_those_of_libtorch(int seed)
    {
        var stream = new Seed(seed).Stream("shapes");
        var tokens = stream.Next(2) == 0;
        var options = OptionsOf(ref stream, raw: !tokens && stream.Next(3) == 0) with { Engine = EngineKind.Libtorch };
        Preprocessing preprocessing = tokens ? Characters(2 + stream.Next(60)) : new SeriesPreprocessing { Components = 1 + stream.Next(5) };
        var (network, model, set) = Saved(options, preprocessing, seed);
        using (network)
        {
            for (var row = 0; row < set.Count; row++)
                AssertNear(LogitsByLibtorch(network, set, row), Classified(model, set, row).Logits, $"{options}, row {row}");
        }
    }

    /// <summary>Large weights make large logits, and every rounding larger: an absolute bound would say nothing.</summary>
    [Property(MaxTest = 20)]
    public void However_large_the_weights_logits_are_about_as_near_to_double_precision_as_libtorchs(int seed)
    {
        var stream = new Seed(seed).Stream("shapes");
        var options = OptionsOf(ref stream, raw: false) with { Engine = EngineKind.Libtorch };
        var (network, model, set) = Saved(options, Characters(2 + stream.Next(60)), seed, scale: 1 + stream.Next(2));
        using (network)
        {
            double[] Of(Func<int, IEnumerable<double>> logits) => [.. Enumerable.Range(0, set.Count).SelectMany(logits)];
            var ours = Of(row => Classified(model, set, row).Logits.Select(logit => (double)logit));
            var single = Of(row => LogitsByLibtorch(network, set, row).Select(logit => (double)logit));
            network.to(ScalarType.Float64);
            var exact = Of(row => DoublesByLibtorch(network, set, row));
            double Error(double[] found) => Math.Sqrt(found.Zip(exact, (a, b) => (a - b) * (a - b)).Average());
            var (own, theirs, largest) = (Error(ours), Error(single), exact.Max(Math.Abs));
            Assert.True(own <= 8 * theirs + 1e-6 * Math.Max(1, largest), $"{options}: ours is {own:R} away, libtorch's {theirs:R}, of logits up to {largest:0.0}.");
        }
    }

    [Property(MaxTest = 40)]
    public void Of_an_lstm_the_numbers_are_those_of_trainings_kernels_to_the_last_bit(int seed)
    {
        var stream = new Seed(seed).Stream("shapes");
        var options = OptionsOf(ref stream, raw: false) with { Cell = CellKind.Lstm, Engine = EngineKind.Kernels };
        Preprocessing preprocessing = stream.Next(2) == 0 ? Characters(2 + stream.Next(60)) : new SeriesPreprocessing { Components = 1 + stream.Next(5) };
        var (network, model, set) = Saved(options, preprocessing, seed);
        using (network)
        {
            var expected = Classification.Of(network, set, batch: set.Count).ToArray();
            Assert.Equal("kernels", network.EngineName);
            for (var row = 0; row < set.Count; row++)
                Assert.Equal(expected[row].LogProbabilities, LogProbabilities(Classified(model, set, row).Logits));
        }
    }

    [Theory]
    [InlineData("lstm", 1)]
    [InlineData("gru", 2)]
    public void A_trained_run_of_digits_is_labelled_as_the_program_labels_it(string cell, int layers)
    {
        var run = Path.Combine(_folder, "run");
        Experiment.Train(
            new TrainRequest
            {
                Recipe = RecipeBook.Open("digits", [$"model.cell={cell}", $"model.layers={layers}", "data.limit=200", "data.testLimit=100", "training.pretrainEpochs=1", "training.epochs=1"]),
                Folder = run,
                Workplace = new Workplace(_folder, DeviceChoice.Cpu, 1),
            },
            new Progress<TrainNews>(), new StopSignal());
        var file = Path.Combine(run, "model.safetensors");
        var test = DataSetLoader.Load(RecipeBook.Open("digits", ["data.testLimit=100"]).Data, _folder).Test;
        var model = SequenceModel.Load(file);
        var trained = TrainedModel.Load(file);
        using var network = trained.Network;
        Assert.Equal(trained.Classes, model.Classes);
        var expected = Classification.Of(network, test, batch: 32).ToArray();
        using var stream = model.OpenStream();
        for (var row = 0; row < test.Count; row++)
        {
            stream.Reset();
            foreach (var token in TokensOf(test, row))
                stream.PushStep(token);
            Assert.Equal(expected[row].Predicted, stream.Index);
            Assert.All(expected[row].LogProbabilities.Zip(stream.Current.ToArray()), pair => Assert.Equal(pair.First, Math.Log(pair.Second), Tolerance));
        }
    }

    [Theory]
    [InlineData(CellKind.Irnn, "an iRNN")]
    [InlineData(CellKind.Urnn, "a uRNN")]
    [InlineData(CellKind.Transformer, "a Transformer")]
    public void What_training_saves_of_other_cells_is_refused_by_name(CellKind cell, string found)
    {
        var preprocessing = Characters(5);
        using var network = new RecurrentClassifier(preprocessing.Format, 3, new NetworkOptions { Cell = cell, Embedding = 3, Hidden = 4, HeadUnits = 5 }, new Seed(1));
        Save(network, preprocessing);
        Assert.Contains($"holds {found}", Assert.Throws<DataException>(() => SequenceModel.Load(ModelPath)).Message);
    }

    [Fact]
    public void Every_key_of_an_architecture_is_known_to_inference() =>
        Assert.Equal(Names(typeof(NetworkOptions)), Names(typeof(ArchitectureJson)));

    [Property(MaxTest = 40)]
    public void The_weights_that_inference_asks_for_are_those_of_the_network(int seed)
    {
        var stream = new Seed(seed).Stream("shapes");
        var tokens = stream.Next(2) == 0;
        var options = OptionsOf(ref stream, raw: !tokens && stream.Next(2) == 0);
        Preprocessing preprocessing = tokens ? Characters(7) : new SeriesPreprocessing { Components = 3 };
        using var network = new RecurrentClassifier(preprocessing.Format, 4, options, new Seed(seed));
        Save(network, preprocessing);
        var file = ModelFile.Read(ModelPath);
        Assert.Equal(
            RecurrentClassifier.Shapes(preprocessing.Format, 4, options).Select(weight => $"{weight.Name} {string.Join('x', weight.Shape)}").Order(),
            file.Architecture.Shapes(file.Format, 4).Select(weight => $"{weight.Name} {string.Join('x', weight.Shape)}").Order());
    }

    private static string[] Names(Type type) => [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(property => property.Name).Where(name => name != "EqualityContract").Order()];

    private static NetworkOptions OptionsOf(ref RandomStream stream, bool raw)
    {
        var gru = stream.Next(2) == 0;
        return new NetworkOptions
        {
            Cell = gru ? CellKind.Gru : CellKind.Lstm,
            Gates = !gru && stream.Next(3) == 0 ? GateKind.Refined : GateKind.Standard,
            Input = raw ? InputKind.Raw : InputKind.Embedded,
            Embedding = 1 + stream.Next(20),
            Hidden = 1 + stream.Next(70),
            Layers = 1 + stream.Next(3),
            HeadUnits = 1 + stream.Next(40),
        };
    }

    // V = so many: all but one have a character of their own.
    private static TextPreprocessing Characters(int vocabulary) =>
        new() { Unit = TextUnit.Characters, Vocabulary = [.. Enumerable.Range(0, vocabulary - 1).Select(token => ((char)('0' + token)).ToString())] };

    private (RecurrentClassifier Network, SequenceModel Model, InMemorySequences Set) Saved(NetworkOptions options, Preprocessing preprocessing, int seed, double scale = 1)
    {
        var network = new RecurrentClassifier(preprocessing.Format, 4, options, new Seed(seed));
        using (no_grad())
        {
            using var factor = scale.ToScalar();
            foreach (var weights in network.parameters())
                weights.mul_(factor);
        }
        Save(network, preprocessing);
        var set = new InMemorySequences(preprocessing.Format, ["a", "b", "c", "d"]);
        var stream = new Seed(seed).Stream("rows");
        for (var row = 0; row < 8; row++)
        {
            var steps = 1 + stream.Next(50);
            if (preprocessing.Format.Kind == StepKind.Tokens)
                set.AddTokens(Array.ConvertAll(new int[steps], _ => stream.Next(preprocessing.Format.Width)), 0);
            else
                set.AddReals(Array.ConvertAll(new float[steps * preprocessing.Format.Width], _ => (float)stream.NextNormal()), 0);
        }
        return (network, SequenceModel.Load(ModelPath), set);
    }

    private void Save(RecurrentClassifier network, Preprocessing preprocessing)
    {
        string[] classes = [.. "abcd".Take(network.Classes).Select(name => name.ToString())];
        var task = new TrainingTask(network, [], Truncation.Full, new InMemorySequences(preprocessing.Format, classes), null, []);
        new TrainedModel(network, preprocessing, null, classes).Save(ModelPath, task, new Recipe());
    }

    private static Prediction Classified(SequenceModel model, InMemorySequences set, int row) =>
        set.Format.Kind == StepKind.Tokens ? model.ClassifySteps(TokensOf(set, row)) : model.ClassifySteps(RealsOf(set, row));

    private static int[] TokensOf(SequenceSet set, int row)
    {
        var tokens = new int[set.LengthOf(row)];
        set.CopyTokens(row, 0, tokens);
        return tokens;
    }

    private static float[] RealsOf(SequenceSet set, int row)
    {
        var reals = new float[set.LengthOf(row) * set.Format.Width];
        set.CopyReals(row, 0, reals);
        return reals;
    }

    private static float[] LogitsByLibtorch(RecurrentClassifier network, InMemorySequences set, int row)
    {
        using var scope = NewDisposeScope();
        return ByLibtorch(network, set, row).data<float>().ToArray();
    }

    private static double[] DoublesByLibtorch(RecurrentClassifier network, InMemorySequences set, int row)
    {
        using var scope = NewDisposeScope();
        return ByLibtorch(network, set, row).data<double>().ToArray();
    }

    private static Tensor ByLibtorch(RecurrentClassifier network, InMemorySequences set, int row)
    {
        using var _ = no_grad();
        var steps = set.Format.Kind == StepKind.Tokens
            ? tensor(TokensOf(set, row), [set.LengthOf(row), 1]).to(ScalarType.Int64)
            : tensor(RealsOf(set, row), [set.LengthOf(row), 1, set.Format.Width]);
        return network.Classify(network.Run(steps, network.Recurrence.ZeroState(1)).End.Output);
    }

    private static void AssertNear(float[] expected, IReadOnlyList<float> found, string what)
    {
        for (var c = 0; c < expected.Length; c++)
            Assert.True(Math.Abs(expected[c] - found[c]) <= Tolerance, $"{what}, class {c}: expected {expected[c]:R}, found {found[c]:R}.");
    }

    // As training's kernels do it, in double.
    private static double[] LogProbabilities(IReadOnlyList<float> logits)
    {
        var largest = (double)logits.Max();
        var whole = Math.Log(logits.Sum(logit => Math.Exp(logit - largest)));
        return [.. logits.Select(logit => logit - largest - whole)];
    }
}
