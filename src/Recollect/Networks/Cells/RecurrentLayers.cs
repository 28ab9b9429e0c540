using Recollect.Randomness;
using static TorchSharp.torch;

namespace Recollect.Networks;

/// <summary>The recurrence itself in libtorch's graph, and the owner of its weights, which Recollect's kernels read too where they serve (<see cref="KernelNetwork"/>).</summary>
/// <remarks>Weights are held by <see cref="Module"/> under PyTorch's names and layouts where PyTorch has the cell (weight_ih_l0 …; LSTM gates i, f, g, o; GRU gates r, z, n).</remarks>
public abstract class RecurrentLayers
{
    /// <summary>Creates layers whose state has <paramref name="width"/> numbers each.</summary>
    protected RecurrentLayers(int layers, int width)
    {
        Layers = layers;
        Width = width;
    }

    /// <summary>The number of layers L.</summary>
    public int Layers { get; }

    /// <summary>Numbers of a layer's output: the cells H, or the 2·H parts of H complex cells.</summary>
    public int Width { get; }

    /// <summary>The name under which the weights are saved, such as <c>lstm</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The owner of the weights.</summary>
    public abstract nn.Module Module { get; }

    /// <summary>Whether <see cref="Run"/> is by Recollect's kernels where the weights are now.</summary>
    internal virtual bool ByKernels => false;

    /// <summary>Ends what computes <see cref="ByKernels"/>; nothing runs afterwards.</summary>
    internal virtual void ReleaseKernels()
    {
    }

    /// <summary>Whether a state has a cell beside its hidden part.</summary>
    protected abstract bool HasCell { get; }

    /// <summary>Runs the layers over <paramref name="inputs"/> from <paramref name="start"/>.</summary>
    /// <param name="inputs">// [T, B, E], T at least 1</param>
    /// <param name="start">The state before the first step.</param>
    public abstract RecurrentRun Run(Tensor inputs, RecurrentState start);

    /// <summary>What libtorch holds of a step of a row in all layers, what they read aside: as measured (decision 0017).</summary>
    internal abstract GraphNumbers GraphOfStep();

    /// <summary>Numbers that libtorch holds of a step of a row while all layers run without a graph, what they read aside: as measured (decision 0017).</summary>
    internal abstract long NumbersOfStep { get; }

    /// <summary>s_0 = 0 for <paramref name="rows"/> rows.</summary>
    public RecurrentState ZeroState(long rows)
    {
        var like = Module.parameters().First();
        Tensor Zero() => zeros([Layers, rows, Width], dtype: like.dtype, device: like.device);
        return new RecurrentState(Zero(), HasCell ? Zero() : null);
    }

    /// <summary>The layers that <paramref name="options"/> ask for, over inputs of width <paramref name="inputs"/>.</summary>
    public static RecurrentLayers Of(NetworkOptions options, int inputs) => options.Cell switch
    {
        CellKind.Lstm when options.Gates == GateKind.Refined => new RefinedLstmLayers(inputs, options.Hidden, options.Layers),
        CellKind.Lstm => new LstmLayers(inputs, options.Hidden, options.Layers, options.ForgetBias),
        CellKind.Gru => new GruLayers(inputs, options.Hidden, options.Layers),
        CellKind.Irnn => new IdentityRnnLayers(inputs, options.Hidden, options.Layers),
        CellKind.Urnn => new UnitaryLayers(inputs, options.Hidden, options.Layers, byKernels: options.Engine != EngineKind.Libtorch),
        _ => throw new ArgumentOutOfRangeException(nameof(options), options.Cell, "Not a recurrent cell."),
    };

    /// <summary>The name and shape of every weight that <see cref="Of"/> would make, one after the other, without making any.</summary>
    public static IEnumerable<(string Name, long[] Shape)> Shapes(NetworkOptions options, int inputs) => options.Cell switch
    {
        CellKind.Lstm => GatedShapes("lstm", 4, options, inputs),
        CellKind.Gru => GatedShapes("gru", 3, options, inputs),
        CellKind.Irnn => GatedShapes("rnn", 1, options, inputs),
        CellKind.Urnn => UnitaryLayers.ShapesOf(options, inputs),
        _ => throw new ArgumentOutOfRangeException(nameof(options), options.Cell, "Not a recurrent cell."),
    };

    /// <summary>Draws every weight uniformly from ±1/√H, as PyTorch does.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="prefix">The layers' full name, by which the draws are keyed.</param>
    public virtual void Initialize(Seed seed, string prefix)
    {
        foreach (var (name, parameter) in Module.named_parameters())
            Initialization.Uniform(parameter, 1 / Math.Sqrt(Width), seed, $"{prefix}.{name}");
    }

    private static IEnumerable<(string Name, long[] Shape)> GatedShapes(string name, long gates, NetworkOptions options, int inputs)
    {
        for (var layer = 0; layer < options.Layers; layer++)
        {
            yield return ($"{name}.weight_ih_l{layer}", [gates * options.Hidden, layer == 0 ? inputs : options.Hidden]);
            yield return ($"{name}.weight_hh_l{layer}", [gates * options.Hidden, options.Hidden]);
            yield return ($"{name}.bias_ih_l{layer}", [gates * options.Hidden]);
            yield return ($"{name}.bias_hh_l{layer}", [gates * options.Hidden]);
        }
    }
}
