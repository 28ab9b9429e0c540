using BenchmarkDotNet.Attributes;
using Recollect.Benchmarks;

namespace Recollect.Bench;

/// <summary>The workloads of 'recollect bench', each side alone, as BenchmarkDotNet measures; libtorch with all threads and the same batch.</summary>
public abstract class WorkloadBenchmarks
{
    private Side? _side;

    /// <summary>Which side.</summary>
    [Params("ours", "libtorch")]
    public string Side { get; set; } = "ours";

    private protected abstract Workload Named { get; }

    /// <summary>Sets the side up, and runs it once.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        TorchSharp.torch.set_num_threads(Environment.ProcessorCount);
        var setting = new SideSetting(Environment.ProcessorCount, Named.Rows);
        _side = Side == "ours" ? Named.Ours(setting) : Named.Libtorch(setting);
        _side.Run(0);
    }

    /// <summary>Does the work once.</summary>
    [Benchmark]
    public void Run() => _side!.Run(1);

    /// <summary>Frees it.</summary>
    [GlobalCleanup]
    public void CleanUp() => _side!.Dispose();
}

/// <summary>Parts of a training update.</summary>
public class KernelBenchmarks : WorkloadBenchmarks
{
    /// <summary>The workload.</summary>
    [Params("A", "B", "V50000", "C", "H", "G", "Glstm", "I")]
    public string Workload { get; set; } = "A";

    private protected override Workload Named => Workloads.Of(Suite.Kernel).Single(work => work.Name == Workload);
}

/// <summary>The grid of batches and widths.</summary>
public class GridBenchmarks : WorkloadBenchmarks
{
    /// <summary>Rows.</summary>
    [Params(1, 8, 32, 127, 128, 512)]
    public int Batch { get; set; } = 128;

    /// <summary>Hidden units.</summary>
    [Params(32, 100, 128, 256, 512)]
    public int Hidden { get; set; } = 128;

    private protected override Workload Named => Workloads.Of(Suite.Kernel).Single(work => work.Name == $"E{Batch}x{Hidden}");
}

/// <summary>Whole training updates.</summary>
public class StepBenchmarks : WorkloadBenchmarks
{
    /// <summary>The workload.</summary>
    [Params("D", "D16384", "D′", "D″")]
    public string Workload { get; set; } = "D";

    private protected override Workload Named => Workloads.Of(Suite.Step).Single(work => work.Name == Workload);
}

/// <summary>Inference of one sequence at a time on ONNX Runtime, beside <see cref="KernelBenchmarks"/>'s I.</summary>
public class OnnxBenchmarks
{
    private OnnxInference? _side;

    /// <summary>Threads of ONNX Runtime.</summary>
    [Params(1, 2)]
    public int Threads { get; set; } = 1;

    /// <summary>Builds the model.</summary>
    [GlobalSetup]
    public void SetUp() => _side = new OnnxInference(InferenceContest.Shape, new SideSetting(Threads, 1));

    /// <summary>Reads one sequence.</summary>
    [Benchmark]
    public void Run() => _side!.Run(0);

    /// <summary>Frees it.</summary>
    [GlobalCleanup]
    public void CleanUp() => _side!.Dispose();
}
