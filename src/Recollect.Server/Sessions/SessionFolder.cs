using Recollect.Runs;

namespace Recollect.Server.Sessions;

/// <summary>The folder in which streams outlive the server: one file a stream, with the bytes of its state, written whole or not at all.</summary>
/// <remarks>One server at a time has it.</remarks>
internal sealed class SessionFolder : IDisposable
{
    private const string Extension = ".stream";
    private const string Elsewhere = "serve with another folder as --sessions";
    private readonly string _path;
    private readonly RunLock _lock;

    /// <summary>Takes the folder, which is made where it is missing.</summary>
    /// <exception cref="RunException">Another server has it, or it cannot be written to.</exception>
    public SessionFolder(string path)
    {
        _path = path;
        try
        {
            // A stream's state tells what it has read: the folder is its owner's alone.
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(path);
            else
                Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception cause) when (StorageFailure.Is(cause))
        {
            throw new RunException($"Cannot make the folder '{path}' for streams: {StorageFailure.Found(path, cause)}. Name another one with --sessions.", cause);
        }
        _lock = RunLock.Take(Path.Combine(path, "lock"), Path.Combine(path, "lock.owner"), path, "the server did not begin", Elsewhere);
        AtomicFile.RemoveStale(path);
    }

    /// <summary>The names of the streams that are there.</summary>
    public IEnumerable<string> Ids() => Directory.GetFiles(_path, "*" + Extension).Order(StringComparer.Ordinal).Select(file => Path.GetFileNameWithoutExtension(file)!);

    /// <summary>Reads a stream's state.</summary>
    /// <exception cref="DataException">It cannot be read.</exception>
    public byte[] Read(string id)
    {
        try
        {
            return File.ReadAllBytes(FileOf(id));
        }
        catch (Exception cause) when (StorageFailure.Is(cause))
        {
            throw StorageFailure.Reading(FileOf(id), cause);
        }
    }

    /// <summary>Writes a stream's state.</summary>
    /// <exception cref="RunException">It cannot be written; an earlier state is untouched.</exception>
    public void Write(string id, byte[] state) => AtomicFile.Write(FileOf(id), state, Elsewhere);

    /// <summary>Removes a stream that has ended; it may never have been saved.</summary>
    public void Remove(string id)
    {
        try
        {
            File.Delete(FileOf(id));
        }
        catch (Exception cause) when (StorageFailure.Is(cause))
        {
            // A stream that comes back when the server begins anew expires there.
        }
    }

    public void Dispose() => _lock.Dispose();

    private string FileOf(string id) => Path.Combine(_path, id + Extension);
}
