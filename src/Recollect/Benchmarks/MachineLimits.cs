using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Recollect.Kernels;

namespace Recollect.Benchmarks;

/// <summary>What a machine can do at best, against which kernels are held.</summary>
/// <param name="Name">What is done.</param>
/// <param name="Threads">By so many threads.</param>
/// <param name="Rate">How much a second, the median of some turns.</param>
/// <param name="Unit">Of what: 10⁹ multiplications and additions (GFLOP), or 10⁹ bytes (GB).</param>
internal sealed record MachineLimit(string Name, int Threads, double Rate, string Unit)
{
    private const int Turns = 7;
    private const int Numbers = 1 << 26; // 256 MB: more than the caches hold
    private const int Rows = 1024, Left = 128, Right = 512;

    /// <summary>Measures with one thread, and with <paramref name="threads"/>.</summary>
    public static IEnumerable<MachineLimit> Measure(int threads)
    {
        foreach (var count in new[] { 1, threads }.Distinct())
        {
            using var team = new Team(count);
            if (Vector512.IsHardwareAccelerated) // narrower vectors would spill twelve sums of 512 bits
                yield return new MachineLimit("multiply and add in registers", count, RateOf(team, _ => InRegisters()), "GFLOP");
            using var from = new NativeArray<float>(Numbers);
            using var to = new NativeArray<float>(Numbers);
            yield return new MachineLimit("read memory", count, RateOf(team, worker => Read(team, worker, from)), "GB");
            yield return new MachineLimit("copy memory, read and written", count, RateOf(team, worker => Copy(team, worker, from, to)), "GB");
            using var sums = new TransposedProduct(team);
            yield return new MachineLimit($"a gradient's sum over {Rows} rows, {Left}×{Right}", count, RateOf(team, sums.Run), "GFLOP");
        }
    }

    // Every worker returns how much it did.
    private static double RateOf(Team team, Func<int, double> work)
    {
        var done = new double[team.Size];
        void Share(int worker) => done[worker] = work(worker);
        team.Run(Share);
        var rates = new double[Turns];
        for (var turn = 0; turn < Turns; turn++)
        {
            var start = Stopwatch.GetTimestamp();
            team.Run(Share);
            rates[turn] = done.Sum() / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9;
        }
        return Spread.Of(rates).Median;
    }

    // Twelve sums that do not wait for each other.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double InRegisters()
    {
        const int Count = 20_000_000;
        var (a, b) = (Vector512.Create(0.999f), Vector512.Create(0.001f));
        Vector512<float> c0 = b, c1 = b, c2 = b, c3 = b, c4 = b, c5 = b, c6 = b, c7 = b, c8 = b, c9 = b, c10 = b, c11 = b;
        for (var i = 0; i < Count; i++)
        {
            c0 = Vector512.FusedMultiplyAdd(a, c0, b);
            c1 = Vector512.FusedMultiplyAdd(a, c1, b);
            c2 = Vector512.FusedMultiplyAdd(a, c2, b);
            c3 = Vector512.FusedMultiplyAdd(a, c3, b);
            c4 = Vector512.FusedMultiplyAdd(a, c4, b);
            c5 = Vector512.FusedMultiplyAdd(a, c5, b);
            c6 = Vector512.FusedMultiplyAdd(a, c6, b);
            c7 = Vector512.FusedMultiplyAdd(a, c7, b);
            c8 = Vector512.FusedMultiplyAdd(a, c8, b);
            c9 = Vector512.FusedMultiplyAdd(a, c9, b);
            c10 = Vector512.FusedMultiplyAdd(a, c10, b);
            c11 = Vector512.FusedMultiplyAdd(a, c11, b);
        }
        var sum = c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9 + c10 + c11;
        return float.IsNaN(Vector512.Sum(sum)) ? 0 : 2.0 * 12 * Vector512<float>.Count * Count;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe double Read(Team team, int worker, NativeArray<float> from)
    {
        var (first, end) = team.Share(worker, Numbers / Vector512<float>.Count / 2);
        Vector512<float> even = default, odd = default;
        for (var i = 2L * first; i < 2L * end; i += 2)
        {
            even += Vector512.Load(from.Pointer + i * Vector512<float>.Count);
            odd += Vector512.Load(from.Pointer + (i + 1) * Vector512<float>.Count);
        }
        return float.IsNaN(Vector512.Sum(even + odd)) ? 0 : (end - first) * 2.0 * Vector512<float>.Count * sizeof(float);
    }

    private static unsafe double Copy(Team team, int worker, NativeArray<float> from, NativeArray<float> to)
    {
        var (first, end) = team.Share(worker, Numbers);
        new Span<float>(from.Pointer + first, end - first).CopyTo(new Span<float>(to.Pointer + first, end - first));
        return 2.0 * (end - first) * sizeof(float);
    }

    private sealed unsafe class TransposedProduct : IDisposable
    {
        private const int Times = 50;

        private readonly KernelSet<float> _kernels = KernelSet.Best<float>();
        private readonly Team _team;
        private readonly NativeArray<float> _left = new((long)Rows * (Left + 16)), _right = new((long)Rows * (Right + 16));
        private readonly NativeArray<float> _sum = new((long)KernelSet.SumRows(Left) * Right);
        private readonly NativeArray<nint> _lists = new(2L * Rows);

        public TransposedProduct(Team team)
        {
            _team = team;
            for (var row = 0; row < Rows; row++)
            {
                _lists.Pointer[row] = (nint)(_left.Pointer + (long)row * (Left + 16));
                _lists.Pointer[Rows + row] = (nint)(_right.Pointer + (long)row * (Right + 16));
            }
        }

        public double Run(int worker)
        {
            var (first, end) = _team.Share(worker, Right / _kernels.PanelWidth);
            for (var time = 0; time < Times; time++)
                _kernels.AddTransposedProduct(Rows, (float**)_lists.Pointer, Left, (float**)(_lists.Pointer + Rows), first, end, _sum.Pointer, Right);
            return 2.0 * Times * Rows * Left * (end - first) * _kernels.PanelWidth;
        }

        public void Dispose()
        {
            foreach (var array in new[] { _left, _right, _sum })
                array.Dispose();
            _lists.Dispose();
        }
    }
}
