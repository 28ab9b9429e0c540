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
    /// <param name="network">The network, the same in each of them.</param>
    /// <param name="set">At least one row, each labelled.</param>
    /// <param name="split">Which rows they are, for whoever watches.</param>
    /// <param name="batch">Rows computed at once.</param>
    /// <param name="interrupted">Whether to leave off; asked between two rows.</param>
    /// <param name="peers">The processes; null: this one alone.</param>
    /// <returns>The score, the same in all; null where one of them left off.</returns>
    public static Score? Of(RecurrentClassifier network, SequenceSet set, DataSplit split, int batch, Func<bool> interrupted, Peers? peers = null)
    {
        peers ??= Peers.Alone;
        using var watch = new EvaluationWatch(split);
        var classes = set.Classes.Count;
        var sums = new double[1 + classes * classes]; // the loss, and counts as the matrix has them: one call for all
        foreach (var row in Classification.Of(network, set, batch, peers.ShareOf(set.Count)).TakeWhile(_ => !interrupted()))
        {
            sums[0] += row.Loss;
            sums[1 + row.Label * classes + row.Predicted]++;
        }
        peers.Sum<double>(sums);
        var confusion = new ConfusionMatrix(classes);
        for (var place = 0; place < classes * classes; place++)
            confusion.Add(place / classes, place % classes, (long)sums[1 + place]);
        if (confusion.Examples < set.Count)
            return null;
        var score = new Score(confusion, sums[0] / set.Count);
        watch.Done(score.Result);
        return score;
    }
}
