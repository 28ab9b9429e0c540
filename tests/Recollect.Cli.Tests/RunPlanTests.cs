using System.Diagnostics;

namespace Recollect.Tests.Cli;

/// <summary>results/run-plan, with a command that only says what it was asked to do.</summary>
public sealed class RunPlanTests : IDisposable
{
    private readonly SmallRuns _runs = new();

    public RunPlanTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "The script is for a POSIX shell.");

    public void Dispose() => _runs.Dispose();

    [Theory]
    [InlineData("1", 1)]
    [InlineData("1 2", 2)]
    public void Finished_runs_are_skipped_interrupted_ones_resumed_and_failed_ones_started_again(string words, int threads)
    {
        Directory.CreateDirectory(_runs.In("results"));
        File.Copy(Path.Combine(Checkout.Folder, "results", "run-plan"), _runs.In("results", "run-plan"));
        var plan = _runs.Write("some.plan", """
            # a comment
            new      digits --seed 1
            complete digits --seed 1
            planned  digits --max-steps 3
            stale    digits --seed 1 --max-time 5s
            failed   digits --seed 1

            """);
        Add("complete", "summary.json", "{\n  \"complete\": true\n}");
        Add("planned", "summary.json", "{\n  \"complete\": false,\n  \"stoppedBy\": \"--max-steps\",\n  \"updates\": 3\n}");
        Add("stale", "summary.json", "{\n  \"complete\": false,\n  \"stoppedBy\": \"--max-steps\",\n  \"updates\": 3\n}");
        Add("stale", "checkpoint/update-0000000003.safetensors", "");
        Add("failed", "recipe.json", "{}");

        using var process = Process.Start(new ProcessStartInfo("bash", [_runs.In("results", "run-plan"), plan, .. words.Split(' ')]) { Environment = { ["RECOLLECT"] = "echo" } })!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        Assert.Equal(
            [
                $"failed: train --threads {threads} digits --out runs/some/failed --seed 1",
                $"new: train --threads {threads} digits --out runs/some/new --seed 1",
                $"stale: train --threads {threads} --resume runs/some/stale --max-time 5s",
            ],
            Directory.GetFiles(_runs.In("runs", "some"), "*.log").Order().Select(log => $"{Path.GetFileNameWithoutExtension(log)}: {File.ReadAllText(log).Trim()}"));
    }

    /// <summary>What the plan asks for now counts, and not what the run was stopped by; evaluations are in a sitting's time, and not in the seconds of training.</summary>
    [Theory]
    [InlineData("--max-steps 500", "--max-steps", 500, 1.0, true)]
    [InlineData("--max-steps 1000", "--max-steps", 500, 1.0, false)]
    [InlineData("--max-time 100s", "--max-time", 500, 93.4, true)]
    [InlineData("--max-time 200s", "--max-time", 500, 100.2, false)]
    [InlineData("--max-time=100s", "--max-time", 500, 100.2, true)]
    [InlineData("", "--max-time", 500, 100.2, false)]
    [InlineData("--max-steps 500", "SIGTERM", 500, 1.0, false)]
    public void A_run_that_a_limit_ended_is_finished_where_the_plan_has_no_higher_one(string options, string stoppedBy, int updates, double seconds, bool finished)
    {
        Directory.CreateDirectory(_runs.In("results"));
        File.Copy(Path.Combine(Checkout.Folder, "results", "run-plan"), _runs.In("results", "run-plan"));
        Add("lstm-s1", "summary.json", FormattableString.Invariant($"{{\n  \"complete\": false,\n  \"stoppedBy\": \"{stoppedBy}\",\n  \"updates\": {updates},\n  \"trainSeconds\": {seconds}\n}}"));
        using var process = Process.Start(new ProcessStartInfo("bash", [_runs.In("results", "run-plan"), _runs.Write("some.plan", $"lstm-s1 digits {options}\n"), "1"]) { Environment = { ["RECOLLECT"] = "echo" } })!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        Assert.Equal(!finished, File.Exists(_runs.In("runs", "some", "lstm-s1.log")));
    }

    [Fact]
    public void A_failed_run_stops_no_other_and_is_the_end_s_code()
    {
        Directory.CreateDirectory(_runs.In("results"));
        File.Copy(Path.Combine(Checkout.Folder, "results", "run-plan"), _runs.In("results", "run-plan"));
        var start = new ProcessStartInfo("bash", [_runs.In("results", "run-plan"), _runs.Write("some.plan", "a digits\nb digits\n"), "1"]) { Environment = { ["RECOLLECT"] = "false" }, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var told = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.NotEqual(0, process.ExitCode);
        Assert.Equal(["failed: a (see runs/some/a.log)", "failed: b (see runs/some/b.log)"], told.Trim().Split('\n'));
    }

    private void Add(string run, string file, string text)
    {
        var path = _runs.In("runs", "some", run, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
