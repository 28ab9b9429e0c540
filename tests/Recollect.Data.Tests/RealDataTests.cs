using Recollect.Sequences;

namespace Recollect.Data.Tests;

/// <summary>What is known of the published sets, seen in copies of them under $RECOLLECT_DATA.</summary>
[Trait("Tier", "data")]
public sealed class RealDataTests
{
    [Theory]
    [InlineData("mnist", new[] { 5, 0, 4, 1, 9 }, new[] { 7, 2, 1, 0, 4 }, 60_000, 784)]
    [InlineData("fashion-mnist", new[] { 9, 0, 0, 3, 0 }, new[] { 9, 2, 1, 1, 6 }, 60_000, 784)]
    [InlineData("cifar-10", new[] { 6, 9, 9, 4, 1 }, new[] { 3, 8, 8, 0, 6 }, 50_000, 1024)]
    public void Counts_first_labels_and_lengths_are_the_published_ones(string name, int[] train, int[] test, int rows, int length)
    {
        var folder = FolderWith(name);
        var sets = DataSetLoader.Load(new DataOptions { Source = name }, folder);
        Assert.Equal((rows, 10_000), (sets.Train.Count, sets.Test.Count));
        Assert.Equal(train, Enumerable.Range(0, 5).Select(sets.Train.LabelOf));
        Assert.Equal(test, Enumerable.Range(0, 5).Select(sets.Test.LabelOf));
        Assert.All(Enumerable.Range(0, rows), row => Assert.Equal(length, sets.Train.LengthOf(row)));
    }

    [Fact]
    public void The_mean_training_pixel_of_mnist_is_the_published_one()
    {
        var sets = DataSetLoader.Load(new DataOptions { Source = "mnist", Encoding = StepEncoding.Reals }, FolderWith("mnist"));
        var image = new float[784];
        var sum = 0.0;
        for (var row = 0; row < sets.Train.Count; row++)
        {
            sets.Train.CopyReals(row, 0, image);
            foreach (var pixel in image)
                sum += pixel;
        }
        Assert.Equal(0.1307, sum / (60_000 * 784.0), 4); // the constant that MNIST is normalised with everywhere
    }

    [Fact]
    public void Mnist_at_a_quarter_of_its_pixels_has_196_steps_of_the_same_mean()
    {
        var folder = FolderWith("mnist");
        var small = DataSetLoader.Load(new DataOptions { Source = "mnist", Downscale = 2, Limit = 100, TestLimit = 1, Encoding = StepEncoding.Reals }, folder).Train;
        var full = DataSetLoader.Load(new DataOptions { Source = "mnist", Limit = 100, TestLimit = 1, Encoding = StepEncoding.Reals }, folder).Train;
        var (few, many) = (new float[196], new float[784]);
        for (var row = 0; row < 100; row++)
        {
            small.CopyReals(row, 0, few);
            full.CopyReals(row, 0, many);
            Assert.Equal(many.Average(), few.Average(), 5);
        }
    }

    /// <summary>The paper's square of 40 has 1,600 steps; one of twice the side repeats each pixel four times, one of half the side is the mean of four.</summary>
    [Fact]
    public void Cifar_10_scales_to_any_square()
    {
        SequenceSet Rows(int? size, int? downscale = null) => DataSetLoader.Load(
            new DataOptions { Source = "cifar-10", Size = size, Downscale = downscale, Limit = 5, TestLimit = 1, Encoding = StepEncoding.Tokens }, FolderWith("cifar-10")).Train;
        int[] Tokens(SequenceSet set, int row)
        {
            var tokens = new int[set.LengthOf(row)];
            set.CopyTokens(row, 0, tokens);
            return tokens;
        }

        Assert.Equal(3 * 1600, Rows(40).LengthOf(0));
        var (own, twice, half, shrunk) = (Tokens(Rows(null), 4), Tokens(Rows(64), 4), Tokens(Rows(16), 4), Tokens(Rows(null, downscale: 2), 4));
        for (var i = 0; i < twice.Length; i++)
            Assert.Equal(own[(i / (3 * 64) / 2 * 32 + i / 3 % 64 / 2) * 3 + i % 3], twice[i]);
        Assert.Equal(shrunk, half);
    }

    [Theory]
    [InlineData("mnist")]
    [InlineData("fashion-mnist")]
    [InlineData("cifar-10")]
    public void The_published_files_are_whole_by_the_catalogs_sums(string name)
    {
        var state = DataFetcher.Check(DataCatalog.Find(name), FolderWith(name));
        Assert.All(state.Files, file => Assert.Null(file.Fault));
        Assert.True(state.IsWhole);
    }

    [Fact]
    public void The_published_files_are_taken_from_a_folder_that_a_user_has()
    {
        using var target = new TemporaryFolder();
        var from = Path.Combine(FolderWith("fashion-mnist"), "fashion-mnist");
        DataFetcher.Take(DataCatalog.Find("fashion-mnist"), target.Path, from, TestContext.Current.CancellationToken);
        Assert.True(DataFetcher.Check(DataCatalog.Find("fashion-mnist"), target.Path).IsWhole);
    }

    private static string FolderWith(string name)
    {
        var folder = Environment.GetEnvironmentVariable(DataFolder.Variable) ?? "";
        if (!Directory.Exists(Path.Combine(folder, DataCatalog.Find(name).Folder)))
            Assert.Skip($"${DataFolder.Variable} names no folder with {name}.");
        return folder;
    }
}
