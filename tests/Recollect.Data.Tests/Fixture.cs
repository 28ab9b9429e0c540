namespace Recollect.Data.Tests;

/// <summary>Files that others wrote, copied beside the tests.</summary>
internal static class Fixture
{
    public static string Path(params string[] names) => System.IO.Path.Combine([AppContext.BaseDirectory, "Fixtures", .. names]);
}
