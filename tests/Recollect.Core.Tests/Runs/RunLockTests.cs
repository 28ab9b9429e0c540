using System.Diagnostics;

namespace Recollect.Runs;

public sealed class RunLockTests : IDisposable
{
    private const string Python = "/usr/bin/python3";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_second_writer_is_refused_and_told_the_process()
    {
        var run = RunDirectory.Create(_folder.Path);
        using var held = run.Lock();
        var error = Assert.Throws<RunException>(() => run.Lock());
        Assert.Equal(1, error.ExitCode);
        Assert.Contains($"in use by process {Environment.ProcessId}", error.Message);
        Assert.Contains(_folder.Path, error.Message);
    }

    [Fact]
    public void A_lock_given_up_can_be_taken_again()
    {
        var run = RunDirectory.Create(_folder.Path);
        var first = run.Lock();
        first.Dispose();
        first.Dispose();
        using var second = run.Lock();
        Assert.Throws<RunException>(() => run.Lock());
    }

    [Fact]
    public void Another_process_s_lock_holds_until_that_process_dies()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists(Python), $"needs Linux and {Python}");
        var run = RunDirectory.Create(_folder.Path);
        const string Hold = "import fcntl,sys,time; f=open(sys.argv[1],'w'); fcntl.flock(f,fcntl.LOCK_EX); print('held',flush=True); time.sleep(60)";
        using var other = Process.Start(new ProcessStartInfo(Python, ["-c", Hold, _folder.File("lock")]) { RedirectStandardOutput = true })!;
        try
        {
            Assert.Equal("held", other.StandardOutput.ReadLine());
            Assert.Contains("in use", Assert.Throws<RunException>(() => run.Lock()).Message);
        }
        finally
        {
            other.Kill();
            other.WaitForExit();
        }
        run.Lock().Dispose();
    }

    /// <summary>What a failed look says must not rest on another: the holder may have ended between the two.</summary>
    [Fact]
    public async Task A_lock_that_comes_and_goes_is_taken_or_in_use_and_nothing_else()
    {
        var run = RunDirectory.Create(_folder.Path);
        using var done = new CancellationTokenSource();
        var other = Task.Run(() => Ask(run, () => !done.IsCancellationRequested), TestContext.Current.CancellationToken);
        var asked = 0;
        var refusals = Ask(run, () => asked++ < 20_000);
        await done.CancelAsync();
        Assert.All(refusals.Concat(await other), message => Assert.Contains("in use by", message));
    }

    [Fact]
    public async Task Looks_keep_nobody_out_of_a_run_that_nobody_holds()
    {
        var run = RunDirectory.Create(_folder.Path);
        using var done = new CancellationTokenSource();
        var met = 0;
        var looks = Task.Run(
            () =>
            {
                for (; !done.IsCancellationRequested; Thread.Sleep(1))
                    met += RunDirectory.IsLocked(_folder.Path) ? 1 : 0;
            },
            TestContext.Current.CancellationToken);
        var (asked, asking) = (0, Stopwatch.StartNew());
        Assert.Empty(Ask(run, () => asked++ < 1_000 || (Volatile.Read(ref met) == 0 && asking.Elapsed < TimeSpan.FromMinutes(1))));
        await done.CancelAsync();
        await looks;
        Assert.InRange(met, 1, int.MaxValue);
    }

    private static HashSet<string> Ask(RunDirectory run, Func<bool> more)
    {
        var refusals = new HashSet<string>();
        while (more())
        {
            try
            {
                run.Lock().Dispose();
            }
            catch (RunException refused)
            {
                refusals.Add(refused.Message);
            }
        }
        return refusals;
    }

    [Fact]
    public void A_folder_that_cannot_be_written_to_is_not_called_in_use()
    {
        var run = RunDirectory.Create(_folder.File("run"));
        Directory.Delete(run.Path);
        var error = Assert.Throws<RunException>(() => run.Lock());
        Assert.DoesNotContain("in use", error.Message);
        Assert.Contains("folder does not exist", error.Message);
    }
}
