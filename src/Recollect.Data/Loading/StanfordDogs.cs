using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>An image of Stanford Dogs.</summary>
/// <param name="File">Folder and name of the image, such as <c>n02085620-Chihuahua/n02085620_5927.jpg</c>.</param>
/// <param name="Annotation">Folder and name of its annotation.</param>
/// <param name="Folder">The folder that both lie in.</param>
/// <param name="Label">The published number of its class.</param>
internal sealed record DogImage(string File, string Annotation, string Folder, int Label);

/// <summary>Reads Stanford Dogs as it is published: <c>Images</c>, <c>Annotation</c>, <c>train_list.mat</c> and <c>test_list.mat</c> in one folder.</summary>
/// <remarks>
/// Khosla, Jayadevaprakash, Yao, Fei-Fei, "Novel Dataset for Fine-Grained Image Categorization", 2011. Classes are named as their folders without the
/// WordNet id, in the order of the published numbers. The lists go from class to class; rows take one of each in turn.
/// </remarks>
internal static class StanfordDogs
{
    /// <summary>The set's folder within the data folder.</summary>
    public const string Folder = "stanford-dogs";

    /// <summary>The lists of the published split.</summary>
    public const string TrainList = "train_list.mat", TestList = "test_list.mat";

    private const string Images = "Images", Annotations = "Annotation";

    /// <summary>Where the set can be had.</summary>
    internal const string Where = "Unpack images.tar, annotation.tar and lists.tar of http://vision.stanford.edu/aditya86/ImageNetDogs/";

    /// <summary>Whether a folder looks like the published one, or a part of it; a folder <c>Images</c> that holds no folders may be a class.</summary>
    public static bool IsIn(string folder)
    {
        if (File.Exists(Path.Combine(folder, TrainList)))
            return true;
        try
        {
            return Path.Combine(folder, Images) is var images && Directory.Exists(images) && Directory.EnumerateDirectories(images).Any();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false; // for who reads the folder to say
        }
    }

    /// <summary>The set, in the data folder.</summary>
    /// <exception cref="DataException">A list is missing or wrong.</exception>
    public static ImageSource Of(DataOptions data, string dataFolder)
    {
        var (folder, shape, box) = (Path.Combine(dataFolder, Folder), KnownSource.Of(data.Source)!.ShapeOf(data), data.Box ?? false);
        var (train, test) = Lists(folder);
        var names = Classes([.. train, .. test], folder);
        IEnumerable<Sample> Rows(List<DogImage> list) => ClassFolders
            .InTurn([.. list.GroupBy(image => image.Label).OrderBy(group => group.Key).Select(group => group.ToList())])
            .Select(image => ImageFile.Read(
                Whole(folder, Images, image.File), names[image.Label], shape, box ? VocAnnotation.Read(Whole(folder, Annotations, image.Annotation)) : null));
        return new ImageSource([.. names.Values], Rows(train), Rows(test), stop => Hashes(folder, [.. train, .. test], box, stop));
    }

    /// <summary>The images of both lists, in their order, with their classes.</summary>
    /// <exception cref="DataException">A list is missing, no MATLAB file, or not of the published form, or an image is in them twice.</exception>
    public static (IEnumerable<ClassFile> Train, IEnumerable<ClassFile> Test) Files(string folder)
    {
        IEnumerable<ClassFile> Of(List<DogImage> list) => list.Select(image => new ClassFile(Whole(folder, Images, image.File), Breed(image.Folder)));
        var (train, test) = Lists(folder);
        return (Of(train), Of(test));
    }

    // A pipe would be waited for, a device read without end.
    private static string Whole(string folder, string part, string file)
    {
        var path = Path.Combine(folder, part, file);
        _ = RegularFile.Length(path, "a file of the published set");
        return path;
    }

    // An image that is trained on and tested on would make the test a lie.
    private static (List<DogImage> Train, List<DogImage> Test) Lists(string folder)
    {
        var (train, test) = (List(folder, TrainList), List(folder, TestList));
        return train.Concat(test).GroupBy(image => image.File).FirstOrDefault(same => same.Count() > 1) is not { } twice
            ? (train, test)
            : throw new DataException($"{folder}: {TrainList} and {TestList} name the image '{Shown.Shortly(twice.Key)}' {twice.Count()} times; expected each image once, in one of them. Get both lists anew.");
    }

    /// <summary>The rows of a list.</summary>
    /// <exception cref="DataException">It is missing, no MATLAB file, or not of the published form.</exception>
    internal static List<DogImage> List(string folder, string list)
    {
        var path = Path.Combine(folder, list);
        if (!File.Exists(path))
            throw new DataException($"stanford-dogs: there is no {list} in {folder}. {Where} there, or name the folder that holds '{Folder}' with '--data DIR' or ${DataFolder.Variable}.");
        var arrays = Matlab5Reader.Read(path);
        var (files, annotations) = (Texts(arrays, "file_list", path), Texts(arrays, "annotation_list", path));
        if (arrays.FirstOrDefault(array => array.Name == "labels") is not MatlabNumbers labels)
            throw new DataException($"{path}: there are no numbers 'labels'; expected the published lists 'file_list', 'annotation_list' and 'labels'. {Advice.GetAnew}");
        if (files.Count == 0 || annotations.Count != files.Count || labels.Count != files.Count)
            throw new DataException($"{path}: 'file_list' has {files.Count:N0} entries, 'annotation_list' {annotations.Count:N0} and 'labels' {labels.Count:N0}; expected as many of each, and at least one. {Advice.GetAnew}");
        return [.. files.Select((file, row) => Row(path, row, file, annotations[row], labels.Values[row]))];
    }

    private static List<string> Texts(IReadOnlyList<MatlabArray> arrays, string name, string path)
    {
        if (arrays.FirstOrDefault(array => array.Name == name) is not MatlabCells cells)
            throw new DataException($"{path}: there are no cells '{name}'; expected the published lists 'file_list', 'annotation_list' and 'labels'. {Advice.GetAnew}");
        return [.. cells.Cells.Select((cell, row) => cell is MatlabText text && text.Rows().Take(2).ToList() is [var only]
            ? only
            : throw new DataException($"{path}, '{name}' {row + 1}: found {cell.Kind}; expected a text of one row. {Advice.GetAnew}"))];
    }

    private static DogImage Row(string path, int row, string file, string annotation, double label)
    {
        var parts = file.Split('/');
        // Names come from a file: none may lead out of the set's folder.
        if (parts.Length != 2 || parts.Any(part => !IsName(part)) || annotation.Split('/') is not [var folder, var name] || folder != parts[0] || !IsName(name))
            throw new DataException($"{path}, row {row + 1}: found the image '{Shown.Shortly(file)}' and the annotation '{Shown.Shortly(annotation)}'; expected each as a folder and a name in it, such as 'n02085620-Chihuahua/n02085620_5927.jpg', both of one folder. {Advice.GetAnew}");
        if (parts[0].IndexOf('-') is not (> 0 and var dash) || dash == parts[0].Length - 1)
            throw new DataException($"{path}, row {row + 1}: the folder '{Shown.Shortly(parts[0])}' has no class after its id; expected such as 'n02085620-Chihuahua'. {Advice.GetAnew}");
        return label is >= 1 and <= 100_000 && label == Math.Floor(label)
            ? new DogImage(file, annotation, parts[0], (int)label)
            : throw new DataException($"{path}, 'labels' {row + 1}: found {label}; expected a whole number from 1. {Advice.GetAnew}");
    }

    private static string Breed(string folder) => folder[(folder.IndexOf('-') + 1)..];

    private static bool IsName(string part) => part.Length > 0 && part is not ("." or "..") && !part.AsSpan().ContainsAny('\\', ':', '\0');

    private static SortedDictionary<int, string> Classes(List<DogImage> all, string folder)
    {
        var names = new SortedDictionary<int, string>();
        foreach (var group in all.GroupBy(image => image.Label))
        {
            var folders = group.Select(image => image.Folder).Distinct().ToList();
            var name = Breed(folders[0]);
            if (folders.Count > 1)
                throw new DataException($"{folder}: the lists give the label {group.Key} to the folders {folders[0]} and {folders[1]}; expected one folder a label. Get both lists anew.");
            if (names.ContainsValue(name))
                throw new DataException($"{folder}: the lists give the class '{name}' two labels, {group.Key} among them; expected one. Get both lists anew.");
            names[group.Key] = name;
        }
        return names;
    }

    private static Dictionary<string, string> Hashes(string folder, List<DogImage> all, bool box, CancellationToken stop)
    {
        var hashes = new[] { TrainList, TestList }.ToDictionary(list => $"{Folder}/{list}", list => DataFolder.Hash(Path.Combine(folder, list), stop));
        hashes[$"{Folder}/{Images}"] = DataFolder.HashAll(all.Select(image => (image.File, Path.Combine(folder, Images, image.File))), stop);
        if (box)
            hashes[$"{Folder}/{Annotations}"] = DataFolder.HashAll(all.Select(image => (image.Annotation, Path.Combine(folder, Annotations, image.Annotation))), stop);
        return hashes;
    }
}
