namespace Recollect.Runs;

public sealed class MetricsLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Path => _folder.File("metrics.jsonl");

    public void Dispose() => _folder.Dispose();

    private static MetricRecord Record(long step, double? loss = null) =>
        new() { Phase = TrainingPhase.Pretrain, Epoch = 1, Step = step, Split = DataSplit.Train, Loss = loss };

    private IEnumerable<long> Steps => MetricsLog.Read(Path).Select(record => record.Step);

    [Fact]
    public void A_record_is_one_line_with_what_was_measured()
    {
        using var log = MetricsLog.Open(Path);
        log.Append(Record(1, 2.5) with { Auxiliaries = [0.5, 0.25], PeakMemory = 1024, SequencesPerSecond = 3 });
        log.Append(Record(2, double.NaN));
        Assert.Equal(
            """
            {"phase":"pretrain","epoch":1,"step":1,"split":"train","loss":2.5,"auxiliaries":[0.5,0.25],"sequencesPerSecond":3,"peakMemory":1024}
            {"phase":"pretrain","epoch":1,"step":2,"split":"train","loss":"NaN"}

            """.ReplaceLineEndings("\n"), File.ReadAllText(Path)); // while the log is open: every line is handed on at once
        Assert.Equal(new FileInfo(Path).Length, log.Length);
        var read = MetricsLog.Read(Path);
        Assert.Equal([0.5, 0.25], read[0].Auxiliaries);
        Assert.Null(read[0].Accuracy);
        Assert.Equal(double.NaN, read[1].Loss);
    }

    [Fact]
    public void A_resumed_log_has_no_line_twice()
    {
        long checkpoint;
        using (var log = MetricsLog.Open(Path))
        {
            log.Append(Record(1));
            log.Append(Record(2));
            checkpoint = log.Sync();
            log.Append(Record(3)); // after the checkpoint: done again on resuming
        }
        using (var log = MetricsLog.Open(Path))
        {
            log.TruncateTo(checkpoint);
            log.Append(Record(3));
            log.Append(Record(4));
        }
        Assert.Equal([1, 2, 3, 4], Steps);
    }

    [Fact]
    public void A_half_written_last_line_is_left_out_on_reading_and_dropped_on_opening()
    {
        using (var log = MetricsLog.Open(Path))
            log.Append(Record(1));
        File.AppendAllText(Path, "{\"phase\":\"tra" + new string('x', 10_000)); // longer than the block in which the end is looked for
        Assert.Equal([1], Steps);
        using (var log = MetricsLog.Open(Path))
            log.Append(Record(2));
        Assert.Equal([1, 2], Steps);
    }

    [Fact]
    public void A_log_with_nothing_but_half_a_line_is_empty()
    {
        File.WriteAllText(Path, "{");
        Assert.Empty(Steps);
        using var log = MetricsLog.Open(Path);
        Assert.Equal(0, log.Length);
        log.TruncateTo(0);
    }

    [Fact]
    public void A_length_of_another_log_is_refused()
    {
        using var log = MetricsLog.Open(Path);
        log.Append(Record(1));
        Assert.Contains("another run", Assert.Throws<DataException>(() => log.TruncateTo(log.Length + 1)).Message);
        Assert.Contains("no line ends", Assert.Throws<DataException>(() => log.TruncateTo(log.Length - 1)).Message);
        Assert.Throws<DataException>(() => log.TruncateTo(-1));
        log.Append(Record(2)); // a refusal moves nothing
        Assert.Equal([1, 2], Steps);
    }

    [Fact]
    public void A_damaged_line_is_named()
    {
        using (var log = MetricsLog.Open(Path))
        {
            log.Append(Record(1));
            log.Append(Record(2));
        }
        File.WriteAllText(Path, File.ReadAllText(Path).Replace("\"step\":2", "\"step\":x", StringComparison.Ordinal));
        var error = Assert.Throws<DataException>(() => MetricsLog.Read(Path));
        Assert.Contains(Path, error.Message);
        Assert.Contains("line 2", error.Message);
    }

    [Fact]
    public void A_log_that_cannot_be_written_is_named()
    {
        Assert.Contains("folder does not exist", Assert.Throws<RunException>(() => MetricsLog.Open(_folder.File("gone/metrics.jsonl"))).Message);
        Assert.SkipUnless(File.Exists("/dev/full"), "this system has no /dev/full to get a true 'no space left' from");
        File.CreateSymbolicLink(_folder.File("full"), "/dev/full");
        using var log = MetricsLog.Open(_folder.File("full"));
        Assert.Contains("the disk is full", Assert.Throws<RunException>(() => log.Append(Record(1))).Message);
    }
}
