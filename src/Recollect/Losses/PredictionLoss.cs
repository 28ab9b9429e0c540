using Recollect.Networks;
using Recollect.Randomness;
using Recollect.Sequences;
using static TorchSharp.torch;

namespace Recollect.Losses;

/// <summary>p-LSTM's loss: a decoder stacked on the main network says each next step of a segment (method, section 3, "Prediction").</summary>
/// <remarks>Gradients reach the main network through steps a…a+l−1 and stop before a; main and decoder are cut together every k_a steps.</remarks>
public class PredictionLoss : AuxiliaryLoss
{
    internal PredictionLoss(AuxiliaryOptions options, Truncation k, StepDecoder decoder, Seed seed) : base(options, k, decoder, seed) =>
        ArgumentOutOfRangeException.ThrowIfLessThan(k.Steps, 1); // a cut every 0 steps has no meaning

    /// <inheritdoc/>
    public override Window WindowOf(Segment segment) => new(segment.Row, segment.Anchor - 1, segment.Anchor - 1 + segment.Length);

    /// <inheritdoc/>
    public override Tensor Of(
        RecurrentClassifier network, StepTensor steps, IReadOnlyList<Segment> segments, RecurrentState states, UpdateContext context)
    {
        var mask = Mask(segments, steps.Batch, context, network.Like);
        var weights = Weights(segments, context, network.Like);
        var parts = new List<Tensor>();
        var main = states;
        RecurrentState? decoder = null;
        foreach (var span in SegmentSpan.Of(segments, K))
        {
            var (rows, anchors) = (Array.ConvertAll(span.Segments, s => segments[s].Row), Array.ConvertAll(span.Segments, s => segments[s].Anchor + span.Start));
            Tensor Places(int start, int count) => steps.Gather(rows, Array.ConvertAll(anchors, anchor => anchor + start), 1, count);
            (main, decoder) = (span.Of(main), decoder is null ? null : span.Of(decoder));
            Tensor outputs; // [count, A, H]
            if (decoder is null)
            {
                // The first step alone: its end is s_a, from which the decoder starts.
                var first = network.Run(Places(0, 1), main);
                decoder = Decoder.Start(first.End);
                (outputs, main) = (first.Outputs, first.End);
                if (span.Count > 1)
                {
                    var rest = network.Run(Places(1, span.Count - 1), main);
                    (outputs, main) = (cat([outputs, rest.Outputs], 0), rest.End);
                }
            }
            else
            {
                (outputs, main) = network.Run(Places(0, span.Count), main);
            }
            var run = Decoder.Run(outputs, decoder);
            var said = Decoder.Head.call(run.Outputs, mask is null ? null : span.Of(mask));
            parts.Add(Score(said, Places(1, span.Count), span.Of(weights)));
            (main, decoder) = span.EndsStretch ? (main.Cut(), run.End.Cut()) : (main, run.End);
        }
        return stack(parts).sum();
    }

    /// <summary>What each step's loss counts in the batch's. // [l, R]</summary>
    private protected virtual Tensor Weights(IReadOnlyList<Segment> segments, UpdateContext context, Tensor like) => StepWeights(segments, context, like);
}
