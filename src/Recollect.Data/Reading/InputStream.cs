using System.IO.Compression;

namespace Recollect.Data;

/// <summary>Bytes of a file or of standard input, unpacked where they are gzip, whose failures name the file and the offset.</summary>
internal sealed class InputStream : ForwardStream
{
    private readonly Stream _source;
    private readonly bool _unpacks;
    private readonly byte[] _head = new byte[KnownBytes.Longest];
    private byte[] _ahead = [];
    private int _aheadAt;

    private InputStream(Stream source, string name, long? length, bool unpacks)
    {
        _source = source;
        _unpacks = unpacks;
        Name = name;
        KnownLength = length;
    }

    /// <summary>What messages call it.</summary>
    public string Name { get; }

    /// <summary>Its first bytes, for messages.</summary>
    public ReadOnlySpan<byte> Head()
    {
        if (BytesRead >= _head.Length)
            return _head;
        var taken = _head.AsSpan(0, (int)BytesRead);
        return (byte[])[.. taken, .. Peek(_head.Length - taken.Length)];
    }

    /// <summary>Its bytes in all where that is known beforehand: a plain file.</summary>
    public long? KnownLength { get; }

    /// <summary>Opens a file; gzip is recognised by its first two bytes, whatever the name.</summary>
    /// <exception cref="DataException">It is missing, a folder, or may not be read.</exception>
    public static InputStream Open(string path)
    {
        var file = OpenRaw(path);
        return From(file, path, file.CanSeek ? file.Length : null); // a pipe, such as /dev/stdin, tells no length
    }

    /// <summary>Opens a file as the bytes that it is.</summary>
    /// <exception cref="DataException">It is missing, a folder, or may not be read.</exception>
    public static FileStream OpenRaw(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataException($"{path}: there is no such file. Correct the name.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataException(Directory.Exists(path)
                ? $"{path}: this is a folder; expected a file. Name one of the files in it."
                : $"{path}: the file cannot be read ({error.Message.TrimEnd('.')}). Allow it to be read, or name another.", error);
        }
    }

    /// <summary>Wraps a stream such as standard input; gzip is recognised by its first two bytes.</summary>
    public static InputStream From(Stream source, string name, long? length = null)
    {
        var plain = new InputStream(source, name, length, false);
        return plain.Peek(2) is [0x1f, 0x8b]
            ? new InputStream(new GZipStream(plain, CompressionMode.Decompress), name, null, true)
            : plain;
    }

    /// <summary>The next bytes, which stay to be read; fewer than <paramref name="count"/> at the end.</summary>
    public ReadOnlySpan<byte> Peek(int count)
    {
        if (_ahead.Length - _aheadAt < count)
        {
            var wider = new byte[count];
            var have = _ahead.AsSpan(_aheadAt);
            have.CopyTo(wider);
            var total = have.Length;
            while (total < count && ReadSource(wider.AsSpan(total)) is > 0 and var read)
                total += read;
            (_ahead, _aheadAt) = (wider[..total], 0);
        }
        return _ahead.AsSpan(_aheadAt, Math.Min(count, _ahead.Length - _aheadAt));
    }

    /// <summary>The file itself, for a format that is read by seeking.</summary>
    /// <exception cref="DataException">It is packed, or no file.</exception>
    public Stream Seekable() => _source is FileStream { CanSeek: true } file
        ? file
        : throw new DataException(_unpacks
            ? $"{Name}: this is Parquet packed by gzip; expected the Parquet file itself, which is packed within and read by seeking. Unpack it."
            : $"{Name}: this is Parquet in a stream; expected a file, as Parquet is read by seeking. Save it, and name the file.");

    /// <summary>Reads until <paramref name="buffer"/> is full or nothing is left; returns the bytes read.</summary>
    public int Fill(Span<byte> buffer) => ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        var read = 0;
        if (_aheadAt < _ahead.Length)
        {
            read = Math.Min(buffer.Length, _ahead.Length - _aheadAt);
            _ahead.AsSpan(_aheadAt, read).CopyTo(buffer);
            _aheadAt += read;
        }
        else
        {
            read = ReadSource(buffer);
        }
        if (BytesRead < _head.Length)
            buffer[..(int)Math.Min(read, _head.Length - BytesRead)].CopyTo(_head.AsSpan((int)BytesRead));
        BytesRead += read;
        return read;
    }

    private int ReadSource(Span<byte> buffer)
    {
        try
        {
            return _source.Read(buffer);
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            // .NET speaks of archives and of methods of compression where gzip's bytes are wrong.
            var what = _unpacks ? $"the gzip data is damaged or cut off after {BytesRead:N0} bytes of what it unpacks to" : $"reading failed after {BytesRead:N0} bytes ({error.Message.TrimEnd('.')})";
            throw new DataException($"{Name}: {what}. {Advice.GetAnew}", error);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _source.Dispose();
        base.Dispose(disposing);
    }
}
