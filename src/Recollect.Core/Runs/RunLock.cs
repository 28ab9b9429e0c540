using System.Globalization;

namespace Recollect.Runs;

/// <summary>The exclusive right to write to a run directory; disposing it gives it up.</summary>
/// <remarks>
/// The system releases the lock (flock on Unix, share modes on Windows) when the process ends, however it ends, so that none is ever stale.
/// The lock file itself stays: deleting it would let two later processes lock two different files of that name. Who holds it stands
/// in a file beside it, because a locked file cannot be read by others.
/// </remarks>
internal sealed class RunLock : IDisposable
{
    // Its words are known again where they come from another process, which can hand over no more than words.
    private const string InUse = "' is in use by ";

    private const int Tries = 10; // with pauses of 1, 2, … ms between them

    private static readonly string Name = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

    private readonly FileStream _file;
    private readonly string _owner;
    private bool _released;

    private RunLock(FileStream file, string owner)
    {
        _file = file;
        _owner = owner;
    }

    /// <summary>Whether <paramref name="message"/> is that of a run which another process holds.</summary>
    public static bool IsRefusal(string message) => message.Contains(InUse, StringComparison.Ordinal);

    /// <summary>Takes the lock.</summary>
    /// <param name="path">The lock file.</param>
    /// <param name="owner">The file that names who holds it.</param>
    /// <param name="run">The folder that it is of.</param>
    /// <param name="left">What did not happen where it cannot be taken, as a clause.</param>
    /// <param name="elsewhere">How another place is named, as a clause; null of a run's folder.</param>
    /// <exception cref="RunException">Another process holds it, or the folder cannot be written to.</exception>
    internal static RunLock Take(string path, string owner, string run, string left = "no run was started", string? elsewhere = null)
    {
        var file = Open(path, owner, run, left, elsewhere);
        try
        {
            AtomicFile.Write(owner, Name, elsewhere);
            return new RunLock(file, owner);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Gives the lock up.</summary>
    public void Dispose()
    {
        if (_released)
            return;
        _released = true;
        try
        {
            // Before the lock goes: afterwards the name may be the next holder's. It is already where the folder has been removed and made anew.
            if (File.Exists(_owner) && File.ReadAllText(_owner) == Name)
                File.Delete(_owner);
        }
        catch (Exception cause) when (StorageFailure.Is(cause))
        {
            // A name that stays is harmless: it is read only while the lock is held, and then it is the holder's own.
        }
        _file.Dispose();
    }

    private static FileStream Open(string path, string owner, string run, string left, string? elsewhere)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException cause) when (StorageFailure.IsInUse(cause))
            {
                // A look of IsHeld keeps others out for a moment, and a holder may have ended since.
                if (tries == Tries || IsHeld(path))
                    throw new RunException($"'{run}{InUse}{Holder(owner)}. Wait for it to end, or stop it; then try again.");
                Thread.Sleep(tries);
            }
            catch (Exception cause) when (StorageFailure.Is(cause))
            {
                throw StorageFailure.Writing(path, cause, left, elsewhere);
            }
        }
    }

    internal static bool IsHeld(string path)
    {
        try
        {
            new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read).Dispose();
            return false;
        }
        catch (IOException cause)
        {
            return StorageFailure.IsInUse(cause);
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string Holder(string owner)
    {
        try
        {
            return $"process {File.ReadAllText(owner)}";
        }
        catch (Exception cause) when (StorageFailure.Is(cause))
        {
            return "another process"; // it has the lock and is about to write its name
        }
    }
}
