namespace Recollect.Runs;

public sealed class FolderStateTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("runs")]
    [InlineData("not/made/yet")]
    public void A_folder_that_can_be_written_to_is_left_as_it_was(string name)
    {
        _folder.File("mine", "precious");
        var state = FolderState.Of(Path.Combine(_folder.Path, name));
        Assert.Null(state.Fault);
        Assert.True(state.Free > 0);
        Assert.Equal(["mine"], _folder.Names);
    }

    [Theory]
    [InlineData("file")]
    [InlineData("file/below")]
    public void A_file_in_its_place_or_above_it_is_named(string name)
    {
        var file = _folder.File("file", "precious");
        Assert.Equal($"'{file}' is a file; expected a folder", FolderState.Of(Path.Combine(_folder.Path, name)).Fault);
        Assert.Equal("precious", File.ReadAllText(file));
    }

    [Fact]
    public void A_folder_that_may_not_be_written_to_is_told()
    {
        Assert.SkipUnless(Directory.Exists("/proc/self"), "This system has no /proc, where nobody may make a file.");
        Assert.NotNull(FolderState.Of("/proc/self").Fault);
    }

    [Fact]
    public void A_relative_folder_is_named_in_full() => Assert.Equal(Path.GetFullPath("runs"), FolderState.Of("runs").Path);
}
