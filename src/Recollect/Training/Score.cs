using Recollect.Networks;
using Recollect.Observation;
using Recollect.Runs;
using Recollect.Sequences;

namespace Recollect.Training;

/// <summary>How well the labelled rows of a set were classified.</summary>
/// <param name="Confusion">Counts by true and predicted class.</param>
/// <param name="Loss">Mean cross-entropy a row.</param>
public sealed record Score(ConfusionMatrix Confusion, double Loss)
{
    /// <summary>Accuracy, loss and rows.</summary>
    public SplitResult Result => new(Confusion.Accuracy, Loss, Confusion.Examples);

    /// <summary>Classifies every row of <paramref name="set"/>, shared out over the processes.</summary>
    /// <inheritdoc cref="ResultOf"/>
    /// <returns>The score, the same in all; null where one of them left off.</returns>
    public static Score? Of(RecurrentClassifier network, SequenceSet set, DataSplit split, int batch, Func<bool> interrupted, Peers? peers = null)
    {
        var confusion = new ConfusionMatrix(set.Classes.Count);
        if (ResultOf(network, set, split, batch, interrupted, peers, confusion) is not { } result)
            return null;
        confusion.SumUp(counts => (peers ?? Peers.Alone).Sum<double>(counts));
        return new Score(confusion, result.Loss);
    }

    /// <summary>Accuracy and loss alone, at no cost that grows with the classes: what a training asks for again and again.</summary>
    /// <param name="network">The network, the same in each of the processes.</param>
    /// <param name="set">At least one row, each labelled.</param>
    /// <param name="split">Which rows they are, for whoever watches.</param>
    /// <param name="batch">Rows computed at once.</param>
    /// <param name="interrupted">Whether to leave off; asked between two rows.</param>
    /// <param name="peers">The processes; null: this one alone.</param>
    /// <param name="confusion">Counts this process's rows; null: nobody asks for them.</param>
    /// <returns>The result, the same in all; null where one of them left off.</returns>
    internal static SplitResult? ResultOf(
        RecurrentClassifier network, SequenceSet set, DataSplit split, int batch, Func<bool> interrupted, Peers? peers = null, ConfusionMatrix? confusion = null)
    {
        peers ??= Peers.Alone;
        using var watch = new EvaluationWatch(split);
        var (loss, right, rows) = (0.0, 0.0, 0.0);
        foreach (var row in Classification.Of(network, set, batch, peers.ShareOf(set.Count)).TakeWhile(_ => !interrupted()))
        {
            loss += row.Loss;
            right += row.Predicted == row.Label ? 1 : 0;
            rows++;
            confusion?.Add(row.Label, row.Predicted);
        }
        double[] sums = [loss, right, rows];
        peers.Sum<double>(sums);
        if (sums[2] < set.Count)
            return null;
        var result = new SplitResult(sums[1] / sums[2], sums[0] / sums[2], (long)sums[2]);
        watch.Done(result);
        return result;
    }
}
