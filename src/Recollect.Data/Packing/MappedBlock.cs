using System.IO.MemoryMappedFiles;

namespace Recollect.Data;

/// <summary>A range of a file in the address space, read-only; the system brings in its pages and may take them back.</summary>
internal sealed unsafe class MappedBlock : IDisposable
{
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;

    /// <summary>Maps a range.</summary>
    /// <param name="file">The mapped file.</param>
    /// <param name="at">Where the range begins; it lies within the file.</param>
    /// <param name="length">Its bytes, at least 1.</param>
    public MappedBlock(MemoryMappedFile file, long at, long length)
    {
        _view = file.CreateViewAccessor(at, length, MemoryMappedFileAccess.Read);
        Length = length;
        byte* page = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref page);
        _start = page + _view.PointerOffset;
    }

    /// <summary>Its bytes.</summary>
    public long Length { get; }

    /// <summary>When it was used last, by its owner's count.</summary>
    public long Used { get; set; }

    /// <summary>Some of its bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">They do not lie within it.</exception>
    public ReadOnlySpan<byte> Bytes(long offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - length);
        return new(_start + offset, length);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
    }
}
