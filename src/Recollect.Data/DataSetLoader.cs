using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>Turns a recipe's section <c>data</c> into sets of sequences.</summary>
/// <remarks>
/// Rows are taken in the files' order: the test fraction first (where there is no test file), then the limits, then the validation rows out of
/// the training rows that are left. Decision 0002.
/// </remarks>
public static class DataSetLoader
{
    /// <summary>Reads, checks and splits the data.</summary>
    /// <param name="options">The recipe's section.</param>
    /// <param name="dataFolder">Where published sets lie, and where relative file names start.</param>
    /// <exception cref="RecipeException">The options ask for what the source cannot do.</exception>
    /// <exception cref="DataException">A file is missing or wrong, or a label of a table is in no row that is left to train on.</exception>
    public static DataSets Load(DataOptions options, string dataFolder) => LoadUnless(options, dataFolder, CancellationToken.None);

    /// <summary>As <see cref="Load"/>, unless it is to stop, which ends it at the next row.</summary>
    /// <exception cref="OperationCanceledException">It was to stop.</exception>
    internal static DataSets LoadUnless(DataOptions options, string dataFolder, CancellationToken stop)
    {
        DataOptionRules.Check(options);
        return options.Source == DataSources.Packed ? LoadPacked(options, dataFolder) : LoadRows(options, dataFolder, stop);
    }

    /// <summary>Refuses data that are missing or cannot be read, by the first row of each part; whether all rows together can be trained on is not looked at.</summary>
    /// <param name="options">The recipe's section; its source is not packed.</param>
    /// <param name="dataFolder">As for <see cref="Load"/>.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>The hashes of its files, by name.</returns>
    /// <exception cref="RecipeException">The options ask for what the source cannot do.</exception>
    /// <exception cref="DataException">A file is missing, or wrong in its first row.</exception>
    /// <exception cref="OperationCanceledException">It was to stop.</exception>
    internal static IReadOnlyDictionary<string, string> RefuseMissing(DataOptions options, string dataFolder, CancellationToken stop = default)
    {
        DataOptionRules.Check(options);
        // A limit would ask for all classes, and a test set out of a table for the number of its rows: the table's first row is both parts'.
        var test = KnownSource.Of(options.Source)!.Kind == SourceKind.Table ? options.Test ?? options.Train : options.Test;
        var rows = SourceRows.Of(options with { Limit = null, TestLimit = null, Test = test }, dataFolder, hold: false, stop);
        _ = (rows.Train.Any(), rows.Test.Any());
        return rows.Hashes;
    }

    private static DataSets LoadRows(DataOptions options, string dataFolder, CancellationToken stop)
    {
        var rows = ArrangedRows.Of(options, dataFolder, hold: true, stop);
        SampleSequences Set(IEnumerable<Sample> samples, ImageAugmentation? augmentation = null)
        {
            var set = new SampleSequences(rows.Preprocessing, rows.Classes, augmentation);
            foreach (var sample in samples)
            {
                stop.ThrowIfCancellationRequested();
                set.Add(sample, rows.LabelOf(sample));
            }
            return set;
        }
        var (train, validation, test) = (Set(rows.Train, AugmentationOf(options)), rows.Validation is { } held ? Set(held) : null, Set(rows.Test));
        (string, int, int)[] cuts =
        [
            (PackedPart.Train, train.Count, train.CutRows),
            (PackedPart.Validation, validation?.Count ?? 0, validation?.CutRows ?? 0),
            (PackedPart.Test, test.Count, test.CutRows),
        ];
        return new DataSets
        {
            Train = train,
            Validation = validation,
            Test = test,
            Preprocessing = rows.Preprocessing,
            Columns = rows.Source.Columns,
            Classes = rows.Classes,
            Hashes = rows.Source.Hashes,
            Notes = [.. CutNotes.Of(rows.Preprocessing, cuts), .. PublishedNotes.Of(options.Source, dataFolder), .. ClassNotes.Of(train.Count, Labels(train), rows.Classes, options, train.Count + (validation?.Count ?? 0))],
        };
    }

    private static IEnumerable<int> Labels(SequenceSet set) => Enumerable.Range(0, set.Count).Select(set.LabelOf);

    private static ImageAugmentation? AugmentationOf(DataOptions options) => options.Flip == true || options.CropPadding > 0
        ? new ImageAugmentation(options.Flip ?? false, options.CropPadding ?? 0)
        : null;

    private static DataSets LoadPacked(DataOptions options, string dataFolder)
    {
        var file = PackedFile.Open(DataFolder.Own(dataFolder, options.Train!, "data.train"));
        try
        {
            var train = file.Rows(PackedPart.Train, options.Limit)!;
            return new DataSets
            {
                File = file,
                Train = train,
                Validation = file.Rows(PackedPart.Validation, null),
                Test = file.Rows(PackedPart.Test, options.TestLimit)!,
                Preprocessing = file.Preprocessing,
                Columns = file.Columns,
                Classes = file.Classes,
                Hashes = new Dictionary<string, string>(file.Hashes) { [options.Train!] = file.Sha256 },
                Notes = [.. CutNotes.Of(file.Preprocessing, file.Parts.Select(part => (part.Name, part.Rows, part.Cut)), options), .. ClassNotes.Of(train.Count, Labels(train), file.Classes, options, train.Count)],
            };
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
