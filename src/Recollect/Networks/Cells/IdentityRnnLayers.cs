using Recollect.Randomness;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Recollect.Networks;

/// <summary>iRNN: h_t = ReLU(W_hh·h_{t−1} + W_ih·x_t + b), W_hh the identity at the start (Le, Jaitly and Hinton 2015).</summary>
public sealed class IdentityRnnLayers : RecurrentLayers
{
    // Le et al. 2015, section 4: what is not recurrent is drawn from a Gaussian of this deviation; biases are 0.
    private const double Deviation = 0.001;
    private readonly RNN _rnn;

    /// <summary>Creates <paramref name="layers"/> layers over inputs of width <paramref name="inputs"/>.</summary>
    public IdentityRnnLayers(int inputs, int width, int layers) : base(layers, width) =>
        _rnn = nn.RNN(inputs, width, layers, nn.NonLinearities.ReLU);

    /// <inheritdoc/>
    public override string Name => "rnn";

    /// <inheritdoc/>
    public override nn.Module Module => _rnn;

    /// <inheritdoc/>
    protected override bool HasCell => false;

    /// <inheritdoc/>
    public override RecurrentRun Run(Tensor inputs, RecurrentState start)
    {
        var (outputs, hidden) = _rnn.call(inputs, start.Hidden.contiguous());
        return new RecurrentRun(outputs, new RecurrentState(hidden, null));
    }

    /// <inheritdoc/>
    internal override GraphNumbers GraphOfStep() => new(3L * Layers * Width, Width);

    /// <inheritdoc/>
    internal override long NumbersOfStep => (Layers + 2L) * Width;

    /// <summary>The identity for recurrent weights, small numbers for inputs, 0 for biases.</summary>
    public override void Initialize(Seed seed, string prefix)
    {
        using var _ = no_grad();
        foreach (var (name, parameter) in _rnn.named_parameters())
        {
            if (name.StartsWith("weight_hh", StringComparison.Ordinal))
                nn.init.eye_(parameter);
            else if (name.StartsWith("weight_ih", StringComparison.Ordinal))
                Initialization.Normal(parameter, seed, $"{prefix}.{name}", Deviation);
            else
                nn.init.zeros_(parameter);
        }
    }
}
