namespace Recollect.Reports.Pages;

/// <summary>Styles and scripts that lie in the library.</summary>
internal static class Asset
{
    /// <summary>The text of <paramref name="name"/>.</summary>
    public static string Read(string name)
    {
        using var stream = typeof(Asset).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"The library lacks {name}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
