using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>The rows of a source within its limits, and all that is known of them before they are read: they can be read more than once.</summary>
/// <param name="Train">The rows to train on, those to hold out for validation among them.</param>
/// <param name="Test">The rows to report on.</param>
/// <param name="Classes">The published class names, in label order; null: those of the training rows.</param>
/// <param name="Columns">Which columns hold what; null where the source is no table.</param>
/// <param name="Preprocess">The preprocessing that a recipe asks for, from the rows to train on, the validation rows apart.</param>
/// <param name="Hashes">SHA-256 of each file unpacked, by its published name or that of the recipe.</param>
internal sealed record SourceRows(
    IEnumerable<Sample> Train,
    IEnumerable<Sample> Test,
    IReadOnlyList<string>? Classes,
    InputColumns? Columns,
    Func<IEnumerable<Sample>, Preprocessing> Preprocess,
    IReadOnlyDictionary<string, string> Hashes)
{
    /// <summary>The rows that a recipe names.</summary>
    /// <param name="options">The recipe's section, of any source but packed.</param>
    /// <param name="dataFolder">Where published sets lie, and where relative file names start.</param>
    /// <param name="hold">Whether rows are read once and held in memory; else every enumeration reads the files again.</param>
    /// <param name="stop">Ends it, and whatever goes over the rows later.</param>
    /// <exception cref="RecipeException">The options ask for what the source cannot do.</exception>
    /// <exception cref="DataException">A file is missing, or, where rows are held, wrong.</exception>
    public static SourceRows Of(DataOptions options, string dataFolder, bool hold, CancellationToken stop = default) => KnownSource.Of(options.Source)!.Kind switch
    {
        SourceKind.Images => OfImages(options, dataFolder, hold, stop),
        SourceKind.Folder => OfFolder(options, dataFolder, hold, stop),
        SourceKind.Generated => GeneratedSource.Rows(options, hold, stop),
        SourceKind.Text => TextSource.Rows(options, dataFolder, hold, stop),
        _ => OfTable(options, dataFolder, hold, stop),
    };

    /// <summary>The first so many of some rows.</summary>
    public static IEnumerable<Sample> Of(IEnumerable<Sample> rows, int? limit, bool hold, CancellationToken stop)
    {
        var limited = Stoppable(limit is { } most ? rows.Take(most) : rows, stop);
        return hold ? [.. limited] : limited;
    }

    private static IEnumerable<Sample> Stoppable(IEnumerable<Sample> rows, CancellationToken stop)
    {
        foreach (var row in rows)
        {
            stop.ThrowIfCancellationRequested();
            yield return row;
        }
    }

    private static SourceRows OfImages(DataOptions options, string dataFolder, bool hold, CancellationToken stop)
    {
        var source = ImageSource.Of(options, dataFolder);
        var preprocessing = ImageSource.Preprocess(options);
        IEnumerable<Sample> Rows(IEnumerable<Sample> rows, int? limit) => Of(Scaled(limit is { } most ? rows.Take(most) : rows, preprocessing.Shape), null, hold, stop);
        return new(Rows(source.Train, options.Limit), Rows(source.Test, options.TestLimit), source.Classes, null, _ => preprocessing, source.Hashes(stop));
    }

    // Images of a published size that a recipe's data.size changes.
    private static IEnumerable<Sample> Scaled(IEnumerable<Sample> rows, ImageShape shape) => rows.Select(row => row is ImageSample image && image.Shape != shape
        ? new ImageSample(image.Origin, image.Label, shape, AreaAverage.Of(image.Pixels, image.Shape, shape.Height))
        : row);

    private static SourceRows OfFolder(DataOptions options, string dataFolder, bool hold, CancellationToken stop)
    {
        var source = FolderSource.Of(options);
        var trainFolder = DataFolder.OwnFolder(dataFolder, options.Train!, "data.train");
        var testFolder = options.Test is null ? null : DataFolder.OwnFolder(dataFolder, options.Test, "data.test");
        IEnumerable<ClassFile> train = source.Files(trainFolder), test;
        var hashes = new Dictionary<string, string> { [options.Train!] = FolderSource.Hash(train, stop) };
        if (testFolder is null)
        {
            var isTest = HeldOut(train.Count(), trainFolder, options.TestFraction ?? DataOptions.DefaultTestFraction, options.SplitSeed, "test");
            (train, test) = (train.Where((_, row) => !isTest[row]), train.Where((_, row) => isTest[row]));
        }
        else
        {
            test = source.Files(testFolder);
            hashes[options.Test!] = FolderSource.Hash(test, stop);
        }
        return new(Of(train.Select(source.Read), options.Limit, hold, stop), Of(test.Select(source.Read), options.TestLimit, hold, stop), null, null, _ => source.Preprocessing, hashes);
    }

    private static SourceRows OfTable(DataOptions options, string dataFolder, bool hold, CancellationToken stop)
    {
        var trainFile = WithEnd(DataFolder.Own(dataFolder, options.Train!, "data.train"));
        var testFile = options.Test is null ? null : WithEnd(DataFolder.Own(dataFolder, options.Test, "data.test"));
        var columns = TableSource.Columns(options, trainFile);
        var hashes = new Dictionary<string, string> { [DataFolder.PlainName(options.Train!)] = DataFolder.Hash(trainFile, stop) };
        var train = TableSource.Read(options, trainFile, columns);
        IEnumerable<Sample> test;
        if (testFile is null)
        {
            var rows = Of(train, null, hold, stop);
            var isTest = HeldOut(rows, options.TestFraction ?? DataOptions.DefaultTestFraction, options.SplitSeed, "test");
            (train, test) = (rows.Where((_, row) => !isTest[row]), rows.Where((_, row) => isTest[row]));
        }
        else
        {
            test = TableSource.Read(options, testFile, columns);
            hashes[DataFolder.PlainName(options.Test!)] = DataFolder.Hash(testFile, stop);
        }
        return new(Of(train, options.Limit, hold, stop), Of(test, options.TestLimit, hold, stop), null, columns, kept => TableSource.Preprocess(options, kept, stop), hashes);
    }

    // A pipe gives its rows once, and would be waited for at the second reading.
    private static string WithEnd(string file)
    {
        _ = RegularFile.Length(file, "a file with rows, which is read more than once, so that a pipe has to be saved as one");
        return file;
    }

    /// <summary>Which of some rows are drawn to be held out.</summary>
    /// <exception cref="DataException">There is one row alone.</exception>
    public static bool[] HeldOut(IEnumerable<Sample> rows, double fraction, long seed, string purpose) =>
        HeldOut(rows.Count(), rows.First().Origin.File, fraction, seed, purpose);

    private static bool[] HeldOut(int count, string origin, double fraction, long seed, string purpose)
    {
        if (count < 2)
            throw new DataException($"{origin}: there is 1 row; expected at least 2, to hold a {purpose} set out of them.");
        var isOut = new bool[count];
        foreach (var row in Split.Of(count, fraction, seed, purpose).HeldOut)
            isOut[row] = true;
        return isOut;
    }
}
