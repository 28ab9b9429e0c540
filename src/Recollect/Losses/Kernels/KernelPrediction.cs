using System.Numerics;
using Recollect.Kernels;
using Recollect.Networks;

namespace Recollect.Losses;

/// <summary>p-LSTM's decoder on kernels: stacked on the main network, whose outputs it reads and to which its gradients return at every step.</summary>
internal sealed unsafe class KernelPrediction<T>(KernelNetwork<T> network, PredictionLoss loss) : KernelDecoder<T>(network, loss, loss.K)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly NativeArray<T> _inputAdjoints = new(); // [l, R, H in panels]
    private readonly MainOutputs _source = new();
    private readonly List<int> _segmentOf = []; // of each window
    private IReadOnlyList<Segment> _segments = [];

    public override IEnumerable<GradientWindow> Begin(IReadOnlyList<Segment> segments, int first)
    {
        (_segments, FirstWindow) = (segments, first);
        _segmentOf.Clear();
        // First, for each segment, the step of the anchor alone: through it flows what reaches the state that the decoder starts from.
        foreach (var segment in segments)
        {
            _segmentOf.Add(-1);
            yield return new GradientWindow(segment.Row, segment.Anchor - 1, segment.Anchor);
        }
        // Then what the decoder read, cut with it every k_a steps.
        for (var r = 0; r < segments.Count; r++)
        {
            var before = segments[r].Anchor - 1;
            foreach (var (start, count) in AuxiliaryLoss.Stretches(segments[r].Length, loss.K))
            {
                _segmentOf.Add(r);
                yield return new GradientWindow(segments[r].Row, before + start, before + start + count);
            }
        }
    }

    public override IEnumerable<int> WindowsOf(int steps)
    {
        int[] lengths = [.. Loss.LengthsIn(steps)];
        return [.. lengths.Select(_ => 1), .. lengths.SelectMany(length => AuxiliaryLoss.Stretches(length, loss.K)).Select(stretch => stretch.Count)];
    }

    public override long BytesFor(int rows, int steps) => base.BytesFor(rows, steps)
        + Loss.LengthsIn(steps).Sum(length => sizeof(T) * (long)length * rows * Network.Kernels.Padded(Stack.Shape.Hidden));

    public override T* MainAdjoint(int window, int step)
    {
        var segment = _segmentOf[window];
        return segment < 0 ? null : InputAdjoint(segment, step - _segments[segment].Anchor);
    }

    public override void Dispose()
    {
        _inputAdjoints.Dispose();
        base.Dispose();
    }

    private protected override StepSource<T> Read(KernelPass<T> pass, IReadOnlyList<Segment> segments)
    {
        Truth.Read(pass, segments, [.. segments.Select(s => s.Anchor)], 1);
        _inputAdjoints.Ensure((long)segments.Max(s => s.Length) * segments.Count * Network.Kernels.Padded(Stack.Shape.Hidden));
        return _source.Set(pass, segments);
    }

    private protected override T* InputAdjoint(int segment, int place) =>
        _inputAdjoints.Pointer + ((long)place * _segments.Count + segment) * Network.Kernels.Padded(Stack.Shape.Hidden);

    private sealed class MainOutputs : StepSource<T>
    {
        private KernelPass<T>? _pass;
        private IReadOnlyList<Segment> _segments = [];

        public MainOutputs Set(KernelPass<T> pass, IReadOnlyList<Segment> segments)
        {
            (_pass, _segments) = (pass, segments);
            return this;
        }

        // Place j = step − 1 reads the main network's output at a + j.
        public override T* Values(int row, int step) => _pass!.Output(_segments[row].Row, _segments[row].Anchor + step - 1);
    }
}
