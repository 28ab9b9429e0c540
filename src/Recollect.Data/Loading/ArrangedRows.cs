using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>A recipe's rows, split and with their classes and preprocessing: what is trained on from memory, and what is packed.</summary>
/// <param name="Train">The rows to train on.</param>
/// <param name="Validation">The training rows held out; null where the recipe holds none out.</param>
/// <param name="Test">The rows to report on.</param>
/// <param name="Classes">The class names, in label order.</param>
/// <param name="Preprocessing">How they become steps.</param>
/// <param name="Source">Where they come from.</param>
internal sealed record ArrangedRows(
    IEnumerable<Sample> Train, IEnumerable<Sample>? Validation, IEnumerable<Sample> Test, IReadOnlyList<string> Classes, Preprocessing Preprocessing, SourceRows Source)
{
    private readonly Dictionary<string, int> _labels = Classes.Index().ToDictionary(pair => pair.Item, pair => pair.Index);

    /// <summary>Splits what <see cref="SourceRows.Of(DataOptions, string, bool, CancellationToken)"/> gives; its parameters and errors.</summary>
    /// <exception cref="DataException">There is one class alone, or a table's class of which no row is left to train on.</exception>
    public static ArrangedRows Of(DataOptions options, string dataFolder, bool hold, CancellationToken stop = default)
    {
        var source = SourceRows.Of(options, dataFolder, hold, stop);
        var classes = source.Classes ?? TableSource.Classes(source.Train.Select(sample => sample.Label!));
        if (classes.Count < 2)
        {
            var drawn = options.Test is null ? source.Test.Select(sample => sample.Label!).FirstOrDefault(label => label != classes[0]) : null;
            throw new DataException($"data.train: every row of '{options.Train}' that is trained on has the label '{classes[0]}'; expected at least two classes. "
                + (drawn is null ? "Add rows of another" + (options.Source is DataSources.Csv or DataSources.JsonLines or DataSources.Parquet ? ", or name the label's column (data.label)." : ".") : $"The rows of '{drawn}' were all drawn to test on: give it more, change data.splitSeed, or lower data.testFraction."));
        }
        var (kept, heldOut) = (source.Train, (IEnumerable<Sample>?)null);
        if (options.Validation > 0)
        {
            var isOut = SourceRows.HeldOut(source.Train, options.Validation, options.SplitSeed, "validation");
            (kept, heldOut) = SourceRows.Divide(source.Train, isOut);
            // A limit may well leave out some of the classes; without one, a table has none but those of its rows.
            if (source.Classes is null && classes.Except(kept.Select(sample => sample.Label!)).FirstOrDefault() is { } lost)
                throw HeldOutWhole(lost, [.. source.Train.Where(sample => sample.Label == lost)]);
        }
        return new(kept, heldOut, source.Test, classes, source.Preprocess(kept), source);
    }

    /// <summary>The label of a row.</summary>
    /// <exception cref="DataException">It is of none of the classes.</exception>
    public int LabelOf(Sample sample) => _labels.TryGetValue(sample.Label!, out var label) ? label : throw Unseen(sample, Classes);

    private static DataException Unseen(Sample sample, IReadOnlyList<string> classes)
    {
        var known = string.Join(", ", classes.Take(12)) + (classes.Count > 12 ? $", … ({classes.Count} classes)" : "");
        return new DataException($"{sample.Origin}: the test row's label '{sample.Label}' is in no training row; expected one of {known}. " +
            "Correct it, remove the row, or give the class training rows (another data.splitSeed may, where the test rows are drawn).");
    }

    private static DataException HeldOutWhole(string label, List<Sample> rows)
    {
        const int shown = 12;
        var more = rows.Count > shown ? $", … ({rows.Count} rows)" : "";
        var first = rows[0].Origin;
        var where = first.Number == 0
            ? string.Join(", ", rows.Take(shown).Select(row => row.Origin.File))
            : $"{first.File}, {first.Unit} {string.Join(", ", rows.Take(shown).Select(row => row.Origin.Number))}";
        return new DataException($"{where}{more}: every row with the label '{label}' is held out for validation; expected at least one " +
            "left to train on. Give the class more rows, remove these, or change data.splitSeed or data.validation.");
    }
}
