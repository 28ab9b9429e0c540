namespace Recollect.Sequences;

/// <summary>How much a row of each class counts in the supervised loss.</summary>
public static class ClassWeights
{
    /// <summary>N / (C·N_c) for class c: each class has the same total weight, and the mean over the rows is 1. // [classes]</summary>
    /// <remarks>N counts the labelled rows and C the classes that have one; a class without rows weighs 0, and unlabelled rows count nowhere.</remarks>
    public static float[] Balanced(SequenceSet set)
    {
        var counts = new long[set.Classes.Count];
        for (var row = 0; row < set.Count; row++)
        {
            if (set.LabelOf(row) is >= 0 and var label)
                counts[label]++;
        }
        var present = counts.Count(count => count > 0);
        var rows = counts.Sum();
        return [.. counts.Select(count => count == 0 ? 0 : (float)(rows / (double)(present * count)))];
    }
}
