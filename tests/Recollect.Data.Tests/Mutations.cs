using System.Diagnostics;
using Recollect.Randomness;
using Recollect.Sequences;

namespace Recollect.Data.Tests;

/// <summary>Damages valid files in every way that comes to mind, and asserts that a reader says so or finds valid rows all the same.</summary>
internal static class Mutations
{
    /// <summary>Reads so many damaged copies of a file.</summary>
    /// <param name="whole">The valid files, taken in turn.</param>
    /// <param name="count">How many copies.</param>
    /// <param name="read">Reads one.</param>
    /// <param name="name">What errors must name.</param>
    /// <param name="mostBytes">What reading one may allocate.</param>
    /// <returns>How many were refused.</returns>
    public static int Check(IReadOnlyList<byte[]> whole, int count, Func<byte[], IEnumerable<Sample>> read, string name, long mostBytes)
    {
        var refused = 0;
        for (var index = 0; index < count; index++)
        {
            var damaged = Of(whole[index % whole.Count], index);
            var (before, clock) = (GC.GetTotalAllocatedBytes(precise: true), Stopwatch.StartNew());
            try
            {
                foreach (var sample in read(damaged))
                    Assert.True(sample is TextSample || sample is SeriesSample { Components: > 0, Values.Length: > 0 } series && series.Values.Length % series.Components == 0);
            }
            catch (DataException error)
            {
                Assert.Contains(name, error.Message, StringComparison.Ordinal);
                refused++;
            }
            catch (Exception error) when (error is not Xunit.Sdk.IAssertionException)
            {
                Assert.Fail($"Mutation {index} escaped: {error}");
            }
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"Mutation {index} took {clock.Elapsed}.");
            var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
            Assert.True(allocated <= mostBytes, $"Mutation {index} allocated {allocated:N0} bytes.");
        }
        return refused;
    }

    private static byte[] Of(byte[] whole, int index)
    {
        var random = new Seed(20261126).Stream("mutation", index);
        var bytes = whole.ToList();
        for (var left = 1 + random.Next(3); left > 0 && bytes.Count > 0; left--)
        {
            var at = Place(ref random, bytes.Count);
            switch (random.Next(7))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(bytes.Count - at, 1 + random.Next(8)));
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(bytes.Count - at, 1 + random.Next(16))));
                    break;
                case 4: // a number that goes on and on
                    bytes.InsertRange(at, Enumerable.Repeat((byte)0xff, 1 + random.Next(5)));
                    break;
                case 5:
                    for (var run = Math.Min(bytes.Count - at, 1 + random.Next(6)); run > 0; run--)
                        bytes[at + run - 1] = 0xff;
                    break;
                default:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }
        }
        return [.. bytes];
    }

    // Every other one near the end, where a Parquet file keeps what the rest is read by.
    private static int Place(ref RandomStream random, int count)
    {
        var near = Math.Min(count, 700);
        return random.Next(2) == 0 ? random.Next(count) : count - 1 - random.Next(near);
    }
}
