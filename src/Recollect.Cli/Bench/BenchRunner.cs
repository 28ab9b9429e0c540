using Recollect.Benchmarks;
using Recollect.Networks;

namespace Recollect.Cli.Bench;

/// <summary>Measures what a request names.</summary>
internal static class BenchRunner
{
    /// <summary>Times both sides of workloads, in this process.</summary>
    public static BenchmarkReport Time(BenchRequest request, IReadOnlyList<Workload> workloads, IProgress<string> progress)
    {
        var machine = BenchmarkMachine.Read(request.Threads, OpenMp.WaitPolicy, Allocator.Policy, Primitives(progress));
        var options = new ContestOptions(request.Threads, request.Repetitions);
        var rows = workloads.Where(work => request.Wants(work.Name, work.Group)).Select(work => Contest.Measure(work, options, progress));
        return new BenchmarkReport(machine, [.. rows]);
    }

    /// <summary>Measures peak memory, each update in a process of its own.</summary>
    public static BenchmarkReport Weigh(BenchRequest request, IReadOnlyList<MemoryWork> works, IProgress<string> progress)
    {
        var machine = BenchmarkMachine.Read(request.Threads, OpenMp.WaitPolicy, Allocator.Policy, Primitives(progress));
        var idle = new Dictionary<EngineKind, long>();
        var rows = new List<BenchmarkRow>();
        foreach (var work in works.Where(work => request.Wants(work.Name, work.Group)))
        {
            foreach (var engine in new[] { EngineKind.Auto, EngineKind.Libtorch }.Where(engine => !idle.ContainsKey(engine)))
                idle[engine] = Enumerable.Range(0, request.Repetitions).Max(_ => BenchProcess.Peak(work.Idle, engine, request.Threads));
            double[] Above(EngineKind engine) =>
                [.. Enumerable.Range(0, request.Repetitions).Select(_ => (double)BenchProcess.Peak(work, engine, request.Threads) - idle[engine])];
            var row = RowOf(work, Spread.Of(Above(EngineKind.Auto)), Spread.Of(Above(EngineKind.Libtorch)), request);
            progress.Report($"{work.Name}: ours {row.Ours / 1e6:0} MB, libtorch {row.Libtorch / 1e6:0} MB above an idle process");
            rows.Add(row);
        }
        return new BenchmarkReport(machine, rows);
    }

    private static BenchmarkRow RowOf(MemoryWork work, Spread ours, Spread libtorch, BenchRequest request) => new()
    {
        Workload = work.Name,
        Title = work.Title,
        Unit = "bytes",
        Ours = ours.Median,
        Libtorch = libtorch.Median,
        Ratio = libtorch.Median / ours.Median,
        OursLeast = ours.Least,
        OursMost = ours.Most,
        LibtorchLeast = libtorch.Least,
        LibtorchMost = libtorch.Most,
        Repetitions = request.Repetitions,
        LibtorchThreads = request.Threads,
        LibtorchRows = work.Rows,
    };

    private static IReadOnlyList<string> Primitives(IProgress<string> progress)
    {
        progress.Report("asking libtorch which primitives its LSTM runs");
        return BenchProcess.Primitives();
    }
}
