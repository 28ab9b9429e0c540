using System.Diagnostics;

namespace Recollect.Tests.Cli;

/// <summary>The scripts of results, on summaries of no training.</summary>
public sealed class PlanScriptsTests : IDisposable
{
    private readonly SmallRuns _runs = new();

    public PlanScriptsTests() => Assert.SkipUnless(
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "python3"))), "There is no python3.");

    public void Dispose() => _runs.Dispose();

    [Fact]
    public void The_best_run_of_each_system_is_chosen_and_one_of_which_all_diverged_is_named()
    {
        Write("tune.plan", """
            lstm-lr1e-3-s1 digits-lstm --seed 1 --set data.validation=0.2
            lstm-lr3e-3-s1 digits-lstm --seed 1 --set data.validation=0.2 --set training.learningRate=3e-3
            irnn-lr1e-3-s1 digits-irnn --seed 1
            irnn-lr3e-3-s1 digits-irnn --seed 1
            """);
        Write("tune/lstm-lr1e-3-s1/summary.json", """{"trainSeconds": 2, "validation": {"accuracy": 0.5, "loss": 1}}""");
        Write("tune/lstm-lr3e-3-s1/summary.json", """{"trainSeconds": 2, "validation": {"accuracy": 0.6, "loss": 1}}""");
        Write("tune/irnn-lr1e-3-s1/failure.txt", "");
        Write("tune/irnn-lr3e-3-s1/failure.txt", "");
        Assert.Equal(
            ["# What tune chose, on all training rows: results/choose tune 4", "# irnn: every run diverged", "lstm-s4 digits-lstm --seed 4 --set training.learningRate=3e-3"],
            Run("choose", "tune", "4"));
    }

    /// <summary>The test split's commonest class says nothing of the validation rows.</summary>
    [Fact]
    public void A_run_is_measured_by_the_classes_of_its_own_split()
    {
        Write("final/lstm-s1/summary.json", """
            {"test": {"accuracy": 0.7, "loss": 1, "examples": 400}, "validation": {"accuracy": 0.7, "loss": 1, "examples": 400}, "updates": 2, "trainSeconds": 1, "parameters": 3}
            """);
        Write("final/lstm-s1/evaluation.json", """{"confusion": [[280, 0], [120, 0]]}""");
        Assert.Contains("| lstm | 1 | 70.0 (not trained) |", Run("tabulate", "final")[2], StringComparison.Ordinal);
        Assert.Contains("| lstm | 1 | 70.0 |", Run("tabulate", "final", "validation")[2], StringComparison.Ordinal);
    }

    /// <summary>A mean over the trained and the others is of neither; and names without a seed are no seeds of one run.</summary>
    [Fact]
    public void Untrained_runs_are_in_no_mean_and_names_without_a_seed_are_rows_of_their_own()
    {
        foreach (var (run, accuracy, updates) in ((string, double, int)[])[("irnn-s1", 0.9, 5), ("irnn-s2", 0.5, 7), ("cifar-r", 0.8, 2), ("cifar-p", 0.6, 2)])
        {
            Write($"final/{run}/summary.json", $$"""
                {"complete": true, "test": {"accuracy": {{accuracy}}, "loss": {{accuracy}}, "examples": 400}, "updates": {{updates}}, "trainSeconds": 1, "parameters": 3}
                """);
            Write($"final/{run}/evaluation.json", """{"confusion": [[200, 0], [200, 0]]}""");
        }
        string[] rows = [.. Run("tabulate", "final")[2..].Select(row => row[..row.IndexOf(" | 3 + 0", StringComparison.Ordinal)])];
        Assert.Equal(["| cifar-p | 1 | 60.0 | 0.600 | 2", "| cifar-r | 1 | 80.0 | 0.800 | 2", "| irnn | 2 | 90.0 (1 of 2 trained) | 0.900 | 5…7"], rows);
        Assert.Equal(["| cifar-p | 1 | 60.0 | | |", "| cifar-r | 1 | 80.0 | | |", "| irnn | 2 | 70.0 | | |"], Run("compare", "final", "cifar-r")[2..]);
    }

    [Fact]
    public void A_failure_is_collected_with_a_reproduction_and_forgotten_once_its_run_has_succeeded()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The script is for a POSIX shell.");
        Write("../runs/again/exhibits.json", "{}");
        Write("../runs/again/runs/lstm-s1.failure.json", """{"exitCode": 2}""");
        Run("collect", "again");
        var (kept, run) = (_runs.In("results", "again", "runs", "lstm-s1.failure.json"), "../runs/again/runs/lstm-s1");
        Assert.Equal("""{"exitCode": 2}""", File.ReadAllText(kept).TrimEnd());
        File.Delete(_runs.In("runs", "again", "runs", "lstm-s1.failure.json"));
        Write("again/runs/lstm-s1/failure.txt", "its loss is not a finite number");
        foreach (var file in (string[])["recipe.json", "summary.json", "evaluation.json", "metrics.jsonl", "manifest.json"])
            Write($"{run}/{file}", "{}");
        Run("collect", "again");
        Assert.False(File.Exists(kept));
        Assert.Equal(["evaluation.json", "manifest.json", "metrics.jsonl", "recipe.json", "summary.json"], Directory.GetFiles(_runs.In("results", "again", "runs", "lstm-s1")).Select(Path.GetFileName).Order());
    }

    private string[] Run(string script, params string[] words)
    {
        var copy = _runs.In("results", script);
        Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
        File.Copy(Path.Combine(Checkout.Folder, "results", script), copy, overwrite: true);
        var program = File.ReadLines(copy).First().Split(' ')[^1]; // bash or python3
        using var process = Process.Start(new ProcessStartInfo(program, [copy, .. words]) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private void Write(string file, string text)
    {
        var path = _runs.In("results", file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
