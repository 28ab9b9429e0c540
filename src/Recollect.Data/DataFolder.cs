using System.Security.Cryptography;

namespace Recollect.Data;

/// <summary>Where data sets lie on this machine.</summary>
public static class DataFolder
{
    /// <summary>The variable that names the folder where no option does.</summary>
    public const string Variable = "RECOLLECT_DATA";

    /// <summary>The folder: the one asked for, else $RECOLLECT_DATA, else <c>recollect/data</c> in the platform's user-data folder.</summary>
    /// <param name="asked">The command line's <c>--data</c>; null where it is not given.</param>
    public static string Resolve(string? asked = null)
    {
        if (!string.IsNullOrEmpty(asked))
            return asked;
        return Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named
            ? named
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "recollect", "data");
    }

    /// <summary>One of a published set's files, plain or with <c>.gz</c> after its name.</summary>
    /// <exception cref="DataException">It is in neither form there.</exception>
    internal static string Published(string dataFolder, string set, string folder, string file) =>
        Present(Path.Combine(dataFolder, folder, file)) ?? throw new DataException(
            (Directory.Exists(dataFolder) ? $"{set}: found neither {file} nor {file}.gz in {Path.Combine(dataFolder, folder)}."
                : File.Exists(dataFolder) ? $"{set}: the data folder {dataFolder} is a file; expected a folder."
                : $"{set}: the data folder {dataFolder} does not exist.") +
            $" Get the set with 'recollect data get {set}', or name the folder that holds '{folder}' with '--data DIR' or ${Variable}.");

    /// <summary>A file under its name or with <c>.gz</c> after it; null where neither is there.</summary>
    internal static string? Present(string path) => File.Exists(path) ? path : File.Exists(path + ".gz") ? path + ".gz" : null;

    /// <summary>A file of the user's own: as it is where rooted, else in the data folder, else in the working folder.</summary>
    /// <exception cref="DataException">It is nowhere there, or a folder.</exception>
    internal static string Own(string dataFolder, string file, string key)
    {
        string[] places = Path.IsPathRooted(file) ? [file] : [Path.Combine(dataFolder, file), Path.GetFullPath(file)];
        return places.FirstOrDefault(File.Exists) ?? throw new DataException(places.FirstOrDefault(Directory.Exists) is { } folder
            ? $"{key}: {folder} is a folder; expected a file. Name one of the files in it, such as '{Path.Combine(file, "train.csv")}'."
            : $"{key}: there is no file '{file}'; looked for {string.Join(" and ", places)}. Correct the name, or name its folder with '--data DIR' or ${Variable}.");
    }

    /// <summary>A file's name or path without the <c>.gz</c> that says how it is packed.</summary>
    internal static string PlainName(string file) => file.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? file[..^3] : file;

    /// <summary>The SHA-256 of a file's content, unpacked where it is gzip: 64 lower-case hexadecimal digits.</summary>
    internal static string Hash(string path)
    {
        using var file = InputStream.Open(path);
        return Hash(file);
    }

    /// <summary>The SHA-256 of the rest of a stream, 64 lower-case hexadecimal digits.</summary>
    internal static string Hash(Stream stream) => Convert.ToHexStringLower(SHA256.HashData(stream));
}
