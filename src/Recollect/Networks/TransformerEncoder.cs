using Recollect.Randomness;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Recollect.Networks;

/// <summary>A Transformer encoder over whole rows (Vaswani et al. 2017): blocks of attention and a feed-forward layer, each behind its normalisation (Xiong et al. 2020).</summary>
/// <remarks>
/// The classifier reads the mean over a row's steps. No dropout inside; ReLU. Attention is libtorch's, which keeps no T×T matrix. Names are those of PyTorch's
/// TransformerEncoder (layers.0.self_attn.in_proj_weight …, norm).
/// </remarks>
public sealed class TransformerEncoder : nn.Module
{
    /// <summary>Attention heads where none are given.</summary>
    public const int DefaultHeads = 4;

    private readonly TransformerBlock[] _blocks;
    private readonly LayerNorm _norm;
    private readonly int _width;
    private readonly Lock _drawing = new();
    private Tensor? _sinusoids; // [T, d] of the longest rows so far

    /// <summary>Creates the encoder that <paramref name="options"/> describe.</summary>
    /// <exception cref="ArgumentException">Positions are to be learned, and <see cref="NetworkOptions.MaxSteps"/> is not given.</exception>
    public TransformerEncoder(NetworkOptions options) : base("encoder")
    {
        _width = options.Hidden;
        _blocks = [.. Enumerable.Range(0, options.Layers).Select(_ => new TransformerBlock(options.Hidden, options.Heads ?? DefaultHeads, UnitsOf(options)))];
        _norm = nn.LayerNorm(options.Hidden);
        register_module("layers", nn.ModuleList<nn.Module>(_blocks));
        register_module("norm", _norm);
        if (options.Positions == PositionKind.Learned)
        {
            var places = options.MaxSteps ?? throw new ArgumentException($"{nameof(options.MaxSteps)} is missing; learned positions need the most steps of a row.", nameof(options));
            register_parameter("positions", new Parameter(zeros(places, options.Hidden)));
        }
    }

    /// <summary>The name and shape of every weight, one after the other, without making any.</summary>
    public static IEnumerable<(string Name, long[] Shape)> Shapes(NetworkOptions options)
    {
        long d = options.Hidden, units = UnitsOf(options);
        if (options.Positions == PositionKind.Learned)
            yield return ("positions", [options.MaxSteps ?? 0, d]);
        for (var layer = 0; layer < options.Layers; layer++)
        {
            foreach (var (name, shape) in TransformerBlock.Shapes(d, units))
                yield return ($"layers.{layer}.{name}", shape);
        }
        yield return ("norm.weight", [d]);
        yield return ("norm.bias", [d]);
    }

    /// <summary>Units between a block's two linear layers.</summary>
    public static int UnitsOf(NetworkOptions options) => options.FeedForward ?? 2 * options.Hidden;

    /// <summary>What an update holds at once of <paramref name="rows"/> rows of <paramref name="steps"/> steps, at least, in bytes, in single precision; the allocator's gaps make up to half as much again of it.</summary>
    /// <remarks>A block keeps of each step: the residual stream twice, two normalisations, queries, keys, values and what attention makes of them (8·d), attention's normalisers, and the feed-forward layer after its ReLU.
    /// The gradient of one block at a time comes to that: queries, keys and values three times (unbound, stacked, in order), three streams and the feed-forward layer.</remarks>
    public static long TrainingBytes(NetworkOptions options, long rows, long steps)
    {
        long d = options.Hidden, units = UnitsOf(options);
        var kept = options.Layers * (8 * d + units + (options.Heads ?? DefaultHeads)) + 3 * d;
        return sizeof(float) * rows * steps * (kept + 12 * d + units);
    }

    /// <summary>What <paramref name="rows"/> rows of <paramref name="steps"/> steps hold at once without a graph, in bytes, in single precision.</summary>
    /// <remarks>Of each step: what is read, with its place and without; what a block leaves; and in it, queries, keys, values and what attention makes of them, or the feed-forward layer. As measured, for what is freed is not always used again (decision 0017).</remarks>
    internal static long PredictionBytes(NetworkOptions options, long rows, long steps)
    {
        long d = options.Hidden, units = UnitsOf(options);
        return sizeof(float) * rows * steps * (8 * d + Math.Max(7 * d, 5 * d + 2 * units));
    }

    /// <summary>The mean of what the blocks make of each row's steps.</summary>
    /// <param name="inputs">Embedded steps, padded at their ends. // [T, B, d]</param>
    /// <param name="lengths">Each row's steps. // [B]</param>
    /// <returns>// [B, d]</returns>
    public Tensor Of(Tensor inputs, IReadOnlyList<int> lengths)
    {
        var steps = inputs.shape[0];
        var x = inputs.transpose(0, 1).Plus(Positions(steps, inputs).unsqueeze(0)); // [B, T, d]
        // Padding is neither attended to nor averaged: what a row comes to does not depend on the others' lengths.
        using var real = lengths.All(length => length == steps) ? null : RealSteps(lengths, steps, inputs.device); // [B, T]
        var mask = real?.unsqueeze(1).unsqueeze(1); // [B, 1, 1, T]
        foreach (var block in _blocks)
            x = Next(x, read => block.Of(read, mask));
        x = Next(x, _norm.call);
        if (real is null)
            return x.mean([1]);
        var each = tensor(lengths.Select(length => (double)length).ToArray(), device: inputs.device).to(x.dtype).unsqueeze(1); // [B, 1]
        return (x * real.to(x.dtype).unsqueeze(2)).sum(1) / each;
    }

    /// <summary>Linear layers uniform from ±√(6/(inputs + outputs)) (Glorot and Bengio 2010), biases 0, normalisations 1 and 0, positions of deviation 0.02.</summary>
    public void Initialize(Seed seed, string prefix)
    {
        using var _ = no_grad();
        foreach (var (name, parameter) in named_parameters())
        {
            if (name == "positions")
                Initialization.Normal(parameter, seed, $"{prefix}.{name}", 0.02);
            else if (parameter.dim() == 2)
                Initialization.Uniform(parameter, Math.Sqrt(6.0 / (parameter.shape[0] + parameter.shape[1])), seed, $"{prefix}.{name}");
            else if (name.Contains("norm", StringComparison.Ordinal) && name.EndsWith("weight", StringComparison.Ordinal))
                nn.init.ones_(parameter);
            else
                nn.init.zeros_(parameter);
        }
    }

    // What the graph does not keep of the one before is free at once.
    private static Tensor Next(Tensor x, Func<Tensor, Tensor> map)
    {
        using (x)
            return map(x);
    }

    // [T, d]
    private Tensor Positions(long steps, Tensor like)
    {
        if (get_parameter("positions") is { } learned)
        {
            return steps <= learned.shape[0] ? learned.narrow(0, 0, steps) : throw new DataException(
                $"A row has {steps:N0} steps; the network has learned {learned.shape[0]:N0} positions. Shorten the row, or train with a larger model.maxSteps or with sinusoidal positions.");
        }
        lock (_drawing)
        {
            if (_sinusoids is null || _sinusoids.shape[0] < steps || _sinusoids.dtype != like.dtype || _sinusoids.device_type != like.device_type)
            {
                _sinusoids?.Dispose();
                _sinusoids = Sinusoids(steps).to(like.dtype, like.device).DetachFromDisposeScope();
            }
            return _sinusoids.narrow(0, 0, steps);
        }
    }

    // [T, d]
    private Tensor Sinusoids(long steps)
    {
        var values = new double[steps * _width];
        for (var i = 0; i < _width; i++)
        {
            var scale = Math.Pow(10_000, i / 2 * 2.0 / _width);
            for (var t = 0L; t < steps; t++)
                values[t * _width + i] = i % 2 == 0 ? Math.Sin(t / scale) : Math.Cos(t / scale);
        }
        return tensor(values, [steps, _width]);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _sinusoids?.Dispose();
        base.Dispose(disposing);
    }

    private static Tensor RealSteps(IReadOnlyList<int> lengths, long steps, Device device)
    {
        var real = new bool[lengths.Count * steps];
        for (var row = 0; row < lengths.Count; row++)
            real.AsSpan((int)(row * steps), lengths[row]).Fill(true);
        return tensor(real, [lengths.Count, steps], device: device);
    }
}
