using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>The rows of a source within its limits, and all that is known of them before they are read: they can be read more than once.</summary>
/// <param name="Train">The rows to train on, those to hold out for validation among them.</param>
/// <param name="Test">The rows to report on.</param>
/// <param name="Classes">The class names, in label order, of a published set, or of all rows where a limit leaves out some; null: those of the training rows.</param>
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

    /// <summary>The first so many of some rows; whoever goes over them to their end is told where their file, if it is given, has changed.</summary>
    public static IEnumerable<Sample> Of(IEnumerable<Sample> rows, int? limit, bool hold, CancellationToken stop, FileStamp? file = null)
    {
        var limited = Watched(limit is { } most ? rows.Take(most) : rows, file, stop);
        return hold ? [.. limited] : limited;
    }

    private static IEnumerable<Sample> Watched(IEnumerable<Sample> rows, FileStamp? file, CancellationToken stop)
    {
        file?.RefuseChanged();
        foreach (var row in rows)
        {
            stop.ThrowIfCancellationRequested();
            yield return row;
        }
        file?.RefuseChanged();
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
            (train, test) = Divide(train, isTest);
        }
        else
        {
            test = source.Files(testFolder);
            hashes[options.Test!] = FolderSource.Hash(test, stop);
        }
        return new(
            Of(train.Select(source.Read), options.Limit, hold, stop), Of(test.Select(source.Read), options.TestLimit, hold, stop),
            ClassesOf(options.Limit, train.Select(file => file.Label)), null, _ => source.Preprocessing, hashes);
    }

    private static SourceRows OfTable(DataOptions options, string dataFolder, bool hold, CancellationToken stop)
    {
        var trainFile = FileStamp.Of(DataFolder.Own(dataFolder, options.Train!, "data.train"));
        var testFile = options.Test is null ? null : FileStamp.Of(DataFolder.Own(dataFolder, options.Test, "data.test"));
        var columns = TableSource.Columns(options, trainFile.File);
        var hashes = new Dictionary<string, string> { [DataFolder.PlainName(options.Train!)] = DataFolder.Hash(trainFile.File, stop) };
        var train = TableSource.Read(options, trainFile.File, columns);
        IEnumerable<Sample> test;
        if (testFile is null)
        {
            var rows = Of(train, null, hold && options is { Limit: null, TestLimit: null }, stop, trainFile); // what a limit leaves out takes no memory
            var isTest = HeldOut(rows, options.TestFraction ?? DataOptions.DefaultTestFraction, options.SplitSeed, "test");
            (train, test) = Divide(rows, isTest);
        }
        else
        {
            test = TableSource.Read(options, testFile.File, columns);
            if (options.Test != options.Train)
                hashes[DataFolder.PlainName(options.Test!)] = DataFolder.Hash(testFile.File, stop);
        }
        return new(
            Of(train, options.Limit, hold, stop, trainFile), Of(test, options.TestLimit, hold, stop, testFile ?? trainFile),
            ClassesOf(options.Limit, Of(train, null, hold: false, stop, trainFile).Select(row => row.Label!), trainFile), columns, kept => TableSource.Preprocess(options, kept, stop), hashes);
    }

    // A limit leaves out rows, and no class; but where a row behind it is wrong, which is not used, the classes are those of the rows before that.
    private static IReadOnlyList<string>? ClassesOf(int? limit, IEnumerable<string> labels, FileStamp? file = null)
    {
        if (limit is not { } most)
            return null;
        var (rows, names) = (0, new HashSet<string>());
        try
        {
            foreach (var label in labels)
            {
                rows++;
                names.Add(label);
            }
        }
        catch (DataException) when (rows >= most && names.Count > 1)
        {
            file?.RefuseChanged();
        }
        return rows > most ? TableSource.Classes(names) : null;
    }

    /// <summary>Which of some rows are drawn to be held out.</summary>
    /// <exception cref="DataException">There is one row alone.</exception>
    public static bool[] HeldOut(IEnumerable<Sample> rows, double fraction, long seed, string purpose) =>
        HeldOut(rows.Count(), rows.First().Origin.File, fraction, seed, purpose);

    /// <summary>Those of some rows that are kept, and those that are held out; one more than were counted, of a file that has grown since, is in neither.</summary>
    public static (IEnumerable<T> Kept, IEnumerable<T> HeldOut) Divide<T>(IEnumerable<T> rows, bool[] isOut) =>
        (rows.Where((_, row) => row < isOut.Length && !isOut[row]), rows.Where((_, row) => row < isOut.Length && isOut[row]));

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
