namespace Recollect.Data.Tests.Catalog;

public sealed class DataCatalogTests
{
    [Fact]
    public void Every_archive_has_the_publishers_address_and_one_mirror_and_every_file_its_sum()
    {
        Assert.Equal(["mnist", "fashion-mnist", "cifar-10", "dbpedia"], DataCatalog.Entries.Select(entry => entry.Name));
        Assert.All(DataCatalog.Entries.SelectMany(entry => entry.Archives), archive =>
        {
            Assert.Equal(2, archive.Addresses.Select(address => address.Uri.Host).Distinct().Count());
            Assert.All(archive.Addresses, address => Assert.EndsWith(Plain(archive.Name), Plain(address.Uri.AbsolutePath), StringComparison.Ordinal));
        });
        string[] lengthAlone = ["train.csv", "test.csv"]; // DBpedia's: no sum is published
        var files = DataCatalog.Entries.SelectMany(entry => entry.Files).Where(file => !lengthAlone.Contains(file.Name)).ToList();
        Assert.All(files, file => Assert.Matches("^[0-9a-f]{64}$", file.Sha256!));
        Assert.Equal(files.Count, files.Select(file => file.Sha256).Distinct().Count());
    }

    // A mirror may give the same archive another ending.
    private static string Plain(string name) => name.Replace(".tar.gz", "", StringComparison.Ordinal).Replace(".tgz", "", StringComparison.Ordinal);

    [Fact]
    public void An_unknown_set_is_refused_with_the_nearest()
    {
        Refusal.Of<RecipeException>(() => DataCatalog.Find("mnits"), "'mnits'", "Nearest: mnist");
        Refusal.Of<RecipeException>(() => DataCatalog.Find("digits"), "embedded");
    }
}
