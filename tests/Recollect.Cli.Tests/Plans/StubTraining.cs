using Recollect.Cli.Plans;
using Recollect.Experiments;

namespace Recollect.Tests.Cli.Plans;

/// <summary>What a training leaves behind, without the training: for whoever plans, lists and sums up.</summary>
internal static class StubTraining
{
    /// <summary>Ends as if all were well.</summary>
    /// <param name="words">What followed <c>train</c>.</param>
    public static TrainOutcome Finish(IReadOnlyList<string> words)
    {
        var folder = words.Contains("--out") ? After(words, "--out") : After(words, "--resume");
        Directory.CreateDirectory(folder);
        if (words.Contains("--seed"))
        {
            var edits = words.Index().Where(word => word.Item == "--set").Select(word => words[word.Index + 1]).ToList();
            File.WriteAllText(Path.Combine(folder, "recipe.json"), RecipeJson.Write((RecipeBook.Open(words[0], edits) with { Seed = int.Parse(After(words, "--seed")) }).Resolve()));
        }
        File.WriteAllText(Path.Combine(folder, "summary.json"), """
            {"test": {"accuracy": 0.5, "loss": 1, "examples": 2}, "parameters": 1, "trainSeconds": 1, "updates": 1, "epochs": 1, "complete": true, "peakMemory": 300000000}
            """);
        return new TrainOutcome(0, "");
    }

    /// <summary>Two updates of 16 rows, a tenth of a second each, as a measurement asks for.</summary>
    /// <inheritdoc cref="Finish"/>
    public static TrainOutcome Measured(IReadOnlyList<string> words)
    {
        var outcome = Finish(words);
        File.WriteAllText(Path.Combine(After(words, "--out"), "metrics.jsonl"), string.Concat(Enumerable.Range(1, 2).Select(step =>
            $$"""{"phase":"train","epoch":1,"step":{{step}},"split":"train","loss":1,"sequencesPerSecond":160}""" + "\n")));
        return outcome;
    }

    /// <summary>The word behind an option.</summary>
    public static string After(IReadOnlyList<string> words, string option) => words[words.ToList().IndexOf(option) + 1];
}
