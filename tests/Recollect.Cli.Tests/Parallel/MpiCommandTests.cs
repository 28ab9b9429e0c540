using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Recollect.Runs;

namespace Recollect.Tests.Cli.Parallel;

/// <summary>mpirun … recollect train …: as a shell sees it.</summary>
[Trait("Tier", "mpi")]
public sealed class MpiCommandTests : IDisposable
{
    private const int Terminate = 15, Kill = 9; // POSIX
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly SmallRuns _runs = new();

    public MpiCommandTests() => MpiRun.SkipWhereMissing();

    public void Dispose() => _runs.Dispose();

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Several_processes_train_and_evaluate_as_one_does_and_the_first_alone_speaks(int processes)
    {
        var alone = _runs.Train("alone", SmallRuns.WithAuxiliaries);
        var run = _runs.In("run");
        var (code, output, error) = Run(processes, SmallRuns.Digits(run, [.. SmallRuns.WithAuxiliaries, "training.testEvery=1"]));
        Assert.True(code == 0, error);
        Assert.Equal(1, output.Split("updates     9 in").Length - 1);
        Assert.Equal(1, error.Split($"computing on cpu by kernels, 1 thread in each of {processes} processes").Length - 1);
        Assert.Equal(1, error.Split("train 2/2 done").Length - 1);

        Same(alone, run);
        var (one, several) = (Read(alone).Test!, Read(run).Test!);
        Assert.Equal((one.Examples, true), (several.Examples, Read(run).Complete));
        Assert.Equal(one.Loss, several.Loss, one.Loss * 1e-3);
        Assert.Equal(30, JsonFile.Read(Path.Combine(run, "evaluation.json"), RunJson.Default.Evaluation).Confusion.Sum(row => row.Sum()));
        Assert.Equal(Names(alone), Names(run)); // no file of another process
        Assert.Single(MetricsLog.Read(Path.Combine(run, "metrics.jsonl")), line => line.Split == DataSplit.Test && line.Step == 6); // of the curve
        Assert.Equal(processes, Manifest(run).Processes);
    }

    [Fact]
    public void A_run_goes_on_in_another_number_of_processes()
    {
        var alone = _runs.Train("alone", SmallRuns.WithAuxiliaries);
        var run = _runs.In("run");
        Assert.Equal(0, Run(2, SmallRuns.Digits(run, SmallRuns.WithAuxiliaries, "--max-steps", "2")).Code);
        var (code, _, error) = Run(4, ["train", "--resume", run, "--max-steps", "5"]);
        Assert.True(code == 0, error);
        Assert.Contains("Not as in the sitting before: processes: 4, before 2.", error);
        var last = SmallRuns.Resume(run);
        Assert.True(last.Code == 0, last.Error);
        Same(alone, run);
        Assert.Equal([2, 4, 1], Manifest(run).Sittings.Select(sitting => sitting.Processes));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_signal_to_any_of_them_stops_all_after_saving(int rank)
    {
        var run = _runs.In("run");
        using var mpirun = Begin(run);
        var ranks = RanksOf(mpirun);
        Assert.Equal(0, Send(ranks[rank], Terminate));
        var (code, output, error) = MpiRun.ToItsEnd(mpirun);
        Assert.True(code == 143, $"Exit code {code}: {error}");
        Assert.Contains($"stopped by  SIGTERM; go on with: recollect train --resume {run}", output);
        GoesOn(run, ranks);
    }

    /// <summary>What batch systems do at the end of a job's time.</summary>
    [Fact]
    public void A_signal_to_mpirun_saves_where_it_leaves_the_time_to()
    {
        var run = _runs.In("run");
        using var mpirun = Begin(run, ("OMPI_MCA_odls_base_sigkill_timeout", "8")); // before SIGTERM, and again before SIGKILL
        var ranks = RanksOf(mpirun);
        Assert.Equal(0, Send(mpirun.Id, Terminate));
        var (code, _, error) = MpiRun.ToItsEnd(mpirun);
        Assert.True(code != 0, error);
        var last = File.ReadLines(Path.Combine(run, "metrics.jsonl")).Last(); // of every update, and none after the checkpoint
        Assert.Equal(Saved(run), JsonNode.Parse(last)!["step"]!.GetValue<int>());
        GoesOn(run, ranks);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void One_that_is_killed_ends_all_and_leaves_a_whole_checkpoint(int rank)
    {
        var run = _runs.In("run");
        using var mpirun = Begin(run);
        var ranks = RanksOf(mpirun);
        Assert.Equal(0, Send(ranks[rank], Kill));
        var (code, _, error) = MpiRun.ToItsEnd(mpirun);
        Assert.True(code == 137, $"Exit code {code}: {error}");
        Assert.Contains($"mpirun noticed that process rank {rank}", error);
        Assert.Contains("exited on signal 9 (Killed)", error);
        if (rank > 0)
            Assert.Contains($"its newest checkpoint is whole, and 'recollect train --resume {run}' goes on from there", error);
        GoesOn(run, ranks);
    }

    [Fact]
    public void What_strikes_all_is_told_once_with_its_exit_code()
    {
        Told(2, "There is no recipe 'didgits'", Run(2, ["train", "didgits"]));
        Told(3, "'nowhere.csv'", Run(2, SmallRuns.Digits(_runs.In("run"), ["data={\"source\":\"csv\",\"train\":\"nowhere.csv\"}"])));
        Assert.False(File.Exists(Path.Combine(_runs.In("run"), "recipe.json")));
    }

    [Fact]
    public void Data_that_differ_from_machine_to_machine_are_refused_by_the_rank_that_has_them()
    {
        string[] words = SmallRuns.Words("digits-lstm", _runs.In("run"), ["data={\"source\":\"csv\",\"train\":\"mine.csv\"}", "training.epochs=1"]);
        foreach (var (folder, label) in new[] { ("one", "a"), ("two", "b") })
        {
            Directory.CreateDirectory(_runs.In(folder));
            File.WriteAllLines(_runs.In(folder, "mine.csv"), ["label,x,y", .. Enumerable.Range(0, 20).Select(row => $"{(row % 2 == 0 ? label : "c")},{row},{row}")]);
        }
        string[] Part(string folder) => ["-np", "1", "-wdir", _runs.In(folder), "dotnet", Processes.Program, .. words];
        var (code, output, error) = MpiRun.ToItsEnd(MpiRun.Start(["mpirun", "--oversubscribe", "--bind-to", "none", .. Part("one"), ":", .. Part("two")]));
        Assert.True(code == 3, $"Exit code {code}: {error}");
        Assert.Contains("recollect (rank 1 of 2, on ", error);
        Assert.Contains("The data file 'mine.csv' is not the one that rank 0 reads", error);
        Assert.Empty(output);
    }

    private static (int Code, string Out, string Error) Run(int processes, IEnumerable<string> words) =>
        MpiRun.ToItsEnd(MpiRun.Start(MpiRun.Words(processes, ["dotnet", Processes.Program, .. words])));

    /// <summary>Two processes that train for longer than anybody waits, at their first checkpoint.</summary>
    private static Process Begin(string run, params (string Name, string Value)[] environment)
    {
        string[] words = SmallRuns.Digits(run, ["training.epochs=1000000", "training.checkpointEvery=0"]);
        var process = MpiRun.Start(MpiRun.Words(2, ["dotnet", Processes.Program, .. words]), environment);
        var checkpoints = Path.Combine(run, "checkpoint");
        for (var waited = Stopwatch.StartNew(); !Directory.Exists(checkpoints) || Directory.GetFiles(checkpoints, "update-*").Length == 0;)
        {
            Assert.False(process.HasExited, process.HasExited ? process.StandardError.ReadToEnd() : "");
            Assert.True(waited.Elapsed < Patience, "The training did not begin.");
            Thread.Sleep(20);
        }
        return process;
    }

    // One that has ended may stay in the list until its parent takes note of it; its first thread may have ended while others still hold its files.
    private static bool Computes(int process)
    {
        try
        {
            return Directory.GetDirectories($"/proc/{process}/task").Any(thread => File.ReadAllText(Path.Combine(thread, "stat")).Split(')')[^1].TrimStart()[0] is not ('Z' or 'X'));
        }
        catch (IOException)
        {
            return Directory.Exists($"/proc/{process}"); // a thread that ended while it was looked at, or all of it
        }
    }

    private static int[] RanksOf(Process mpirun) => [.. Enumerable.Range(0, 2).Select(rank => MpiRun.ProcessOf(mpirun, rank)!.Value)];

    // mpirun ends before those that it has killed are gone, with the run that they hold.
    private static void GoesOn(string run, int[] ranks)
    {
        Assert.True(SpinWait.SpinUntil(() => !ranks.Any(Computes), TimeSpan.FromSeconds(30)), "A process goes on.");
        var resumed = SmallRuns.Resume(run, "--max-steps", $"{Saved(run) + 1}");
        Assert.True(resumed.Code == 0, resumed.Error);
        Assert.DoesNotContain("older checkpoint", resumed.Error);
    }

    // The update of the newest checkpoint.
    private static int Saved(string run) => int.Parse(Path.GetFileNameWithoutExtension(SmallRuns.Checkpoints(run)[0]).Split('-')[1]);

    private static void Told(int code, string message, (int Code, string Out, string Error) ran)
    {
        Assert.True(ran.Code == code, $"Exit code {ran.Code}: {ran.Error}");
        Assert.Empty(ran.Out);
        var told = Assert.Single(ran.Error.Split('\n'), line => line.StartsWith("recollect", StringComparison.Ordinal));
        Assert.StartsWith("recollect: ", told);
        Assert.Contains(message, told);
        Assert.DoesNotContain("   at ", ran.Error);
    }

    // In float32 sums of other rows round otherwise.
    private static void Same(string alone, string several)
    {
        var (one, other) = (Losses(alone), Losses(several));
        Assert.Equal(9, one.Length);
        Assert.Equal(one.Select(line => line.Step), other.Select(line => line.Step));
        Assert.All(one.Zip(other), pair => Assert.Equal(pair.First.Loss!.Value, pair.Second.Loss!.Value, pair.First.Loss.Value * 1e-3));
    }

    private static MetricRecord[] Losses(string run) =>
        [.. MetricsLog.Read(Path.Combine(run, "metrics.jsonl")).Where(line => line is { Split: DataSplit.Train, WholeEpoch: null })];

    private static Summary Read(string run) => JsonFile.Read(Path.Combine(run, "summary.json"), RunJson.Default.Summary);

    private static Manifest Manifest(string run) => JsonFile.Read(Path.Combine(run, "manifest.json"), RunJson.Default.Manifest);

    private static string[] Names(string run) =>
        [.. Directory.GetFileSystemEntries(run, "*", SearchOption.AllDirectories).Select(Path.GetFileName).OfType<string>().Where(name => !name.Contains("tfevents")).Order(StringComparer.Ordinal)];

    [DllImport("libc", EntryPoint = "kill"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Send(int process, int signal);
}
