using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Recollect.Experiments;
using Recollect.Runs;

namespace Recollect.Benchmarks;

/// <summary>What was measured, and on which machine.</summary>
/// <param name="Machine">The machine.</param>
/// <param name="Rows">A row a workload.</param>
internal sealed record BenchmarkReport(BenchmarkMachine Machine, IReadOnlyList<BenchmarkRow> Rows);

/// <summary>A workload's result.</summary>
internal sealed record BenchmarkRow
{
    /// <summary>Its name.</summary>
    public required string Workload { get; init; }

    /// <summary>What it is.</summary>
    public required string Title { get; init; }

    /// <summary>What is compared: <c>seconds</c>, or <c>bytes</c> above an idle process.</summary>
    public required string Unit { get; init; }

    /// <summary>Our median.</summary>
    public required double Ours { get; init; }

    /// <summary>libtorch's median.</summary>
    public required double Libtorch { get; init; }

    /// <summary>libtorch's median divided by ours.</summary>
    public required double Ratio { get; init; }

    /// <summary>Our least measurement.</summary>
    public required double OursLeast { get; init; }

    /// <summary>Our largest measurement.</summary>
    public required double OursMost { get; init; }

    /// <summary>libtorch's least measurement.</summary>
    public required double LibtorchLeast { get; init; }

    /// <summary>libtorch's largest measurement.</summary>
    public required double LibtorchMost { get; init; }

    /// <summary>Measurements of each side.</summary>
    public required int Repetitions { get; init; }

    /// <summary>Threads with which libtorch was fastest.</summary>
    public required int LibtorchThreads { get; init; }

    /// <summary>Rows that libtorch computed together.</summary>
    public required int LibtorchRows { get; init; }

    /// <summary>Of memory: the median peak of our whole process, bytes.</summary>
    public long? Peak { get; init; }

    /// <summary>Of memory: what that peak was reckoned to be beforehand, bytes; the median.</summary>
    public long? Estimate { get; init; }

    /// <summary>What the rates count, such as <c>GFLOP</c> or <c>steps</c>.</summary>
    public string? Counted { get; init; }

    /// <summary>Ours, a second.</summary>
    public double? OursRate { get; init; }

    /// <summary>libtorch's, a second.</summary>
    public double? LibtorchRate { get; init; }

    /// <summary>The row of a workload that both sides were measured on, in <paramref name="unit"/>.</summary>
    public static BenchmarkRow Of(string workload, string title, string unit, Spread ours, Spread libtorch, int repetitions, SideSetting libtorchAt) => new()
    {
        Workload = workload,
        Title = title,
        Unit = unit,
        Ours = ours.Median,
        Libtorch = libtorch.Median,
        Ratio = libtorch.Median / ours.Median,
        OursLeast = ours.Least,
        OursMost = ours.Most,
        LibtorchLeast = libtorch.Least,
        LibtorchMost = libtorch.Most,
        Repetitions = repetitions,
        LibtorchThreads = libtorchAt.Threads,
        LibtorchRows = libtorchAt.Rows,
    };
}

/// <summary>The machine and the programs on it.</summary>
internal sealed record BenchmarkMachine
{
    /// <summary>The processor's own name.</summary>
    public required string Processor { get; init; }

    /// <summary>Logical processors that the process may use.</summary>
    public required int Cores { get; init; }

    /// <summary>Bits of the vectors that our kernels compute with; 0 without vectors.</summary>
    public required int VectorBits { get; init; }

    /// <summary>Bytes of memory that the machine has.</summary>
    public required long Memory { get; init; }

    /// <summary>Bytes that the container allows, where that is less.</summary>
    public long? MemoryLimit { get; init; }

    /// <summary>The operating system.</summary>
    public required string OperatingSystem { get; init; }

    /// <summary>The process's architecture.</summary>
    public required string Architecture { get; init; }

    /// <summary>The version of .NET.</summary>
    public required string Runtime { get; init; }

    /// <summary>The version of this program.</summary>
    public required string Program { get; init; }

    /// <summary>Versions of TorchSharp and libtorch.</summary>
    public required IReadOnlyDictionary<string, string> Libraries { get; init; }

    /// <summary>Threads of our side.</summary>
    public required int Threads { get; init; }

    /// <summary>How libtorch's idle threads wait: OpenMP's <c>OMP_WAIT_POLICY</c>, or <c>default</c> where nothing sets it.</summary>
    public required string OpenMpWaitPolicy { get; init; }

    /// <summary>Whether the C library keeps what libtorch frees for the next step: <c>keep</c>, or <c>default</c>.</summary>
    public required string Allocator { get; init; }

    /// <summary>What oneDNN says of the primitives that libtorch's LSTM ran, forwards and backwards, a line each; empty where it ran none.</summary>
    public required IReadOnlyList<string> Primitives { get; init; }

    /// <summary>Looks at this machine.</summary>
    /// <param name="threads">Threads of our side.</param>
    /// <param name="waitPolicy">See <see cref="OpenMpWaitPolicy"/>.</param>
    /// <param name="allocator">See <see cref="Allocator"/>.</param>
    /// <param name="primitives">See <see cref="Primitives"/>.</param>
    public static BenchmarkMachine Read(int threads, string waitPolicy, string allocator, IReadOnlyList<string> primitives)
    {
        var machine = MachineInfo.Read();
        return new BenchmarkMachine
        {
            Processor = machine.Processor,
            Cores = machine.Cores,
            VectorBits = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0,
            Memory = machine.Memory,
            MemoryLimit = machine.MemoryLimit,
            OperatingSystem = machine.OperatingSystem,
            Architecture = machine.Architecture,
            Runtime = RuntimeInformation.FrameworkDescription,
            Program = ProgramVersion.Text,
            Libraries = ProgramVersion.Libraries(),
            Threads = threads,
            OpenMpWaitPolicy = waitPolicy,
            Allocator = allocator,
            Primitives = primitives,
        };
    }
}
