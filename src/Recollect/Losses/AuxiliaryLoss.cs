using Recollect.Networks;
using Recollect.Randomness;
using Recollect.Sequences;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Recollect.Losses;

/// <summary>A loss that asks the main network's state at random anchors for steps of the sequence itself (method, section 3).</summary>
public abstract class AuxiliaryLoss : IDisposable
{
    private readonly SegmentDraw _draw;
    private readonly Seed _seed;

    private protected AuxiliaryLoss(AuxiliaryOptions options, Truncation k, StepDecoder decoder, Seed seed)
    {
        Options = options;
        K = k;
        Decoder = decoder;
        _seed = seed;
        _draw = new SegmentDraw(options, seed, decoder.Name);
    }

    /// <summary>What the recipe says.</summary>
    public AuxiliaryOptions Options { get; }

    /// <summary>The decoder, whose weights are trained with the main network's.</summary>
    public StepDecoder Decoder { get; }

    /// <summary>Whether Recollect's kernels compute it; else libtorch does, for all losses of its phase.</summary>
    internal bool HasKernels => Options.Kind is AuxiliaryKind.Reconstruction or AuxiliaryKind.Prediction or AuxiliaryKind.Autoencoder;

    /// <summary>Every weight that it brings beside the main network's, by full name.</summary>
    public virtual IEnumerable<(string Name, Parameter Parameter)> NamedParameters() => Decoder.NamedParameters();

    /// <summary>Moves its weights to <paramref name="like"/>'s type and device.</summary>
    public virtual void MoveTo(Tensor like) => Decoder.MoveTo(like);

    /// <summary>Gives its weights back.</summary>
    public void Dispose()
    {
        foreach (var (_, parameter) in NamedParameters().ToList()) // some are no decoder's
            parameter.Dispose();
        Decoder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>How far the gradient flows back through the main network, k_a.</summary>
    internal Truncation K { get; }

    /// <summary>Creates the loss that <paramref name="options"/> describes, for <paramref name="network"/>.</summary>
    /// <param name="options">An entry of the recipe's list.</param>
    /// <param name="place">Its place in that list, which names its weights and keys its draws.</param>
    /// <param name="defaultK">The recipe's <c>bptt.auxiliary</c>.</param>
    /// <param name="network">The main network.</param>
    /// <param name="seed">The run's seed.</param>
    public static AuxiliaryLoss Of(AuxiliaryOptions options, int place, Truncation defaultK, RecurrentClassifier network, Seed seed)
    {
        var (main, k, name, shape) = (network.Options, options.Bptt ?? defaultK, NameOf(place), ShapeOf(options, network.Options));
        var decoder = ReadsSteps(options) ? StepDecoder.ReadingSteps(network.Format, main, shape, seed, name) : StepDecoder.ReadingStates(network.Format, shape, seed, name);
        return options.Kind switch
        {
            AuxiliaryKind.Reconstruction or AuxiliaryKind.Autoencoder => new ReconstructionLoss(options, k, decoder, seed),
            AuxiliaryKind.Prediction => new PredictionLoss(options, k, decoder, seed),
            AuxiliaryKind.LanguageModel => new LanguageModelLoss(options, k, decoder, seed),
            AuxiliaryKind.Masked => new MaskedLoss(options, k, decoder, main.InputWidth(network.Format), seed),
            _ => throw new ArgumentOutOfRangeException(nameof(options)),
        };
    }

    /// <summary>The full name and shape of every weight that such a loss brings, one after the other, without making any.</summary>
    internal static IEnumerable<(string Name, long[] Shape)> Shapes(AuxiliaryOptions options, int place, StepFormat format, NetworkOptions main)
    {
        foreach (var (name, shape) in StepDecoder.Shapes(format, main, ShapeOf(options, main), ReadsSteps(options)))
            yield return ($"{NameOf(place)}.{name}", shape);
        if (options.Kind == AuxiliaryKind.Masked)
            yield return ($"{NameOf(place)}.{MaskedLoss.VectorName}", [main.InputWidth(format)]);
    }

    private static string NameOf(int place) => $"auxiliary.{place}";

    // A language model's head, and that of masked steps, read the main network's states themselves.
    private static DecoderShape ShapeOf(AuxiliaryOptions options, NetworkOptions main) => new(
        options.Kind is AuxiliaryKind.LanguageModel or AuxiliaryKind.Masked ? 0 : options.Decoder.Layers, main.Hidden, main.StateWidth, options.Decoder.HeadUnits, options.Decoder.Dropout);

    private static bool ReadsSteps(AuxiliaryOptions options) => options.Kind is AuxiliaryKind.Reconstruction or AuxiliaryKind.Autoencoder;

    /// <summary>Draws this update's segments.</summary>
    public DrawnSegments Draw(Batch batch, UpdateContext context) => _draw.Of(batch.Lengths, batch.FirstRow, context.Update);

    /// <summary>The window of the main network before whose first step a segment needs a constant state.</summary>
    public abstract Window WindowOf(Segment segment);

    /// <summary>The loss of a batch: each row's Σ L_i / Σ l_i, summed over rows and divided by the update's rows; a row without a segment adds 0.</summary>
    /// <param name="network">The main network.</param>
    /// <param name="steps">The batch.</param>
    /// <param name="segments">What <see cref="Draw"/> gave; at least one.</param>
    /// <param name="states">The states at their windows' ends, with a graph, where <see cref="ReadsWindowEnds"/>; else the constant states before their windows.</param>
    /// <param name="context">The update.</param>
    public abstract Tensor Of(
        RecurrentClassifier network, StepTensor steps, IReadOnlyList<Segment> segments, RecurrentState states, UpdateContext context);

    /// <summary>Whether it reads the main network at its windows' ends alone, so that they can run with other losses' windows; else it runs the network itself.</summary>
    internal virtual bool ReadsWindowEnds => false;

    /// <summary>The lengths of the segments of a row of <paramref name="steps"/> steps.</summary>
    internal IEnumerable<int> LengthsIn(int steps)
    {
        var longest = SegmentDraw.LongestIn(steps, Options.Kind);
        return Options.SegmentLengths().Where(length => length <= longest || Options.TooShort != TooShort.Skip).Select(length => Math.Min(length, longest)).Where(length => length > 0);
    }

    /// <summary>What libtorch holds for a row of <paramref name="steps"/> steps, less what passes in windows that run with other losses'.</summary>
    /// <param name="step">What the main network holds of a step, its input included.</param>
    /// <param name="steps">The row's steps.</param>
    internal GraphNumbers GraphOf(GraphNumbers step, int steps)
    {
        var decoder = Decoder.GraphOfStep();
        var (kept, passing) = (0L, 0L);
        foreach (var length in LengthsIn(steps))
        {
            var main = MainSteps(length, steps);
            kept += (long)main * step.Kept + length * decoder.Kept;
            passing += Math.Max(ReadsWindowEnds ? 0 : Math.Min(main, K.Steps) * step.Passing, Math.Min(length, Cut.Steps) * decoder.Passing);
        }
        return new GraphNumbers(kept, passing);
    }

    /// <summary>The lengths of a row's windows that run with other losses'.</summary>
    internal IEnumerable<int> JointWindows(int steps) => ReadsWindowEnds ? LengthsIn(steps).Select(length => MainSteps(length, steps)) : [];

    /// <summary>Steps of the main network that a segment has a graph of.</summary>
    private protected virtual int MainSteps(int length, int steps) => length;

    /// <summary>Where its decoder is cut.</summary>
    private protected virtual Truncation Cut => K;

    /// <summary>A stream for each segment, keyed by update, global row and the segment's index within its row.</summary>
    internal IReadOnlyList<RandomStream> Streams(string purpose, IReadOnlyList<Segment> segments, Batch batch, UpdateContext context)
    {
        var families = Options.SegmentLengths().Select((_, i) => _seed.Purpose($"{Decoder.Name}/{purpose}/{i}")).ToArray();
        return [.. segments.Select(s => families[s.Index].At(context.Update, batch.FirstRow + s.Row))];
    }

    /// <summary>The dropout mask of the decoder's head, or null where it drops nothing. // [l, R, units]</summary>
    private protected Tensor? Mask(IReadOnlyList<Segment> segments, Batch batch, UpdateContext context, Tensor like) =>
        Decoder.Head.Dropout == 0 ? null : DropoutMask.Draw(
            Streams("dropout", segments, batch, context), segments.Max(s => s.Length), Decoder.Head.Units, Decoder.Head.Dropout, like);

    /// <summary>What a step's loss counts in the batch's, for each segment: 1 / (Σ l_i of its row · rows). // [R]</summary>
    internal static double[] WeightsOf(IReadOnlyList<Segment> segments, UpdateContext context)
    {
        var scored = new Dictionary<int, int>();
        foreach (var segment in segments)
            scored[segment.Row] = scored.GetValueOrDefault(segment.Row) + segment.Length;
        return [.. segments.Select(segment => 1.0 / ((double)scored[segment.Row] * context.RowsInUpdate))];
    }

    /// <summary>The same for every step, with 0 in the padding behind a segment's end. // [l, R]</summary>
    private protected static Tensor StepWeights(IReadOnlyList<Segment> segments, UpdateContext context, Tensor like)
    {
        var each = WeightsOf(segments, context);
        var longest = segments.Max(s => s.Length);
        var weights = new double[SegmentPlaces.Of(longest, segments.Count)];
        for (var r = 0; r < segments.Count; r++)
        {
            for (var j = 0; j < segments[r].Length; j++)
                weights[j * segments.Count + r] = each[r];
        }
        return tensor(weights, [longest, segments.Count]).to(like.dtype, like.device);
    }

    /// <summary>The weighted loss of some steps: cross-entropy for tokens, mean squared error over the components for reals.</summary>
    /// <param name="outputs">// [l, R, V or D]</param>
    /// <param name="targets">// [l, R(, D)]</param>
    /// <param name="weights">// [l, R]</param>
    private protected Tensor Score(Tensor outputs, Tensor targets, Tensor weights)
    {
        var losses = Decoder.Format.Kind == StepKind.Tokens
            ? nn.functional.cross_entropy(outputs.flatten(0, 1), targets.flatten(), reduction: nn.Reduction.None).view_as(weights)
            : SquaredError(outputs - targets);
        // Not by multiplication alone: where nothing is scored, a decoder that runs on behind its segment's end may be off by any amount.
        var counted = weights > zeros_like(weights);
        return (where(counted, losses, zeros_like(losses)) * weights).sum();
    }

    // Not square(), which hands libtorch a number that may be freed before it is read: decision 0010.
    private static Tensor SquaredError(Tensor error) => (error * error).mean([-1]);

    /// <summary>Stretches of at most <paramref name="k"/> steps that cover 0…<paramref name="length"/>−1, the remainder last.</summary>
    internal static IEnumerable<(int Start, int Count)> Stretches(int length, Truncation k)
    {
        for (var start = 0; start < length; start += Math.Min(k.Steps, length - start))
            yield return (start, Math.Min(k.Steps, length - start));
    }
}
