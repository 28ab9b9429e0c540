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
            Assert.True(Path.IsPathRooted(DataFolder.Resolve()));
        }
        finally
        {
            Environment.SetEnvironmentVariable(DataFolder.Variable, before);
        }
    }

    [Fact]
    public void The_platforms_folder_lies_in_the_home_also_where_the_home_is_empty()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere the system says where it is, and not $HOME.");
        using var home = new TemporaryFolder();
        string[] names = [DataFolder.Variable, "XDG_DATA_HOME", "HOME"];
        var before = Array.ConvertAll(names, name => Environment.GetEnvironmentVariable(name));
        try
        {
            Environment.SetEnvironmentVariable(DataFolder.Variable, null);
            Environment.SetEnvironmentVariable("XDG_DATA_HOME", null);
            Environment.SetEnvironmentVariable("HOME", home.Path);
            Assert.Equal(Path.Combine(home.Path, ".local", "share", "recollect", "data"), DataFolder.Resolve());
        }
        finally
        {
            for (var i = 0; i < names.Length; i++)
                Environment.SetEnvironmentVariable(names[i], before[i]);
        }
    }
}
