using System.Numerics;
using Recollect.Kernels;
using Recollect.Networks;
using Recollect.Randomness;
using Recollect.Sequences;

namespace Recollect.Losses;

/// <summary>An auxiliary loss's decoder on kernels: stretch by stretch forwards, scored and back, so that one stretch's steps are all that is kept.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal abstract unsafe class KernelDecoder<T> : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly NativeArray<T> _outputAdjoints = new(); // [stretch, R, H in panels]
    private readonly GradientRoom _gradients = new();
    private readonly DenseSlots _slots = new();
    private readonly DecodedRows<T> _rows;
    private readonly Flow _flow;
    private readonly Truncation _k;

    private protected KernelDecoder(KernelNetwork<T> network, AuxiliaryLoss loss, Truncation k)
    {
        (Network, Loss, _k) = (network, loss, k);
        var decoder = loss.Decoder;
        var (hidden, head) = (network.Stack.Shape.Hidden, decoder.Head);
        Stack = new LstmStack<T>(network.Kernels, network.Team, decoder.Input is null
            ? new StackShape(LayerInput.Vectors, hidden, 0, hidden, decoder.Layers.Layers)
            : network.Stack.Shape with { Layers = decoder.Layers.Layers, Refined = false });
        Head = new StepHead<T>(network.Kernels, network.Team, new HeadShape(
            hidden, head.Units, decoder.Format.Width, Softmax: decoder.Format.Kind == StepKind.Tokens));
        Store = new StateStore<T>(decoder.Layers.Layers, Stack.Layout);
        _rows = new DecodedRows<T>(this, Head.Shape);
        _flow = new Flow(this);
    }

    /// <summary>The decoder of <paramref name="loss"/>.</summary>
    public static KernelDecoder<T> Of(KernelNetwork<T> network, AuxiliaryLoss loss) => loss switch
    {
        ReconstructionLoss reconstruction => new KernelReconstruction<T>(network, reconstruction),
        PredictionLoss prediction => new KernelPrediction<T>(network, prediction),
        _ => throw new ArgumentOutOfRangeException(nameof(loss)),
    };

    /// <summary>The windows of the main network that the loss's gradient flows through; the first of them number <paramref name="first"/> of the batch's.</summary>
    public abstract IEnumerable<GradientWindow> Begin(IReadOnlyList<Segment> segments, int first);

    /// <summary>The lengths of those windows in a row of <paramref name="steps"/> steps, at the longest.</summary>
    public abstract IEnumerable<int> WindowsOf(int steps);

    /// <summary>Whether those windows' states are read at their ends alone.</summary>
    public bool ReadsWindowEnds => Loss.ReadsWindowEnds;

    /// <summary>The adjoint that comes to the main network's output inside one of those windows, or null. // [H]</summary>
    public abstract T* MainAdjoint(int window, int step);

    /// <summary>The loss of a batch's segments; adds the decoder's gradients, and leaves the main network's adjoints where its windows end.</summary>
    public double Differentiate(KernelPass<T> pass, IReadOnlyList<Segment> segments)
    {
        var decoder = Loss.Decoder;
        Stack.Pack(KernelWeights.Of<T>(decoder.Layers));
        Stack.Prepare(KernelWeights.Of<T>(decoder.Input), TokensRead(pass));
        Head.Pack(KernelWeights.Of<T>(decoder.Head));
        Stack.ClearSums();
        Head.ClearSums();
        var loss = Stretches(pass, segments);
        Stack.AddGradients(KernelWeights.Of<T>(decoder.Layers, _gradients), KernelWeights.Of<T>(decoder.Input, _gradients));
        Head.AddGradients(KernelWeights.Of<T>(decoder.Head, _gradients));
        return loss;
    }

    /// <summary>The memory of its weights and of their sums, bytes.</summary>
    public long Bytes => Stack.Bytes + Head.Bytes;

    /// <summary>The memory that <see cref="Differentiate"/> takes for so many rows of so many steps, bytes.</summary>
    public virtual long BytesFor(int rows, int steps)
    {
        int[] lengths = [.. Loss.LengthsIn(steps)];
        if (lengths.Length == 0)
            return 0;
        var (segments, longest) = ((long)rows * lengths.Length, lengths.Max());
        var stretch = Math.Min(longest, _k.Steps);
        var format = Loss.Decoder.Format;
        return Store.BytesFor(segments * (stretch + 1)) + sizeof(T) * segments * stretch * Network.Kernels.Padded(Stack.Shape.Hidden)
            + Stack.BytesFor(segments, stretch) + Head.BytesFor(segments * stretch)
            + SegmentSteps<T>.BytesFor(segments, longest, format) + DecodedRows<T>.BytesFor(segments * stretch);
    }

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        Stack.Dispose();
        Head.Dispose();
        Store.Dispose();
        Truth.Dispose();
        _gradients.Dispose();
        _outputAdjoints.Dispose();
    }

    /// <summary>What the recipe says of the loss.</summary>
    internal AuxiliaryOptions Options => Loss.Options;

    /// <summary>The stream of each segment's dropout masks.</summary>
    internal IReadOnlyList<RandomStream> DropoutStreams(IReadOnlyList<Segment> segments, KernelPass<T> pass) =>
        Loss.Streams("dropout", segments, pass.Batch, pass.Context);

    private protected KernelNetwork<T> Network { get; }

    private protected AuxiliaryLoss Loss { get; }

    private protected LstmStack<T> Stack { get; }

    private protected StepHead<T> Head { get; }

    private protected StateStore<T> Store { get; }

    /// <summary>The true steps of each segment: what is read at a place, and scored at the place before it.</summary>
    internal SegmentSteps<T> Truth { get; } = new();

    /// <summary>Every token that the decoder may read; others may be among them.</summary>
    private protected virtual ReadOnlySpan<int> TokensRead(KernelPass<T> pass) => pass.Batch.Tokens;

    /// <summary>Reads what the batch's decoder needs, before its first step.</summary>
    private protected abstract StepSource<T> Read(KernelPass<T> pass, IReadOnlyList<Segment> segments);

    /// <summary>Runs and scores places <paramref name="start"/> … <paramref name="end"/>−1.</summary>
    private protected virtual void Run(DecodedRows<T> rows, DenseSlots slots, StepSource<T> source, int[] lengths, int start, int end)
    {
        Stack.Forward(Store, slots, source, lengths, start, end);
        rows.Select(start, end);
        Head.Score(rows);
        rows.AddLosses();
    }

    /// <summary>Whether, and where, adjoints of the decoder's inputs are wanted: by segment and place. // [H in panels]</summary>
    private protected virtual T* InputAdjoint(int segment, int place) => null;

    private double Stretches(KernelPass<T> pass, IReadOnlyList<Segment> segments)
    {
        var lengths = segments.Select(s => s.Length).ToArray();
        var (count, longest) = (segments.Count, lengths.Max());
        var most = Math.Min(longest, _k.Steps);
        Store.Ensure((long)count * (most + 1));
        _outputAdjoints.Ensure((long)count * most * Network.Kernels.Padded(Stack.Shape.Hidden));
        var source = Read(pass, segments);
        Start(pass, segments);
        _rows.Begin(pass, segments);
        var windows = new GradientWindow[count];
        foreach (var (start, steps) in AuxiliaryLoss.Stretches(longest, _k))
        {
            var end = start + steps;
            _rows.Place(_slots.Set(count, start), start);
            Run(_rows, _slots, source, lengths, start, end);
            Stack.ClearAdjoints(count);
            for (var r = 0; r < count; r++)
                windows[r] = new GradientWindow(r, start, Math.Clamp(lengths[r], start, end));
            Stack.Backward(Store, _slots, source, windows, _flow.Set(start, count));
            if (start == 0)
                HandStartOver(count);
            for (var r = 0; r < count; r++)
                Store.Copy(_slots.Of(r, end), Store, r); // where the next stretch begins
        }
        return _rows.Loss;
    }

    /// <summary>Where the first of <see cref="Begin"/>'s windows is whose end the decoder starts from, one a segment.</summary>
    private protected int FirstWindow { get; set; }

    /// <summary>The decoder's output at a step of the stretch. // [H]</summary>
    internal T* Output(DenseSlots slots, int segment, int place) => Store.Output(Stack.Shape.Layers - 1, slots.Of(segment, place + 1));

    /// <summary>Where its adjoint is. // [H in panels]</summary>
    internal T* OutputAdjoint(int segments, int segment, int placeInStretch) =>
        _outputAdjoints.Pointer + ((long)placeInStretch * segments + segment) * Network.Kernels.Padded(Stack.Shape.Hidden);

    // The bottom layer starts from the main network's state at the anchor, the others from zero.
    private void Start(KernelPass<T> pass, IReadOnlyList<Segment> segments)
    {
        for (var r = 0; r < segments.Count; r++)
        {
            Store.Zero(r);
            Copy(pass.Output(segments[r].Row, segments[r].Anchor), Store.Output(0, r));
            Copy(pass.Cell(segments[r].Row, segments[r].Anchor), Store.Cell(0, r));
        }
    }

    private void HandStartOver(int segments)
    {
        for (var r = 0; r < segments; r++)
        {
            Copy(Stack.HiddenAdjoint(0, r), Network.Stack.HiddenAdjoint(Network.Top, FirstWindow + r));
            Copy(Stack.CellAdjoint(0, r), Network.Stack.CellAdjoint(Network.Top, FirstWindow + r));
        }
    }

    private void Copy(T* from, T* to) => new Span<T>(from, Stack.Layout.Units).CopyTo(new Span<T>(to, Stack.Layout.Units));

    private sealed class Flow(KernelDecoder<T> decoder) : AdjointFlow<T>
    {
        private int _start, _segments;

        public Flow Set(int start, int segments)
        {
            (_start, _segments) = (start, segments);
            return this;
        }

        public override bool ReachesInputs => decoder.Stack.Shape.Input == LayerInput.Vectors;

        public override T* OfOutput(int window, int step) => decoder.OutputAdjoint(_segments, window, step - 1 - _start);

        public override T* OfInput(int window, int step) => decoder.InputAdjoint(window, step - 1);
    }
}
