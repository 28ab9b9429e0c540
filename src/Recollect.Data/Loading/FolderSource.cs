using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>A user's own class folders: images that are scaled to one size, or files that are read as bytes.</summary>
/// <param name="Preprocessing">What turns its samples into steps.</param>
/// <param name="Files">Lists a folder's files.</param>
/// <param name="Read">Reads one of them.</param>
internal sealed record FolderSource(Preprocessing Preprocessing, Func<string, IReadOnlyList<ClassFile>> Files, Func<ClassFile, Sample> Read)
{
    /// <summary>What messages call the files that each source looks for.</summary>
    internal const string ImagesExpected = "images whose names end in .jpg, .jpeg or .png", BytesExpected = "files";

    /// <summary>One hash for all files of a folder.</summary>
    /// <exception cref="DataException">One cannot be read.</exception>
    public static string Hash(IEnumerable<ClassFile> files, CancellationToken stop) => DataFolder.HashAll(files.Select(file => (file.Name, file.Path)), stop);

    /// <summary>The source that a recipe names.</summary>
    /// <exception cref="RecipeException">The images cannot be preprocessed as it asks.</exception>
    public static FolderSource Of(DataOptions data)
    {
        if (data.Source == DataSources.Bytes)
        {
            var bytes = new BytesPreprocessing { MaxLength = data.MaxLength };
            return new(bytes, folder => ClassFolders.Of(folder, _ => true, BytesExpected), file => BytesFile.Read(file.Path, file.Label, bytes.MaxLength));
        }
        var images = ImageSource.Preprocess(data);
        return new(images, folder => ClassFolders.Of(folder, ImageFile.IsNamedSo, ImagesExpected), file => ImageFile.Read(file.Path, file.Label, images.Shape));
    }
}
