using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text.Json;
using Recollect.Sequences;

namespace Recollect.Data.Tests.Packing;

/// <summary>Packed files with parts changed, cut off, doubled or moved: a right answer or an error with a place, in bounded time and memory.</summary>
public sealed class PackedFuzzTests : IDisposable
{
    private const long MostAllocated = 4 << 20; // for a file of a few thousand bytes, the directory's JSON and two buffers included
    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _valid;
    private readonly List<int[]> _rows;

    public PackedFuzzTests()
    {
        _folder.Write("a.csv", "label,text\n" + string.Concat(Enumerable.Range(0, 30).Select(row => $"{"xyz"[row % 3]},{new string((char)('a' + row % 11), 1 + row * 7 % 40)}b\n")));
        var path = Path.Combine(_folder.Path, "fuzzed.packed");
        // 12 letters and one token for the others, so that most bytes are no token.
        DataPacker.Pack(new DataOptions { Source = "csv", Train = "a.csv", Text = "text", Unit = TextUnit.Characters, Validation = 0.2 }, _folder.Path, path);
        _valid = File.ReadAllBytes(path);
        _rows = Read(path);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Changed_files_are_refused_with_a_place_or_read_rightly() => Fuzz(400, sign: false);

    [Fact]
    public void Changed_files_whose_checksums_were_made_right_again_never_lead_outside() => Fuzz(200, sign: true);

    [Fact]
    [Trait("Tier", "slow")]
    public void Ten_thousand_changed_files_are_refused_with_a_place_or_read_rightly() => Fuzz(10_000, sign: false);

    [Fact]
    [Trait("Tier", "slow")]
    public void Ten_thousand_whose_checksums_were_made_right_again_never_lead_outside() => Fuzz(10_000, sign: true);

    private void Fuzz(int count, bool sign)
    {
        var path = Path.Combine(_folder.Path, "fuzzed.packed");
        var (refused, read) = (0, 0);
        for (var number = 0; number < count; number++)
        {
            var bytes = Mutated(new Random(number));
            File.WriteAllBytes(path, sign ? Signed(bytes) : bytes);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                var rows = Read(path);
                if (!sign)
                    Assert.Equal(_rows, rows);
                Assert.All(rows, row => Assert.All(row, value => Assert.InRange(value, 0, 13)));
                read++;
            }
            catch (DataException error)
            {
                Assert.Contains("fuzzed.packed", error.Message, StringComparison.Ordinal);
                Assert.True(sign || error.Message.Contains("offset ", StringComparison.Ordinal) || error.Message.Contains(" bytes; expected ", StringComparison.Ordinal), $"mutation {number}: {error.Message}");
                refused++;
            }
            catch (Exception defect)
            {
                Assert.Fail($"mutation {number}: {defect}");
            }
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostAllocated);
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{count} mutations: {refused} refused, {read} read");
        Assert.True(refused > 0, "Nothing was refused; the mutations change nothing.");
    }

    // Each row as its label and its tokens.
    private static List<int[]> Read(string path)
    {
        using var sets = DataSetLoader.Load(new DataOptions { Source = "packed", Train = path }, "");
        return [.. new[] { sets.Train, sets.Validation, sets.Test }.OfType<SequenceSet>().SelectMany(set => Enumerable.Range(0, set.Count).Select(row =>
        {
            var tokens = new int[set.LengthOf(row)];
            set.CopyTokens(row, 0, tokens);
            return (int[])[set.LabelOf(row), .. tokens];
        }))];
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

    // Where the valid file has its parts, the checksums of what stands there now; the directory is written anew.
    private byte[] Signed(byte[] mutated)
    {
        var head = PackedFormat.Read(_valid, "valid");
        var directory = PackedDirectory.Read(_valid.AsSpan((int)head.DirectoryAt, (int)head.DirectoryLength), "valid", head.DirectoryAt);
        if (mutated.Length < head.DirectoryAt)
            Array.Resize(ref mutated, (int)head.DirectoryAt);
        foreach (var part in directory.Parts)
        {
            for (var block = 0; block < part.Blocks; block++)
            {
                var entry = (int)part.BlockTable.At + 32 * block;
                var valid = MemoryMarshal.Read<PackedBlock>(_valid.AsSpan(entry));
                BitConverter.GetBytes(XxHash3.HashToUInt64(mutated.AsSpan((int)valid.At, (int)valid.Length))).CopyTo(mutated, entry + 16);
            }
        }
        PackedTable Sum(PackedTable table, int length) => table with { Checksum = XxHash3.HashToUInt64(mutated.AsSpan((int)table.At, length)) };
        var signed = directory with
        {
            Parts = [.. directory.Parts.Select(part => part with { RowTable = Sum(part.RowTable, 16 * part.Rows), BlockTable = Sum(part.BlockTable, 32 * part.Blocks) })],
        };
        var json = JsonSerializer.SerializeToUtf8Bytes(signed, PackedJson.Default.PackedDirectory);
        var first = PackedFormat.Write(head with { FileLength = head.DirectoryAt + json.Length, DirectoryLength = json.Length, DirectoryChecksum = XxHash3.HashToUInt64(json) });
        return [.. first, .. mutated[first.Length..(int)head.DirectoryAt], .. json];
    }
}
