namespace Recollect.Runs;

/// <summary>A safetensors file in memory.</summary>
public sealed class SafetensorsFile
{
    private readonly Dictionary<string, StoredTensor> _byName;

    internal SafetensorsFile(string path, IReadOnlyDictionary<string, string> metadata, IReadOnlyList<StoredTensor> tensors)
    {
        Path = path;
        Metadata = metadata;
        Tensors = tensors;
        _byName = tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
    }

    /// <summary>Where it was read from, for messages.</summary>
    public string Path { get; }

    /// <summary>The header's <c>__metadata__</c>, the checksum among it; empty where there is none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The tensors, in the header's order.</summary>
    public IReadOnlyList<StoredTensor> Tensors { get; }

    /// <summary>Whether the content was checked against the file's own SHA-256.</summary>
    public bool Verified => Metadata.ContainsKey(Safetensors.ChecksumKey);

    /// <summary>The tensor called <paramref name="name"/>, or null.</summary>
    public StoredTensor? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The tensor called <paramref name="name"/>, which must have the given type and shape.</summary>
    /// <exception cref="DataException">It is missing, or has another type or shape.</exception>
    public StoredTensor Get(string name, StoredType type, params ReadOnlySpan<long> shape)
    {
        var expected = StoredTensor.Describe(type, shape);
        var found = Find(name) ?? throw new DataException($"'{Path}' has no tensor '{name}'; expected {expected}. The file belongs to another network or version.");
        if (found.Type != type || !shape.SequenceEqual(found.Shape))
            throw new DataException($"'{Path}': tensor '{name}' is {StoredTensor.Describe(found.Type, found.Shape)}; expected {expected}.");
        return found;
    }

    /// <summary>The weight called <paramref name="name"/>: 32-bit floats in the given shape, each finite.</summary>
    /// <exception cref="DataException">It is missing, has another type or shape, or holds a number that is not finite.</exception>
    internal StoredTensor GetWeight(string name, params ReadOnlySpan<long> shape)
    {
        var weight = Get(name, StoredType.F32, shape);
        foreach (var number in weight.Floats)
        {
            if (!float.IsFinite(number))
                throw new DataException($"'{Path}': the tensor '{name}' holds the number {number}; expected finite ones. Take an earlier model, or train it anew.");
        }
        return weight;
    }

    /// <summary>The metadata value of <paramref name="key"/>.</summary>
    /// <exception cref="DataException">There is none.</exception>
    public string GetMetadata(string key) => Metadata.GetValueOrDefault(key)
        ?? throw new DataException($"'{Path}' has no metadata '{key}'; expected a file that Recollect wrote.");
}
