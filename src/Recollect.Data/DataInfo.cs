using System.Globalization;
using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>What a data set or a file holds.</summary>
/// <param name="Name">The set's name, or the path of the file or folder.</param>
/// <param name="Format">What its steps are, and for a file or folder its kind.</param>
/// <param name="Parts">Its parts: train and test of a set, the one file or folder, or the variables of a MATLAB file.</param>
/// <param name="Columns">A table: the columns that were read; a label only where a row has one.</param>
public sealed record DataInfo(string Name, string Format, IReadOnlyList<DataPart> Parts, NamedColumns? Columns = null)
{
    private const int MostLabels = 1000;

    /// <summary>The <see cref="Format"/> of a MATLAB file, of which the parts are variables, and nothing is trained on.</summary>
    internal const string Matlab = "MATLAB arrays";

    private const string HeadersAlone = "sizes as their headers state them; no pixel was read";

    /// <summary>Sentences on what may not be as it was meant: a folder of images that holds other files too. Empty where there is nothing to say.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Describes a published set, read whole, or a file of any kind that can be read, or a folder of class folders.</summary>
    /// <remarks>A packed file's checksums are all checked, its SHA-256 among them. Of a folder's images the headers are read, and no more. A row that is scaled when it is trained on has here the pixels that it has now.</remarks>
    /// <param name="nameOrPath">A source's name, or a path, looked for in the data folder and then in the working folder.</param>
    /// <param name="dataFolder">Where published sets lie, and where relative paths start.</param>
    /// <param name="columns">A table: which columns hold what. Where neither text nor values are named: the text is the column "text" where there is one,
    /// and else all columns but the label, or the property "values", are numbers. The label is "label" where none is named.</param>
    /// <exception cref="RecipeException">Columns are named that a recipe could not name so, or of what has none.</exception>
    /// <exception cref="DataException">It is missing, or wrong in a row.</exception>
    public static DataInfo Of(string nameOrPath, string dataFolder, NamedColumns? columns = null)
    {
        columns ??= new NamedColumns();
        if (KnownSource.Of(nameOrPath) is null or { IsOwn: true } or { Kind: SourceKind.Packed })
        {
            var places = DataFolder.Places(dataFolder, nameOrPath); // as a training looks for it
            var path = places.FirstOrDefault(Path.Exists) ?? throw new DataException(
                $"{nameOrPath}: there is no such file, nor a set of that name; looked for {string.Join(" and ", places)}.{(Spelling.Hint(nameOrPath, DataSources.All) is { Length: > 0 } hint ? hint : " Correct the name.")}");
            path = path == Path.GetFullPath(nameOrPath) ? nameOrPath : path; // as it was typed
            try
            {
                return Directory.Exists(path) ? OfFolder(path, columns) : OfFile(path, columns);
            }
            catch (DataException error) when (SetIn(path) is { } set)
            {
                throw new DataException($"{error.Message} It lies in the folder of a published set, which 'recollect data info {set}' describes.", error);
            }
        }
        RefuseColumns(nameOrPath, "a published set", columns);
        if (nameOrPath == DataSources.StanfordDogs)
            return OfDogs(Path.Combine(dataFolder, StanfordDogs.Folder));
        using var sets = DataSetLoader.Load(new DataOptions { Source = nameOrPath }, dataFolder);
        var what = sets.Preprocessing switch
        {
            ImagePreprocessing image => $"{image.Shape}",
            TextPreprocessing text => $"text as {text.Unit.ToString().ToLowerInvariant()}",
            _ => "numbers",
        };
        return new DataInfo(nameOrPath, $"{what}, {sets.Preprocessing.Format}", [Part("train", sets.Train), Part(DataPart.Test, sets.Test)]);
    }

    private static string? SetIn(string path) =>
        DataCatalog.Entries.FirstOrDefault(entry => entry.Folder == Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(path))))?.Name;

    private static DataInfo OfPacked(string path)
    {
        using var file = PackedFile.Open(path);
        var info = new DataInfo(path, $"packed, {file.Preprocessing.Format} (every byte was read, and agrees with its checksums)", [.. file.Parts.Select(part =>
        {
            using var rows = file.Rows(part.Name, null)!;
            rows.CheckAll();
            return Part(part.Name, rows);
        })]);
        file.CheckSha256(); // last: a block's checksum tells the place
        return info;
    }

    private static DataPart Part(string name, SequenceSet set) => DataPart.Of(
        name, Enumerable.Range(0, set.Count).Select(row => ((long)set.LengthOf(row), (string?)set.Classes[set.LabelOf(row)])));

    private static DataInfo OfFile(string path, NamedColumns named)
    {
        using var input = InputStream.Open(path);
        var format = InputFormats.Of(input, null);
        if (SourceOf(format) is { } source)
        {
            var rows = SplitByCommas(TableColumns.Read(input, source, named, out var columns), columns);
            return new DataInfo(path, Describe(format), [rows], new NamedColumns(rows.Classes.Count > 0 ? columns.Label : null, columns.Text, columns.Values));
        }
        RefuseColumns(path, Describe(format), named);
        if (format == InputFormat.Packed)
            return OfPacked(path);
        if (format == InputFormat.Matlab)
            return new DataInfo(path, Describe(format), [.. Matlab5Reader.Read(WholeFile.Read(input, path, Matlab5Reader.MostBytes, Matlab5Reader.Remedy), path).Select(Part)]);
        if (format == InputFormat.Image)
            return new DataInfo(path, Describe(format), [DataPart.Of("rows", [(StepsOf(input, path), null)])]);
        if (format == InputFormat.Idx && IdxReader.IsLabels(input.Peek(4)))
            return new DataInfo(path, "IDX labels", [DataPart.Of("labels", IdxReader.Labels(input).Select(label => (1L, (string?)label.ToString())))]);
        return new DataInfo(path, Describe(format), [Rows(format switch
        {
            InputFormat.Idx => IdxReader.Images(input),
            InputFormat.Cifar => CifarReader.Read(input, null),
            InputFormat.Ts => TsReader.Read(input, labelled: false),
            _ => TextLinesReader.Read(input),
        })]);
    }

    // A table without commas is one column, of which no row is a number or as long as the header.
    private static DataPart SplitByCommas(IEnumerable<Sample> samples, InputColumns columns)
    {
        try
        {
            return Rows(samples);
        }
        catch (DataException error) when (columns.Values is [var only] && only.AsSpan().ContainsAny(';', '\t', '|'))
        {
            throw new DataException($"{error.Message} The columns seem not to be separated by commas; expected commas. Save the table so.", error);
        }
    }

    // Of a kind of file with columns: what a recipe calls it.
    private static string? SourceOf(InputFormat format) => format switch
    {
        InputFormat.Csv => DataSources.Csv,
        InputFormat.JsonLines => DataSources.JsonLines,
        InputFormat.Parquet => DataSources.Parquet,
        _ => null,
    };

    private static DataPart Rows(IEnumerable<Sample> samples)
    {
        (int Components, long Missing)? numbers = null;
        var part = DataPart.Of("rows", samples.Select(sample =>
        {
            if (sample is SeriesSample series)
                numbers = (series.Components, (numbers?.Missing ?? 0) + series.Values.Count(float.IsNaN));
            return (Steps(sample), sample.Label);
        }));
        return part with { Components = numbers?.Components, Missing = numbers?.Missing };
    }

    private static DataInfo OfFolder(string folder, NamedColumns named)
    {
        if (StanfordDogs.IsIn(folder))
        {
            RefuseColumns(folder, "a folder of images", named);
            return OfDogs(folder);
        }
        var files = ClassFolders.Of(folder, _ => true, FolderSource.BytesExpected);
        var others = files.Where(file => !ImageFile.IsNamedSo(file.Path)).ToList();
        var images = others.Count == 0;
        RefuseColumns(folder, "a folder", named);
        return new DataInfo(folder, images ? $"images, a folder a class ({HeadersAlone})" : "files as bytes, a folder a class",
            [images ? Part("rows", files) : DataPart.Of("rows", files.Select(file => (RegularFile.Length(file.Path, FolderSource.BytesExpected), (string?)file.Label)))])
        {
            Notes = !images && others.Count < files.Count
                ? [$"{others.Count:N0} of {files.Count:N0} files {(others.Count == 1 ? "is no image by its name" : "are no images by their names")}, such as {others[0].Name}; 'data.source = images' refuses {(others.Count == 1 ? "it" : "them")}, 'bytes' reads all files as they are."]
                : [],
        };
    }

    private static DataInfo OfDogs(string folder)
    {
        var (train, test) = StanfordDogs.Files(folder);
        return new DataInfo(folder, $"Stanford Dogs ({HeadersAlone})", [Part("train", train), Part(DataPart.Test, test)]);
    }

    private static DataPart Part(string name, IEnumerable<ClassFile> images) => DataPart.Of(name, images.Select(image =>
    {
        using var file = InputStream.OpenRaw(image.Path);
        return (StepsOf(file, image.Path), (string?)image.Label);
    }));

    private static long StepsOf(Stream image, string name) => ImageFile.SizeOf(image, name) is var (height, width) ? (long)height * width : 0;

    // Texts have the length of their characters. Different numbers are counted as labels are, unless there are more than labels would be.
    private static DataPart Part(MatlabArray array) => DataPart.Of($"{array.Name} ({array.Kind}, {string.Join('×', array.Dimensions)})", array switch
    {
        MatlabNumbers numbers when numbers.Values.Distinct().Take(MostLabels + 1).Count() <= MostLabels => numbers.Values.Select(value => (1L, (string?)value.ToString(CultureInfo.InvariantCulture))),
        MatlabNumbers numbers => numbers.Values.Select(_ => (1L, (string?)null)),
        MatlabText text => text.Rows().Select(row => ((long)row.Length, (string?)null)),
        MatlabCells cells => cells.Cells.Select(cell => ((long)(cell is MatlabText text ? text.Characters.Length : cell.Count), (string?)null)),
        _ => [],
    });

    private static void RefuseColumns(string name, string what, NamedColumns named)
    {
        if (named.Given().FirstOrDefault() is { } key)
            throw new RecipeException($"--{key}: '{name}' has no columns, it is {what}; only CSV, JSON Lines and Parquet have them. Leave the option out.");
    }

    private static long Steps(Sample sample) => sample switch
    {
        ImageSample image => image.Shape.Height * image.Shape.Width,
        TextSample text => text.Utf8.Length,
        SeriesSample series => series.Values.Length / series.Components,
        BytesSample file => file.Bytes.Length,
        _ => throw new NotSupportedException(sample.GetType().Name),
    };

    private static string Describe(InputFormat format) => format switch
    {
        InputFormat.Idx => "IDX images",
        InputFormat.Cifar => "CIFAR-10 binary",
        InputFormat.Csv => "CSV",
        InputFormat.JsonLines => "JSON Lines",
        InputFormat.Packed => "packed",
        InputFormat.Ts => "time series (.ts)",
        InputFormat.Parquet => "Parquet",
        InputFormat.Image => "an image (its size as its header states it; no pixel was read)",
        InputFormat.Matlab => Matlab,
        _ => "text, a row a line",
    };
}

/// <summary>The rows of one part of a data set: how many, how long, and of which classes.</summary>
/// <param name="Name">Such as <c>train</c>.</param>
/// <param name="Rows">Their number.</param>
/// <param name="MinLength">Steps of the shortest.</param>
/// <param name="MeanLength">Mean number of steps.</param>
/// <param name="MaxLength">Steps of the longest.</param>
/// <param name="Classes">Rows of each class, sorted by name; rows without a label are left out.</param>
/// <param name="Components">A file of series: the numbers of a step; null for other kinds.</param>
/// <param name="Missing">A file of series: the numbers that are not there; null for other kinds.</param>
public sealed record DataPart(
    string Name, int Rows, long MinLength, double MeanLength, long MaxLength, IReadOnlyDictionary<string, int> Classes, int? Components = null, long? Missing = null)
{
    /// <summary>What the rows that are for testing are called.</summary>
    public const string Test = "test";

    /// <summary>The rows of the largest class for one of the smallest from which on classes are called unequal.</summary>
    public const double UnequalFrom = 4;

    /// <summary>The rows of the largest class for one of the smallest; null where there are not two classes.</summary>
    public double? Imbalance => Classes.Count < 2 ? null : (double)Classes.Values.Max() / Classes.Values.Min();

    internal static DataPart Of(string name, IEnumerable<(long Length, string? Label)> rows)
    {
        var (count, least, most, sum) = (0, long.MaxValue, 0L, 0L);
        var classes = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var (length, label) in rows)
        {
            (count, least, most, sum) = (count + 1, Math.Min(least, length), Math.Max(most, length), sum + length);
            if (label is not null)
                classes[label] = classes.GetValueOrDefault(label) + 1;
        }
        return count == 0 ? new DataPart(name, 0, 0, 0, 0, classes) : new DataPart(name, count, least, (double)sum / count, most, classes);
    }
}
