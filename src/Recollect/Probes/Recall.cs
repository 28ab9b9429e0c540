using Recollect.Losses;
using Recollect.Networks;
using Recollect.Runs;
using Recollect.Sequences;
using static TorchSharp.torch;

namespace Recollect.Probes;

/// <summary>Asks the states at a few anchors of a few images what they remember, or expect: decoders read their own most probable output (decision 0016).</summary>
internal static class Recall
{
    private const int MostRows = 8, Anchors = 5, MostDecoded = 400;

    /// <summary>What the decoders of reconstructions and predictions say of the first rows of <paramref name="test"/>, one a class.</summary>
    /// <param name="network">The network.</param>
    /// <param name="losses">The auxiliary losses, in the recipe's order.</param>
    /// <param name="images">How images became steps.</param>
    /// <param name="test">The test split.</param>
    /// <param name="interrupted">Whether to stop.</param>
    /// <returns>Null where it was interrupted, and where no loss has a decoder to ask, or a segment that an image can hold.</returns>
    public static MemoryProbe? Of(
        RecurrentClassifier network, IReadOnlyList<AuxiliaryLoss> losses, ImagePreprocessing images, SequenceSet test, Func<bool> interrupted)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var pictures = new Pictures(images);
        int[] rows = [.. Enumerable.Range(0, test.Count).DistinctBy(test.LabelOf).Take(MostRows)];
        var batch = Batch.Of(test, rows);
        var steps = new StepTensor(batch, network.Like);
        var asked = new List<MemoryLoss>();
        for (var j = 0; j < losses.Count; j++)
        {
            var segments = SegmentsOf(losses[j].Options, batch);
            if (segments.Count == 0)
                continue;
            if (Decoded(network, losses[j], steps, segments, pictures, interrupted) is not { } anchors)
                return null;
            asked.Add(new MemoryLoss(j, Word(losses[j].Options.Kind), [.. rows.Select((row, b) =>
                new MemoryRow(row, test.Classes[batch.Labels[b]], pictures.Image(batch, b), [.. anchors.Where((_, r) => segments[r].Row == b)]))]));
        }
        return asked.Count == 0 ? null : new MemoryProbe
        {
            Height = pictures.Height,
            Width = pictures.Width,
            Channels = images.Shape.Channels,
            Components = pictures.Components > 1 ? pictures.Components : null,
            Order = pictures.Order,
            Losses = asked,
        };
    }

    // Of each row as many as its range of anchors has, at most five; of lengths that differ the longest that training used; a distant one lies in the middle of where it can.
    private static List<Segment> SegmentsOf(AuxiliaryOptions options, Batch batch)
    {
        var segments = new List<Segment>();
        if (options.Kind is not (AuxiliaryKind.Reconstruction or AuxiliaryKind.Prediction))
            return segments;
        for (var row = 0; row < batch.Rows; row++)
        {
            var longest = SegmentDraw.LongestIn(batch.Lengths[row], options.Kind);
            var used = options.SegmentLengths().Where(length => length <= longest || options.TooShort == TooShort.Shorten);
            var length = used.Select(wanted => Math.Min(wanted, longest)).DefaultIfEmpty(0).Max();
            if (length < 1)
                continue;
            segments.AddRange(Enumerable.Range(0, Anchors)
                .Select(i => SegmentDraw.At(options, row, 0, length, batch.Lengths[row], Math.Min((double)i / (Anchors - 1), Math.BitDecrement(1.0)), 0.5))
                .DistinctBy(segment => segment.Anchor));
        }
        return segments;
    }

    // All segments side by side: images have one length, and so have their segments.
    private static MemoryAnchor[]? Decoded(
        RecurrentClassifier network, AuxiliaryLoss loss, StepTensor steps, List<Segment> segments, Pictures pictures, Func<bool> interrupted)
    {
        var speaker = new Speaker(network, loss, steps, segments);
        var said = segments.ConvertAll(_ => new List<int>());
        var count = Math.Min(MostDecoded, segments.Max(segment => segment.Length));
        for (var place = 0; place < count; place++)
        {
            if (interrupted())
                return null;
            var levels = pictures.Levels(speaker.Next());
            for (var r = 0; r < said.Count; r++)
                said[r].AddRange(levels.AsSpan(r * pictures.Components, pictures.Components));
        }
        return [.. segments.Select((segment, r) => new MemoryAnchor(segment.Anchor, speaker.Start(segment, count), speaker.InOrder(said[r], pictures.Components)))];
    }

    private static string Word(AuxiliaryKind kind) => kind == AuxiliaryKind.Prediction ? "prediction" : "reconstruction";

    /// <summary>The decoder of a loss on all segments at once, each given the true step before those that it says (of reversed ones behind them) and then what it has said.</summary>
    private sealed class Speaker
    {
        private readonly RecurrentClassifier _network;
        private readonly AuxiliaryLoss _loss;
        private readonly bool _reversed;
        private Tensor _input; // [1, R(, D)]
        private RecurrentState? _main, _decoder;

        public Speaker(RecurrentClassifier network, AuxiliaryLoss loss, StepTensor steps, List<Segment> segments)
        {
            (_network, _loss) = (network, loss);
            _reversed = loss.Options.Direction == SegmentDirection.Reversed;
            // A prediction's decoder reads the main network's states, and so the main network reads what is said: from before the anchor, whose step is the true one.
            var predicts = loss.Options.Kind == AuxiliaryKind.Prediction;
            var states = Unroll.StatesBefore(network, steps, [.. segments.Select(segment => predicts
                ? new Window(segment.Row, segment.Anchor - 1, segment.Anchor) : new Window(segment.Row, segment.Anchor, segment.Anchor))]);
            (_main, _decoder) = predicts ? (states, null) : ((RecurrentState?)null, loss.Decoder.Start(states));
            _input = steps.Gather([.. segments.Select(segment => segment.Row)], [.. segments.Select(segment => _reversed ? segment.First + segment.Length : segment.First)], 1, 1);
        }

        /// <summary>What is said next, and read then: tokens [1, R], or reals [1, R, D]; good until the next.</summary>
        public Tensor Next()
        {
            using var scope = NewDisposeScope();
            var read = _input;
            if (_main is not null)
            {
                var run = _network.Run(_input, _main);
                (read, _main) = (run.Outputs, Kept(run.End, _main));
                _decoder ??= _loss.Decoder.Start(_main).MoveToOuterScope();
            }
            var spoken = _loss.Decoder.Run(read, _decoder!);
            _decoder = Kept(spoken.End, _decoder!);
            var output = _loss.Decoder.Head.call(spoken.Outputs, null);
            var left = _input;
            _input = (_loss.Decoder.Format.Kind == StepKind.Tokens ? output.argmax(-1) : output).MoveToOuterDisposeScope();
            left.Dispose();
            return _input;
        }

        /// <summary>The step, from 0, of the earliest that was said, where <paramref name="count"/> were.</summary>
        public int Start(Segment segment, int count) => _reversed ? segment.First - 1 + segment.Length - count : segment.First;

        /// <summary>What was said in the order of the steps.</summary>
        public List<int> InOrder(List<int> said, int components) => _reversed ? [.. said.Chunk(components).Reverse().SelectMany(step => step)] : said;

        // Disposes of the state that it leaves: hundreds of them would add up.
        private static RecurrentState Kept(RecurrentState next, RecurrentState left)
        {
            next.MoveToOuterScope();
            left.Hidden.Dispose();
            left.Cell?.Dispose();
            return next;
        }
    }

    /// <summary>Steps as levels 0…255, and where they stand in the image.</summary>
    private sealed class Pictures
    {
        private readonly StepFormat _format;

        public Pictures(ImagePreprocessing images)
        {
            _format = images.Format;
            (Height, Width) = (images.Shape.Height / images.Downscale, images.Shape.Width / images.Downscale);
            var stepsOfPixel = images.Steps / (Height * Width);
            Order = images.Permutation?.Order(Height * Width).SelectMany(pixel => Enumerable.Range(pixel * stepsOfPixel, stepsOfPixel)).ToArray();
        }

        public int Height { get; }

        public int Width { get; }

        /// <summary>The place of each step, or null where that is its number.</summary>
        public int[]? Order { get; }

        /// <summary>Numbers of a step: one of tokens, D of reals.</summary>
        public int Components => _format.Kind == StepKind.Tokens ? 1 : _format.Width;

        /// <summary>A row's levels in reading order.</summary>
        public int[] Image(Batch batch, int row)
        {
            var image = new int[batch.Lengths[row] * Components];
            for (var t = 0; t < batch.Lengths[row]; t++)
            {
                var place = (t * batch.Rows + row) * Components;
                for (var c = 0; c < Components; c++)
                    image[(Order?[t] ?? t) * Components + c] = _format.Kind == StepKind.Tokens ? Level(batch.Tokens[place]) : Level(batch.Reals[place + c]);
            }
            return image;
        }

        /// <summary>The levels of what was said, row by row.</summary>
        public int[] Levels(Tensor said)
        {
            using var scope = NewDisposeScope();
            return _format.Kind == StepKind.Tokens
                ? [.. said.cpu().contiguous().data<long>().ToArray().Select(token => Level((int)token))]
                : [.. said.to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray().Select(Level)];
        }

        // V levels are stretched over 0…255, halves up; V is at least 2.
        private int Level(int token) => (token * 255 * 2 / (_format.Width - 1) + 1) / 2;

        private static int Level(float real) => (int)Math.Floor(Math.Clamp(real, 0, 1) * 255 + 0.5f);
    }
}
