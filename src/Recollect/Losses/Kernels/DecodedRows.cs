using System.Numerics;
using Recollect.Kernels;
using Recollect.Randomness;

namespace Recollect.Losses;

/// <summary>What a decoder said at some places of its segments.</summary>
internal sealed unsafe class DecodedRows<T> : ScoredRows<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly KernelDecoder<T> _decoder;
    private readonly HeadShape _head;
    private readonly double _factor, _rate;
    private IReadOnlyList<Segment> _segments = [];
    private IReadOnlyList<RandomStream> _streams = [];
    private double[] _weights = [];
    private DenseSlots? _slots;
    private int _start, _count;
    private (int Segment, int Place)[] _selected = [];
    private double[] _losses = [];

    public DecodedRows(KernelDecoder<T> decoder, HeadShape head)
    {
        (_decoder, _head) = (decoder, head);
        (_factor, _rate) = (decoder.Options.Weight, decoder.Options.Decoder.Dropout);
    }

    /// <summary>Turns to a batch's segments.</summary>
    public void Begin(KernelPass<T> pass, IReadOnlyList<Segment> segments)
    {
        (_segments, Loss, Listener) = (segments, 0, null);
        _weights = AuxiliaryLoss.WeightsOf(segments, pass.Context);
        _streams = _decoder.DropoutStreams(segments, pass);
    }

    /// <summary>The loss of all rows scored so far, before the factor of this loss in the whole.</summary>
    public double Loss { get; private set; }

    /// <summary>Who is told the softmax of each row, if anybody.</summary>
    public Action<int, int, nint, T>? Listener { get; set; }

    /// <inheritdoc/>
    public override int Count => _count;

    /// <inheritdoc/>
    public override bool HasMask => _rate > 0;

    /// <inheritdoc/>
    public override double Kept => RandomStream.Kept(_rate);

    /// <summary>Where the stretch that begins at place <paramref name="start"/> lies.</summary>
    public void Place(DenseSlots slots, int start) => (_slots, _start) = (slots, start);

    /// <summary>Takes the places from <paramref name="start"/> on, before <paramref name="end"/>, of every segment that has them.</summary>
    public void Select(int start, int end)
    {
        if (_selected.Length < (end - start) * _segments.Count)
            (_selected, _losses) = (new (int, int)[(end - start) * _segments.Count], new double[(end - start) * _segments.Count]);
        _count = 0;
        for (var place = start; place < end; place++)
        {
            for (var r = 0; r < _segments.Count; r++)
            {
                if (_segments[r].Length > place)
                    _selected[_count++] = (r, place);
            }
        }
    }

    /// <summary>The memory that <see cref="Select"/> takes for so many rows, bytes.</summary>
    public static long BytesFor(long rows) => rows * (sizeof((int, int)) + sizeof(double));

    /// <summary>Adds the losses of the rows at hand.</summary>
    public void AddLosses()
    {
        for (var row = 0; row < _count; row++)
            Loss += _losses[row] * _weights[_selected[row].Segment];
        _count = 0;
    }

    /// <inheritdoc/>
    public override T* Input(int row) => _decoder.Output(_slots!, _selected[row].Segment, _selected[row].Place);

    /// <inheritdoc/>
    public override T* InputAdjoint(int row) => _decoder.OutputAdjoint(_segments.Count, _selected[row].Segment, _selected[row].Place - _start);

    /// <inheritdoc/>
    public override double Weight(int row) => _factor * _weights[_selected[row].Segment];

    /// <inheritdoc/>
    public override int Label(int row) => _decoder.Truth.Tokens[(_selected[row].Place + 1) * _segments.Count + _selected[row].Segment];

    /// <inheritdoc/>
    public override T* Target(int row) => _decoder.Truth.Values(_selected[row].Segment, _selected[row].Place + 1);

    /// <inheritdoc/>
    public override void FillMask(int row, Span<T> mask) =>
        _streams[_selected[row].Segment].FillDropout(mask, _rate, (long)_selected[row].Place * _head.Units);

    /// <inheritdoc/>
    public override void OnOutput(int row, T* output)
    {
        if (!_head.Softmax)
            Listener?.Invoke(_selected[row].Segment, _selected[row].Place, (nint)output, T.One);
    }

    /// <inheritdoc/>
    public override void OnNumerators(int row, T* numerators, T sum) =>
        Listener?.Invoke(_selected[row].Segment, _selected[row].Place, (nint)numerators, sum);

    /// <inheritdoc/>
    public override void OnLoss(int row, double loss) => _losses[row] = loss;
}
