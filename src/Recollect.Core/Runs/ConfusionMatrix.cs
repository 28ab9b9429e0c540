namespace Recollect.Runs;

/// <summary>Counts of rows by true and predicted class, and the measures that follow from them.</summary>
/// <remarks>
/// Where a measure's denominator is 0 it is 0: precision of a class that was never predicted, recall of one that never occurs.
/// F1 = 2·TP / (2·TP + FP + FN), which needs neither. Macro-F1 is the plain mean over the classes that occur or were predicted:
/// of a class that does neither, nothing was measured. The measures need three counts a class; those of pairs, which are classes², are
/// kept of <see cref="MostPaired"/> classes at most.
/// </remarks>
public sealed class ConfusionMatrix
{
    /// <summary>Classes whose pairs are counted: 8 MB of counts.</summary>
    public const int MostPaired = 1000;

    // By class the rows that are of it, that were predicted as it, and both. By pair, where they are kept: [true · C + predicted].
    private readonly long[] _occurring, _predicted, _right, _pairs;

    /// <summary>An empty matrix of <paramref name="classes"/> classes, at least 1.</summary>
    public ConfusionMatrix(int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        (_occurring, _predicted, _right) = (new long[classes], new long[classes], new long[classes]);
        _pairs = classes <= MostPaired ? new long[classes * classes] : [];
    }

    /// <summary>The number of classes C.</summary>
    public int Classes => _right.Length;

    /// <summary>All rows counted.</summary>
    public long Examples => _occurring.Sum();

    /// <summary>The fraction on the diagonal; 0 without rows.</summary>
    public double Accuracy => Ratio(_right.Sum(), Examples);

    /// <summary>The mean F1 over the classes that occur or were predicted; 0 without rows.</summary>
    public double MacroF1 => Enumerable.Range(0, Classes)
        .Where(label => Occurring(label) + Predicted(label) > 0)
        .Select(F1).DefaultIfEmpty(0).Average();

    /// <summary>Counts a row of class <paramref name="truth"/> that was predicted as <paramref name="predicted"/>.</summary>
    public void Add(int truth, int predicted)
    {
        _occurring[truth]++;
        _predicted[predicted]++;
        if (truth == predicted)
            _right[truth]++;
        if (_pairs.Length > 0)
            _pairs[truth * Classes + predicted]++;
    }

    /// <summary>Puts in the place of every count what <paramref name="sum"/> makes of it, such as its sum over several processes.</summary>
    /// <param name="sum">Given some of the counts, changes them in place; called as often, with as many, for any matrix of so many classes.</param>
    public void SumUp(Action<double[]> sum)
    {
        foreach (var counts in new[] { _occurring, _predicted, _right, _pairs }.Where(counts => counts.Length > 0))
        {
            double[] numbers = [.. counts]; // exact up to 2⁵³ rows
            sum(numbers);
            for (var place = 0; place < counts.Length; place++)
                counts[place] = (long)numbers[place];
        }
    }

    /// <summary>Rows of class <paramref name="label"/>.</summary>
    public long Occurring(int label) => _occurring[label];

    /// <summary>Rows predicted as class <paramref name="label"/>.</summary>
    public long Predicted(int label) => _predicted[label];

    /// <summary>The fraction of rows predicted as <paramref name="label"/> that are of it.</summary>
    public double Precision(int label) => Ratio(_right[label], Predicted(label));

    /// <summary>The fraction of rows of <paramref name="label"/> that were predicted as it.</summary>
    public double Recall(int label) => Ratio(_right[label], Occurring(label));

    /// <summary>The harmonic mean of precision and recall.</summary>
    public double F1(int label) => Ratio(2 * _right[label], Occurring(label) + Predicted(label));

    /// <summary>A copy of the pairs' counts: rows true, columns predicted; empty where they are not kept. // [C][C]</summary>
    public IReadOnlyList<IReadOnlyList<long>> ToRows() => [.. _pairs.Chunk(Classes)];

    private static double Ratio(long part, long whole) => whole == 0 ? 0 : (double)part / whole;
}
