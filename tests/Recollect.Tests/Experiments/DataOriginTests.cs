using System.Text.Json.Nodes;
using Recollect.Runs;

namespace Recollect.Tests.Experiments;

/// <summary>A model is measured on the data that it was trained on, or not at all.</summary>
public sealed class DataOriginTests : IDisposable
{
    private static readonly string[] Rows = ["label,a,b,c", "x,1,2,3", "y,3,2,1", "x,2,3,4", "y,4,2,0", "x,1,3,5", "y,5,3,1", "x,0,1,2", "y,2,1,0"];

    private readonly SmallTables _tables = new();

    public void Dispose() => _tables.Dispose();

    // Trains, and then changes the table; without a manifest the model's own words must do.
    private string Refusal(bool manifest, params string[] rowsThen)
    {
        _tables.Write("mine.csv", Rows);
        _tables.Train(new JsonObject { ["source"] = "csv", ["train"] = "mine.csv", ["standardize"] = true });
        Assert.Equal(2, _tables.Evaluate().Examples);
        if (!manifest)
            File.Delete(RunDirectory.Open(_tables.In("run")).ManifestFile);
        Assert.Equal(2, _tables.Evaluate().Examples);
        _tables.Write("mine.csv", rowsThen);
        return Assert.Throws<DataException>(() => _tables.Evaluate()).Message;
    }

    [Theory]
    [InlineData("a,1,1,1")]
    [InlineData("x,1,1,1")]
    public void A_row_more_is_told_by_the_files_hash(string row)
    {
        var message = Refusal(manifest: true, [.. Rows, row]);
        Assert.Contains("'mine.csv' is not the one that", message);
        Assert.Contains("SHA-256", message);
        Assert.Contains("--data", message);
    }

    [Fact]
    public void Without_a_manifest_a_new_class_is_told_by_the_models()
    {
        var message = Refusal(manifest: false, [.. Rows, "a,1,1,1", "a,1,1,1", "a,1,1,1", "a,1,1,1", "a,1,1,1"]);
        Assert.Contains("\"a\", \"x\", \"y\"", message);
        Assert.Contains("with \"x\", \"y\"", message);
    }

    [Fact]
    public void Without_a_manifest_other_numbers_are_told_by_the_models_standardisation() =>
        Assert.Contains("\"mean\":", Refusal(manifest: false, [.. Rows.Select(row => row.Replace(",2,", ",9,", StringComparison.Ordinal))]));
}
