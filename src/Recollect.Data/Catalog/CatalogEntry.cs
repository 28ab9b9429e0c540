namespace Recollect.Data;

/// <summary>A data set that can be fetched.</summary>
/// <param name="Name">Its source's name, such as <c>mnist</c>.</param>
/// <param name="Title">What it is, in a line.</param>
/// <param name="Terms">What its publisher says about its use.</param>
/// <param name="Page">The publisher's page.</param>
/// <param name="Folder">The folder, within the data folder, that its files lie in.</param>
/// <param name="Archives">What is downloaded.</param>
public sealed record CatalogEntry(string Name, string Title, string Terms, Uri Page, string Folder, IReadOnlyList<CatalogArchive> Archives)
{
    /// <summary>All files that make the set whole.</summary>
    public IEnumerable<CatalogFile> Files => Archives.SelectMany(archive => archive.Files);
}

/// <summary>One file as it is published.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Addresses">The publisher's address, then one mirror's.</param>
/// <param name="Files">The files in it that the set needs.</param>
public sealed record CatalogArchive(string Name, IReadOnlyList<CatalogAddress> Addresses, IReadOnlyList<CatalogFile> Files);

/// <summary>An address from which an archive can be downloaded.</summary>
/// <param name="Uri">The address.</param>
/// <param name="Length">The archive's bytes there; a mirror may have packed the same files anew.</param>
public sealed record CatalogAddress(Uri Uri, long Length);

/// <summary>One file of a set, unpacked: what is checked, however it was packed.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Sha256">Its SHA-256, 64 lower-case hexadecimal digits; null where none is published that we could find: its length alone is held against it.</param>
public sealed record CatalogFile(string Name, long Length, string? Sha256);
