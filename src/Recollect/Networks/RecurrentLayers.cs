using Recollect.Randomness;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Recollect.Networks;

/// <summary>The recurrence itself by libtorch's layers, and the owner of its weights, which Recollect's kernels read too (<see cref="KernelNetwork"/>).</summary>
/// <remarks>Weights are held by <see cref="Module"/> under PyTorch's names and layouts (weight_ih_l0 …; LSTM gates i, f, g, o; GRU gates r, z, n).</remarks>
public abstract class RecurrentLayers
{
    /// <summary>Creates layers of <paramref name="width"/> cells each.</summary>
    protected RecurrentLayers(int layers, int width)
    {
        Layers = layers;
        Width = width;
    }

    /// <summary>The number of layers L.</summary>
    public int Layers { get; }

    /// <summary>Cells a layer, H.</summary>
    public int Width { get; }

    /// <summary>The name under which the weights are saved, such as <c>lstm</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The owner of the weights.</summary>
    public abstract nn.Module Module { get; }

    /// <summary>Whether a state has a cell beside its hidden part.</summary>
    protected abstract bool HasCell { get; }

    /// <summary>Runs the layers over <paramref name="inputs"/> from <paramref name="start"/>.</summary>
    /// <param name="inputs">// [T, B, E], T at least 1</param>
    /// <param name="start">The state before the first step.</param>
    public abstract RecurrentRun Run(Tensor inputs, RecurrentState start);

    /// <summary>s_0 = 0 for <paramref name="rows"/> rows.</summary>
    public RecurrentState ZeroState(long rows)
    {
        var like = Module.parameters().First();
        Tensor Zero() => zeros([Layers, rows, Width], dtype: like.dtype, device: like.device);
        return new RecurrentState(Zero(), HasCell ? Zero() : null);
    }

    /// <summary>The layers that <paramref name="cell"/> names.</summary>
    public static RecurrentLayers Of(CellKind cell, int inputs, int width, int layers, double forgetBias) => cell switch
    {
        CellKind.Lstm => new LstmLayers(inputs, width, layers, forgetBias),
        CellKind.Gru => new GruLayers(inputs, width, layers),
        _ => throw new ArgumentOutOfRangeException(nameof(cell)),
    };

    /// <summary>Draws every weight uniformly from ±1/√H, as PyTorch does.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="prefix">The layers' full name, by which the draws are keyed.</param>
    public virtual void Initialize(Seed seed, string prefix)
    {
        foreach (var (name, parameter) in Module.named_parameters())
            Initialization.Uniform(parameter, 1 / Math.Sqrt(Width), seed, $"{prefix}.{name}");
    }
}

/// <summary>libtorch's LSTM.</summary>
public sealed class LstmLayers : RecurrentLayers
{
    private readonly LSTM _lstm;
    private readonly double _forgetBias;

    /// <summary>Creates <paramref name="layers"/> LSTM layers over inputs of width <paramref name="inputs"/>.</summary>
    public LstmLayers(int inputs, int width, int layers, double forgetBias) : base(layers, width)
    {
        _lstm = nn.LSTM(inputs, width, layers);
        _forgetBias = forgetBias;
    }

    /// <inheritdoc/>
    public override string Name => "lstm";

    /// <inheritdoc/>
    public override nn.Module Module => _lstm;

    /// <inheritdoc/>
    protected override bool HasCell => true;

    /// <inheritdoc/>
    public override RecurrentRun Run(Tensor inputs, RecurrentState start)
    {
        if (!OneDnnIsWrong(inputs))
            return RunAsIs(inputs, start);
        using var graph = enable_grad(); // another kernel serves where a graph is wanted
        var run = RunAsIs(inputs, start);
        return new RecurrentRun(run.Outputs.detach(), run.End.Cut());
    }

    private RecurrentRun RunAsIs(Tensor inputs, RecurrentState start)
    {
        var (outputs, hidden, cell) = _lstm.call(inputs, (start.Hidden.contiguous(), start.Cell!.contiguous()));
        return new RecurrentRun(outputs, new RecurrentState(hidden, cell));
    }

    // On processors with AVX-512, oneDNN's float32 LSTM without a graph gives wrong numbers unless the width is a multiple of 32 (decision 0007).
    private bool OneDnnIsWrong(Tensor inputs) =>
        Width % 32 != 0 && inputs.dtype == ScalarType.Float32 && inputs.device_type == TorchSharp.DeviceType.CPU && !is_grad_enabled();

    /// <inheritdoc/>
    public override void Initialize(Seed seed, string prefix)
    {
        base.Initialize(seed, prefix);
        using var _ = no_grad();
        using Scalar bias = _forgetBias.ToScalar(), none = 0.0.ToScalar(); // held until libtorch has read them: decision 0010
        foreach (var (name, parameter) in _lstm.named_parameters())
        {
            // PyTorch adds two biases; the forget gate's sum is set, through the first alone.
            if (name.StartsWith("bias_", StringComparison.Ordinal))
                parameter.narrow(0, Width, Width).fill_(name.StartsWith("bias_ih", StringComparison.Ordinal) ? bias : none);
        }
    }
}

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
    public override RecurrentRun Run(Tensor inputs, RecurrentState start)
    {
        var (outputs, hidden) = _gru.call(inputs, start.Hidden.contiguous());
        return new RecurrentRun(outputs, new RecurrentState(hidden, null));
    }
}
