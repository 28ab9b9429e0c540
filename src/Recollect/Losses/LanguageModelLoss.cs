using Recollect.Networks;
using Recollect.Randomness;
using Recollect.Sequences;
using static TorchSharp.torch;

namespace Recollect.Losses;

/// <summary>LM-LSTM's loss: a head says each next step of the whole row from the main network's state (Dai and Le 2015): a prediction without a decoder.</summary>
public sealed class LanguageModelLoss : PredictionLoss
{
    private readonly int _from;

    internal LanguageModelLoss(AuxiliaryOptions options, Truncation k, StepDecoder decoder, Seed seed) : base(options, k, decoder, seed) =>
        _from = options.From ?? AuxiliaryOptions.DefaultFrom;

    // Steps before the first that is scored are read alone.
    private protected override Tensor Weights(IReadOnlyList<Segment> segments, UpdateContext context, Tensor like)
    {
        var longest = segments.Max(s => s.Length);
        var weights = new double[SegmentPlaces.Of(longest, segments.Count)];
        for (var r = 0; r < segments.Count; r++)
        {
            var (first, end) = (_from - AuxiliaryOptions.DefaultFrom, segments[r].Length); // place j scores step j + 2
            for (var j = first; j < end; j++)
                weights[j * segments.Count + r] = 1.0 / ((double)(end - first) * context.RowsInUpdate);
        }
        return tensor(weights, [longest, segments.Count]).to(like.dtype, like.device);
    }
}
