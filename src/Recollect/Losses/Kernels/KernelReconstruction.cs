using System.Numerics;
using Recollect.Kernels;
using Recollect.Networks;

namespace Recollect.Losses;

/// <summary>r-LSTM's decoder on kernels: it reads the true steps, or its own outputs step by step.</summary>
internal sealed unsafe class KernelReconstruction<T>(KernelNetwork<T> network, ReconstructionLoss loss) : KernelDecoder<T>(network, loss, loss.DecoderK)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly ArraySource<T> _source = new();
    private readonly NativeArray<T> _readValues = new(); // what is read, where that is not the truth. // [l, R, D]
    private int[] _readTokens = []; // [l, R]
    private int[] _allTokens = [];
    private bool[] _feedBack = [];
    private double[] _uniform = [];
    private bool _ownOutputs;

    public override IEnumerable<GradientWindow> Begin(IReadOnlyList<Segment> segments, int first)
    {
        FirstWindow = first;
        return segments.Select(loss.WindowOf).Select(window => new GradientWindow(window.Row, window.Start, window.End));
    }

    public override IEnumerable<int> WindowsOf(int steps) => Loss.LengthsIn(steps).Select(_ => Math.Min(loss.K.Steps, steps));

    public override long BytesFor(int rows, int steps) => base.BytesFor(rows, steps)
        + (loss.ReadsItself ? Loss.LengthsIn(steps).Sum(length => (length + 1L) * rows * (sizeof(bool) + sizeof(double) + SegmentSteps<T>.BytesOf(Loss.Decoder.Format))) : 0);

    public override T* MainAdjoint(int window, int step) => null;

    public override void Dispose()
    {
        _readValues.Dispose();
        base.Dispose();
    }

    // Its own outputs may be any.
    private protected override ReadOnlySpan<int> TokensRead(KernelPass<T> pass)
    {
        if (loss.OwnOutputProbability(pass.Context) == 0)
            return base.TokensRead(pass);
        if (_allTokens.Length == 0)
            _allTokens = [.. Enumerable.Range(0, pass.Batch.Format.Width)];
        return _allTokens;
    }

    private protected override StepSource<T> Read(KernelPass<T> pass, IReadOnlyList<Segment> segments)
    {
        var first = segments.Select(s => loss.Reversed ? s.First + s.Length : s.First).ToArray();
        Truth.Read(pass, segments, first, loss.Reversed ? -1 : 1);
        var own = loss.OwnOutputProbability(pass.Context);
        _ownOutputs = own > 0;
        var (count, width, longest) = (segments.Count, pass.Batch.Format.Width, segments.Max(s => s.Length));
        if (!_ownOutputs)
            return Truth.AreTokens ? _source.Set(Truth.Tokens, count) : _source.Set(Truth.Values(0, 0), count, width);
        var drawn = SegmentPlaces.Of(longest, count);
        if (_feedBack.Length < drawn)
            (_feedBack, _uniform) = (new bool[drawn], new double[drawn]);
        loss.DrawFeedback(segments, pass.Batch, pass.Context, own, _feedBack.AsSpan(0, drawn), _uniform.AsSpan(0, drawn));
        if (Truth.AreTokens)
        {
            if (_readTokens.Length < Truth.Tokens.Length)
                _readTokens = new int[Truth.Tokens.Length];
            Truth.Tokens.CopyTo(_readTokens, 0);
            return _source.Set(_readTokens, count);
        }
        var size = (longest + 1L) * count * width;
        var values = _readValues.Ensure(size);
        Buffer.MemoryCopy(Truth.Values(0, 0), values, size * sizeof(T), size * sizeof(T));
        return _source.Set(values, count, width);
    }

    private protected override void Run(DecodedRows<T> rows, DenseSlots slots, StepSource<T> source, int[] lengths, int start, int end)
    {
        if (!_ownOutputs)
        {
            base.Run(rows, slots, source, lengths, start, end);
            return;
        }
        rows.Listener ??= FeedBack;
        for (var place = start; place < end; place++)
            base.Run(rows, slots, source, lengths, place, place + 1);
    }

    // What is fed back is a constant: a token sampled from the softmax, or reals as they are said.
    private void FeedBack(int segment, int place, nint output, T sum)
    {
        var count = Truth.Segments;
        if (!_feedBack[place * count + segment])
            return;
        var next = (place + 1) * count + segment;
        var said = (T*)output;
        if (Head.Shape.Softmax)
            _readTokens[next] = Sample(said, sum, _uniform[place * count + segment]);
        else
            new Span<T>(said, Head.Shape.Outputs).CopyTo(new Span<T>(_readValues.Pointer + (long)next * Head.Shape.Outputs, Head.Shape.Outputs));
    }

    private int Sample(T* numerators, T sum, double uniform)
    {
        var bound = T.CreateTruncating(uniform) * sum;
        var below = T.Zero;
        for (var token = 0; token < Head.Shape.Outputs - 1; token++)
        {
            below += numerators[token];
            if (below >= bound)
                return token;
        }
        return Head.Shape.Outputs - 1;
    }
}
