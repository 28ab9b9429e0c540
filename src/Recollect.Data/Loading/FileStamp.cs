namespace Recollect.Data;

/// <summary>How long a file was, and when it was written to, before it was hashed: as it is read more than once, it must not change in between.</summary>
/// <param name="File">The file.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Written">When it was last written to.</param>
internal sealed record FileStamp(string File, long Length, DateTime Written)
{
    private const string Expected = "a file with rows, which is read more than once, so that a pipe has to be saved as one";

    /// <summary>A file's stamp as of now.</summary>
    /// <exception cref="DataException">It is missing, empty, a pipe or a device, or may not be looked at.</exception>
    public static FileStamp Of(string file)
    {
        var now = RegularFile.Look(file, Expected);
        return new FileStamp(file, now.Length, now.LastWriteTimeUtc);
    }

    /// <summary>Refuses the file where it is another one now.</summary>
    /// <exception cref="DataException">It was written to or replaced, or is gone.</exception>
    public void RefuseChanged()
    {
        var now = Of(File);
        if (now != this)
            throw new DataException($"{File}: the file changed while it was read, from {Length:N0} bytes written at {Written:O} to {now.Length:N0} written at {now.Written:O}; "
                + "expected the same rows at every reading. Begin again when nobody writes to it, or name a copy of it.");
    }
}
