using TorchSharp.Modules;

namespace Recollect.Networks;

/// <summary>What weights were when kernels took them over. Whoever owns them may have written to them since, and libtorch does not say.</summary>
internal sealed class WeightCopy
{
    private readonly List<byte[]> _copies = []; // one a parameter: together they may be more than an array can hold
    private int _known;

    /// <summary>Forgets them: whatever comes next differs.</summary>
    public void Forget() => _known = 0;

    /// <summary>Whether <paramref name="parameters"/> are other numbers than at the last call, which are then kept.</summary>
    public bool Differ(IEnumerable<Parameter> parameters)
    {
        var (count, differ) = (0, false);
        foreach (var parameter in parameters)
        {
            var bytes = parameter.bytes;
            if (count == _copies.Count)
                _copies.Add([]);
            if (count >= _known || !bytes.SequenceEqual(_copies[count]))
            {
                differ = true;
                if (_copies[count].Length != bytes.Length)
                    _copies[count] = new byte[bytes.Length];
                bytes.CopyTo(_copies[count]);
            }
            count++;
        }
        differ |= count != _known;
        _known = count;
        return differ;
    }
}
