using System.Buffers.Binary;
using System.Text;

namespace Recollect.Runs;

public sealed class EventFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static MetricRecord Line(long step, DataSplit split = DataSplit.Train) => new() { Phase = TrainingPhase.Train, Epoch = 1, Step = step, Split = split };

    private string Events => _folder.File("tensorboard");

    private void Sitting(long firstStep) => EventFile.Begin(Events, firstStep).Dispose();

    [Fact]
    public void Every_number_of_a_line_has_its_split_and_name_as_its_tag_and_what_was_not_measured_has_none()
    {
        using (var file = EventFile.Begin(Events, 1))
        {
            file.Append(Line(5) with
            {
                Loss = 1,
                Supervised = 2,
                Auxiliary = 3,
                Accuracy = 0.5,
                LearningRate = 1e-3,
                GradientNorm = 4,
                SequencesPerSecond = 5,
                PeakMemory = 6,
                Auxiliaries = [3],
            });
            file.Append(Line(6) with { WholeEpoch = true, Loss = 7, Accuracy = 0.25 });
            file.Append(Line(6, DataSplit.Validation) with { Loss = 8 });
            file.Append(Line(7) with { NonFinite = 1 });
            file.Append(Line(8, DataSplit.Test) with { Accuracy = 0.75, Loss = double.NaN });
        }
        Assert.Equal(
            [
                "0 brain.Event:2", "1 session 1",
                "5 train/loss=1 train/supervised=2 train/auxiliary=3 train/accuracy=0.5 train/learningRate=0.001 train/gradientNorm=4 train/sequencesPerSecond=5",
                "6 train-epoch/loss=7 train-epoch/accuracy=0.25", "6 validation/loss=8", "8 test/loss=NaN test/accuracy=0.75",
            ],
            Assert.Single(Directory.GetFiles(Events).Select(Decoded)));
    }

    [Fact]
    public void What_is_appended_is_there_before_the_file_is_closed()
    {
        using var file = EventFile.Begin(Events, 1);
        file.Append(Line(1) with { Loss = 1 });
        Assert.Equal("1 train/loss=1", Decoded(Assert.Single(Directory.GetFiles(Events)))[^1]);
    }

    [Fact]
    public void A_sitting_s_file_stands_behind_earlier_ones_even_where_the_clock_was_set_back()
    {
        Directory.CreateDirectory(Events);
        var future = DateTimeOffset.UtcNow.AddYears(3).ToUnixTimeSeconds();
        var earlier = Path.Combine(Events, $"events.out.tfevents.{future}.recollect");
        File.WriteAllText(earlier, "");
        File.WriteAllText(Path.Combine(Events, "events.out.tfevents.other"), "");
        Sitting(1);
        Sitting(2);
        Assert.Equal(
            [$"events.out.tfevents.{future}.recollect", $"events.out.tfevents.{future + 1}.recollect", $"events.out.tfevents.{future + 2}.recollect", "events.out.tfevents.other"],
            Directory.GetFiles(Events).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_sitting_s_file_bears_the_time_at_which_it_began()
    {
        var before = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        Sitting(1);
        var name = Path.GetFileName(Assert.Single(Directory.GetFiles(Events)));
        Assert.InRange(long.Parse(name.Split('.')[3]), before, DateTimeOffset.UtcNow.ToUnixTimeSeconds());
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_an_error_of_the_run()
    {
        _folder.File("tensorboard", "a file");
        var error = Assert.Throws<RunException>(() => EventFile.Begin(Events, 1));
        Assert.Contains($"Cannot write '{Events}'", error.Message);
        Assert.Contains("metrics.jsonl has the same numbers", error.Message);
    }

    // A second reading of the format: each event as its step and what it holds.
    private static string[] Decoded(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var file = new BinaryReader(stream);
        var events = new List<string>();
        while (stream.Position < stream.Length)
        {
            var length = (int)file.ReadInt64();
            file.ReadUInt32();
            var fields = Fields(file.ReadBytes(length)).ToDictionary(field => field.Number, field => field.Value);
            file.ReadUInt32();
            Assert.Equal(DateTime.UtcNow, DateTime.UnixEpoch.AddSeconds(BitConverter.ToDouble(fields[1])), TimeSpan.FromMinutes(5));
            var step = fields.TryGetValue(2, out var number) ? BinaryPrimitives.ReadInt64LittleEndian(number) : 0;
            var content = fields.TryGetValue(3, out var version) ? Encoding.UTF8.GetString(version)
                : fields.TryGetValue(7, out var session) ? $"session {BinaryPrimitives.ReadInt64LittleEndian(Assert.Single(Fields(session)).Value)}"
                : string.Join(' ', Fields(fields[5]).Select(value => Fields(value.Value).ToDictionary(field => field.Number, field => field.Value))
                    .Select(value => $"{Encoding.UTF8.GetString(value[1])}={BitConverter.ToSingle(value[2])}"));
            events.Add($"{step} {content}");
        }
        return [.. events];
    }

    // Protocol buffers' wire format; a varint is given as eight bytes.
    private static IEnumerable<(int Number, byte[] Value)> Fields(byte[] message)
    {
        using var reader = new BinaryReader(new MemoryStream(message));
        while (reader.BaseStream.Position < message.Length)
        {
            var key = reader.Read7BitEncodedInt();
            yield return (key >> 3, (key & 7) switch
            {
                0 => BitConverter.GetBytes(reader.Read7BitEncodedInt64()),
                1 => reader.ReadBytes(8),
                2 => reader.ReadBytes(reader.Read7BitEncodedInt()),
                _ => reader.ReadBytes(4),
            });
        }
    }
}
