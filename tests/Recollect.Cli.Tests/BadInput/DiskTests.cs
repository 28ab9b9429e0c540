using System.Diagnostics;

namespace Recollect.Tests.Cli.BadInput;

/// <summary>Disks that are full or may not be written to: small memory disks, in a mount namespace that ends with its shell.</summary>
public sealed class DiskTests : IDisposable
{
    private readonly SmallRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public void A_full_disk_ends_the_run_with_1_and_the_earlier_checkpoint_goes_on_from_there()
    {
        // A checkpoint of 0.6 MB, and 0.2 MB left for the second one. Updates are logged rarely, so that it is the checkpoint that finds no room.
        string[] edits = ["model.hidden=64", "training.logEvery=1000", "training.checkpointEvery=1", "training.epochs=1"];
        var ran = OnSmallDisk($"""
            mount -o remount,size=8m "$disk"
            recollect {Shell(SmallRuns.Digits("$disk/run", edits, "--max-steps", "1"))} 2>/dev/null >/dev/null; echo first $?
            (cd "$disk/run" && sha256sum checkpoint/* > "$disk/sums")
            rm "$disk/run/model.safetensors" # as a resume does first, which makes room
            head -c $(($(df -B1 --output=avail "$disk" | tail -n 1) - 200000)) /dev/zero > "$disk/filler"
            recollect train --resume "$disk/run" --threads 1; echo full $?
            cp -r "$disk/run" '{_runs.In("moved")}'
            (cd "$disk/run" && sha256sum --check --quiet "$disk/sums") && echo intact
            find "$disk/run" -name '*.part'
            rm "$disk/filler"
            recollect train --resume "$disk/run" --threads 1 >/dev/null; echo room $?
            cp "$disk/run/model.safetensors" '{_runs.In("model.safetensors")}'
            """);
        Assert.Equal("first 0\nfull 1\nintact\nroom 0\n", ran.Output);
        Assert.Matches(
            @"(?m)^recollect: Cannot write '.*/checkpoint/update-0000000002\.safetensors': the disk is full \([\d,]+ bytes free\); "
                + @"nothing was left behind\. Free some space, or use another disk: .*that of a run to resume may be moved",
            ran.Error);
        Assert.True(SmallRuns.Resume(_runs.In("moved")).Code == 0, "The advice does not work.");
        Assert.DoesNotContain("   at ", ran.Error);
        var whole = _runs.Train("whole", edits);
        Assert.Equal(File.ReadAllBytes(Path.Combine(whole, "model.safetensors")), File.ReadAllBytes(_runs.In("model.safetensors")));
    }

    [Fact]
    public void A_disk_that_may_not_be_written_to_is_named_and_a_run_on_it_still_predicts()
    {
        var rows = _runs.Write("rows.csv", string.Join(',', Enumerable.Repeat(3, 64)) + "\n");
        var ran = OnSmallDisk($"""
            recollect {Shell(SmallRuns.Digits("$disk/run", [], "--max-steps", "1"))} 2>/dev/null >/dev/null; echo first $?
            mount -o remount,ro "$disk"
            recollect {Shell(SmallRuns.Digits("$disk/other", []))}; echo new $?
            recollect train --resume "$disk/run"; echo resumed $?
            recollect predict "$disk/run" '{rows}' --threads 1 | cut -f 1; echo predicted $?
            (cd "$disk"; recollect doctor --data "$disk/data" > '{_runs.In("doctor.txt")}'; echo doctor $?)
            """);
        Assert.Equal("first 0\nnew 1\nresumed 1\n0\npredicted 0\ndoctor 1\n", ran.Output);
        var findings = File.ReadAllText(_runs.In("doctor.txt"));
        Assert.Matches(@"(?m)^BROKEN +disk \(runs\) +.*/disk/runs cannot be written to: the file system is read-only\n.*--out DIR", findings);
        Assert.Matches(@"(?m)^note +disk \(data\) +.*/disk/data cannot be written to: the file system is read-only\n.*--data", findings);
        Assert.Contains("/other': the file system is read-only; no run was started. Choose a folder that can be written to with --out", ran.Error);
        Assert.Contains("/run/lock': the file system is read-only; no run was started.", ran.Error);
        Assert.DoesNotContain("   at ", ran.Error);
    }

    [Fact]
    [Trait("Tier", "slow")]
    public void A_self_test_names_a_full_disk_and_one_that_may_not_be_written_to_and_leaves_nothing()
    {
        var ran = OnSmallDisk($"""
            head -c 1500000 /dev/zero > "$disk/filler"
            (cd "$disk"; recollect doctor --deep --data "$disk/data" > '{_runs.In("full.txt")}' 2>/dev/null; echo full $?)
            mount -o remount,ro "$disk"
            (cd "$disk"; recollect doctor --deep --data "$disk/data" > '{_runs.In("locked.txt")}' 2>/dev/null; echo locked $?)
            find "$disk" -mindepth 1 -printf '%f\n'
            """);
        Assert.Equal("full 1\nlocked 1\nfiller\n", ran.Output);
        var full = File.ReadAllText(_runs.In("full.txt"));
        Assert.Matches(@"(?m)^BROKEN +saving +in .*/disk/runs: the disk is full \([\d,]+ bytes free\)\n.*--out DIR", full);
        Assert.Matches(@"(?m)^BROKEN +disk speed +in .*/disk/runs: the disk is full", full);
        Assert.Matches(@"(?m)^ok +kernels", full);
        var locked = File.ReadAllText(_runs.In("locked.txt"));
        Assert.Matches(@"(?m)^BROKEN +saving +in .*/disk/runs: the file system is read-only\n.*--out DIR", locked);
        Assert.Matches(@"(?m)^BROKEN +disk speed +in .*/disk/runs: the file system is read-only\n.*--out DIR", locked);
    }

    /// <summary>Runs a script whose <c>$disk</c> is a memory disk of its own, with <c>recollect</c> as a command.</summary>
    private (string Output, string Error) OnSmallDisk(string script)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has mount namespaces.");
        var disk = Directory.CreateDirectory(_runs.In("disk")).FullName;
        var prologue = $"disk='{disk}'; mount -t tmpfs -o size=2m recollect \"$disk\" || exit 99\nrecollect() {{ dotnet '{Processes.Program}' \"$@\"; }}\n";
        var (code, output, error) = Unshared(prologue + script);
        Assert.SkipWhen(code == 99 || error.StartsWith("unshare:", StringComparison.Ordinal), $"This system lets nobody mount a memory disk here: {error}");
        Assert.True(code == 0, $"The script ended with {code}:\n{output}\n{error}");
        return (output, error);
    }

    private static (int Code, string Output, string Error) Unshared(string script)
    {
        // A user namespace gives the right to mount to whoever is not root, where the system allows it.
        string[] words = Environment.UserName == "root" ? ["--mount"] : ["--mount", "--user", "--map-root-user"];
        try
        {
            using var process = Process.Start(new ProcessStartInfo("unshare", [.. words, "bash", "-c", script])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output, error.Result);
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            return (99, "", missing.Message);
        }
    }

    // Double quotes, within which the shell still fills in $disk.
    private static string Shell(string[] words) => string.Join(' ', words.Select(word => $"\"{word}\""));
}
