using Recollect.Randomness;
using static TorchSharp.torch;

namespace Recollect.Networks;

/// <summary>UR-LSTM: an LSTM whose forget gate is refined, and whose input gate is the rest of it (Gu, Gulcehre, Paine, Hoffman and Pascanu 2020).</summary>
/// <remarks>
/// r, f, o = σ(·), u = tanh(·) of W_ih·x_t + b_ih + W_hh·h_{t−1} + b_hh; g = r·(1 − (1−f)²) + (1−r)·f²; c_t = g·c_{t−1} + (1−g)·u; h_t = o·tanh c_t.
/// Weights have the LSTM's names and shapes; the refine gate r takes the place of the input gate: r, f, u, o.
/// </remarks>
public sealed class RefinedLstmLayers : RecurrentLayers
{
    private readonly NamedWeights _weights;

    /// <summary>Creates <paramref name="layers"/> layers over inputs of width <paramref name="inputs"/>.</summary>
    public RefinedLstmLayers(int inputs, int width, int layers) : base(layers, width) => _weights = NamedWeights.Of(
        from shape in Shapes(new NetworkOptions { Hidden = width, Layers = layers }, inputs) select (shape.Name["lstm.".Length..], shape.Shape));

    /// <inheritdoc/>
    public override string Name => "lstm";

    /// <inheritdoc/>
    public override nn.Module Module => _weights;

    /// <inheritdoc/>
    protected override bool HasCell => true;

    /// <inheritdoc/>
    public override RecurrentRun Run(Tensor inputs, RecurrentState start)
    {
        var (hidden, cells) = (new List<Tensor>(), new List<Tensor>());
        for (var layer = 0; layer < Layers; layer++)
        {
            // All steps' inputs in one product.
            var gates = nn.functional.linear(inputs, _weights[$"weight_ih_l{layer}"], _weights[$"bias_ih_l{layer}"].Plus(_weights[$"bias_hh_l{layer}"])); // [T, B, 4H]
            var recurrent = _weights[$"weight_hh_l{layer}"].t();
            var (h, c) = (start.Hidden[layer], start.Cell![layer]);
            var outputs = new List<Tensor>();
            foreach (var step in gates.unbind(0))
            {
                (h, c) = Step(step.Plus(h.matmul(recurrent)), c);
                outputs.Add(h);
            }
            inputs = stack(outputs);
            hidden.Add(h);
            cells.Add(c);
        }
        return new RecurrentRun(inputs, new RecurrentState(stack(hidden), stack(cells)));
    }

    /// <inheritdoc/>
    internal override GraphNumbers GraphOfStep() => new(28L * Layers * Width, 4L * Width);

    /// <inheritdoc/>
    internal override long NumbersOfStep => 20L * Layers * Width;

    /// <summary>As PyTorch's LSTM, and the forget gate uniform: f = σ(b) with f ~ U(1/H, 1 − 1/H); the refine gate starts from −b (Gu et al. 2020, section 3.4).</summary>
    public override void Initialize(Seed seed, string prefix)
    {
        base.Initialize(seed, prefix);
        using var _ = no_grad();
        using var scope = NewDisposeScope(); // holds what nothing else does until libtorch has read it
        for (var layer = 0; layer < Layers; layer++)
        {
            var stream = seed.Stream($"init/{prefix}.gates_l{layer}");
            var logits = new double[Width];
            for (var i = 0; i < Width; i++)
            {
                var least = Math.Min(0.5, 1.0 / Width);
                var f = least + stream.NextDouble() * (1 - 2 * least);
                logits[i] = Math.Log(f / (1 - f));
            }
            var bias = tensor(logits).to(_weights[$"bias_ih_l{layer}"].dtype);
            _weights[$"bias_ih_l{layer}"].narrow(0, 0, Width).copy_(-bias);
            _weights[$"bias_ih_l{layer}"].narrow(0, Width, Width).copy_(bias);
            nn.init.zeros_(_weights[$"bias_hh_l{layer}"]);
        }
    }

    private static (Tensor Hidden, Tensor Cell) Step(Tensor gates, Tensor cell)
    {
        var parts = gates.chunk(4, 1);
        Tensor r = parts[0].sigmoid(), f = parts[1].sigmoid(), u = parts[2].tanh(), o = parts[3].sigmoid();
        // r·(1 − (1−f)²) + (1−r)·f² = f² + 2·r·f·(1 − f)
        var square = f * f;
        var between = r * (f - square);
        var g = square.Plus(between).Plus(between);
        var c = u.Plus(g * (cell - u));
        return (o * c.tanh(), c);
    }
}
