namespace Recollect.Data;

/// <summary>A file of a class folder.</summary>
/// <param name="Path">The file.</param>
/// <param name="Label">Its class: the folder's name.</param>
internal sealed record ClassFile(string Path, string Label)
{
    /// <summary>The class folder's and its own name, the same on every system.</summary>
    public string Name => $"{Label}/{System.IO.Path.GetFileName(Path)}";
}

/// <summary>Walks a folder that holds a folder for each class, in which lie the class's files.</summary>
/// <remarks>Names that begin with a dot are passed over, as systems leave such files behind; everything else has to be as described.</remarks>
internal static class ClassFolders
{
    /// <summary>Lists the files, one of each class in turn: so the first rows, which a limit keeps, are of all classes.</summary>
    /// <remarks>Classes and the files of each are in the order of their characters.</remarks>
    /// <param name="folder">The folder.</param>
    /// <param name="belongs">Whether a file of this name is one of those that are looked for.</param>
    /// <param name="expected">What those are, for messages.</param>
    /// <exception cref="DataException">It may not be read, or holds a file beside the class folders, none of these, one without files or with a folder in it, or a file of another kind, or one that is empty, a pipe, a device or a link to such.</exception>
    public static IReadOnlyList<ClassFile> Of(string folder, Func<string, bool> belongs, string expected) => Guarded(folder, () =>
    {
        if (Visible(Directory.EnumerateFiles(folder)).FirstOrDefault() is { } stray)
            throw new DataException($"{stray}: the file lies beside the class folders of {folder}; expected folders alone, one a class. Move it into its class's folder, or elsewhere; a published set, such as dbpedia or mnist, is read by its name, in the data folder that --data gives.");
        var classes = Visible(Directory.EnumerateDirectories(folder)).Select(path => FilesOf(path, belongs, expected)).ToList();
        return classes.Count > 0
            ? InTurn(classes)
            : throw new DataException($"{folder}: the folder is empty; expected a folder for each class, and {expected} in them.");
    });

    /// <summary>One row of each list in turn, as long as there are any.</summary>
    public static List<T> InTurn<T>(IReadOnlyList<IReadOnlyList<T>> lists) =>
        [.. lists.SelectMany(list => list.Index()).OrderBy(pair => pair.Index).Select(pair => pair.Item)]; // the order is stable

    /// <summary>The files that lie in a folder or one folder deeper, in the order of their characters.</summary>
    /// <exception cref="DataException">It may not be read, there is none, or one is empty, a pipe or a device.</exception>
    public static IReadOnlyList<string> Flat(string folder) => Guarded(folder, () =>
    {
        List<string> files = [.. Visible(Directory.EnumerateFiles(folder)), .. Visible(Directory.EnumerateDirectories(folder)).SelectMany(inner => Visible(Directory.EnumerateFiles(inner)))];
        foreach (var file in files)
            _ = RegularFile.Length(file);
        return files.Count > 0 ? files : throw new DataException($"{folder}: there is no file in this folder; expected files to read, or folders with files.");
    });

    private static List<ClassFile> FilesOf(string folder, Func<string, bool> belongs, string expected)
    {
        if (Visible(Directory.EnumerateDirectories(folder)).FirstOrDefault() is { } inner)
            throw new DataException($"{inner}: a folder lies in the class folder {Path.GetFileName(folder)}; expected files alone. Move its files up, or remove it.");
        var files = Visible(Directory.EnumerateFiles(folder)).Select(path => new ClassFile(path, Path.GetFileName(folder))).ToList();
        if (files.FirstOrDefault(file => !belongs(Path.GetFileName(file.Path))) is { } other)
            throw new DataException($"{other.Path}: the name is not that of one of {expected}. Rename it if it is one, convert it, or remove it.");
        foreach (var file in files)
            _ = RegularFile.Length(file.Path, expected); // before any is opened
        return files.Count > 0
            ? files
            : throw new DataException($"{folder}: the class folder is empty; expected {expected}. Put the class's files there, or remove the folder.");
    }

    private static List<string> Visible(IEnumerable<string> paths)
    {
        List<string> visible = [.. paths.Where(path => !Path.GetFileName(path).StartsWith('.')).Order(StringComparer.Ordinal)];
        visible.ForEach(RegularFile.RefuseUnnameable);
        return visible;
    }

    private static T Guarded<T>(string folder, Func<T> walk)
    {
        try
        {
            return walk();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{folder}: the folder cannot be read ({error.Message.TrimEnd('.')}). Allow it, and what is in it, to be read.", error);
        }
    }
}
