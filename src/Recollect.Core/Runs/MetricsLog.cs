using System.Text.Json;

namespace Recollect.Runs;

/// <summary>The file <c>metrics.jsonl</c> while a run writes it: one <see cref="MetricRecord"/> a line, each handed to the system at once.</summary>
/// <remarks>
/// A checkpoint holds the log's length; resuming cuts the log back to it, so that no update is logged twice. A line that a killed
/// process left without its end is dropped on opening.
/// </remarks>
public sealed class MetricsLog : IDisposable
{
    private readonly string _path;
    private readonly FileStream _file;

    private MetricsLog(string path, FileStream file)
    {
        _path = path;
        _file = file;
    }

    /// <summary>The log's length, bytes; always the end of a line.</summary>
    public long Length { get; private set; }

    /// <summary>Opens the log at <paramref name="path"/> for writing, or begins one.</summary>
    /// <exception cref="RunException">It cannot be written.</exception>
    public static MetricsLog Open(string path)
    {
        try
        {
            var log = new MetricsLog(path, new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read));
            log.CutTo(EndOfLastLine(log._file));
            return log;
        }
        catch (Exception cause) when (StorageFailure.Is(cause))
        {
            throw StorageFailure.Writing(path, cause, "no run was started");
        }
    }

    /// <summary>Adds <paramref name="record"/> as a line.</summary>
    /// <exception cref="RunException">The disk is full; the lines before stay.</exception>
    public void Append(MetricRecord record)
    {
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(record, MetricsJson.Default.MetricRecord), (byte)'\n'];
        try
        {
            _file.Write(line);
            _file.Flush();
            Length += line.Length;
        }
        catch (Exception cause) when (StorageFailure.Is(cause))
        {
            throw StorageFailure.Writing(_path, cause, "the lines before are untouched");
        }
    }

    /// <summary>Brings every line to the disk and returns <see cref="Length"/>, for a checkpoint that will rely on it.</summary>
    /// <exception cref="RunException">The disk is full.</exception>
    public long Sync()
    {
        try
        {
            _file.Flush(flushToDisk: true);
            return Length;
        }
        catch (Exception cause) when (StorageFailure.Is(cause))
        {
            throw StorageFailure.Writing(_path, cause, "the lines before are untouched");
        }
    }

    /// <summary>Drops what was logged after <paramref name="length"/>, a value that <see cref="Sync"/> returned.</summary>
    /// <exception cref="DataException">The log is shorter, or no line ends there: it is not the checkpoint's.</exception>
    /// <exception cref="RunException">It cannot be written.</exception>
    public void TruncateTo(long length)
    {
        if (length < 0 || length > Length)
            throw new DataException($"'{_path}' is {Length} bytes long; the checkpoint was taken at {length}. The log was cut or belongs to another run; restore it.");
        try
        {
            Span<byte> last = [(byte)'\n'];
            if (length > 0)
                RandomAccess.Read(_file.SafeFileHandle, last, length - 1); // leaves the place where the next line goes
            if (last[0] != '\n')
                throw new DataException($"'{_path}', offset {length}: no line ends where the checkpoint was taken. The log was changed or belongs to another run; restore it.");
            CutTo(length);
        }
        catch (Exception cause) when (StorageFailure.Is(cause))
        {
            throw StorageFailure.Writing(_path, cause, "the lines before are untouched");
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
            // Append has already reported what it could not write; here, what it reported would be thrown again.
        }
    }

    /// <summary>Reads a log, also one that is being written: a last line without its end is left out.</summary>
    /// <exception cref="DataException">The file is missing or unreadable, or a line is not a record; the message gives the line.</exception>
    public static IReadOnlyList<MetricRecord> Read(string path)
    {
        byte[] bytes;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            bytes = new byte[EndOfLastLine(file)];
            file.Position = 0;
            file.ReadExactly(bytes);
        }
        catch (Exception cause) when (StorageFailure.Is(cause))
        {
            throw StorageFailure.Reading(path, cause);
        }
        var records = new List<MetricRecord>();
        for (var start = 0; start < bytes.Length;)
        {
            var line = bytes.AsSpan(start)[..bytes.AsSpan(start).IndexOf((byte)'\n')];
            records.Add(JsonFile.Parse(line, MetricsJson.Default.MetricRecord, path, records.Count));
            start += line.Length + 1;
        }
        return records;
    }

    private void CutTo(long length)
    {
        if (_file.Length != length)
            _file.SetLength(length);
        _file.Position = length;
        Length = length;
    }

    // Backwards by blocks: the last line is short, the log may be long.
    private static long EndOfLastLine(FileStream file)
    {
        var block = new byte[4096];
        for (var end = file.Length; end > 0;)
        {
            var start = Math.Max(0, end - block.Length);
            file.Position = start;
            var read = block.AsSpan(0, (int)(end - start));
            file.ReadExactly(read);
            var newline = read.LastIndexOf((byte)'\n');
            if (newline >= 0)
                return start + newline + 1;
            end = start;
        }
        return 0;
    }
}
