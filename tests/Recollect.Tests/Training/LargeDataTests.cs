using System.Globalization;
using System.IO.Compression;
using System.Text;
using Recollect.Data;
using Recollect.Data.Tests;
using Recollect.Sequences;
using Recollect.Training;

namespace Recollect.Tests.Training;

/// <summary>Four gigabytes of text, packed and taken once in training's order, and rows longer than a block: what stays resident has a bound that does not know the file's size.</summary>
public sealed class LargeDataTests : IDisposable
{
    private const int Rows = 1 << 16, RowLength = 1 << 16, Chunk = 256, Batch = 8;
    private const long MiB = 1 << 20, Whole = (long)Rows * RowLength, Needed = Whole + 1024 * MiB;

    // 80 blocks of 1 MiB, or as many bytes of longer ones, and 16 bytes a row; and what the runtime keeps for itself.
    private const long MostMapped = 80 * MiB + 16 * Rows + 16 * MiB, MostAnonymous = 128 * MiB;
    private readonly string _folder = Directory.CreateTempSubdirectory("recollect-large-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    [Trait("Tier", "slow")]
    public void Memory_stays_within_its_bound_while_4_GB_are_packed_and_read()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Resident memory is read from /proc.");
        var free = new DriveInfo(_folder).AvailableFreeSpace;
        Assert.SkipUnless(free > Needed, $"{_folder} has {free:N0} bytes free; {Needed:N0} are needed.");
        WriteSource("train.csv.gz", Rows);
        WriteSource("test.csv.gz", 2);
        var path = Path.Combine(_folder, "large.packed");
        var options = new DataOptions { Source = "csv", Train = "train.csv.gz", Test = "test.csv.gz", Text = "text" };

        var packing = ResidentMemory.Of(_ => DataPacker.Pack(options, _folder, path, TestContext.Current.CancellationToken));
        Assert.InRange(new FileInfo(path).Length, Whole, Whole + 64 * MiB);

        using var sets = DataSetLoader.Load(new DataOptions { Source = "packed", Train = path }, _folder);
        var reading = ResidentMemory.Of(sample => ReadEpoch(sets.Train, sample));
        TestContext.Current.TestOutputHelper?.WriteLine($"packing: VmHWM +{packing.Peak / MiB:N0} MiB; an epoch of {Whole:N0} bytes: {reading}");
        Assert.InRange(packing.Peak, 0, MostMapped + MostAnonymous);
        Assert.InRange(reading.File, 0, MostMapped);
        Assert.InRange(reading.Anonymous, 0, MostAnonymous);
        Assert.InRange(reading.Peak, 0, MostMapped + MostAnonymous);
    }

    // Every row once, in the order of a training, gathered as a training gathers it.
    private static void ReadEpoch(SequenceSet rows, Action sample)
    {
        var plan = new TrainingPlan(new TrainingOptions { Batch = Batch, Epochs = 1 }, rows, SmallTask.Seed);
        var (reader, seen, expected) = (new BatchReader(), new bool[Rows], new byte[Chunk]);
        for (var update = 0L; update < plan.Updates; update++)
        {
            var places = plan.RowsOf(plan.At(update)).ToArray();
            var batch = reader.Read(rows, places);
            for (var b = 0; b < places.Length; b++)
            {
                Fill(expected, places[b]);
                for (var t = 0; t < Chunk; t++)
                    Assert.True(batch.Tokens[(RowLength - Chunk + t) * places.Length + b] == expected[t], $"row {places[b]}");
                Assert.False(seen[places[b]]);
                seen[places[b]] = true;
            }
            if (update % 32 == 0)
                sample();
        }
        Assert.DoesNotContain(false, seen);
    }

    private void WriteSource(string name, int rows)
    {
        using var file = new GZipStream(File.Create(Path.Combine(_folder, name)), CompressionLevel.Fastest);
        file.Write("label,text\n"u8);
        var chunk = new byte[Chunk];
        for (var row = 0; row < rows; row++)
        {
            Fill(chunk, row);
            file.Write(row % 2 == 0 ? "even,"u8 : "odd,"u8);
            for (var at = 0; at < RowLength; at += Chunk)
                file.Write(chunk);
            file.WriteByte((byte)'\n');
        }
    }

    private static void Fill(byte[] chunk, int row)
    {
        Array.Fill(chunk, (byte)('a' + row % 26));
        Encoding.ASCII.GetBytes(row.ToString(CultureInfo.InvariantCulture)).CopyTo(chunk, 0);
    }

    // 30 rows of 20 MiB, each a block of its own, mapped one after the other and by turns.
    [Fact]
    [Trait("Tier", "slow")]
    public void Memory_stays_within_its_bound_where_each_row_is_longer_than_a_block()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Resident memory is read from /proc.");
        const int rows = 30, length = 20 << 20;
        var tokens = new byte[length];
        foreach (var label in new[] { "a", "b" })
        {
            Directory.CreateDirectory(Path.Combine(_folder, "long", label));
            for (var row = 0; row < rows / 2; row++)
            {
                Array.Fill(tokens, (byte)row);
                File.WriteAllBytes(Path.Combine(_folder, "long", label, $"{row}"), tokens);
            }
        }
        var path = Path.Combine(_folder, "long.packed");
        DataPacker.Pack(new DataOptions { Source = "bytes", Train = "long", Test = "long", TestLimit = 2 }, _folder, path, TestContext.Current.CancellationToken);
        var describing = ResidentMemory.Of(_ => Assert.Equal(rows, DataInfo.Of(path, _folder).Parts[0].Rows));
        using var sets = DataSetLoader.Load(new DataOptions { Source = "packed", Train = path }, _folder);
        var piece = new int[1 << 16];
        var reading = ResidentMemory.Of(sample =>
        {
            for (var at = 0; at < length; at += length / 4)
            {
                for (var row = 0; row < rows; row++)
                {
                    sets.Train.CopyTokens(row, at, piece);
                    sample();
                }
            }
        });
        TestContext.Current.TestOutputHelper?.WriteLine($"data info: {describing}; reading: {reading}");
        Assert.InRange(describing.Peak, 0, MostMapped + MostAnonymous);
        Assert.InRange(reading.File, 0, MostMapped);
        Assert.InRange(reading.Peak, 0, MostMapped + MostAnonymous);
    }
}
