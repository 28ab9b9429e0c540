using System.Diagnostics;

namespace Recollect.Runs;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_is_replaced_whole_and_no_temporary_stays()
    {
        var path = _folder.File("a.json", "the earlier content, which is longer");
        AtomicFile.Write(path, "new");
        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal(["a.json"], _folder.Names);
    }

    [Fact]
    public void Readers_see_the_earlier_file_until_the_new_one_is_complete()
    {
        var path = _folder.File("a.json", "earlier");
        AtomicFile.Write(path, stream =>
        {
            stream.Write("half"u8);
            stream.Flush();
            Assert.Equal("earlier", File.ReadAllText(path));
        });
        Assert.Equal("half", File.ReadAllText(path));
    }

    [Fact]
    public void A_full_disk_leaves_the_earlier_file_and_says_so()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "this system has no /dev/full to get a true 'no space left' from");
        var path = _folder.File("model.safetensors", "earlier");
        var error = Assert.Throws<RunException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write("half"u8);
            using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            full.Write("more"u8); // the system's own ENOSPC
        }));
        Assert.Contains(path, error.Message);
        Assert.Contains("the disk is full", error.Message);
        Assert.Contains("earlier file is untouched", error.Message);
        Assert.Contains("--out", error.Message);
        Assert.Equal("earlier", File.ReadAllText(path));
        Assert.Equal(["model.safetensors"], _folder.Names);
    }

    [Fact]
    public void A_missing_folder_is_named()
    {
        var path = _folder.File(Path.Combine("gone", "a.json"));
        var error = Assert.Throws<RunException>(() => AtomicFile.Write(path, "x"));
        Assert.Contains(path, error.Message);
        Assert.Contains("folder does not exist", error.Message);
    }

    [Fact]
    public void A_folder_that_may_not_be_written_to_is_named()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs /proc, a folder that refuses new files to root too");
        var error = Assert.Throws<RunException>(() => AtomicFile.Write("/proc/self/recollect-test", "x"));
        Assert.Contains("/proc/self/recollect-test", error.Message);
        Assert.Contains("--out", error.Message);
        Assert.Contains("nothing was left behind", error.Message);
    }

    [Fact]
    public void A_pipe_and_a_link_to_one_are_no_files_to_replace()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/mkfifo"), "this system has no mkfifo");
        using (var made = Process.Start("/usr/bin/mkfifo", [_folder.File("pipe")]))
            made.WaitForExit();
        File.CreateSymbolicLink(_folder.File("link"), "pipe");
        foreach (var name in new[] { "pipe", "link" })
        {
            var error = Assert.Throws<RunException>(() => AtomicFile.Write(_folder.File(name), "x", "name another file with -o"));
            Assert.Equal($"Cannot write '{_folder.File(name)}': a device, a pipe or a socket is there; expected a file, or nothing. Remove it, or name another file with -o.", error.Message);
        }
        Assert.Equal(["link", "pipe"], _folder.Names);
        Assert.True(SpecialFile.IsAt("/dev/null"));
    }

    [Fact]
    public void A_file_a_folder_and_nothing_are_not_special()
    {
        Assert.False(SpecialFile.IsAt(_folder.File("a.json", "")));
        Assert.False(SpecialFile.IsAt(_folder.Path));
        Assert.False(SpecialFile.IsAt(_folder.File("none")));
    }

    [Fact]
    public void A_defect_of_the_writer_is_not_disguised_and_leaves_nothing()
    {
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(_folder.File("a"), _ => throw new InvalidOperationException()));
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public void Stale_temporaries_go_and_nothing_else()
    {
        _folder.File(".a.json.123-00ff.part", "half");
        _folder.File("a.json", "whole");
        _folder.File(".hidden", "a user's");
        _folder.File("b.part", "a user's");
        AtomicFile.RemoveStale(_folder.Path);
        Assert.Equal([".hidden", "a.json", "b.part"], _folder.Names);
    }
}
