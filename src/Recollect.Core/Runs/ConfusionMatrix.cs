namespace Recollect.Runs;

/// <summary>Counts of rows by true and predicted class, and the measures that follow from them.</summary>
/// <remarks>
/// Where a measure's denominator is 0 it is 0: precision of a class that was never predicted, recall of one that never occurs.
/// F1 = 2·TP / (2·TP + FP + FN), which needs neither. Macro-F1 is the plain mean over the classes that occur or were predicted:
/// of a class that does neither, nothing was measured.
/// </remarks>
public sealed class ConfusionMatrix
{
    private readonly long[][] _counts; // [true][predicted]

    /// <summary>An empty matrix of <paramref name="classes"/> classes, at least 1.</summary>
    public ConfusionMatrix(int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        _counts = new long[classes][];
        for (var row = 0; row < classes; row++)
            _counts[row] = new long[classes];
    }

    /// <summary>The number of classes C.</summary>
    public int Classes => _counts.Length;

    /// <summary>All rows counted.</summary>
    public long Examples => _counts.Sum(row => row.Sum());

    /// <summary>Rows of class <paramref name="truth"/> that were predicted as <paramref name="predicted"/>.</summary>
    public long this[int truth, int predicted] => _counts[truth][predicted];

    /// <summary>The fraction on the diagonal; 0 without rows.</summary>
    public double Accuracy => Ratio(Enumerable.Range(0, Classes).Sum(label => this[label, label]), Examples);

    /// <summary>The mean F1 over the classes that occur or were predicted; 0 without rows.</summary>
    public double MacroF1 => Enumerable.Range(0, Classes)
        .Where(label => Occurring(label) + Predicted(label) > 0)
        .Select(F1).DefaultIfEmpty(0).Average();

    /// <summary>Counts some rows of class <paramref name="truth"/> that were predicted as <paramref name="predicted"/>.</summary>
    public void Add(int truth, int predicted, long rows = 1) => _counts[truth][predicted] += rows;

    /// <summary>Rows of class <paramref name="label"/>.</summary>
    public long Occurring(int label) => _counts[label].Sum();

    /// <summary>Rows predicted as class <paramref name="label"/>.</summary>
    public long Predicted(int label) => _counts.Sum(row => row[label]);

    /// <summary>The fraction of rows predicted as <paramref name="label"/> that are of it.</summary>
    public double Precision(int label) => Ratio(this[label, label], Predicted(label));

    /// <summary>The fraction of rows of <paramref name="label"/> that were predicted as it.</summary>
    public double Recall(int label) => Ratio(this[label, label], Occurring(label));

    /// <summary>The harmonic mean of precision and recall.</summary>
    public double F1(int label) => Ratio(2 * this[label, label], Occurring(label) + Predicted(label));

    /// <summary>A copy of the counts: rows true, columns predicted. // [C][C]</summary>
    public IReadOnlyList<IReadOnlyList<long>> ToRows() => [.. _counts.Select(row => (long[])row.Clone())];

    private static double Ratio(long part, long whole) => whole == 0 ? 0 : (double)part / whole;
}
