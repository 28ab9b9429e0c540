using System.Diagnostics;
using static TorchSharp.torch;

namespace Recollect.Benchmarks;

/// <summary>How a workload is measured.</summary>
/// <param name="Threads">Threads of our side; libtorch's takes so many, half or one, whichever is fastest.</param>
/// <param name="Repetitions">Turns of each side.</param>
internal sealed record ContestOptions(int Threads, int Repetitions)
{
    /// <summary>A turn repeats a short work until so many seconds are full, and counts the mean.</summary>
    public double ShortestTurn { get; init; } = 0.1;
}

/// <summary>Measures both sides of a workload in turns: ours, libtorch's, ours, libtorch's …, in one process, both warmed up.</summary>
/// <remarks>
/// Before a turn the process rests, so that no thread of the other side's pool still spins; the garbage of the turn before is collected.
/// libtorch's number of threads and rows at a time are chosen first, by trial.
/// </remarks>
internal static class Contest
{
    private const int MostRunsInTurn = 2000;
    private const int WarmUpPasses = 5;
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(20);

    /// <summary>Measures <paramref name="workload"/>.</summary>
    /// <param name="workload">The workload.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Is told what is going on, in lines for people.</param>
    public static BenchmarkRow Measure(Workload workload, ContestOptions options, IProgress<string> progress)
    {
        using var ours = workload.Ours(new SideSetting(options.Threads, workload.Rows));
        var oursAlone = WarmUp(ours, options);
        progress.Report($"{workload.Name}: ours {Show(oursAlone)} warmed up; trying libtorch");
        var (libtorch, libtorchAlone) = Fastest(workload, options.Threads, progress);
        using (libtorch)
        {
            libtorchAlone = Math.Min(libtorchAlone, WarmUp(libtorch, options));
            var times = InTurns([(ours, RunsInTurn(oursAlone, options)), (libtorch, RunsInTurn(libtorchAlone, options))], options.Repetitions, (turn, seconds) =>
                progress.Report($"{workload.Name}: turn {turn + 1} of {options.Repetitions}: ours {Show(seconds[0])}, libtorch {Show(seconds[1])}"));
            var (mine, its) = (Spread.Of(times.Select(turn => turn[0])), Spread.Of(times.Select(turn => turn[1])));
            return BenchmarkRow.Of(workload.Name, workload.Title, "seconds", mine, its, options.Repetitions, libtorch.Setting) with
            {
                Counted = workload.Counted?.Unit,
                OursRate = workload.Counted?.Amount / mine.Median,
                LibtorchRate = workload.Counted?.Amount / its.Median,
            };
        }
    }

    /// <summary>Measures works of one kind in turns, all warmed up.</summary>
    /// <param name="sides">The works, in the order in which each turn takes them.</param>
    /// <param name="options">How; every side has its own setting.</param>
    /// <returns>Seconds. // [turn][side]</returns>
    public static double[][] InTurns(IReadOnlyList<Side> sides, ContestOptions options) =>
        InTurns([.. sides.Select(side => (side, RunsInTurn(WarmUp(side, options), options)))], options.Repetitions, (_, _) => { });

    private static double[][] InTurns(IReadOnlyList<(Side Side, int Runs)> sides, int turns, Action<int, double[]> told)
    {
        var times = new double[turns][];
        for (var turn = 0; turn < turns; turn++)
        {
            times[turn] = [.. sides.Select(one => Turn(one.Side, one.Runs, turn))];
            told(turn, times[turn]);
        }
        return times;
    }

    // Each setting is run once to warm up and then tried twice or oftener, as one trial may be disturbed; the fastest stays.
    private static (Side Side, double Seconds) Fastest(Workload workload, int threads, IProgress<string> progress)
    {
        (Side Side, double Seconds)? best = null;
        foreach (var rows in workload.LibtorchRows)
        {
            foreach (var count in new[] { threads, Math.Max(1, threads / 2), 1 }.Distinct())
            {
                var side = workload.Libtorch(new SideSetting(count, rows));
                Time(side, 1, 0);
                var seconds = Math.Min(Time(side, 1, 1), Time(side, 1, 2));
                if (seconds < 1)
                    seconds = Math.Min(seconds, Time(side, 1, 3));
                progress.Report($"{workload.Name}: libtorch {Show(seconds)} with {count} thread(s), {rows} rows at a time");
                if (best is { } other && other.Seconds <= seconds)
                {
                    side.Dispose();
                    continue;
                }
                best?.Side.Dispose();
                best = (side, seconds);
            }
        }
        return best!.Value;
    }

    // Twice, or until the runtime has had time to compile what a short work calls often, and to compile it again.
    private static double WarmUp(Side side, ContestOptions options)
    {
        Time(side, 1, 0);
        var seconds = Time(side, 1, 1);
        for (var pass = 0; pass < WarmUpPasses; pass++)
        {
            var runs = RunsInTurn(seconds, options);
            if (runs > 1)
                seconds = Math.Min(seconds, Time(side, runs, pass));
            Thread.Sleep(Rest);
        }
        return seconds;
    }

    private static int RunsInTurn(double seconds, ContestOptions options) => (int)Math.Clamp(Math.Ceiling(options.ShortestTurn / seconds), 1, MostRunsInTurn);

    private static double Turn(Side side, int runs, int turn)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Thread.Sleep(Rest);
        if (runs > 1)
            Time(side, 1, turn); // brings its data back into the caches
        return Time(side, runs, turn);
    }

    /// <summary>Seconds for the whole workload, the mean of some runs.</summary>
    private static double Time(Side side, int runs, int round)
    {
        set_num_threads(side.Setting.Threads);
        var start = Stopwatch.GetTimestamp();
        for (var run = 0; run < runs; run++)
            side.Run(round);
        return Stopwatch.GetElapsedTime(start).TotalSeconds / runs / side.Share;
    }

    private static string Show(double seconds) => seconds >= 1 ? $"{seconds:0.00} s" : seconds >= 1e-3 ? $"{1e3 * seconds:0.00} ms" : $"{1e6 * seconds:0} µs";
}

/// <summary>The middle and the ends of some measurements.</summary>
/// <param name="Median">The median.</param>
/// <param name="Least">The least.</param>
/// <param name="Most">The largest.</param>
internal readonly record struct Spread(double Median, double Least, double Most)
{
    /// <summary>Of at least one measurement.</summary>
    public static Spread Of(IEnumerable<double> values)
    {
        var order = values.Order().ToArray();
        var middle = order.Length / 2;
        return new Spread(order.Length % 2 == 1 ? order[middle] : (order[middle - 1] + order[middle]) / 2, order[0], order[^1]);
    }
}
