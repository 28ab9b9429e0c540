namespace Recollect.Data;

/// <summary>Reads a file, or what stands for one, into memory as the bytes that it is, up to a bound.</summary>
internal static class WholeFile
{
    /// <summary>The bytes of a file.</summary>
    /// <param name="path">The file; it is not unpacked.</param>
    /// <param name="most">The bytes that it may have.</param>
    /// <param name="remedy">What to do about a longer one, as a sentence.</param>
    /// <exception cref="DataException">It is missing, may not be read, or is longer.</exception>
    public static byte[] Read(string path, int most, string remedy)
    {
        using var file = InputStream.OpenRaw(path);
        return Read(file, path, most, remedy);
    }

    /// <summary>The rest of a stream; memory grows with what is really there.</summary>
    /// <exception cref="DataException">It cannot be read, or is longer than <paramref name="most"/> bytes.</exception>
    public static byte[] Read(Stream stream, string name, int most, string remedy)
    {
        var bytes = Head(stream, name, most + 1);
        return bytes.Length <= most ? bytes : throw new DataException($"{name}: there are more than {most:N0} bytes; expected at most so many. {remedy}");
    }

    /// <summary>The first bytes of a stream, at most <paramref name="count"/>.</summary>
    /// <exception cref="DataException">It cannot be read.</exception>
    public static byte[] Head(Stream stream, string name, int count)
    {
        try
        {
            // Room for one byte more, so that a file's end is met without growing.
            var room = new byte[Math.Min(count, stream.CanSeek ? stream.Length + 1 : 1 << 16)];
            var length = 0;
            while (length < count)
            {
                if (length == room.Length)
                    Array.Resize(ref room, (int)Math.Min(count, room.Length * 2L));
                var read = stream.Read(room, length, room.Length - length);
                if (read == 0)
                    break;
                length += read;
            }
            return room.AsSpan(0, length).ToArray();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{name}: the file cannot be read ({error.Message}).", error);
        }
    }
}
