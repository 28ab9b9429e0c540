using Recollect.Networks;
using Recollect.Randomness;
using Recollect.Sequences;
using TorchSharp;
using static TorchSharp.torch;

namespace Recollect.Losses;

/// <summary>The cross-entropy of each row's label, read from the state after its last step through the window (T_row, k_s).</summary>
public sealed class SupervisedLoss
{
    private readonly Truncation _k;
    private readonly IReadOnlyList<double> _weights;
    private readonly StreamFamily _dropout;

    /// <summary>Creates the loss.</summary>
    /// <param name="k">How far its gradient flows back, k_s; 0 trains the classifier alone.</param>
    /// <param name="classWeights">A factor for each class, or empty for 1. Rows are averaged over their number, not over the sum of factors.</param>
    /// <param name="seed">The run's seed, for dropout.</param>
    public SupervisedLoss(Truncation k, IReadOnlyList<double> classWeights, Seed seed)
    {
        _k = k;
        _weights = classWeights;
        _dropout = seed.Purpose("classifier/dropout");
    }

    /// <summary>The factor of a label's loss.</summary>
    public double WeightOf(int label) => _weights.Count == 0 ? 1 : _weights[label];

    /// <summary>The stream of each row's dropout mask.</summary>
    internal RandomStream[] Streams(Batch batch, UpdateContext context) =>
        [.. Enumerable.Range(0, batch.Rows).Select(row => _dropout.At(context.Update, batch.FirstRow + row))];

    /// <summary>The length of the window of a row of <paramref name="steps"/> steps.</summary>
    internal int WindowOf(int steps) => Math.Min(_k.Steps, steps);

    /// <summary>One window a row.</summary>
    public IReadOnlyList<Window> Windows(Batch batch)
    {
        var windows = new Window[batch.Rows];
        for (var row = 0; row < windows.Length; row++)
            windows[row] = Window.Ending(row, batch.Lengths[row], _k);
        return windows;
    }

    /// <summary>The loss of a batch.</summary>
    /// <param name="network">The main network.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="outputs">What the classifier reads of each row: the recurrence's output after its last step. // [B, H]</param>
    /// <param name="context">The update.</param>
    /// <returns>The sum over the batch's rows, divided by the update's rows, and how many rows were labelled right.</returns>
    public (Tensor Value, int Correct) Of(RecurrentClassifier network, Batch batch, Tensor outputs, UpdateContext context)
    {
        var head = network.Classifier;
        var mask = head.Dropout == 0 ? null : DropoutMask.Draw(Streams(batch, context), 1, head.Units, head.Dropout, network.Like)[0];
        var logits = network.Classify(outputs, mask); // [B, C]
        var labels = tensor(batch.Labels.Select(label => (long)label).ToArray(), device: logits.device);
        var losses = nn.functional.cross_entropy(logits, labels, reduction: nn.Reduction.None); // [B]
        if (_weights.Count > 0)
            losses *= tensor(batch.Labels.Select(WeightOf).ToArray(), losses.dtype, losses.device);
        var correct = (int)TensorNumber.Of(logits.detach().argmax(1).eq(labels).sum());
        using var rows = context.RowsInUpdate.ToScalar(); // held until libtorch has read it: decision 0010
        return (losses.sum() / rows, correct);
    }
}
