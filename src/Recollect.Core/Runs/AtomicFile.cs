using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Recollect.Runs;

/// <summary>Writes files whole or not at all: under a temporary name in the same folder, flushed to the disk, then renamed.</summary>
/// <remarks>
/// A reader sees the earlier file or the new one, never a part, even after the power fails: the data reach the disk before the name does,
/// and the folder is flushed after it.
/// </remarks>
internal static partial class AtomicFile
{
    private const string TemporarySuffix = ".part";

    /// <summary>Writes <paramref name="path"/> with what <paramref name="write"/> puts into the stream.</summary>
    /// <param name="path">The file; an earlier one, or a link, is replaced.</param>
    /// <param name="write">Writes the content, from the beginning.</param>
    /// <param name="elsewhere">How another place is named, as a clause: "name another file with -o"; null of what lies in a run's folder.</param>
    /// <exception cref="RunException">The disk is full, the folder is missing or may not be written to, or a device, a pipe or a socket is there; the earlier file is untouched.</exception>
    public static void Write(string path, Action<Stream> write, string? elsewhere = null)
    {
        if (SpecialFile.IsAt(path))
            throw new RunException($"Cannot write '{path}': a device, a pipe or a socket is there; expected a file, or nothing. Remove it, or {elsewhere ?? "choose another folder with --out"}.");
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var temporary = TemporaryOf(path, $"{Environment.ProcessId}");
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception cause)
        {
            Remove(temporary);
            if (StorageFailure.Is(cause))
                throw StorageFailure.Writing(path, cause, File.Exists(path) ? "the earlier file is untouched" : "nothing was left behind", elsewhere);
            throw;
        }
        FlushFolder(folder);
    }

    /// <summary>Writes <paramref name="bytes"/> to <paramref name="path"/>; errors as for <see cref="Write(string, Action{Stream}, string)"/>.</summary>
    public static void Write(string path, byte[] bytes, string? elsewhere = null) => Write(path, stream => stream.Write(bytes), elsewhere);

    /// <summary>Writes <paramref name="text"/> to <paramref name="path"/> as UTF-8 without a mark; errors as for <see cref="Write(string, Action{Stream}, string)"/>.</summary>
    public static void Write(string path, string text, string? elsewhere = null) => Write(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false).GetBytes(text), elsewhere);

    /// <summary>Deletes the temporary files that a killed process left in <paramref name="folder"/>; call it only where nobody else writes.</summary>
    public static void RemoveStale(string folder)
    {
        if (!Directory.Exists(folder))
            return;
        foreach (var stale in Directory.GetFiles(folder).Where(IsTemporary))
            Remove(stale);
    }

    /// <summary>A name beside <paramref name="path"/> for a file that waits until that one is complete: nobody else's, and of those that <see cref="RemoveStaleOf"/> knows again.</summary>
    /// <param name="path">The file that is written.</param>
    /// <param name="mark">Letters and digits.</param>
    public static string TemporaryOf(string path, string mark) =>
        Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, $".{Path.GetFileName(path)}.{mark}-{Guid.NewGuid():N}{TemporarySuffix}");

    /// <summary>Deletes the temporary files of <paramref name="path"/> that a killed process left; those that somebody still writes are locked, and stay.</summary>
    public static void RemoveStaleOf(string path)
    {
        var (folder, start) = (Path.GetDirectoryName(Path.GetFullPath(path))!, $".{Path.GetFileName(path)}.");
        var listed = new EnumerationOptions { IgnoreInaccessible = true, AttributesToSkip = FileAttributes.None }; // names with a dot count as hidden
        foreach (var left in Directory.Exists(folder) ? Directory.GetFiles(folder, "*", listed) : [])
        {
            if (Path.GetFileName(left) is var name && !(name.StartsWith(start, StringComparison.Ordinal) && MarkAndGuid().IsMatch(name.AsSpan(start.Length))))
                continue;
            try
            {
                // Deleted while it is locked: whoever made it holds that lock as long as it is used.
                new FileStream(left, FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose).Dispose();
            }
            catch (Exception cause) when (StorageFailure.Is(cause))
            {
                // Somebody writes it, or it is another user's.
            }
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9]+-[0-9a-f]{32}\.part\z")]
    private static partial Regex MarkAndGuid();

    /// <summary>Whether <paramref name="path"/> bears the name of a file that is not complete yet.</summary>
    public static bool IsTemporary(string path) =>
        Path.GetFileName(path) is var name && name.StartsWith('.') && name.EndsWith(TemporarySuffix, StringComparison.Ordinal);

    private static void Remove(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception cause) when (StorageFailure.Is(cause))
        {
            // The error that led here is the one to report; what stays is removed when the run is next locked.
        }
    }

    // POSIX: a rename is durable only once the folder itself has been flushed. Windows has no such call, and .NET none for folders.
    private static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        var handle = Native.Open(Encoding.UTF8.GetBytes(folder + '\0'), Native.ReadOnly);
        if (handle < 0)
            return;
        _ = Native.Synchronize(handle); // some file systems refuse it for folders; the file itself is safe by then
        _ = Native.Close(handle);
    }

    private static class Native
    {
        public const int ReadOnly = 0; // O_RDONLY on Linux and macOS alike

        [DllImport("libc", EntryPoint = "open"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Open(byte[] path, int flags);

        [DllImport("libc", EntryPoint = "fsync"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Synchronize(int handle);

        [DllImport("libc", EntryPoint = "close"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Close(int handle);
    }
}
