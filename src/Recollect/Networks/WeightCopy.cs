using TorchSharp.Modules;

namespace Recollect.Networks;

/// <summary>What weights were when kernels took them over. Whoever owns them may have written to them since, and libtorch does not say.</summary>
internal sealed class WeightCopy
{
    private byte[] _copy = [];
    private int _length;

    /// <summary>Forgets them: whatever comes next differs.</summary>
    public void Forget() => _length = 0;

    /// <summary>Whether <paramref name="parameters"/> are other numbers than at the last call, which are then kept.</summary>
    public bool Differ(IEnumerable<Parameter> parameters)
    {
        var (length, differ) = (0, false);
        foreach (var parameter in parameters)
        {
            var bytes = parameter.bytes;
            differ |= length + bytes.Length > _length || !bytes.SequenceEqual(_copy.AsSpan(length, bytes.Length));
            if (_copy.Length < length + bytes.Length)
                Array.Resize(ref _copy, length + bytes.Length);
            if (differ)
                bytes.CopyTo(_copy.AsSpan(length));
            length += bytes.Length;
        }
        _length = length;
        return differ;
    }
}
