namespace Recollect.Data;

/// <summary>Writes to this machine's disk, whose failures are told apart from those of the network.</summary>
internal static class Disk
{
    /// <summary>Does one thing to <paramref name="path"/>.</summary>
    /// <exception cref="RunException">The disk is full, or the path may not be written.</exception>
    public static T Do<T>(string path, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new RunException($"{path}: cannot be written ({error.Message}). Make room or allow writing there, or name another folder with '--data DIR'.", error);
        }
    }

    /// <inheritdoc cref="Do{T}"/>
    public static void Do(string path, Action action) => Do(path, () =>
    {
        action();
        return true;
    });

    /// <summary>Appends <paramref name="bytes"/> to an open file.</summary>
    /// <exception cref="RunException">The disk is full.</exception>
    public static void Write(FileStream file, ReadOnlySpan<byte> bytes)
    {
        try
        {
            file.Write(bytes);
        }
        catch (IOException error)
        {
            throw new RunException($"{file.Name}: cannot be written ({error.Message}). Make room, or name another folder with '--data DIR'.", error);
        }
    }
}
