using System.Numerics;
using Recollect.Kernels;
using Recollect.Randomness;

namespace Recollect.Losses;

/// <summary>The rows of a batch before the classifier: scored by their labels, read from the state after their last step.</summary>
internal sealed unsafe class LabelledRows<T> : ScoredRows<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly KernelPass<T> _pass;
    private readonly SupervisedLoss _supervised;
    private readonly RandomStream[] _streams;
    private readonly double _rate;
    private readonly double[] _losses;
    private readonly bool[] _correct;

    public LabelledRows(KernelPass<T> pass, SupervisedLoss supervised)
    {
        (_pass, _supervised) = (pass, supervised);
        _rate = pass.Network.Dropout;
        _streams = supervised.Streams(pass.Batch, pass.Context);
        _losses = new double[Count];
        _correct = new bool[Count];
    }

    public double Loss => _losses.Select((loss, row) => loss * Weight(row)).Sum();

    public int Correct => _correct.Count(right => right);

    public override int Count => _pass.Batch.Rows;

    public override bool HasMask => _rate > 0;

    public override double Kept => RandomStream.Kept(_rate);

    public override T* Input(int row) => _pass.Output(row, _pass.Batch.Lengths[row]);

    public override T* InputAdjoint(int row) => _pass.Network.Stack.HiddenAdjoint(_pass.Network.Top, row);

    public override double Weight(int row) => _supervised.WeightOf(Label(row)) / _pass.Context.RowsInUpdate;

    public override int Label(int row) => _pass.Batch.Labels[row];

    public override void FillMask(int row, Span<T> mask) => _streams[row].FillDropout(mask, _rate);

    public override void OnOutput(int row, T* output) => _correct[row] = IndexOfLargest(output) == Label(row);

    public override void OnLoss(int row, double loss) => _losses[row] = loss;

    private int IndexOfLargest(T* output)
    {
        var best = 0;
        for (var c = 1; c < _pass.Network.Classifier.Shape.Outputs; c++)
            best = output[c] > output[best] ? c : best;
        return best;
    }
}
