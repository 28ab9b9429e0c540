namespace Recollect.Runs;

/// <summary>Turns what the operating system says about a file into the message a person can act on.</summary>
internal static class StorageFailure
{
    private const int NoSpaceLeft = 28, ReadOnlySystem = 30, QuotaExceeded = 122; // errno: ENOSPC, EROFS; EDQUOT of Linux
    private const int WouldBlockOnLinux = 11, WouldBlockOnMac = 35; // errno: EWOULDBLOCK
    private const int WindowsSharingViolation = 0x20, WindowsLockViolation = 0x21, WindowsHandleDiskFull = 0x27, WindowsDiskFull = 0x70;

    /// <summary>Whether <paramref name="cause"/> speaks of storage, and not of a defect of the program.</summary>
    public static bool Is(Exception cause) => cause is IOException or UnauthorizedAccessException;

    /// <summary>Whether a file could not be opened because another opened it for itself.</summary>
    public static bool IsInUse(IOException cause) => ErrorNumber(cause) is var number && (OperatingSystem.IsWindows()
        ? number is WindowsSharingViolation or WindowsLockViolation
        : number == (OperatingSystem.IsMacOS() ? WouldBlockOnMac : WouldBlockOnLinux));

    /// <summary>The error of a file that could not be written.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cause">What the system said.</param>
    /// <param name="left">What is left on the disk, as a clause: "the earlier file is untouched".</param>
    /// <param name="elsewhere">How another place is named, as a clause: "name another file with -o"; null of a run's folder.</param>
    public static RunException Writing(string path, Exception cause, string left, string? elsewhere = null) =>
        new($"Cannot write '{path}': {Found(path, cause)}; {left}. {(elsewhere is null ? RemedyOfRun(cause) : $"{(IsFull(cause) ? "Free some space" : "Make or mend the folder")}, or {elsewhere}.")}", cause);

    /// <summary>The error of a file that could not be read.</summary>
    public static DataException Reading(string path, Exception cause) => new(cause switch
    {
        FileNotFoundException or DirectoryNotFoundException => $"'{path}' does not exist; expected a file that can be read.",
        _ when Directory.Exists(path) => $"'{path}' is a folder; expected a file.",
        _ => $"Cannot read '{path}': {cause.Message}",
    }, cause);

    /// <summary>Why <paramref name="path"/> could not be written, as a clause: "the disk is full".</summary>
    public static string Found(string path, Exception cause)
    {
        if (IsFull(cause))
            return $"the disk is full{Free(path)}";
        return cause switch
        {
            DirectoryNotFoundException => "its folder does not exist",
            FileNotFoundException => "no file can be made there", // the system's words name the temporary file
            UnauthorizedAccessException => "the folder may not be written to (read-only, or another user's)",
            _ when ErrorNumber(cause) == ReadOnlySystem => "the file system is read-only",
            _ => cause.Message.TrimEnd('.'),
        };
    }

    private static string RemedyOfRun(Exception cause) => IsFull(cause)
        ? "Free some space, or use another disk: --out names a new run's folder, and that of a run to resume may be moved."
        : "Choose a folder that can be written to with --out, or mend this one; that of a run to resume may be copied.";

    private static bool IsFull(Exception cause) => ErrorNumber(cause) is var number && (OperatingSystem.IsWindows()
        ? number is WindowsHandleDiskFull or WindowsDiskFull
        : number is NoSpaceLeft or QuotaExceeded);

    // The runtime hands on errno itself on Unix, and 0x8007xxxx around the error number on Windows.
    private static int ErrorNumber(Exception cause) => cause.HResult & 0xffff;

    private static string Free(string path)
    {
        try
        {
            var drive = new DriveInfo(Path.GetDirectoryName(Path.GetFullPath(path)) ?? path);
            return $" ({drive.AvailableFreeSpace:N0} bytes free)";
        }
        catch (Exception trouble) when (Is(trouble) || trouble is ArgumentException)
        {
            return ""; // the message is good without the number
        }
    }
}
