using Recollect.Networks;
using Recollect.Randomness;
using Recollect.Sequences;
using TorchSharp;
using static TorchSharp.torch;

namespace Recollect.Losses;

/// <summary>r-LSTM's loss: from the state at an anchor, a decoder restores a segment of the past (method, section 3, "Reconstruction").</summary>
public sealed class ReconstructionLoss : AuxiliaryLoss
{
    private readonly Truncation _decoderK;
    private readonly bool _reversed;

    internal ReconstructionLoss(AuxiliaryOptions options, Truncation k, StepDecoder decoder, Seed seed) : base(options, k, decoder, seed)
    {
        _decoderK = options.Decoder.Bptt ?? DecoderCut(k);
        ArgumentOutOfRangeException.ThrowIfLessThan(_decoderK.Steps, 1, nameof(options)); // a cut every 0 steps has no meaning
        _reversed = options.Direction == SegmentDirection.Reversed;
    }

    /// <summary>Where a decoder is cut that has no cut of its own: every <paramref name="k"/> = k_a steps.</summary>
    /// <remarks>k_a = 0 holds the main state constant; the decoder is then trained over its whole length.</remarks>
    internal static Truncation DecoderCut(Truncation k) => k.Steps == 0 ? Truncation.Full : k;

    /// <inheritdoc/>
    public override Window WindowOf(Segment segment) => Window.Ending(segment.Row, segment.Anchor, K);

    /// <inheritdoc/>
    public override Tensor Of(
        RecurrentClassifier network, StepTensor steps, IReadOnlyList<Segment> segments, RecurrentState states, UpdateContext context)
    {
        var state = Decoder.Start(states);
        var task = new DecodingTask(this, steps, segments, context, network.Like);
        var own = OwnOutputProbability(context);
        return own == 0 ? WithTrueInputs(task, state) : StepByStep(task, state, own);
    }

    /// <inheritdoc/>
    internal override bool ReadsWindowEnds => true;

    /// <summary>Whether the decoder may read its own outputs.</summary>
    internal bool ReadsItself => Options.Input is DecoderInputMode.Free or DecoderInputMode.Scheduled;

    private protected override int MainSteps(int length, int steps) => Math.Min(K.Steps, steps);

    private protected override Truncation Cut => _decoderK;

    /// <summary>Where the decoder is cut.</summary>
    internal Truncation DecoderK => _decoderK;

    /// <summary>Whether it reads a segment from its end.</summary>
    internal bool Reversed => _reversed;

    /// <summary>How probable it is that the decoder reads its own output.</summary>
    internal double OwnOutputProbability(UpdateContext context) => Options.Input switch
    {
        DecoderInputMode.Free => 1,
        DecoderInputMode.Scheduled => (Options.ScheduledMaximum ?? AuxiliaryOptions.DefaultScheduledMaximum) * context.Progress,
        _ => 0,
    };

    /// <summary>Draws for every place and segment whether the own output is fed back, and the uniform number that samples it. // [l, R] each</summary>
    internal void DrawFeedback(IReadOnlyList<Segment> segments, Batch batch, UpdateContext context, double own, Span<bool> feedBack, Span<double> uniform)
    {
        var streams = Streams("feedback", segments, batch, context);
        var length = segments.Max(s => s.Length);
        for (var r = 0; r < streams.Count; r++)
        {
            var stream = streams[r];
            for (var j = 0; j < length; j++)
            {
                feedBack[j * streams.Count + r] = stream.NextDouble() < own;
                uniform[j * streams.Count + r] = stream.NextDouble();
            }
        }
    }

    private Tensor WithTrueInputs(DecodingTask task, RecurrentState state)
    {
        var parts = new List<Tensor>();
        foreach (var (start, count) in Stretches(task.Length, _decoderK))
        {
            var truth = task.Steps(start, count + 1);
            var run = Decoder.Run(truth.narrow(0, 0, count), state);
            parts.Add(task.Score(task.Output(run.Outputs, start, count), truth.narrow(0, 1, count), start));
            state = run.End.Cut();
        }
        return stack(parts).sum();
    }

    // The decoder's own outputs from its own running state; what is fed back is a constant.
    private Tensor StepByStep(DecodingTask task, RecurrentState state, double own)
    {
        var parts = new List<Tensor>();
        var choices = task.Feedback(own);
        Tensor? input = null;
        foreach (var (start, count) in Stretches(task.Length, _decoderK))
        {
            var truth = task.Steps(start, count + 1);
            input ??= truth.narrow(0, 0, 1);
            for (var j = start; j < start + count; j++)
            {
                var run = Decoder.Run(input, state);
                var output = task.Output(run.Outputs, j, 1);
                var next = truth.narrow(0, j - start + 1, 1);
                parts.Add(task.Score(output, next, j));
                state = run.End;
                if (j + 1 < task.Length)
                    input = task.Mix(next, output.detach(), choices, j);
            }
            state = state.Cut();
        }
        return stack(parts).sum();
    }

    /// <summary>The segments of one batch as tensors, in decoding order: place 0 is read first, place l is scored last.</summary>
    private sealed class DecodingTask
    {
        private readonly ReconstructionLoss _loss;
        private readonly StepTensor _steps;
        private readonly IReadOnlyList<Segment> _segments;
        private readonly UpdateContext _context;
        private readonly int[] _rows, _first;
        private readonly int _stride;
        private readonly Tensor? _mask;   // [l, R, units]
        private readonly Tensor _weights; // [l, R]

        public DecodingTask(
            ReconstructionLoss loss, StepTensor steps, IReadOnlyList<Segment> segments, UpdateContext context, Tensor like)
        {
            (_loss, _steps, _segments, _context) = (loss, steps, segments, context);
            Length = segments.Max(s => s.Length);
            _stride = loss._reversed ? -1 : 1;
            _rows = [.. segments.Select(s => s.Row)];
            _first = [.. segments.Select(s => loss._reversed ? s.First + s.Length : s.First)];
            _mask = loss.Mask(segments, steps.Batch, context, like);
            _weights = StepWeights(segments, context, like);
        }

        public int Length { get; }

        /// <summary>The true steps at places start … start+count−1. // [count, R(, D)]</summary>
        public Tensor Steps(int start, int count) => _steps.Gather(_rows, Array.ConvertAll(_first, f => f + _stride * start), _stride, count);

        public Tensor Output(Tensor hidden, int start, int count) => _loss.Decoder.Head.call(hidden, _mask?.narrow(0, start, count));

        /// <summary>The loss of outputs from place <paramref name="start"/> on against the steps that follow their inputs.</summary>
        public Tensor Score(Tensor outputs, Tensor targets, int start) =>
            _loss.Score(outputs, targets, _weights.narrow(0, start, outputs.shape[0]));

        /// <summary>What <see cref="DrawFeedback"/> draws, as tensors. // [l, R] each</summary>
        public (Tensor FeedBack, Tensor Uniform) Feedback(double own)
        {
            long[] shape = [Length, _segments.Count];
            var places = SegmentPlaces.Of(Length, _segments.Count);
            var (feedBack, uniform) = (new bool[places], new double[places]);
            _loss.DrawFeedback(_segments, _steps.Batch, _context, own, feedBack, uniform);
            return (tensor(feedBack, shape).to(_weights.device), tensor(uniform, shape).to(_weights.dtype, _weights.device));
        }

        /// <summary>The next input: the true step, or the own output where drawn so: tokens sampled from the softmax, reals as they are.</summary>
        public Tensor Mix(Tensor truth, Tensor output, (Tensor FeedBack, Tensor Uniform) choices, int place)
        {
            var chosen = choices.FeedBack.narrow(0, place, 1); // [1, R]
            if (_loss.Decoder.Format.Kind == StepKind.Reals)
                return where(chosen.unsqueeze(-1), output, truth);
            var below = nn.functional.softmax(output, -1).cumsum(-1) < choices.Uniform.narrow(0, place, 1).unsqueeze(-1);
            using var last = (_loss.Decoder.Format.Width - 1).ToScalar(); // held until libtorch has read it: decision 0010
            return where(chosen, below.sum(-1).clamp_max(last), truth);
        }
    }
}
