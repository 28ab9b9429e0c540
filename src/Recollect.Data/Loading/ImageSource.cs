using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>A published set of images: its classes, and its files in a data folder.</summary>
/// <param name="Classes">The published class names, in label order.</param>
/// <param name="Train">Streams the published training rows.</param>
/// <param name="Test">Streams the published test rows.</param>
/// <param name="Hashes">SHA-256 of each file unpacked, by folder and published name.</param>
internal sealed record ImageSource(
    IReadOnlyList<string> Classes,
    IEnumerable<Sample> Train,
    IEnumerable<Sample> Test,
    Func<CancellationToken, IReadOnlyDictionary<string, string>> Hashes)
{
    private static readonly string[] Numerals = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

    private static readonly string[] IdxFiles =
        ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"];

    /// <summary>Class names as its authors publish them (Xiao, Rasul, Vollgraf 2017, table 1).</summary>
    private static readonly string[] Articles =
        ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"];

    /// <summary>Class names as in CIFAR-10's batches.meta.txt.</summary>
    private static readonly string[] Objects = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    /// <summary>The source that a recipe names.</summary>
    /// <exception cref="DataException">A file is missing.</exception>
    public static ImageSource Of(DataOptions data, string dataFolder) => data.Source switch
    {
        DataSources.Digits => new(Numerals, DigitsReader.Read().Take(DigitsReader.TrainRows),
            DigitsReader.Read().Skip(DigitsReader.TrainRows), HashDigits),
        DataSources.Mnist => Idx(data.Source, dataFolder, Numerals),
        DataSources.FashionMnist => Idx(data.Source, dataFolder, Articles),
        DataSources.Cifar10 => Cifar(data.Source, dataFolder),
        DataSources.StanfordDogs => StanfordDogs.Of(data, dataFolder),
        _ => throw new ArgumentOutOfRangeException(nameof(data), data.Source, "Not a published source of images."),
    };

    /// <summary>The preprocessing that a recipe asks for.</summary>
    /// <exception cref="RecipeException">The images cannot be preprocessed so.</exception>
    public static ImagePreprocessing Preprocess(DataOptions data)
    {
        var source = KnownSource.Of(data.Source)!;
        var (shape, tokens) = (source.ShapeOf(data), source.EncodingOf(data) == StepEncoding.Tokens);
        var preprocessing = new ImagePreprocessing
        {
            Shape = shape,
            Downscale = data.Downscale ?? 1,
            Encoding = tokens ? StepKind.Tokens : StepKind.Reals,
            Levels = tokens ? data.Levels ?? shape.Levels : 0,
            Permutation = data.PermutationSeed is { } seed ? new Permutation { Seed = seed } : null,
        };
        return preprocessing.Fault() is { } fault ? throw new RecipeException($"data: {fault}.") : preprocessing;
    }

    private static ImageSource Idx(string name, string dataFolder, string[] classes)
    {
        string[] files = [.. IdxFiles.Select(file => DataFolder.Published(dataFolder, name, name, file))];
        return new(classes, IdxReader.Read(files[0], files[1], classes),
            IdxReader.Read(files[2], files[3], classes), stop => HashFiles(files, stop));
    }

    private static ImageSource Cifar(string name, string dataFolder)
    {
        const string folder = "cifar-10-batches-bin";
        string[] files =
        [
            .. Enumerable.Range(1, 5).Select(batch => $"data_batch_{batch}.bin").Append("test_batch.bin")
                .Select(file => DataFolder.Published(dataFolder, name, folder, file)),
        ];
        var names = DataFolder.Present(Path.Combine(dataFolder, folder, "batches.meta.txt")) is { } meta ? CifarReader.ReadClasses(meta) : Objects;
        return new(names, files[..5].SelectMany(file => CifarReader.Read(file, names)),
            CifarReader.Read(files[5], names), stop => HashFiles(files, stop));
    }

    /// <summary>SHA-256 of each of a published set's files unpacked, by folder and published name.</summary>
    internal static Dictionary<string, string> HashFiles(string[] files, CancellationToken stop) =>
        files.ToDictionary(file => $"{Path.GetFileName(Path.GetDirectoryName(file))}/{DataFolder.PlainName(Path.GetFileName(file))}", file => DataFolder.Hash(file, stop));

    private static Dictionary<string, string> HashDigits(CancellationToken stop)
    {
        using var digits = InputStream.From(DigitsReader.Open(), DigitsReader.FileName);
        return new() { [DataFolder.PlainName(DigitsReader.FileName)] = DataFolder.Hash(digits, stop) };
    }
}
