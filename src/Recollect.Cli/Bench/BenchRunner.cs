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
                idle[engine] = Enumerable.Range(0, request.Repetitions).Max(_ => BenchProcess.Peak(MemoryWork.Idle, engine, request.Threads).Peak);
            MemoryMeasurement[] Measured(EngineKind engine) => [.. Enumerable.Range(0, request.Repetitions).Select(_ => BenchProcess.Peak(work, engine, request.Threads))];
            Spread Above(EngineKind engine, MemoryMeasurement[] all) => Spread.Of([.. all.Select(one => (double)one.Peak - idle[engine])]);
            var ours = Measured(EngineKind.Auto);
            var row = BenchmarkRow.Of(work.Name, work.Title, "bytes", Above(EngineKind.Auto, ours), Above(EngineKind.Libtorch, Measured(EngineKind.Libtorch)), request.Repetitions, new SideSetting(request.Threads, work.Rows)) with
            {
                Peak = (long)Spread.Of([.. ours.Select(one => (double)one.Peak)]).Median,
                Estimate = (long)Spread.Of([.. ours.Select(one => (double)one.Estimate)]).Median,
            };
            progress.Report($"{work.Name}: ours {row.Ours / 1e6:0} MB, libtorch {row.Libtorch / 1e6:0} MB above an idle process; our whole process {row.Peak / 1e6:0} MB, reckoned {row.Estimate / 1e6:0} MB");
            rows.Add(row);
        }
        return new BenchmarkReport(machine, rows);
    }

    private static IReadOnlyList<string> Primitives(IProgress<string> progress)
    {
        progress.Report("asking libtorch which primitives its LSTM runs");
        return BenchProcess.Primitives();
    }
}
