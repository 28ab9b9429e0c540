namespace Recollect.Data.Tests.Loading;

public sealed class ClassFoldersTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private IReadOnlyList<ClassFile> Files() => ClassFolders.Of(_folder.Path, name => name.EndsWith(".x", StringComparison.Ordinal), "files in .x");

    [Fact]
    public void Files_come_one_of_each_class_in_turn_in_the_order_of_their_names()
    {
        foreach (var name in new[] { "b/2.x", "b/1.x", "a/3.x", "a/1.x", "a/2.x", "Z/9.x" })
            _folder.Write(name, "1");
        Assert.Equal(["Z/9.x", "a/1.x", "b/1.x", "a/2.x", "b/2.x", "a/3.x"], Files().Select(file => file.Name));
        Assert.Equal(["Z", "a", "b", "a", "b", "a"], Files().Select(file => file.Label));
    }

    [Fact]
    public void What_systems_leave_behind_under_a_dot_is_passed_over()
    {
        foreach (var name in new[] { ".hidden", ".git/config", "a/.hidden", "a/1.x" })
            _folder.Write(name, "1");
        Assert.Equal("a/1.x", Assert.Single(Files()).Name);
    }

    [Theory]
    [InlineData("stray.x", "stray.x: the file lies beside the class folders of ", "Move it into its class's folder")]
    [InlineData("a/inner/1.x", "inner: a folder lies in the class folder a", "Move its files up")]
    [InlineData("a/notes.txt", "notes.txt: the name is not that of one of files in .x", "remove it")]
    public void What_is_not_as_described_is_refused_with_its_path(string name, string says, string also)
    {
        _folder.Write("b/1.x", "1");
        _folder.Write(name, "1");
        Refusal.Of<DataException>(Files, _folder.Path, says, also);
    }

    [Fact]
    public void An_empty_folder_or_class_folder_is_refused_with_its_path()
    {
        Refusal.Of<DataException>(Files, $"{_folder.Path}: the folder is empty", "a folder for each class");
        Directory.CreateDirectory(Path.Combine(_folder.Path, "none"));
        Refusal.Of<DataException>(Files, $"{Path.Combine(_folder.Path, "none")}: the class folder is empty", "remove the folder");
        Directory.Delete(_folder.Path, recursive: true);
        Refusal.Of<DataException>(Files, $"{_folder.Path}: the folder cannot be read");
        Directory.CreateDirectory(_folder.Path);
    }
}
