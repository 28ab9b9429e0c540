using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>Reads whatever a user wants labelled, with the preprocessing and the columns that a model was trained with.</summary>
/// <remarks>
/// IDX images, CIFAR-10 records, CSV, JSON Lines, .ts and plain text (a sample a line), each plain or gzip, and Parquet; <see cref="InputFormats"/> says how they are
/// told apart. A model of images also takes JPEG and PNG files, scaled to its size, and tables: a row's numbers are its pixel components in order, and a CSV of
/// images may lack the header. A model of bytes takes any file, as one row. To both, a folder is the files in it, or one folder deeper.
/// </remarks>
public static class PredictionInput
{
    /// <summary>The path that stands for standard input.</summary>
    public const string StandardInput = "-";

    private const string StandardName = "standard input";

    /// <summary>Reads a file, a folder of files, or standard input.</summary>
    /// <param name="path">The file or folder, or <see cref="StandardInput"/>.</param>
    /// <param name="preprocessing">The model's.</param>
    /// <param name="columns">The model's; null for a model of images.</param>
    /// <param name="classes">The model's class names.</param>
    /// <param name="standardInput">The bytes for <see cref="StandardInput"/>.</param>
    /// <param name="note">Told, as a sentence, what was taken for the label where nothing in the input says so; null: nobody.</param>
    /// <returns>The rows in order; a row without a label, or with one that the model does not know, is unlabelled.</returns>
    /// <exception cref="DataException">The input is missing, of another kind than the model takes, or wrong in a row.</exception>
    public static SampleSequences Read(
        string path, Preprocessing preprocessing, InputColumns? columns, IReadOnlyList<string> classes, Stream? standardInput = null, Action<string>? note = null)
    {
        var labels = classes.Index().ToDictionary(pair => pair.Item, pair => pair.Index);
        var set = new SampleSequences(preprocessing, classes);
        foreach (var sample in Samples(path, preprocessing, columns, classes, standardInput, note))
            set.Add(sample, sample.Label is { } label && labels.TryGetValue(label, out var index) ? index : SequenceSet.Unlabelled);
        return set;
    }

    /// <summary>Reads as <see cref="Read"/> does, a row at a time and no more of them than are asked for; rows are as they were read, and become steps where they are labelled.</summary>
    /// <param name="path">As for <see cref="Read"/>, and so are the other parameters.</param>
    /// <param name="preprocessing">The model's.</param>
    /// <param name="columns">The model's; null for a model of images.</param>
    /// <param name="classes">The model's class names.</param>
    /// <param name="standardInput">The bytes for <see cref="StandardInput"/>.</param>
    /// <param name="note">As for <see cref="Read"/>; told when the first row is asked for.</param>
    /// <returns>The rows in order, each with the label that it has in the file.</returns>
    /// <exception cref="DataException">The input is missing, of another kind than the model takes, or wrong in a row; thrown when that row is asked for.</exception>
    public static IEnumerable<Sample> Samples(
        string path, Preprocessing preprocessing, InputColumns? columns, IReadOnlyList<string> classes, Stream? standardInput = null, Action<string>? note = null)
    {
        var isFolder = path != StandardInput && Directory.Exists(path);
        switch (preprocessing)
        {
            case BytesPreprocessing bytes when isFolder:
                return ClassFolders.Flat(path).Select(file => BytesFile.Read(file, null, bytes.MaxLength));
            case ImagePreprocessing images when isFolder:
                return ClassFolders.Flat(path).Select(file => ImageFile.Read(file, null, images.Shape));
            case BytesPreprocessing bytes: // as it is: a packed file was trained on as one
                return path == StandardInput ? [BytesFile.Read(Given(standardInput), StandardName, null, bytes.MaxLength)] : [BytesFile.Read(path, null, bytes.MaxLength)];
            default:
                return OfFile(path, preprocessing, columns ?? new InputColumns(), classes, standardInput, note);
        }
    }

    private static IEnumerable<Sample> OfFile(
        string path, Preprocessing preprocessing, InputColumns columns, IReadOnlyList<string> classes, Stream? standardInput, Action<string>? note)
    {
        using var input = path == StandardInput ? InputStream.From(Given(standardInput), StandardName) : InputStream.Open(path);
        foreach (var sample in Samples(input, preprocessing, columns, classes, note))
            yield return sample;
    }

    private static Stream Given(Stream? standardInput) => standardInput ?? throw new ArgumentNullException(nameof(standardInput));

    private static IEnumerable<Sample> Samples(
        InputStream input, Preprocessing preprocessing, InputColumns columns, IReadOnlyList<string> classes, Action<string>? note)
    {
        var image = preprocessing as ImagePreprocessing;
        var samples = InputFormats.Of(input, preprocessing is TextPreprocessing ? columns.Text : null) switch
        {
            InputFormat.Image when image is not null => [ImageFile.Read(input, input.Name, null, image.Shape)],
            InputFormat.Image => throw new DataException($"{input.Name}: this is an image, which this model does not read; expected rows as those that it was trained on."),
            InputFormat.Matlab => throw new DataException($"{input.Name}: this is a MATLAB file, of which no rows are read; expected rows as those that the model was trained on."),
            InputFormat.Idx => IdxReader.Images(input),
            InputFormat.Cifar => CifarReader.Read(input, classes.Count == 10 ? classes : null),
            InputFormat.Csv => CsvTableReader.Read(input, columns, labelled: false, image?.Shape.Components ?? 0, note),
            InputFormat.JsonLines => JsonLinesReader.Read(input, columns, labelled: false),
            InputFormat.Ts => TsReader.Read(input, labelled: false),
            InputFormat.Parquet => ParquetTableReader.Read(input, columns, labelled: false),
            InputFormat.Packed => throw new DataException($"{input.Name}: this is a packed file, which is for training and evaluation; expected the rows themselves, as IDX, CIFAR-10, CSV, JSON Lines, .ts, Parquet or text."),
            _ => TextLinesReader.Read(input),
        };
        return image is null ? samples : Explained(samples, image.Shape).Select(sample => sample is SeriesSample series ? ToImage(series, image.Shape) : sample);
    }

    // A table's reader knows of columns and numbers, and not that they were to be pixels.
    private static IEnumerable<Sample> Explained(IEnumerable<Sample> samples, ImageShape shape)
    {
        using var sample = samples.GetEnumerator();
        while (Next(sample, shape))
            yield return sample.Current;
    }

    private static bool Next(IEnumerator<Sample> sample, ImageShape shape)
    {
        try
        {
            return sample.MoveNext();
        }
        catch (DataException error)
        {
            throw new DataException($"{error.Message} This model reads images of {shape}; in a table, {shape.Components} whole numbers a row.", error);
        }
    }

    private static ImageSample ToImage(SeriesSample series, ImageShape shape)
    {
        var pixels = new byte[series.Values.Length];
        for (var i = 0; i < pixels.Length; i++)
        {
            var value = series.Values[i];
            if (value < 0 || value >= shape.Levels || value != MathF.Floor(value))
                throw new DataException($"{series.Origin}: number {i + 1} is {value}; expected a grey level, a whole number 0…{shape.Levels - 1}.");
            pixels[i] = (byte)value;
        }
        return new ImageSample(series.Origin, series.Label, shape, pixels);
    }
}
