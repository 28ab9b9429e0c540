namespace Recollect.Data.Tests;

/// <summary>Files that other programs wrote, copied beside the tests: the README beside them says which.</summary>
internal static class Fixture
{
    public static string Path(params string[] names) => System.IO.Path.Combine([AppContext.BaseDirectory, "Fixtures", .. names]);

    public static byte[] Bytes(string name) => File.ReadAllBytes(Path(name));
}
