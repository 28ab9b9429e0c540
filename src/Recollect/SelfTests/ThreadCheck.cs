using System.Diagnostics;
using Recollect.Benchmarks;
using Recollect.Runs;
using static TorchSharp.torch;

namespace Recollect.SelfTests;

/// <summary>What threads change.</summary>
/// <param name="Agree">Whether losses and gradients are the same, to the last bit, with one, two and three threads.</param>
/// <param name="Gain">How many times as fast a product is with <paramref name="Threads"/> threads as with one; null where this process has one core.</param>
/// <param name="Threads">Those threads: two, or all cores.</param>
/// <param name="GainOfTwo">The same of two threads.</param>
/// <param name="Cores">Cores that this process may use.</param>
/// <param name="OfMachine">Those that the machine has; null where it does not tell.</param>
/// <param name="Quota">Cores' worth of time that the container may use; null without a limit.</param>
internal sealed record ThreadFacts(bool Agree, double? Gain, int Threads, double? GainOfTwo, int Cores, int? OfMachine, double? Quota);

/// <summary>The same gradients by different numbers of threads, and a product's speed by one, two, and as many as there are cores.</summary>
internal static class ThreadCheck
{
    private const int Turns = 7;
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(0.1);
    private static readonly ProductShape Product = new(1024, 1024, 1024, 1);

    public static ThreadFacts Run(MachineInfo machine)
    {
        var agree = Agree();
        if (machine.Cores == 1)
            return new ThreadFacts(agree, null, 1, null, 1, OfMachine(), ControlGroup.Processors());
        var (two, all) = Gains(machine.Cores);
        return new ThreadFacts(agree, all, machine.Cores, two, machine.Cores, OfMachine(), ControlGroup.Processors());
    }

    private static bool Agree()
    {
        var before = get_num_threads();
        try
        {
            var alone = With(1);
            return Enumerable.Range(2, 2).Select(With).All(found => alone.All(entry => entry.Value.AsSpan().SequenceEqual(found[entry.Key])));
        }
        finally
        {
            set_num_threads(before);
        }
    }

    // The kernels' threads are as many as libtorch's when they are made.
    private static IReadOnlyDictionary<string, double[]> With(int threads)
    {
        set_num_threads(threads);
        using var network = new DrawnNetwork(DrawnShape.Large, ScalarType.Float32);
        return network.Differentiate();
    }

    // The best of turns, one after the other: whatever else computes here slows some of them.
    private static (double OfTwo, double OfAll) Gains(int cores)
    {
        using Side one = new KernelProduct(Product, new SideSetting(1, Product.Rows)), two = new KernelProduct(Product, new SideSetting(2, Product.Rows));
        using Side all = new KernelProduct(Product, new SideSetting(cores, Product.Rows));
        (Side Side, double Rate)[] best = [(one, 0), (two, 0), (all, 0)];
        for (var turn = 0; turn < Turns; turn++)
        {
            for (var i = 0; i < best.Length; i++)
                best[i].Rate = Math.Max(best[i].Rate, RateOf(best[i].Side));
        }
        return (best[1].Rate / best[0].Rate, best[2].Rate / best[0].Rate);
    }

    private static double RateOf(Side side)
    {
        side.Run(0);
        var clock = Stopwatch.StartNew();
        var runs = 0;
        for (; clock.Elapsed < Turn; runs++)
            side.Run(runs);
        return runs / clock.Elapsed.TotalSeconds;
    }

    private static int? OfMachine()
    {
        try
        {
            return File.ReadLines("/proc/cpuinfo").Count(line => line.StartsWith("processor", StringComparison.Ordinal)) is > 0 and var count ? count : null;
        }
        catch (Exception cause) when (StorageFailure.Is(cause))
        {
            return null; // another system
        }
    }
}
