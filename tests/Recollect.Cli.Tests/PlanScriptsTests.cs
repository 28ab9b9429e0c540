using System.Diagnostics;

namespace Recollect.Tests.Cli;

/// <summary>results/choose and results/tabulate, on summaries of no training.</summary>
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

    private string[] Run(string script, params string[] words)
    {
        var copy = _runs.In("results", script);
        Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
        File.Copy(Path.Combine(Checkout.Folder, "results", script), copy, overwrite: true);
        using var process = Process.Start(new ProcessStartInfo("python3", [copy, .. words]) { RedirectStandardOutput = true })!;
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
