namespace Recollect.Data.Tests;

public sealed class DataFolderTests
{
    [Fact]
    public void The_folder_asked_for_comes_before_the_variable_and_the_variable_before_the_platforms()
    {
        var before = Environment.GetEnvironmentVariable(DataFolder.Variable);
        try
        {
            Environment.SetEnvironmentVariable(DataFolder.Variable, "named");
            Assert.Equal("asked", DataFolder.Resolve("asked"));
            Assert.Equal("named", DataFolder.Resolve());
            Environment.SetEnvironmentVariable(DataFolder.Variable, null);
            Assert.EndsWith(Path.Combine("recollect", "data"), DataFolder.Resolve(), StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable(DataFolder.Variable, before);
        }
    }
}
