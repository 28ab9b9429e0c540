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
    public static DataSets Load(DataOptions options, string dataFolder)
    {
        DataOptionRules.Check(options);
        return options.Source is DataSources.Csv or DataSources.JsonLines ? LoadTable(options, dataFolder) : LoadImages(options, dataFolder);
    }

    private static DataSets LoadImages(DataOptions options, string dataFolder)
    {
        var source = ImageSource.Of(options.Source, dataFolder);
        var preprocessing = source.Preprocess(options);
        var train = Limited(source.Train, options.Limit);
        var test = Limited(source.Test, options.TestLimit);
        return Assemble(options, train, test, source.Classes, _ => preprocessing, null, source.Hashes());
    }

    private static DataSets LoadTable(DataOptions options, string dataFolder)
    {
        var trainFile = DataFolder.Own(dataFolder, options.Train!, "data.train");
        var testFile = options.Test is null ? null : DataFolder.Own(dataFolder, options.Test, "data.test");
        var columns = TableSource.Columns(options, trainFile);
        var hashes = new Dictionary<string, string> { [DataFolder.PlainName(options.Train!)] = DataFolder.Hash(trainFile) };
        List<Sample> train, test;
        if (testFile is null)
        {
            var rows = TableSource.Read(options, trainFile, columns).ToList();
            var split = SplitOf(rows, options.TestFraction ?? DataOptions.DefaultTestFraction, options.SplitSeed, "test");
            train = Limited(split.Kept.Select(row => rows[row]), options.Limit);
            test = Limited(split.HeldOut.Select(row => rows[row]), options.TestLimit);
        }
        else
        {
            train = Limited(TableSource.Read(options, trainFile, columns), options.Limit);
            test = Limited(TableSource.Read(options, testFile, columns), options.TestLimit);
            hashes[DataFolder.PlainName(options.Test!)] = DataFolder.Hash(testFile);
        }
        return Assemble(options, train, test, TableSource.Classes(train), rows => TableSource.Preprocess(options, rows), columns, hashes);
    }

    private static DataSets Assemble(
        DataOptions options,
        List<Sample> train,
        List<Sample> test,
        IReadOnlyList<string> classes,
        Func<IReadOnlyList<Sample>, Preprocessing> preprocess,
        InputColumns? columns,
        IReadOnlyDictionary<string, string> hashes)
    {
        if (classes.Count < 2)
            throw new DataException($"{train[0].Origin.File}: every training row has the label '{classes[0]}'; expected at least two classes.");
        var split = SplitOf(train, options.Validation, options.SplitSeed, "validation");
        var kept = split.Kept.Select(row => train[row]).ToList();
        if (columns is not null && classes.Except(kept.Select(sample => sample.Label!)).FirstOrDefault() is { } lost)
            throw HeldOutWhole(lost, [.. train.Where(sample => sample.Label == lost)]);
        var preprocessing = preprocess(kept);
        SampleSequences Set(IEnumerable<Sample> samples) => Labelled(samples, preprocessing, classes);
        return new DataSets
        {
            Train = Set(kept),
            Validation = split.HeldOut.Length == 0 ? null : Set(split.HeldOut.Select(row => train[row])),
            Test = Set(test),
            Preprocessing = preprocessing,
            Columns = columns,
            Classes = classes,
            Hashes = hashes,
        };
    }

    private static SampleSequences Labelled(IEnumerable<Sample> samples, Preprocessing preprocessing, IReadOnlyList<string> classes)
    {
        var labels = classes.Index().ToDictionary(pair => pair.Item, pair => pair.Index);
        var set = new SampleSequences(preprocessing, classes);
        foreach (var sample in samples)
        {
            if (!labels.TryGetValue(sample.Label!, out var label))
                throw Unseen(sample, classes);
            set.Add(sample, label);
        }
        return set;
    }

    private static DataException Unseen(Sample sample, IReadOnlyList<string> classes)
    {
        var known = string.Join(", ", classes.Take(12)) + (classes.Count > 12 ? $", … ({classes.Count} classes)" : "");
        return new DataException($"{sample.Origin}: the test row's label '{sample.Label}' is in no training row; expected one of {known}. " +
            "Correct it, remove the row, or give the class training rows (another data.splitSeed may, where the test rows are drawn).");
    }

    // A limit may well leave out some of a published set's classes; a table has none but those of its rows.
    private static DataException HeldOutWhole(string label, List<Sample> rows)
    {
        const int shown = 12;
        var numbers = string.Join(", ", rows.Take(shown).Select(row => row.Origin.Number)) + (rows.Count > shown ? $", … ({rows.Count} rows)" : "");
        return new DataException($"{rows[0].Origin.File}, {rows[0].Origin.Unit} {numbers}: every row with the label '{label}' is held out for validation; expected at least one " +
            "left to train on. Give the class more rows, remove these, or change data.splitSeed or data.validation.");
    }

    private static Split SplitOf(List<Sample> rows, double fraction, long seed, string purpose) => fraction == 0 || rows.Count >= 2
        ? Split.Of(rows.Count, fraction, seed, purpose)
        : throw new DataException($"{rows[0].Origin.File}: there is 1 row; expected at least 2, to hold a {purpose} set out of them.");

    private static List<Sample> Limited(IEnumerable<Sample> samples, int? limit) => [.. limit is { } most ? samples.Take(most) : samples];
}
