using Recollect.Experiments;
using Recollect.Networks;
using Recollect.Runs;

namespace Recollect.Benchmarks;

/// <summary>A training update whose peak memory is measured, in a process that does nothing else.</summary>
/// <param name="Name">Its name, such as <c>M1024</c>.</param>
/// <param name="Group">The name of its kind.</param>
/// <param name="Title">What it is.</param>
/// <param name="Recipe">The shipped recipe.</param>
/// <param name="Steps">Steps T of every row.</param>
/// <param name="Rows">Rows of the batch.</param>
internal sealed record MemoryWork(string Name, string Group, string Title, string Recipe, int Steps, int Rows)
{
    private const int Updates = 2; // the second runs in memory that the first has left

    /// <summary>What is other than in the recipe, each as <c>key.path=value</c>.</summary>
    public IReadOnlyList<string> Edits { get; init; } = [];

    /// <summary>The same program with next to nothing to do: what is taken off.</summary>
    public static MemoryWork Idle { get; } = new("idle", "", "", "mnist-lstm-300", 16, 1) { Edits = ["model.hidden=1", "model.embedding=1", "model.headUnits=1"] };

    /// <summary>Takes two updates.</summary>
    /// <returns>This process's peak of resident memory, and what was reckoned beforehand; bytes.</returns>
    public MemoryMeasurement Measure(EngineKind engine, int threads)
    {
        var recipe = RecipeBook.Open(Recipe, Edits);
        recipe = (recipe with
        {
            Model = recipe.Model with { Engine = engine },
            Training = recipe.Training with { Batch = Rows },
        }).Resolve();
        using var update = UpdateWork.OnTokens(recipe, Steps, new SideSetting(threads, Rows));
        var plan = MemoryPlan.Of(update.Task, recipe.Training, evaluated: []);
        for (var round = 0; round < Updates; round++)
            update.Run(round);
        return new MemoryMeasurement(PeakMemory.Bytes, plan.Bytes);
    }
}

/// <summary>A process's peak memory.</summary>
/// <param name="Peak">Of resident memory, bytes.</param>
/// <param name="Estimate">What it was reckoned to be before the first update, bytes.</param>
internal sealed record MemoryMeasurement(long Peak, long Estimate);
