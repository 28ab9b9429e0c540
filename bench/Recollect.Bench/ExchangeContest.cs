using System.Diagnostics;
using System.Globalization;
using Recollect.Training;

namespace Recollect.Bench;

/// <summary>How long processes of one training take to sum an update's gradients while they do nothing else: the most that summing them during the way back could save.</summary>
/// <remarks>Under <c>mpirun</c>. A meeting goes before each, so that none waits for another whose update took longer, which no overlap would mend.</remarks>
internal static class ExchangeContest
{
    private const int Unmeasured = 20, Measured = 201;

    /// <summary>Measures, and prints a line a number of gradients.</summary>
    /// <param name="counts">How many float32 gradients; such as the parameters of mnist-r-lstm-300 and of digits, decoders included.</param>
    public static void Run(IReadOnlyList<int> counts)
    {
        using var peers = Peers.Join();
        foreach (var count in counts)
        {
            var gradients = new float[count];
            var milliseconds = new double[Measured];
            for (var round = -Unmeasured; round < Measured; round++)
            {
                peers.Meet();
                var clock = Stopwatch.StartNew();
                peers.Sum<float>(gradients);
                if (round >= 0)
                    milliseconds[round] = clock.Elapsed.TotalMilliseconds;
            }
            Array.Sort(milliseconds);
            if (peers.IsFirst)
            {
                Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{count} gradients, {peers.Count} processes: {milliseconds[Measured / 2]:0.00} ms ({milliseconds[Measured / 10]:0.00}…{milliseconds[Measured * 9 / 10]:0.00} the tenth and the ninetieth percentile)"));
            }
        }
    }
}
