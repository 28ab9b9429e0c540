using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Recollect.Networks;

/// <summary>libtorch's GRU.</summary>
public sealed class GruLayers : RecurrentLayers
{
    private readonly GRU _gru;

    /// <summary>Creates <paramref name="layers"/> GRU layers over inputs of width <paramref name="inputs"/>.</summary>
    public GruLayers(int inputs, int width, int layers) : base(layers, width) => _gru = nn.GRU(inputs, width, layers);

    /// <inheritdoc/>
    public override string Name => "gru";

    /// <inheritdoc/>
    public override nn.Module Module => _gru;

    /// <inheritdoc/>
    protected override bool HasCell => false;

    /// <inheritdoc/>
    internal override GraphNumbers GraphOfStep() => new(9L * Layers * Width, 2L * Width);

    /// <inheritdoc/>
    internal override long NumbersOfStep => (Layers + 4L) * Width;

    /// <inheritdoc/>
    public override RecurrentRun Run(Tensor inputs, RecurrentState start)
    {
        var (outputs, hidden) = _gru.call(inputs, start.Hidden.contiguous());
        return new RecurrentRun(outputs, new RecurrentState(hidden, null));
    }
}
