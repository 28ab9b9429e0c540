namespace Recollect.Data;

/// <summary>Tells files that have an end from what only looks like one, before anything is opened: a pipe would wait for ever, a device never end.</summary>
internal static class RegularFile
{
    /// <summary>The bytes of a file, or of the one that a link leads to in the end; at least 1.</summary>
    /// <param name="path">The file.</param>
    /// <param name="expected">What should lie there, for messages.</param>
    /// <exception cref="DataException">There is none, or it is empty, a pipe or a device, a link to these or to nothing, or may not be looked at.</exception>
    public static long Length(string path, string expected = "a file") => Look(path, expected).Length;

    /// <summary>A file, or the one that a link leads to in the end, as it is now; <see cref="Length"/>'s parameters and errors.</summary>
    public static FileInfo Look(string path, string expected)
    {
        try
        {
            var target = File.ResolveLinkTarget(path, returnFinalTarget: true);
            var (file, link) = (new FileInfo(target?.FullName ?? path), target is null ? "" : $" (a link to {target.FullName})");
            if (!file.Exists)
                throw new DataException($"{path}: the file{link} is not there; expected {expected}. Put the file itself there, or remove it.");
            // Pipes and devices have no length, and the platform tells nothing else of them.
            return file.Length > 0
                ? file
                : throw new DataException($"{path}: the file{link} is empty, a pipe or a device; expected {expected}. Put the whole file there, or remove it.");
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataException($"{path}: there is no such file; expected {expected}. Put it there, or correct the name.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{path}: the file, or what it links to, cannot be looked at ({error.Message}); expected {expected}. Put the file itself there, or remove it.", error);
        }
    }

    /// <summary>Refuses a name that the platform cannot give back to the system as it got it.</summary>
    /// <exception cref="DataException">The name is not UTF-8.</exception>
    public static void RefuseUnnameable(string path)
    {
        if (path.Contains('\uFFFD') && !Path.Exists(path))
            throw new DataException($"{path}: the name is not UTF-8, so that the file cannot be opened; expected names in UTF-8. Rename it.");
    }
}
