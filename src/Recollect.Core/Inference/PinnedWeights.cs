using System.Buffers;
using Recollect.Kernels;

namespace Recollect.Inference;

/// <summary>Where kernels find a model file's weights while they take them over.</summary>
/// <param name="file">The file.</param>
internal sealed unsafe class PinnedWeights(ModelFile file) : IDisposable
{
    private readonly List<MemoryHandle> _pins = [];

    /// <summary>The weights of the recurrent layers, bottom layer first.</summary>
    public LstmWeights<float>[] Layers() =>
    [
        .. Enumerable.Range(0, file.Architecture.Layers).Select(layer =>
            new LstmWeights<float>(OfLayer("weight_ih", layer), OfLayer("weight_hh", layer), OfLayer("bias_ih", layer), OfLayer("bias_hh", layer))),
    ];

    /// <summary>What steps are read through; nothing where they are read as they are.</summary>
    public EmbeddingWeights<float> Embedding() => file.Architecture.IsEmbedded
        ? new EmbeddingWeights<float>(At("embedding.weight"), file.Format.Kind == Sequences.StepKind.Reals ? At("embedding.bias") : null)
        : default;

    /// <summary>The label head.</summary>
    public HeadWeights<float> Head() => new(
        At("classifier.0.weight"), At("classifier.0.bias"), At("classifier.2.weight"), At("classifier.2.bias"), At("classifier.5.weight"), At("classifier.5.bias"));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var pin in _pins)
            pin.Dispose();
    }

    private float* OfLayer(string name, int layer) => At($"{file.Architecture.CellName}.{name}_l{layer}");

    private float* At(string name)
    {
        _pins.Add(file.Weight(name).Data.Pin());
        return (float*)_pins[^1].Pointer;
    }
}
