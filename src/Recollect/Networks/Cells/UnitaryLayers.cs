using Recollect.Randomness;
using static TorchSharp.torch;

namespace Recollect.Networks;

/// <summary>uRNN: h_t = modReLU(W·h_{t−1} + V·x_t), W = D₃·R₂·F⁻¹·D₂·Π·R₁·F·D₁ unitary, h complex (Arjovsky, Shah and Bengio 2016).</summary>
/// <remarks>
/// D_k = diag(e^iθ) keep their modulus of 1 by being angles; R_k = I − 2·v·v*/|v|² reflect; Π is one permutation for all networks of a width; F is the
/// unitary Fourier transform. modReLU(z) = z·ReLU(|z| + b)/|z|. A state is kept as [Re; Im], 2·H numbers, of which W is made a real matrix once a call,
/// so that a step is one product. s_0 = 0, where the paper learns it. Twice a tensor is written without the number: decision 0010.
/// </remarks>
public sealed class UnitaryLayers : RecurrentLayers
{
    // Below this |z|², where the gradient of z·(|z| + b)/|z| has no bound, modReLU is the identity.
    private const double Floor = 1e-10;
    private readonly int _hidden;
    private readonly bool _byKernels;
    private readonly Lock _making = new();
    private UnitaryKernels? _kernels;
    private readonly NamedWeights _weights;
    private readonly int[] _permutation;

    /// <summary>Creates <paramref name="layers"/> layers of <paramref name="hidden"/> complex cells over inputs of width <paramref name="inputs"/>.</summary>
    /// <param name="inputs">The width of what they read.</param>
    /// <param name="hidden">Complex cells H.</param>
    /// <param name="layers">Layers.</param>
    /// <param name="byKernels">Whether Recollect's kernels compute the steps on a CPU; else libtorch does, one small operation after the other.</param>
    public UnitaryLayers(int inputs, int hidden, int layers, bool byKernels) : base(layers, 2 * hidden)
    {
        _hidden = hidden;
        _byKernels = byKernels;
        _permutation = PermutationOf(hidden);
        _weights = NamedWeights.Of(
            from shape in ShapesOf(new NetworkOptions { Hidden = hidden, Layers = layers }, inputs) select (shape.Name["urnn.".Length..], shape.Shape));
    }

    /// <inheritdoc/>
    public override string Name => "urnn";

    /// <inheritdoc/>
    public override nn.Module Module => _weights;

    /// <inheritdoc/>
    internal override bool ByKernels => _byKernels && UnitaryKernels.Serve(_weights["bias_l0"]);

    /// <inheritdoc/>
    internal override void ReleaseKernels() => _kernels?.Dispose();

    /// <inheritdoc/>
    protected override bool HasCell => false;

    /// <summary>Π of every network of a width, whatever its seed: model files do not hold it.</summary>
    internal static int[] PermutationOf(int hidden) => new Seed(0).Stream("urnn/permutation").Permutation(hidden);

    internal static IEnumerable<(string Name, long[] Shape)> ShapesOf(NetworkOptions options, int inputs)
    {
        for (var layer = 0; layer < options.Layers; layer++)
        {
            yield return ($"urnn.weight_ih_l{layer}", [2L * options.Hidden, layer == 0 ? inputs : 2 * options.Hidden]);
            yield return ($"urnn.angles_l{layer}", [3, options.Hidden]);
            yield return ($"urnn.reflections_l{layer}", [2, 2, options.Hidden]);
            yield return ($"urnn.bias_l{layer}", [options.Hidden]);
        }
    }

    /// <inheritdoc/>
    public override RecurrentRun Run(Tensor inputs, RecurrentState start)
    {
        var ends = new List<Tensor>();
        for (var layer = 0; layer < Layers; layer++)
        {
            var driven = nn.functional.linear(inputs, _weights[$"weight_ih_l{layer}"]); // [T, B, 2H]
            var recurrent = RecurrentMatrix(layer).t();
            var bias = _weights[$"bias_l{layer}"];
            inputs = ByKernels
                ? UnitarySteps.Of(KernelsFor(bias), driven, recurrent, bias, start.Hidden[layer])
                : StepByStep(driven, recurrent, bias, start.Hidden[layer]);
            ends.Add(inputs[-1]);
        }
        return new RecurrentRun(inputs, new RecurrentState(stack(ends), null));
    }

    /// <inheritdoc/>
    internal override GraphNumbers GraphOfStep() => ByKernels ? new(3L * Layers * Width, Width) : new(12L * Layers * Width, 2L * Width);

    /// <inheritdoc/>
    internal override long NumbersOfStep => ByKernels ? (2L * Layers + 2) * Width : 8L * Layers * Width;

    /// <summary>W of a layer as a real matrix over [Re; Im]: [[A, −B], [B, A]] for W = A + i·B; orthogonal where W is unitary. // [2H, 2H]</summary>
    public Tensor RecurrentMatrix(int layer)
    {
        var w = Unitary(layer);
        Tensor a = w.real, b = w.imag;
        return cat([cat([a, -b], 1), cat([b, a], 1)], 0);
    }

    /// <summary>Angles uniform from ±π, reflections from ±1, inputs after Glorot and Bengio, biases 0 (Arjovsky et al. 2016, section 4.4).</summary>
    public override void Initialize(Seed seed, string prefix)
    {
        using var _ = no_grad();
        foreach (var (name, parameter) in _weights.named_parameters())
        {
            var bound = name switch
            {
                ['a', ..] => Math.PI,
                ['r', ..] => 1,
                ['w', ..] => Math.Sqrt(6.0 / (parameter.shape[0] + parameter.shape[1])),
                _ => 0,
            };
            Initialization.Uniform(parameter, bound, seed, $"{prefix}.{name}");
        }
    }

    // Two threads may classify with one network: the first of them makes its kernels.
    private UnitaryKernels KernelsFor(Tensor bias)
    {
        lock (_making)
            return _kernels = UnitaryKernels.For(bias, _hidden, _kernels);
    }

    // The factors act on the identity's columns, the rightmost first. // [H, H] complex
    private Tensor Unitary(int layer)
    {
        var angles = _weights[$"angles_l{layer}"];
        var reflections = _weights[$"reflections_l{layer}"];
        Tensor Turn(int k) => complex(angles[k].cos(), angles[k].sin()).unsqueeze(1); // [H, 1]
        var permutation = tensor(Array.ConvertAll(_permutation, place => (long)place), device: angles.device);

        var w = diag_embed(Turn(0).squeeze(1));
        w = Reflect(fft.fft_(w, dim: 0, norm: TorchSharp.FFTNormType.Ortho), reflections[0]);
        w = Turn(1) * w.index_select(0, permutation);
        w = Reflect(fft.ifft(w, dim: 0, norm: TorchSharp.FFTNormType.Ortho), reflections[1]);
        return Turn(2) * w;
    }

    // w − 2·v·(v*·w)/|v|². // v: [2, H], its real and imaginary parts
    private static Tensor Reflect(Tensor w, Tensor v)
    {
        var column = complex(v[0], v[1]).unsqueeze(1); // [H, 1]
        var size = (v * v).sum();
        var part = column.matmul(column.conj().t().matmul(w)) / size;
        return w - part - part;
    }

    private Tensor StepByStep(Tensor driven, Tensor recurrent, Tensor bias, Tensor h)
    {
        var outputs = new List<Tensor>();
        foreach (var step in driven.unbind(0))
        {
            h = ModRelu(step.Plus(h.matmul(recurrent)), bias);
            outputs.Add(h);
        }
        return stack(outputs);
    }

    private Tensor ModRelu(Tensor z, Tensor bias)
    {
        var parts = z.unflatten(1, 2, _hidden); // [B, 2, H]
        using var floor = tensor(Floor, z.dtype, z.device);
        var square = (parts * parts).sum(1); // [B, H]
        var modulus = square.Plus(floor).sqrt();
        var factor = where(square < floor, ones_like(modulus), modulus.Plus(bias).relu() / modulus);
        return (parts * factor.unsqueeze(1)).flatten(1);
    }
}
