using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Recollect.Data.Tests.Witnesses;
using Recollect.Sequences;

namespace Recollect.Data.Tests.Packing;

/// <summary>Packed files with parts changed, cut off, doubled or moved: a right answer or an error with a place, in bounded time and memory.</summary>
public sealed class PackedFuzzTests : IDisposable
{
    private const long MostAllocated = 4 << 20; // for a file of a few thousand bytes, the directory's JSON and two buffers included
    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _valid;
    private readonly List<double[]> _rows;

    public PackedFuzzTests()
    {
        _folder.Write("a.csv", "label,text\n" + string.Concat(Enumerable.Range(0, 30).Select(row => $"{"xyz"[row % 3]},{new string((char)('a' + row % 11), 1 + row * 7 % 40)}b\n")));
        var path = Path.Combine(_folder.Path, "fuzzed.packed");
        // 12 letters and one token for the others, so that most bytes are no token.
        DataPacker.Pack(new DataOptions { Source = "csv", Train = "a.csv", Text = "text", Unit = TextUnit.Characters, Validation = 0.2 }, _folder.Path, path);
        _valid = File.ReadAllBytes(path);
        _rows = Read(path).Rows;
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Changed_files_are_refused_with_a_place_or_read_rightly() => Fuzz(400, (bytes, _) => bytes);

    [Fact]
    public void Changed_files_whose_checksums_were_made_right_again_never_lead_outside() => Fuzz(200, (bytes, _) => Signed(bytes, null));

    [Fact]
    public void Changed_directories_under_right_checksums_never_lead_outside() => Fuzz(200, Hostile);

    [Fact]
    [Trait("Tier", "slow")]
    public void Ten_thousand_changed_files_are_refused_with_a_place_or_read_rightly() => Fuzz(10_000, (bytes, _) => bytes);

    [Fact]
    [Trait("Tier", "slow")]
    public void Ten_thousand_whose_checksums_were_made_right_again_never_lead_outside() => Fuzz(10_000, (bytes, _) => Signed(bytes, null));

    [Fact]
    [Trait("Tier", "slow")]
    public void Ten_thousand_changed_directories_under_right_checksums_never_lead_outside() => Fuzz(10_000, Hostile);

    // Without new checksums nothing but what was packed is read; with them, what a second reader finds.
    private void Fuzz(int count, Func<byte[], Random, byte[]> make)
    {
        using var thread = new TimedThread();
        var path = Path.Combine(_folder.Path, "fuzzed.packed");
        var (refused, accepted) = (0, 0);
        for (var number = 0; number < count; number++)
        {
            var random = new Random(number);
            var mutated = Mutated(random);
            var bytes = make(mutated, random);
            File.WriteAllBytes(path, bytes);
            var (read, fault, allocated) = ((Found?)null, (Exception?)null, 0L);
            var overrun = thread.Run(() =>
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                try
                {
                    read = Read(path);
                    _ = DataInfo.Of(path, "");
                }
                catch (Exception error) // whatever it is: it is judged below
                {
                    fault = error;
                }
                allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            }, Mutations.Longest, 2 * MostAllocated);
            Assert.True(overrun is null, $"mutation {number} {overrun}");
            Assert.True(allocated <= MostAllocated, $"mutation {number} allocated {allocated:N0} bytes; expected at most {MostAllocated:N0}");
            if (fault is DataException { Message: var says })
            {
                Assert.Contains("fuzzed.packed", says, StringComparison.Ordinal);
                Assert.True(says.Contains("offset ", StringComparison.Ordinal) || says.Contains(" bytes; expected ", StringComparison.Ordinal), $"mutation {number}: {says}");
                refused++;
            }
            else if (fault is not null)
            {
                Assert.Fail($"mutation {number}: {fault}");
            }
            if (read is null)
                continue;
            if (ReferenceEquals(bytes, mutated))
                Assert.Equal(_rows, read.Rows);
            Assert.All(read.Rows, row => Assert.InRange(row[0], 0, read.Classes - 1));
            Assert.All(read.Rows, row => Assert.All(row.Skip(1), value => Assert.InRange(value, read.Format.Kind == StepKind.Reals ? float.MinValue : 0, read.Format.Kind == StepKind.Reals ? float.MaxValue : read.Format.Width - 1)));
            try
            {
                Assert.Equal(PackedWitness.Rows(bytes, read.Format), read.Rows);
            }
            catch (Exception error)
            {
                Assert.Fail($"mutation {number}: {error}");
            }
            accepted += fault is null ? 1 : 0; // what is refused for its summary alone is judged all the same
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{count} mutations: {refused} refused, {accepted} read");
        Assert.True(refused > 0, "Nothing was refused; the mutations change nothing.");
        Assert.True(accepted > 0, "Everything was refused; no rows were held against the witness.");
    }

    /// <summary>What was read.</summary>
    /// <param name="Format">What the steps are.</param>
    /// <param name="Classes">How many there are.</param>
    /// <param name="Rows">Each row as its label and the numbers of its steps.</param>
    private sealed record Found(StepFormat Format, int Classes, List<double[]> Rows);

    private static Found Read(string path)
    {
        using var sets = DataSetLoader.Load(new DataOptions { Source = "packed", Train = path }, "");
        return new Found(sets.Train.Format, sets.Classes.Count, [.. new[] { sets.Train, sets.Validation, sets.Test }.OfType<SequenceSet>().SelectMany(set => Enumerable.Range(0, set.Count).Select(row =>
        {
            if (set.Format.Kind == StepKind.Tokens)
            {
                var tokens = new int[set.LengthOf(row)];
                set.CopyTokens(row, 0, tokens);
                return (double[])[set.LabelOf(row), .. tokens];
            }
            var reals = new float[set.LengthOf(row) * set.Format.Width];
            set.CopyReals(row, 0, reals);
            return [set.LabelOf(row), .. reals];
        }))]);
    }

    private byte[] Mutated(Random random)
    {
        var bytes = (byte[])_valid.Clone();
        var (at, length) = (random.Next(bytes.Length), 1 + random.Next(40));
        var end = Math.Min(bytes.Length, at + length);
        switch (random.Next(7))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                random.NextBytes(bytes.AsSpan(at..end));
                break;
            case 2:
                bytes.AsSpan(at..end).Clear();
                break;
            case 3:
                bytes.AsSpan(at..end).Fill(0xff);
                break;
            case 4:
                return bytes[..at];
            case 5:
                return [.. bytes[..at], .. bytes[(at / 2)..]];
            default:
                var from = random.Next(bytes.Length - (end - at) + 1);
                _valid.AsSpan(from, end - at).CopyTo(bytes.AsSpan(at));
                break;
        }
        return bytes;
    }

    // A directory that is changed, over a body that is valid every other time.
    private byte[] Hostile(byte[] mutated, Random random) => Signed(random.Next(2) == 0 ? mutated : _valid, random);

    // Under right checksums of all that stands where the directory says it does; it is written anew, and with random numbers changed.
    private byte[] Signed(byte[] mutated, Random? random)
    {
        var head = PackedFormat.Read(_valid, "valid");
        var (start, length) = ((int)head.DirectoryAt, (int)head.DirectoryLength);
        var body = mutated.Length < start ? [.. mutated, .. new byte[start - mutated.Length]] : mutated[..start];
        var written = Encoding.UTF8.GetString(_valid, start, length);
        var directory = random is null ? JsonNode.Parse(written)! : HostileDirectory.Changed(written, random);
        var parts = directory is JsonObject whole && whole["parts"] is JsonArray list ? list.OfType<JsonObject>().ToList() : [];
        foreach (var part in parts)
        {
            if (Range(part, "blockTable", "blocks", 32) is not var (at, end))
                continue;
            for (; at < end; at += 32)
            {
                var block = MemoryMarshal.Read<PackedBlock>(body.AsSpan(at));
                if (block.At >= PackedFormat.HeadLength && block.Length >= 0 && block.At <= body.Length - block.Length)
                    BitConverter.GetBytes(XxHash3.HashToUInt64(body.AsSpan((int)block.At, (int)block.Length))).CopyTo(body, at + 16);
            }
        }
        foreach (var part in parts)
        {
            foreach (var (table, count, entry) in new[] { ("rowTable", "rows", 16), ("blockTable", "blocks", 32) })
            {
                if (Range(part, table, count, entry) is var (at, end))
                    part[table]!["checksum"] = XxHash3.HashToUInt64(body.AsSpan(at..end));
            }
        }
        var json = Encoding.UTF8.GetBytes(HostileDirectory.Written(directory));
        if (random?.Next(8) == 0)
            json = Mutations.Damage(json, random); // text that may be no JSON
        var changed = head with { FileLength = start + json.Length, DirectoryLength = json.Length, DirectoryChecksum = XxHash3.HashToUInt64(json) };
        if (random?.Next(8) == 0)
            changed = Moved(changed, random);
        return [.. PackedFormat.Write(changed with { Sha256 = SHA256.HashData([.. body[PackedFormat.HeadLength..], .. json]) }), .. body[PackedFormat.HeadLength..], .. json];

        // Where a table lies, if it lies within the body.
        (int At, int End)? Range(JsonObject part, string table, string count, int entry) =>
            part[table] is JsonObject named && Number(named["at"]) is { } at && Number(part[count]) is { } entries && at >= PackedFormat.HeadLength && at <= body.Length
                && entries >= 0 && entries <= (body.Length - at) / entry ? ((int)at, (int)(at + entries * entry)) : null;

        static long? Number(JsonNode? node) => node is JsonValue value && value.TryGetValue<long>(out var number) ? number : null;
    }

    // A head with other numbers, which are as hostile as those of a directory.
    private static PackedHead Moved(PackedHead head, Random random)
    {
        long[] numbers = [0, -1, 1, 127, 128, head.DirectoryAt - 8, head.FileLength, int.MaxValue, 1L << 40, long.MaxValue, long.MinValue];
        var number = numbers[random.Next(numbers.Length)];
        return random.Next(3) switch
        {
            0 => head with { DirectoryAt = number },
            1 => head with { DirectoryLength = number },
            _ => head with { FileLength = number },
        };
    }
}
