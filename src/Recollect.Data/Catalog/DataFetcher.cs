using System.Buffers.Binary;

namespace Recollect.Data;

/// <summary>Brings sets of the catalog into the data folder, from their publishers or from files a user already has, and checks what is there.</summary>
public static class DataFetcher
{
    /// <summary>Downloads what is not there yet, or not whole.</summary>
    /// <param name="entry">The set.</param>
    /// <param name="dataFolder">The data folder; it is made where it is missing.</param>
    /// <param name="downloader">What downloads.</param>
    /// <param name="progress">Told now and then.</param>
    /// <param name="stop">Ends it; a later call goes on.</param>
    /// <exception cref="DataException">No address gives the published files.</exception>
    /// <exception cref="RunException">The disk is full or may not be written.</exception>
    public static async Task Get(
        CatalogEntry entry, string dataFolder, Downloader downloader, IProgress<DownloadProgress>? progress = null, CancellationToken stop = default)
    {
        var folder = Path.Combine(dataFolder, entry.Folder);
        foreach (var archive in entry.Archives)
        {
            var lacking = archive.Files.Where(file => FileState(folder, file, stop).Fault is not null).ToList();
            if (lacking.Count == 0)
                continue;
            await downloader.Download(archive, folder, path => UnpackAll(path, archive.Name, lacking, folder, stop), progress, stop).ConfigureAwait(false);
        }
    }

    /// <summary>Takes the set's files from what a user already has: an archive, one of the files, or a folder that holds either; what is there and whole is kept.</summary>
    /// <param name="entry">The set.</param>
    /// <param name="dataFolder">The data folder.</param>
    /// <param name="from">The file or folder.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="DataException">A file of the set is neither there nor in the data folder, or is not the published one.</exception>
    /// <exception cref="RunException">The disk is full or may not be written.</exception>
    public static void Take(CatalogEntry entry, string dataFolder, string from, CancellationToken stop = default) =>
        Take(entry, DataCatalog.Entries, dataFolder, from, stop);

    /// <summary>As the other; files that turn out to be those of another of <paramref name="sets"/> are named after it.</summary>
    internal static void Take(CatalogEntry entry, IReadOnlyList<CatalogEntry> sets, string dataFolder, string from, CancellationToken stop)
    {
        var folder = Path.Combine(dataFolder, entry.Folder);
        List<CatalogFile> Lacking() => [.. entry.Files.Where(file => FileState(folder, file, stop).Fault is not null)];
        var lacking = Lacking();
        var (before, refusal) = (lacking.Count, (DataException?)null);
        foreach (var candidate in Candidates(entry, from).TakeWhile(_ => lacking.Count > 0))
        {
            try
            {
                var found = Unpacker.Unpack(candidate, Path.GetFileName(candidate), lacking, folder, stop);
                lacking.RemoveAll(file => found.Contains(file.Name));
            }
            catch (DataException error)
            {
                refusal ??= error; // another folder of those searched may hold the right file of this name
                lacking = Lacking();
            }
        }
        if (lacking.Count == 0)
            return;
        if (lacking.Count < before)
            throw NotFound(entry, from, lacking, refusal);
        if (ForeignFiles.SetOf(from, entry, sets, stop) is { Name: var other })
            throw new DataException($"{from}: these look like the files of {other}, not of {entry.Name}. Take them with 'recollect data get {other} --from {from}'.", refusal);
        throw refusal ?? NotFound(entry, from, lacking, null);
    }

    private static DataException NotFound(CatalogEntry entry, string from, List<CatalogFile> lacking, DataException? refusal) => new(
        $"{from}: did not find {string.Join(", ", lacking.Select(file => file.Name))} of {entry.Name}; " +
        $"expected {string.Join(" and ", entry.Archives.Where(archive => archive.Files.Any(lacking.Contains)).Select(archive => archive.Name))}, or the files themselves, plain or .gz, in a folder. " +
        $"'recollect data get {entry.Name}' without --from downloads them.{(refusal is null ? "" : $" Passed over: {refusal.Message}")}", refusal);

    /// <summary>What state a set is in.</summary>
    /// <remarks>Every file is read and hashed: CIFAR-10's 184 MB take about a second.</remarks>
    public static DataSetState Check(CatalogEntry entry, string dataFolder)
    {
        var folder = Path.Combine(dataFolder, entry.Folder);
        return new DataSetState(entry.Name, folder, [.. entry.Files.Select(file => FileState(folder, file, CancellationToken.None))]);
    }

    /// <summary>Whether all files of a set are there by their names: maybe a sample, or damaged.</summary>
    internal static bool IsNamed(CatalogEntry entry, string dataFolder) => entry.Files.All(file => DataFolder.Present(Path.Combine(dataFolder, entry.Folder, file.Name)) is not null);

    /// <summary>Whether all files of a set are there, by their names and lengths, that of a packed one by what its last bytes say: no content is read.</summary>
    public static bool IsHere(CatalogEntry entry, string dataFolder) => entry.Files.All(file =>
        DataFolder.Present(Path.Combine(dataFolder, entry.Folder, file.Name)) is { } path && LengthOf(path) == file.Length);

    // Null of what is no file with an end. RFC 1952, 2.3.1: the last four bytes of gzip are the unpacked length.
    private static long? LengthOf(string path)
    {
        try
        {
            var length = RegularFile.Length(path);
            using var file = InputStream.OpenRaw(path);
            if (file.ReadByte() != 0x1f || file.ReadByte() != 0x8b)
                return length;
            var last = new byte[sizeof(uint)];
            file.Seek(-last.Length, SeekOrigin.End);
            file.ReadExactly(last);
            return BinaryPrimitives.ReadUInt32LittleEndian(last);
        }
        catch (Exception error) when (error is DataException or IOException)
        {
            return null;
        }
    }

    private static DataFileState FileState(string folder, CatalogFile file, CancellationToken stop)
    {
        if (DataFolder.Present(Path.Combine(folder, file.Name)) is not { } path)
            return new DataFileState(file.Name, false, "it is missing");
        try
        {
            _ = RegularFile.Length(path, "a published file");
            using var content = InputStream.Open(path);
            return new DataFileState(Path.GetFileName(path), true, Unpacker.Fault(content, path, file, stop: stop));
        }
        catch (DataException error)
        {
            return new DataFileState(Path.GetFileName(path), true, error.Message);
        }
    }

    private static void UnpackAll(string path, string name, List<CatalogFile> wanted, string folder, CancellationToken stop)
    {
        var found = Unpacker.Unpack(path, name, wanted, folder, stop);
        if (wanted.FirstOrDefault(file => !found.Contains(file.Name)) is { } missing)
            throw new DataException($"{name}: the archive does not hold {missing.Name}.");
    }

    // A folder is searched to the depth at which archives unpack: itself, the set's own folder in it, and one below.
    internal static IEnumerable<string> Candidates(CatalogEntry entry, string from)
    {
        if (File.Exists(from))
            return [from];
        if (!Directory.Exists(from))
            throw new DataException($"{from}: there is no such file or folder; expected {entry.Name}'s archive or files.");
        var names = entry.Files.SelectMany(file => new[] { file.Name, $"{file.Name}.gz" }).Concat(entry.Archives.Select(archive => archive.Name)).ToHashSet();
        var depth = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2, IgnoreInaccessible = true };
        return Directory.EnumerateFiles(from, "*", depth).Where(path => names.Contains(Path.GetFileName(path))).Order(StringComparer.Ordinal);
    }
}

/// <summary>What state a set of the catalog is in.</summary>
/// <param name="Name">The set.</param>
/// <param name="Folder">Where it is looked for.</param>
/// <param name="Files">Each of its files.</param>
public sealed record DataSetState(string Name, string Folder, IReadOnlyList<DataFileState> Files)
{
    /// <summary>Whether every file is there and is the published one.</summary>
    public bool IsWhole => Files.All(file => file.Fault is null);

    /// <summary>Whether any file is there at all.</summary>
    public bool IsPresent => Files.Any(file => file.IsPresent);
}

/// <summary>What state one file is in.</summary>
/// <param name="Name">The name under which it lies there, or should.</param>
/// <param name="IsPresent">Whether it is there.</param>
/// <param name="Fault">What is wrong with it; null where nothing is.</param>
public sealed record DataFileState(string Name, bool IsPresent, string? Fault);
