using System.IO.MemoryMappedFiles;

namespace Recollect.Data;

/// <summary>The blocks of a packed file that are mapped: the latest used ones, of all its parts together.</summary>
/// <remarks>Whoever asks for a block, and for as long as it is read, holds <see cref="Gate"/>.</remarks>
internal sealed class MappedBlocks(MemoryMappedFile file) : IDisposable
{
    // Two parts may name one place of the file, each with a checksum of its own.
    private readonly Dictionary<(PackedSequences Part, int Block), MappedBlock> _mapped = [];
    private long _uses;

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
            while (_mapped.Count >= PackedSequences.MostMapped)
            {
                var oldest = _mapped.MinBy(entry => entry.Value.Used);
                _mapped.Remove(oldest.Key);
                oldest.Value.Dispose();
            }
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
        }
        block.Used = ++_uses;
        return block;
    }

    /// <summary>Takes back those of a part.</summary>
    public void Release(PackedSequences part)
    {
        foreach (var key in _mapped.Keys.Where(key => key.Part == part).ToList())
        {
            _mapped[key].Dispose();
            _mapped.Remove(key);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var block in _mapped.Values)
            block.Dispose();
        _mapped.Clear();
    }
}
