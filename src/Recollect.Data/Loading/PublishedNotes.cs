namespace Recollect.Data;

/// <summary>Says which files of a published set are not as long as those that were published: a sample, or a set that was cut.</summary>
internal static class PublishedNotes
{
    /// <summary>A sentence for each file, from its length alone; a packed file's is not looked at, as gzip finds what a transfer cuts.</summary>
    public static IEnumerable<string> Of(string? source, string dataFolder)
    {
        if (DataCatalog.Entries.FirstOrDefault(entry => entry.Name == source) is not { } entry)
            yield break;
        foreach (var file in entry.Files)
        {
            var path = Path.Combine(dataFolder, entry.Folder, file.Name);
            if (File.Exists(path) && new FileInfo(path).Length is var length && length != file.Length)
                yield return $"{path}: the file has {length:N0} bytes, and the published one {file.Length:N0}: not the whole set. 'recollect data get {entry.Name}' brings it.";
        }
    }
}
