using Recollect.Experiments;
using Recollect.Inference;
using Recollect.Networks;
using Recollect.Randomness;
using Recollect.Runs;
using Recollect.Sequences;
using TorchSharp;
using static TorchSharp.torch;

namespace Recollect.Bench;

/// <summary>How far the logits of trained networks are from those that libtorch computes in double precision: ours, and libtorch's own in single.</summary>
internal static class AccuracyContest
{
    private const int Rows = 200, OtherSteps = 200;

    /// <summary>Prints a line a run: of noise, not of data, which networks are less sure about.</summary>
    /// <param name="paths">Folders of runs, or model files; LSTM and GRU over tokens or reals.</param>
    public static void Run(IEnumerable<string> paths)
    {
        set_num_threads(1);
        Console.Out.WriteLine($"{"run",-32} {"steps",5} {"|logit|",8}  ours: {"max",8} {"rms",8}  libtorch: {"max",8} {"rms",8}  apart: {"max",8}");
        foreach (var path in paths)
        {
            var file = File.Exists(path) ? path : RunDirectory.Open(path).ModelFile;
            var (ours, trained) = (SequenceModel.Load(file), TrainedModel.Load(file));
            using var network = trained.Network;
            var steps = trained.Preprocessing is ImagePreprocessing image ? image.Steps : OtherSteps;
            var noise = NoiseOf(network.Format, steps);
            var own = noise.SelectMany(row => Classified(ours, row).Logits).Select(logit => (double)logit).ToArray();
            var single = LogitsOf(network, noise, ScalarType.Float32);
            network.to(ScalarType.Float64);
            var exact = LogitsOf(network, noise, ScalarType.Float64);
            Console.Out.WriteLine($"{Path.GetFileName(path.TrimEnd('/')),-32} {steps,5} {exact.Max(Math.Abs),8:0.00}        {Most(own, exact),8:0.0e+0} {Rms(own, exact),8:0.0e+0}            "
                + $"{Most(single, exact),8:0.0e+0} {Rms(single, exact),8:0.0e+0}         {Most(own, single),8:0.0e+0}");
        }
    }

    // Tokens that are all as likely, or reals of a normal distribution. // [rows][T · D]
    private static float[][] NoiseOf(StepFormat format, int steps)
    {
        var noise = new float[Rows][];
        for (var row = 0; row < Rows; row++)
        {
            var stream = new Seed(3).Stream("noise", row);
            noise[row] = new float[format.Kind == StepKind.Tokens ? steps : steps * format.Width];
            for (var i = 0; i < noise[row].Length; i++)
                noise[row][i] = format.Kind == StepKind.Tokens ? stream.Next(format.Width) : (float)stream.NextNormal();
        }
        return noise;
    }

    private static Prediction Classified(SequenceModel model, float[] row) =>
        model.Format.Kind == StepKind.Tokens ? model.ClassifySteps(Array.ConvertAll(row, token => (int)token)) : model.ClassifySteps(row);

    private static double[] LogitsOf(RecurrentClassifier network, float[][] noise, ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var width = network.Format.Kind == StepKind.Tokens ? 1 : network.Format.Width;
        var rows = tensor(noise.SelectMany(row => row).ToArray(), [Rows, noise[0].Length / width, width]).transpose(0, 1); // [T, B, D]
        var steps = network.Format.Kind == StepKind.Tokens ? rows.squeeze(2).to(ScalarType.Int64) : rows.to(type);
        return network.Classify(network.Run(steps.contiguous(), network.Recurrence.ZeroState(Rows)).End.Output).to(ScalarType.Float64).contiguous().data<double>().ToArray();
    }

    private static double Most(double[] found, double[] exact) => found.Zip(exact, (a, b) => Math.Abs(a - b)).Max();

    private static double Rms(double[] found, double[] exact) => Math.Sqrt(found.Zip(exact, (a, b) => (a - b) * (a - b)).Average());
}
