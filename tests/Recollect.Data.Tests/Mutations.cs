using System.Text.RegularExpressions;

namespace Recollect.Data.Tests;

/// <summary>Damaged copies of whole files, the same every time.</summary>
internal static partial class Mutations
{
    // What names no place, and why there is none to name.
    private static readonly (string Words, string Why)[] Placeless =
    [
        ("the file is empty", "there is no byte"),
        ("there is no text; expected at least one line", "there is no line"),
        ("there is a header and no row after", "what is missing is nowhere"),
        ("the file has columns and no row", "likewise"),
        ("the header has no line '@", "likewise"),
        ("there is no column", "likewise"),
        ("there are no cells '", "likewise"),
        ("there are no numbers '", "likewise"),
        ("there is no element 'bndbox'", "likewise"),
        ("' entries, 'annotation_list' ", "lists of different lengths, each by its name"),
        ("Root element is missing", "likewise"),
        ("its rows have no classes", "nothing of what is there is wrong"),
        ("found a JSON list; expected JSON Lines", "the file as a whole is of another kind"),
        ("expected a Parquet file, which has at least", "the file is shorter than the first place that is looked at"),
        ("the image is damaged", "the decoder tells what is wrong, and not where"),
        ("the header announces an image of", "the one place that states it"),
    ];

    // A line, row, record or the like by its number, a byte or offset, how far a packed stream was unpacked, or an entry by its name and number.
    [GeneratedRegex(@"\b(line|row|row group|record|image|label|step|dimension|byte|offset|variable|position):? [\d,]+|after [\d,]+ bytes|'\w+' [\d,]+:|column '", RegexOptions.IgnoreCase)]
    private static partial Regex Place();

    private static readonly byte[][] Extremes =
        [[0, 0, 0, 0], [0xff, 0xff, 0xff, 0xff], [0xff, 0xff, 0xff, 0x7f], [0x7f, 0xff, 0xff, 0xff], [0, 0, 0, 0x80], [0, 0, 1, 0], [1, 0, 0, 0], [0, 0, 0, 1]];

    /// <summary>How long one may be read: far longer than any takes on a busy machine.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    private const int Seed = 20180609;

    /// <summary>Tries <paramref name="count"/> damaged copies: each is refused as data, or read; what is read is <paramref name="check"/>'s to judge.</summary>
    /// <param name="whole">The files, taken in turn.</param>
    /// <param name="count">How many.</param>
    /// <param name="mostBytes">What reading one may allocate.</param>
    /// <param name="read">Reads one; anything but a <see cref="DataException"/> fails. It runs on a thread of its own, so that one without end fails too.</param>
    /// <param name="check">Judges what was read of which bytes.</param>
    /// <param name="placed">Whether an error must name a place within the file, or be one of those that cannot; models and recipes name a tensor or a key.</param>
    /// <param name="limit">How long one may be read; null: <see cref="Longest"/>.</param>
    /// <returns>How many were refused, and how many read.</returns>
    public static (int Refused, int Read) Try<T>(IReadOnlyList<byte[]> whole, int count, long mostBytes, Func<byte[], T> read, Action<T, byte[]> check, bool placed = true, TimeSpan? limit = null)
    {
        using var thread = new TimedThread();
        var (random, refused) = (new Random(Seed), 0);
        for (var i = 0; i < count; i++)
        {
            var damaged = Damage(whole[i % whole.Count], random);
            var which = $"mutation {i} of seed {Seed}";
            var (found, fault, before) = (default(T)!, (Exception?)null, GC.GetTotalAllocatedBytes(precise: true));
            var overrun = thread.Run(() =>
            {
                try
                {
                    found = read(damaged);
                }
                catch (Exception error) // whatever it is: it is judged below
                {
                    fault = error;
                }
            }, limit ?? Longest, mostBytes);
            Assert.True(overrun is null, $"{which} {overrun}: {Convert.ToHexString(damaged)}");
            var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
            Assert.True(allocated <= mostBytes, $"{which} allocated {allocated:N0} bytes; expected at most {mostBytes:N0}: {Convert.ToHexString(damaged)}");
            if (fault is DataException { Message: var says })
            {
                Assert.True(says.Contains("fuzz", StringComparison.Ordinal), $"{which} does not name the file: {says}");
                Assert.True(!placed || Place().IsMatch(says) || Placeless.Any(fault => says.Contains(fault.Words, StringComparison.Ordinal)), $"{which} names no place: {says}");
                refused++;
                continue;
            }
            try
            {
                if (fault is null)
                    check(found, damaged);
            }
            catch (Exception error)
            {
                fault = error;
            }
            if (fault is not null)
                throw new InvalidOperationException($"{which}: {fault.Message}: {Convert.ToHexString(damaged)}", fault);
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{count} damaged: {refused} refused, {count - refused} read.");
        return (refused, count - refused);
    }

    /// <inheritdoc cref="Try{T}(IReadOnlyList{byte[]}, int, long, Func{byte[], T}, Action{T, byte[]}, bool, TimeSpan?)"/>
    public static (int Refused, int Read) Try<T>(IReadOnlyList<byte[]> whole, int count, long mostBytes, Func<byte[], T> read, Action<T> check, bool placed = true) =>
        Try(whole, count, mostBytes, read, (found, _) => check(found), placed);

    /// <summary>A copy that is damaged in one to three places.</summary>
    public static byte[] Damage(byte[] whole, Random random)
    {
        var bytes = whole.ToList();
        for (var times = 1 + random.Next(3); times > 0; times--)
        {
            // Every other one near the end, where some files keep what the rest is read by.
            var at = random.Next(2) == 0 ? random.Next(bytes.Count + 1) : bytes.Count - random.Next(Math.Min(bytes.Count, 700) + 1);
            switch (random.Next(6))
            {
                case 0: // a bit
                    if (at < bytes.Count)
                        bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1: // some bytes
                    for (var i = at; i < Math.Min(bytes.Count, at + random.Next(1, 9)); i++)
                        bytes[i] = (byte)random.Next(256);
                    break;
                case 2: // a size that asks for much
                    var extreme = Extremes[random.Next(Extremes.Length)];
                    for (var i = 0; i < 4 && at + i < bytes.Count; i++)
                        bytes[at + i] = extreme[i];
                    break;
                case 3: // the end
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 4: // a piece twice
                    bytes.InsertRange(at, bytes.Skip(random.Next(bytes.Count + 1)).Take(random.Next(1, 40)).ToList());
                    break;
                default: // a piece less
                    bytes.RemoveRange(at, Math.Min(bytes.Count - at, random.Next(1, 40)));
                    break;
            }
        }
        return [.. bytes];
    }
}
