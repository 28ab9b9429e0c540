using System.Security.Cryptography;
using System.Text;

namespace Recollect.Data;

/// <summary>Where data sets lie on this machine.</summary>
public static class DataFolder
{
    /// <summary>The variable that names the folder where no option does.</summary>
    public const string Variable = "RECOLLECT_DATA";

    private const int HashedAtOnce = 1 << 14;

    /// <summary>The folder: the one asked for, else $RECOLLECT_DATA, else <c>recollect/data</c> in the platform's user-data folder.</summary>
    /// <param name="asked">The command line's <c>--data</c>; null where it is not given.</param>
    public static string Resolve(string? asked = null)
    {
        if (!string.IsNullOrEmpty(asked))
            return asked;
        return Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named
            ? named
            // Without the option a folder that is not there yet has no name, and the working folder would take its place.
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "recollect", "data");
    }

    /// <summary>One of a published set's files, plain or with <c>.gz</c> after its name.</summary>
    /// <exception cref="DataException">It is in neither form there.</exception>
    internal static string Published(string dataFolder, string set, string folder, string file) =>
        Present(Path.Combine(dataFolder, folder, file)) ?? throw new DataException(
            (Directory.Exists(Path.Combine(dataFolder, folder, file)) ? $"{set}: {Path.Combine(dataFolder, folder, file)} is a folder; expected a file."
                : Directory.Exists(dataFolder) ? $"{set}: found neither {file} nor {file}.gz in {Path.Combine(dataFolder, folder)}."
                : File.Exists(dataFolder) ? $"{set}: the data folder {dataFolder} is a file; expected a folder."
                : $"{set}: the data folder {dataFolder} does not exist.") +
            $" Get the set with 'recollect data get {set}', or name the folder that holds '{folder}' with '--data DIR' or ${Variable}.");

    /// <summary>A file under its name or with <c>.gz</c> after it; null where neither is there.</summary>
    internal static string? Present(string path) => File.Exists(path) ? path : File.Exists(path + ".gz") ? path + ".gz" : null;

    /// <summary>A file of the user's own: as it is where rooted, else in the data folder, else in the working folder.</summary>
    /// <exception cref="DataException">It is nowhere there, or a folder.</exception>
    internal static string Own(string dataFolder, string file, string key)
    {
        var places = Places(dataFolder, file);
        return places.FirstOrDefault(File.Exists) ?? throw new DataException(places.FirstOrDefault(Directory.Exists) is { } folder
            ? $"{key}: {folder} is a folder; expected a file. Name one of the files in it, such as '{Path.Combine(file, "train.csv")}'."
            : $"{key}: there is no file '{file}'; looked for {string.Join(" and ", places)}. Correct the name, or name its folder with '--data DIR' or ${Variable}.");
    }

    /// <summary>A folder of the user's own, looked for as <see cref="Own"/> looks for files.</summary>
    /// <exception cref="DataException">It is nowhere there, or a file.</exception>
    internal static string OwnFolder(string dataFolder, string folder, string key)
    {
        var places = Places(dataFolder, folder);
        return places.FirstOrDefault(Directory.Exists) ?? throw new DataException(places.FirstOrDefault(File.Exists) is { } file
            ? $"{key}: {file} is a file; expected a folder that holds a folder for each class."
            : $"{key}: there is no folder '{folder}'; looked for {string.Join(" and ", places)}. Correct the name, or name its folder with '--data DIR' or ${Variable}.");
    }

    /// <summary>Where a name is looked for, in this order.</summary>
    internal static string[] Places(string dataFolder, string name) => Path.IsPathRooted(name) ? [name] : [Path.Combine(dataFolder, name), Path.GetFullPath(name)];

    /// <summary>A file's name or path without the <c>.gz</c> that says how it is packed.</summary>
    internal static string PlainName(string file) => file.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? file[..^3] : file;

    /// <summary>The SHA-256 of a file's content, unpacked where it is gzip: 64 lower-case hexadecimal digits.</summary>
    internal static string Hash(string path, CancellationToken stop)
    {
        using var file = InputStream.Open(path);
        return Hash(file, stop);
    }

    /// <summary>One SHA-256 for many files: that of a line "hash name" for each, in the order of their names' characters.</summary>
    /// <remarks>Files are hashed as the bytes that they are; so <c>sha256sum</c> over sorted names comes to the same, but for its second space.</remarks>
    /// <exception cref="DataException">A file is missing, empty, a pipe or a device, or cannot be read.</exception>
    internal static string HashAll(IEnumerable<(string Name, string Path)> files, CancellationToken stop)
    {
        using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, path) in files.OrderBy(file => file.Name, StringComparer.Ordinal))
        {
            _ = RegularFile.Length(path);
            using var file = InputStream.OpenRaw(path);
            all.AppendData(Encoding.UTF8.GetBytes($"{Hash(file, stop)} {name}\n"));
        }
        return Convert.ToHexStringLower(all.GetHashAndReset());
    }

    /// <summary>The SHA-256 of the rest of a stream, 64 lower-case hexadecimal digits.</summary>
    /// <exception cref="OperationCanceledException">It was to stop.</exception>
    internal static string Hash(Stream stream, CancellationToken stop)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> buffer = stackalloc byte[HashedAtOnce];
        int read;
        do
        {
            stop.ThrowIfCancellationRequested();
            read = stream.Read(buffer);
            hash.AppendData(buffer[..read]);
        }
        while (read > 0);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
