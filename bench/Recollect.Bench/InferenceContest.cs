using Recollect.Benchmarks;

namespace Recollect.Bench;

/// <summary>Inference of one sequence at a time: ours, libtorch's and ONNX Runtime's, in turns.</summary>
internal static class InferenceContest
{
    private const int Repetitions = 7;

    /// <summary>The shape: that of workload I.</summary>
    public static WindowShape Shape { get; } = new(784, 128, 128);

    /// <summary>Measures, and prints a line a peer.</summary>
    public static void Run(int threads)
    {
        var libtorch = Workloads.Inference("I", Shape);
        var onnx = libtorch with { Name = "I-onnx", Libtorch = setting => new OnnxInference(Shape, setting) };
        var options = new ContestOptions(threads, Repetitions);
        foreach (var (workload, peer) in new[] { (libtorch, "libtorch"), (onnx, "ONNX Runtime") })
        {
            var row = Contest.Measure(workload, options, new Progress());
            Console.Out.WriteLine($"{row.Workload}: ours {row.OursRate:0} steps/s ({row.OursLeast:0.000000}…{row.OursMost:0.000000} s), {peer} {row.LibtorchRate:0} steps/s "
                + $"({row.LibtorchLeast:0.000000}…{row.LibtorchMost:0.000000} s) with {row.LibtorchThreads} thread(s), ratio {row.Ratio:0.00}");
        }
    }

    private sealed class Progress : IProgress<string>
    {
        public void Report(string value) => Console.Error.WriteLine(value);
    }
}
