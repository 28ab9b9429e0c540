using System.Globalization;

namespace Recollect.Runs;

/// <summary>A TensorBoard event file while a sitting of a training writes it: what <see cref="MetricsLog"/> gets, as scalars.</summary>
/// <remarks>
/// Tags are <c>train/loss</c>, <c>train-epoch/loss</c> (an epoch's means), <c>validation/accuracy</c>, <c>test/accuracy</c> and so on; steps are updates. A resume begins a file of its own,
/// which tells readers to drop what earlier files have of the updates that are taken again.
/// </remarks>
internal sealed class EventFile : IDisposable
{
    private const string Prefix = "events.out.tfevents.";
    private readonly string _path;
    private readonly FileStream _file;

    private EventFile(string path, FileStream file) => (_path, _file) = (path, file);

    /// <summary>Begins the file of a sitting in <paramref name="folder"/>, which is made where it is missing.</summary>
    /// <param name="folder">The run's folder of event files; only one process at a time writes there.</param>
    /// <param name="firstStep">The first update of the sitting, from 1.</param>
    /// <exception cref="RunException">It cannot be written.</exception>
    public static EventFile Begin(string folder, long firstStep)
    {
        var path = folder;
        try
        {
            Directory.CreateDirectory(folder);
            // Readers take the files in the order of their names: a clock that was set back must not put this one before an earlier one.
            var seconds = Directory.GetFiles(folder, Prefix + "*").Select(SecondsOf).Append(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 1).Max() + 1;
            path = Path.Combine(folder, $"{Prefix}{seconds:D10}.recollect");
            var file = new EventFile(path, new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read));
            file.Write([.. EventRecord.Version(WallTime), .. EventRecord.SessionStart(WallTime, firstStep)]);
            return file;
        }
        catch (Exception cause) when (StorageFailure.Is(cause))
        {
            throw StorageFailure.Writing(path, cause, "metrics.jsonl has the same numbers");
        }
    }

    /// <summary>Adds what <paramref name="record"/> has of scalars, and hands it to the system at once.</summary>
    /// <exception cref="RunException">The disk is full; the records before stay.</exception>
    public void Append(MetricRecord record)
    {
        var scalars = ScalarsOf(record).ToList();
        if (scalars.Count == 0)
            return;
        try
        {
            Write(EventRecord.Scalars(WallTime, record.Step, scalars));
        }
        catch (Exception cause) when (StorageFailure.Is(cause))
        {
            throw StorageFailure.Writing(_path, cause, "metrics.jsonl has the same numbers");
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        try
        {
            _file.Dispose();
        }
        catch (Exception cause) when (StorageFailure.Is(cause))
        {
            // Append has already reported what it could not write.
        }
    }

    private static double WallTime => (DateTime.UtcNow - DateTime.UnixEpoch).TotalSeconds;

    private static IEnumerable<(string Tag, double Value)> ScalarsOf(MetricRecord record)
    {
        var place = record.Split switch
        {
            DataSplit.Train => record.WholeEpoch == true ? "train-epoch" : "train",
            DataSplit.Validation => "validation",
            _ => "test",
        };
        (string Name, double? Value)[] all =
        [
            ("loss", record.Loss), ("supervised", record.Supervised), ("auxiliary", record.Auxiliary), ("accuracy", record.Accuracy),
            ("learningRate", record.LearningRate), ("gradientNorm", record.GradientNorm), ("sequencesPerSecond", record.SequencesPerSecond),
        ];
        return all.Where(scalar => scalar.Value is not null).Select(scalar => ($"{place}/{scalar.Name}", scalar.Value!.Value));
    }

    private static long SecondsOf(string path) =>
        long.TryParse(Path.GetFileName(path)[Prefix.Length..].Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : 0;

    private void Write(byte[] records)
    {
        _file.Write(records);
        _file.Flush();
    }
}
