using System.IO.MemoryMappedFiles;

namespace Recollect.Data;

/// <summary>The blocks of a packed file that are mapped: the latest used ones, of all its parts together.</summary>
/// <remarks>Whoever asks for a block, and for as long as it is read, holds <see cref="Gate"/>.</remarks>
internal sealed class MappedBlocks(MemoryMappedFile file) : IDisposable
{
    // Two parts may name one place of the file, each with a checksum of its own.
    private readonly Dictionary<(PackedSequences Part, int Block), MappedBlock> _mapped = [];
    private long _uses;

    /// <summary>The bytes of those that are mapped now: at most <see cref="PackedSequences.MostMappedBytes"/>, or the one block of a row that is longer.</summary>
    public long Bytes { get; private set; }

    /// <summary>Kept while blocks are looked for and read.</summary>
    public Lock Gate { get; } = new();

    /// <summary>How many there are now; at most <see cref="PackedSequences.MostMapped"/>.</summary>
    public int Count => _mapped.Count;

    /// <summary>A block of a part, mapped where it is not yet; that of which the last use is longest ago makes room for it.</summary>
    /// <param name="part">The part.</param>
    /// <param name="index">The block within the part.</param>
    /// <param name="place">Where it lies in the file.</param>
    /// <exception cref="DataException">It is damaged: the part looks at it when it is mapped.</exception>
    public MappedBlock Of(PackedSequences part, int index, PackedBlock place)
    {
        if (!_mapped.TryGetValue((part, index), out var block))
        {
            while (_mapped.Count > 0 && (_mapped.Count >= PackedSequences.MostMapped || Bytes > PackedSequences.MostMappedBytes - place.Length))
                Unmap(_mapped.MinBy(entry => entry.Value.Used).Key);
            block = new MappedBlock(file, place.At, place.Length);
            try
            {
                part.Check(index, block);
            }
            catch
            {
                block.Dispose();
                throw;
            }
            _mapped.Add((part, index), block);
            Bytes += block.Length;
        }
        block.Used = ++_uses;
        return block;
    }

    /// <summary>Takes back those of a part.</summary>
    public void Release(PackedSequences part)
    {
        foreach (var key in _mapped.Keys.Where(key => key.Part == part).ToList())
            Unmap(key);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var key in _mapped.Keys.ToList())
            Unmap(key);
    }

    private void Unmap((PackedSequences Part, int Block) key)
    {
        _mapped.Remove(key, out var block);
        Bytes -= block!.Length;
        block.Dispose();
    }
}
