using Recollect.Networks;
using Recollect.Randomness;
using Recollect.Sequences;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Recollect.Losses;

/// <summary>Masked self-pretraining: the main network reads the row with some steps replaced by one learned vector, and a head says each of them from the state there.</summary>
/// <remarks>
/// After Amos, Berant and Gupta 2023, who pretrain on the task's own data. The network reads forwards alone, so that a hidden step is said from what came before it,
/// of which parts are hidden too. Main network and gradient are cut every k_a steps.
/// </remarks>
public sealed class MaskedLoss : AuxiliaryLoss
{
    /// <summary>What stands for a hidden step, as it is saved behind the loss's name.</summary>
    internal const string VectorName = "mask.vector";

    private readonly double _fraction;
    private readonly NamedWeights _hidden;

    internal MaskedLoss(AuxiliaryOptions options, Truncation k, StepDecoder decoder, int inputWidth, Seed seed) : base(options, k, decoder, seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k.Steps, 1); // a cut every 0 steps has no meaning
        _fraction = options.MaskFraction ?? AuxiliaryOptions.DefaultMaskFraction;
        _hidden = NamedWeights.Of([("vector", [inputWidth])]);
        Initialization.Uniform(_hidden["vector"], 1 / Math.Sqrt(inputWidth), seed, $"{decoder.Name}.{VectorName}");
    }

    /// <inheritdoc/>
    public override IEnumerable<(string Name, Parameter Parameter)> NamedParameters() =>
        [.. base.NamedParameters(), ($"{Decoder.Name}.{VectorName}", _hidden["vector"])];

    /// <inheritdoc/>
    public override void MoveTo(Tensor like)
    {
        base.MoveTo(like);
        _hidden.to(like.device, like.dtype);
    }

    /// <inheritdoc/>
    public override Window WindowOf(Segment segment) => new(segment.Row, 0, segment.Length);

    /// <inheritdoc/>
    public override Tensor Of(
        RecurrentClassifier network, StepTensor steps, IReadOnlyList<Segment> segments, RecurrentState states, UpdateContext context)
    {
        var longest = segments.Max(s => s.Length);
        var drawn = Draw(segments, steps.Batch, context, longest);
        var hidden = tensor(drawn.Hidden, [longest, segments.Count, 1], device: network.Like.device);
        var weights = tensor(drawn.Weights, [longest, segments.Count]).to(network.Like.dtype, network.Like.device);
        var mask = Mask(segments, steps.Batch, context, network.Like);
        var parts = new List<Tensor>();
        var state = states;
        foreach (var span in SegmentSpan.Of(segments, K))
        {
            var rows = Array.ConvertAll(span.Segments, s => segments[s].Row);
            var truth = steps.Gather(rows, Array.ConvertAll(rows, _ => 1 + span.Start), 1, span.Count);
            var read = where(span.Of(hidden), _hidden["vector"], network.Input.Of(truth));
            var run = network.Recurrence.Run(read, span.Of(state));
            var said = Decoder.Head.call(Decoder.Run(run.Outputs, run.End).Outputs, mask is null ? null : span.Of(mask));
            parts.Add(Score(said, truth, span.Of(weights)));
            state = span.EndsStretch ? run.End.Cut() : run.End;
        }
        return stack(parts).sum();
    }

    /// <summary>Which steps are hidden, and what each counts: 1 / (hidden steps of its row · rows). // [l, R] each</summary>
    private (bool[] Hidden, double[] Weights) Draw(IReadOnlyList<Segment> segments, Batch batch, UpdateContext context, int longest)
    {
        var places = SegmentPlaces.Of(longest, segments.Count);
        var (hidden, weights) = (new bool[places], new double[places]);
        var streams = Streams("mask", segments, batch, context);
        for (var r = 0; r < segments.Count; r++)
        {
            var length = segments[r].Length;
            // As many as the fraction says, at least one, anywhere: every row counts the same.
            var order = streams[r].Permutation(length);
            var count = Math.Clamp((int)Math.Round(_fraction * length), 1, length);
            foreach (var step in order.AsSpan(0, count))
            {
                hidden[step * segments.Count + r] = true;
                weights[step * segments.Count + r] = 1.0 / ((double)count * context.RowsInUpdate);
            }
        }
        return (hidden, weights);
    }
}
