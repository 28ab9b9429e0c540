// Gradient boosting (LightGBM, by ML.NET) on the rows of docs/results.md: the same split, a pixel a feature (docs/choosing.md).
//   dotnet run -c Release bench/boosting.cs -- digits [MODEL…]     networks of `recollect train`, to be late beside it
//   dotnet run -c Release bench/boosting.cs -- mnist14             with MNIST in $RECOLLECT_DATA
// Learning rate and leaves are chosen on validation rows, as they are for the networks; then all training rows, three seeds, one thread.
#:project ../src/Recollect.Data
#:package Microsoft.ML.LightGbm
#:property PublishAot=false
#:property GenerateDocumentationFile=true
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers.LightGbm;
using Recollect.Data;
using Recollect.Inference;
using Recollect.Sequences;

var (data, validation) = args[0] switch
{
    "digits" => (new DataOptions { Encoding = StepEncoding.Tokens, Levels = 17 }, 0.2),
    "mnist14" => (new DataOptions { Source = DataSources.Mnist, Downscale = 2, Encoding = StepEncoding.Tokens, Levels = 16, Limit = 10_000 }, 0.1),
    _ => throw new ArgumentException($"Found '{args[0]}'; expected digits or mnist14."),
};
using var held = DataSetLoader.Load(data with { Validation = validation }, DataFolder.Resolve());
using var whole = DataSetLoader.Load(data, DataFolder.Resolve());

Console.WriteLine($"{args[0]}: {held.Train.Count:N0} + {held.Validation!.Count:N0} rows to choose by, {whole.Train.Count:N0} to train on, {whole.Test.Count:N0} to test on");
var best = (Accuracy: 0.0, Rate: 0.0, Leaves: 0);
foreach (var rate in new[] { 0.03, 0.1, 0.3 })
{
    foreach (var leaves in new[] { 7, 15, 31 })
    {
        var accuracy = Boosted.Train(held.Train, rate, leaves, seed: 101).Accuracy(held.Validation);
        Console.WriteLine($"rate {rate}, {leaves} leaves: validation {accuracy:P1}");
        best = accuracy > best.Accuracy ? (accuracy, rate, leaves) : best;
    }
}

var before = Environment.CpuUsage.TotalTime;
Boosted[] boosted = [.. Enumerable.Range(1, 3).Select(seed => Boosted.Train(whole.Train, best.Rate, best.Leaves, seed))];
Console.WriteLine($"rate {best.Rate}, {best.Leaves} leaves, {(Environment.CpuUsage.TotalTime - before).TotalSeconds / boosted.Length:0.0} s of a core a training: test {Spread(boosted.Select(model => model.Accuracy(whole.Test)))}");

// A sequence that begins some steps later than those trained on: zeros before it, and as many steps fewer behind.
SequenceModel[] networks = [.. args[1..].Select(path => SequenceModel.Load(path))];
foreach (var late in networks.Length > 0 ? new[] { 0, 1, 2, 4, 8 } : [])
{
    Console.WriteLine($"late by {late}: boosting {Spread(boosted.Select(model => model.Accuracy(whole.Test, late)))}, "
        + $"networks {Spread(networks.Select(model => Pixels.Rows(whole.Test, late).Average(row => model.ClassifySteps(row.Tokens).Index == row.Label ? 1.0 : 0)))}");
}

static string Spread(IEnumerable<double> values)
{
    double[] all = [.. values];
    var mean = all.Average();
    return $"{100 * mean:0.0} ± {100 * Math.Sqrt(all.Sum(value => (value - mean) * (value - mean)) / (all.Length - 1)):0.0} %";
}

internal static class Pixels
{
    public static IEnumerable<(int[] Tokens, int Label)> Rows(SequenceSet set, int late)
    {
        for (var row = 0; row < set.Count; row++)
        {
            var tokens = new int[set.LengthOf(row)];
            set.CopyTokens(row, 0, tokens.AsSpan(0, tokens.Length - late));
            tokens.AsSpan(0, tokens.Length - late).ToArray().CopyTo(tokens, late);
            Array.Clear(tokens, 0, late);
            yield return (tokens, set.LabelOf(row));
        }
    }
}

internal sealed class Boosted
{
    private readonly MLContext _context;
    private readonly ITransformer _model;

    private Boosted(MLContext context, ITransformer model) => (_context, _model) = (context, model);

    public static Boosted Train(SequenceSet rows, double rate, int leaves, int seed)
    {
        var context = new MLContext(seed);
        var trainer = context.MulticlassClassification.Trainers.LightGbm(new LightGbmMulticlassTrainer.Options
        {
            LearningRate = rate,
            NumberOfLeaves = leaves,
            NumberOfIterations = 200,
            NumberOfThreads = 1,
            Seed = seed,
            Booster = new GradientBooster.Options { FeatureFraction = 0.5, SubsampleFraction = 0.8, SubsampleFrequency = 1 },
        });
        return new Boosted(context, trainer.Fit(View(context, rows, 0)));
    }

    public double Accuracy(SequenceSet rows, int late = 0) => _context.MulticlassClassification.Evaluate(_model.Transform(View(_context, rows, late))).MicroAccuracy;

    private static IDataView View(MLContext context, SequenceSet rows, int late)
    {
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, rows.LengthOf(0));
        return context.Data.LoadFromEnumerable(
            Pixels.Rows(rows, late).Select(row => new Row { Features = Array.ConvertAll(row.Tokens, token => (float)token), Label = (uint)row.Label + 1 }).ToList(), schema);
    }

    private sealed class Row
    {
        public float[] Features { get; set; } = [];

        [KeyType(10)] // which begin at 1: 0 is a missing one
        public uint Label { get; set; }
    }
}
