namespace Recollect.Runs;

/// <summary>A network measured on one split: <c>evaluation.json</c>.</summary>
public sealed record Evaluation
{
    /// <summary>The split.</summary>
    public required DataSplit Split { get; init; }

    /// <summary>The fraction of rows classified rightly.</summary>
    public required double Accuracy { get; init; }

    /// <summary>Mean cross-entropy a row, nats, unweighted.</summary>
    public required double Loss { get; init; }

    /// <summary>The plain mean of the classes' F1 (see <see cref="ConfusionMatrix"/>).</summary>
    public required double MacroF1 { get; init; }

    /// <summary>Rows.</summary>
    public required long Examples { get; init; }

    /// <summary>The class names, in label order.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>Counts: rows are true classes, columns predicted ones; empty of more classes than <see cref="ConfusionMatrix.MostPaired"/>. // [C][C]</summary>
    public required IReadOnlyList<IReadOnlyList<long>> Confusion { get; init; }

    /// <summary>The measures of each class, in label order.</summary>
    public required IReadOnlyList<ClassResult> PerClass { get; init; }

    /// <summary>The evaluation that <paramref name="confusion"/> amounts to.</summary>
    /// <param name="split">The split.</param>
    /// <param name="classes">The class names, as many as the matrix has.</param>
    /// <param name="confusion">The counts, of at least one row.</param>
    /// <param name="loss">Mean cross-entropy a row.</param>
    /// <exception cref="ArgumentException">The names do not match the matrix, or it is empty.</exception>
    public static Evaluation Of(DataSplit split, IReadOnlyList<string> classes, ConfusionMatrix confusion, double loss)
    {
        if (classes.Count != confusion.Classes)
            throw new ArgumentException($"{classes.Count} names for {confusion.Classes} classes.", nameof(classes));
        if (confusion.Examples == 0)
            throw new ArgumentException("Nothing was evaluated.", nameof(confusion));
        return new Evaluation
        {
            Split = split,
            Accuracy = confusion.Accuracy,
            Loss = loss,
            MacroF1 = confusion.MacroF1,
            Examples = confusion.Examples,
            Classes = classes,
            Confusion = confusion.ToRows(),
            PerClass = [.. classes.Select((name, label) =>
                new ClassResult(name, confusion.Occurring(label), confusion.Precision(label), confusion.Recall(label), confusion.F1(label)))],
        };
    }
}

/// <summary>The measures of one class; 0 where there is nothing to divide by.</summary>
/// <param name="Class">The class's name.</param>
/// <param name="Examples">Rows of the class.</param>
/// <param name="Precision">Of the rows predicted as it, the fraction that is of it.</param>
/// <param name="Recall">Of its rows, the fraction predicted as it.</param>
/// <param name="F1">The harmonic mean of both.</param>
public sealed record ClassResult(string Class, long Examples, double Precision, double Recall, double F1);
