namespace Recollect.Runs;

/// <summary>A folder that is written to, or will be once it is made.</summary>
/// <param name="Path">The folder in full.</param>
/// <param name="Free">Bytes free there; null where that cannot be told.</param>
/// <param name="Fault">What keeps files from being written there, as a clause; null where nothing does.</param>
internal sealed record FolderState(string Path, long? Free, string? Fault)
{
    private const int TrialLength = 4096; // an empty file can be made on a full disk

    /// <summary>Looks at a folder, and tries to write a small file into it, or where it would be made; the file does not stay.</summary>
    public static FolderState Of(string folder)
    {
        var at = NearestTo(folder);
        return new FolderState(System.IO.Path.GetFullPath(folder), FreeAt(at), File.Exists(at) ? $"'{at}' is a file; expected a folder" : TrialIn(at));
    }

    /// <summary>The folder itself, or the nearest one above it that is there, in full; a file where one is in the way.</summary>
    internal static string NearestTo(string folder)
    {
        var at = System.IO.Path.GetFullPath(folder);
        while (!Directory.Exists(at) && !File.Exists(at) && System.IO.Path.GetDirectoryName(at) is { } parent)
            at = parent;
        return at;
    }

    private static string? TrialIn(string folder)
    {
        var file = System.IO.Path.Combine(folder, $".recollect-trial-{Guid.NewGuid():N}");
        try
        {
            AtomicFile.Write(file, new byte[TrialLength]);
            File.Delete(file);
            return null;
        }
        catch (RunException error)
        {
            return StorageFailure.Found(file, error.InnerException!);
        }
        catch (Exception cause) when (StorageFailure.Is(cause))
        {
            return $"'{file}', written to try it, cannot be removed: {cause.Message.TrimEnd('.')}";
        }
    }

    private static long? FreeAt(string path)
    {
        try
        {
            return new DriveInfo(path).AvailableFreeSpace;
        }
        catch (Exception error) when (StorageFailure.Is(error) || error is ArgumentException)
        {
            return null;
        }
    }
}
