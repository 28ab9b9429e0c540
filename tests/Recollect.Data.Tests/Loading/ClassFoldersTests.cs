using System.Diagnostics;

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
    public void A_link_is_the_file_that_it_leads_to_in_the_end()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege.");
        _folder.Write("elsewhere", new byte[5000]);
        Assert.Equal(5000, RegularFile.Length(_folder.Link("a/1.x", "elsewhere")));
        Assert.Equal(5000, RegularFile.Length(_folder.Link("b/1.x", "a/1.x")));
        File.Delete(Path.Combine(_folder.Path, "elsewhere"));
        Refusal.Of<DataException>(Files, "1.x: the file (a link to ", "elsewhere) is not there; expected files in .x", "remove it");
    }

    /// <summary>Opening one of these would wait for ever, or read for ever.</summary>
    [Theory]
    [InlineData("empty")]
    [InlineData("pipe")]
    [InlineData("/dev/zero")]
    [InlineData("/dev/null")]
    public void What_has_no_length_is_refused_whether_it_lies_there_or_a_link_leads_to_it(string kind)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege, and there are no devices.");
        _folder.Write("a/1.x", "1");
        using var elsewhere = new TemporaryFolder();
        if (kind == "empty")
            elsewhere.Write(kind, "");
        if (kind == "pipe")
            elsewhere.Pipe(kind);
        var link = _folder.Link("b/1.x", Path.Combine(elsewhere.Path, kind));
        Refusal.Of<DataException>(Files, $"{link}: the file (a link to ", $"{kind}) is empty, a pipe or a device; expected files in .x", "remove it");
        Refusal.Of<DataException>(() => ClassFolders.Flat(_folder.Path), "is empty, a pipe or a device");
        Refusal.Of<DataException>(() => DataFolder.HashAll([("b/1.x", link)], TestContext.Current.CancellationToken), link);
        if (kind[0] == '/')
            return;
        File.Delete(link);
        File.Move(Path.Combine(elsewhere.Path, kind), link);
        Refusal.Of<DataException>(Files, $"{link}: the file is empty, a pipe or a device");
    }

    [Fact]
    public void Links_that_lead_to_each_other_are_refused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege.");
        _folder.Link("a/1.x", "a/2.x");
        Refusal.Of<DataException>(Files, _folder.Link("a/2.x", "a/1.x")[..^3], "expected files in .x", "Put the file itself there");
    }

    [Theory]
    [InlineData("a/\\377.x")]
    [InlineData("\\377/1.x")]
    public void A_name_that_is_not_UTF_8_is_refused_with_what_to_do(string name)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Other systems have no such names.");
        void Shell(string line)
        {
            using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", line]) { WorkingDirectory = _folder.Path })!;
            shell.WaitForExit();
        }
        Shell($"name=\"$(printf '{name}')\"; mkdir -p \"${{name%/*}}\"; echo 1 > \"$name\"");
        try
        {
            Refusal.Of<DataException>(Files, _folder.Path, "the name is not UTF-8", "Rename it");
        }
        finally
        {
            Shell("rm -r ./*"); // what we cannot name we cannot delete
        }
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
