using System.Diagnostics;
using System.IO.Compression;
using System.Text;

namespace Recollect.Data.Tests;

/// <summary>A folder of its own for one test, removed afterwards.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("recollect-data-").FullName;

    public string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    public string Write(string name, byte[] bytes)
    {
        var path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public string WriteGzip(string name, byte[] bytes) => Write(name, Gzip(bytes));

    /// <summary>A symbolic link of this name to another file of the folder, or to an absolute path.</summary>
    public string Link(string name, string target)
    {
        var path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.CreateSymbolicLink(path, System.IO.Path.Combine(Path, target));
        return path;
    }

    /// <summary>A pipe of this name, which nobody writes; skips the test where none can be made.</summary>
    public string Pipe(string name)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/mkfifo"), "This system has no mkfifo.");
        var path = System.IO.Path.Combine(Path, name);
        using var made = Process.Start("/usr/bin/mkfifo", [path]);
        made.WaitForExit();
        return path;
    }

    public static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return packed.ToArray();
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
