using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Recollect.Cli;
using Recollect.Cli.Commands;

namespace Recollect.Tests.Cli.BadInput;

/// <summary>A training as a process of its own, stopped from outside.</summary>
public sealed class SignalTests : IDisposable
{
    private const int Interrupt = 2, Terminate = 15; // POSIX
    private const int Quit = 3, Child = 17, Continue = 18, WindowSize = 28; // Linux
    private const int UpdatesAnEpoch = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly SmallRuns _runs = new();

    public SignalTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals to send.");

    public void Dispose() => _runs.Dispose();

    [Theory]
    [InlineData(Interrupt, 130, "SIGINT")]
    [InlineData(Terminate, 143, "SIGTERM")]
    public void A_signal_saves_a_checkpoint_from_which_the_run_goes_on_bit_for_bit(int signal, int code, string name)
    {
        var run = _runs.In("run");
        using (var process = Begin(run))
        {
            Assert.Equal(0, Send(process.Id, signal));
            var (output, error) = End(process);
            Assert.Equal(code, process.ExitCode);
            Assert.Contains($"stopped by  {name}; go on with: recollect train --resume {run}", output);
            Assert.Contains("Stopping as soon as the run can be saved", error);
            Assert.Contains("a second signal ends at once", error);
            Assert.DoesNotContain("   at ", error);
        }
        GoesOnBitForBit(run, []);
    }

    [Theory]
    [InlineData(Interrupt, 130)]
    [InlineData(Terminate, 143)]
    public void A_second_signal_ends_at_once_in_the_middle_of_an_update(int signal, int code)
    {
        string[] slow = ["model.hidden=1024", "training.batch=48", "data.limit=48", "data.validation=0"]; // seconds an update, and nothing between two
        using var process = Begin(_runs.In("run"), slow);
        Assert.Equal(0, Send(process.Id, signal));
        while (process.StandardError.ReadLine() is { } line && !line.Contains("a second signal ends at once", StringComparison.Ordinal))
        {
        }
        Assert.Equal(0, Send(process.Id, signal));
        var (output, error) = End(process);
        Assert.True(process.ExitCode == code, $"Exit code {process.ExitCode}: {error}");
        Assert.DoesNotContain("stopped by", output);
    }

    /// <summary>At a terminal Ctrl-C reaches the command of a plan and its trainings alike; what the command makes of it may be there first.</summary>
    [Fact]
    public void The_first_signal_lets_the_run_save_though_its_parent_has_asked_for_that_already()
    {
        string[] slow = ["model.hidden=1024", "training.batch=48"]; // seconds an update
        using var process = Begin(words => Processes.Start([.. words, TrainCommand.FollowParent]), _runs.In("run"), slow);
        process.StandardInput.BaseStream.WriteByte(ParentWatch.Stop);
        process.StandardInput.BaseStream.Flush();
        Thread.Sleep(20); // less than an update, or than the saving of it
        Assert.Equal(0, Send(process.Id, Interrupt));
        var (output, error) = End(process);
        Assert.True(output.Contains("stopped by  SIG", StringComparison.Ordinal), $"Exit code {process.ExitCode}: {error}"); // ended at once it says nothing
    }

    /// <summary>
    /// What a shell sends at <c>fg</c>, and a terminal when it is resized, arrives while oneDNN computes with its stack on the heap
    /// (docs/decisions/0006). Before the signals were kept off that thread, 76 of them at most ended each of six trainings of this size.
    /// </summary>
    [Fact]
    public void Signals_that_ask_for_nothing_change_nothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The number of SIGCONT is that of Linux.");
        const int Signals = 400;
        string[] wide = // smaller products need no buffer
            ["model.hidden=64", "auxiliary=[{\"kind\":\"reconstruction\",\"segments\":2,\"length\":16,\"bptt\":16}]", "training.pretrainEpochs=0"];
        var run = _runs.In("run");
        using (var process = Begin(run, wide))
        {
            for (var sent = 0; sent < Signals && !process.HasExited; sent++)
            {
                Assert.Equal(0, Send(process.Id, Continue));
                Thread.Sleep(5);
            }
            if (!process.HasExited)
                Assert.Equal(0, Send(process.Id, Terminate));
            var (_, error) = End(process);
            Assert.True(process.ExitCode == 143, $"Exit code {process.ExitCode}: {error}");
        }
        GoesOnBitForBit(run, wide);
    }

    [Fact]
    public void The_thread_that_computes_takes_no_signals_and_another_does()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells the masks of a process's threads.");
        using var process = Begin(_runs.In("run"));
        var masks = new Dictionary<string, ulong>();
        foreach (var thread in Directory.GetDirectories($"/proc/{process.Id}/task"))
        {
            try
            {
                masks[Path.GetFileName(thread)] = Blocked(thread);
            }
            catch (IOException)
            {
                // It has ended since.
            }
        }
        var computing = masks[$"{process.Id}"]; // the first thread of a process has its number
        Assert.All([Interrupt, Quit, Terminate, Child, Continue, WindowSize], signal => Assert.True(Has(computing, signal), $"{signal} is not blocked."));
        Assert.Contains(masks.Values, mask => mask == 0);
        Assert.Equal(0, Send(process.Id, Terminate));
        End(process);

        static ulong Blocked(string thread) => ulong.Parse(
            File.ReadLines(Path.Combine(thread, "status")).Single(line => line.StartsWith("SigBlk:", StringComparison.Ordinal)).Split('\t')[1],
            NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        static bool Has(ulong mask, int signal) => (mask >> (signal - 1) & 1) == 1;
    }

    [Fact]
    public void A_program_started_with_its_signals_blocked_stops_and_saves_all_the_same()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux's env blocks signals, and only there does the program block any.");
        var run = _runs.In("run");
        using (var process = Begin(Processes.StartBlocked, run))
        {
            Assert.Equal(0, Send(process.Id, Terminate));
            var (output, error) = End(process);
            Assert.True(process.ExitCode == 143, $"Exit code {process.ExitCode}: {error}");
            Assert.Contains("stopped by  SIGTERM", output);
        }
        GoesOnBitForBit(run, []);
    }

    [Fact]
    public void A_run_in_use_by_another_process_is_refused_with_that_process()
    {
        var run = _runs.In("run");
        using var process = Begin(run);
        SmallRuns.Resume(run).Refused(1, $"'{run}' is in use by process {process.Id}", "Wait for it to end, or stop it");
        Ran.Command(SmallRuns.Digits(run, [])).Refused(2, "holds a run already");
        Assert.False(process.HasExited);
        Assert.Equal(0, Send(process.Id, Terminate));
        End(process);
        Assert.Equal(143, process.ExitCode);
        Assert.True(SmallRuns.Resume(run, "--max-steps", "1000000", "--max-time", "0.01s").Code == 0);
    }

    /// <summary>Starts a training of more epochs than anybody waits for, and waits for its first checkpoint.</summary>
    private static Process Begin(string run, params string[] edits) => Begin(Processes.Start, run, edits);

    private static Process Begin(Func<IEnumerable<string>, Process> start, string run, params string[] edits)
    {
        var process = start(SmallRuns.Digits(run, ["training.epochs=1000000", "training.checkpointEvery=0", .. edits]));
        var checkpoints = Path.Combine(run, "checkpoint");
        for (var waited = Stopwatch.StartNew(); !Directory.Exists(checkpoints) || Directory.GetFiles(checkpoints, "update-*").Length == 0;)
        {
            Assert.False(process.HasExited, process.HasExited ? process.StandardError.ReadToEnd() : "");
            Assert.True(waited.Elapsed < Patience, "The training did not begin.");
            Thread.Sleep(20);
        }
        return process;
    }

    /// <summary>Resumes to an epoch beyond where the signal happened to arrive, and compares with a run that nothing disturbed.</summary>
    private void GoesOnBitForBit(string run, string[] edits)
    {
        var done = int.Parse(Path.GetFileNameWithoutExtension(SmallRuns.Checkpoints(run)[0]).Split('-')[1]);
        var epochs = $"training.epochs={done / UpdatesAnEpoch + 1}";
        var resumed = SmallRuns.Resume(run, "--set", epochs);
        Assert.True(resumed.Code == 0, resumed.Error);
        var whole = _runs.Train("whole", [epochs, .. edits]);
        Assert.Equal(File.ReadAllBytes(Path.Combine(whole, "model.safetensors")), File.ReadAllBytes(Path.Combine(run, "model.safetensors")));
    }

    private static (string Output, string Error) End(Process process)
    {
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(Patience))
            process.Kill();
        return (output.Result, error.Result);
    }

    [DllImport("libc", EntryPoint = "kill"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Send(int process, int signal);
}
