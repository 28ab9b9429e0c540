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
public sealed record MemoryWork(string Name, string Group, string Title, string Recipe, int Steps, int Rows)
{
    private const int Updates = 2; // the second runs in memory that the first has left

    /// <summary>The same program with next to nothing to do: what is taken off.</summary>
    public MemoryWork Idle => this with { Name = "idle", Steps = 16, Rows = 1 };

    /// <summary>Takes two updates, and gives this process's peak of resident memory, bytes.</summary>
    public long Measure(EngineKind engine, int threads)
    {
        var recipe = Workloads.Recipe(Recipe, shipped => shipped with
        {
            Model = shipped.Model with { Engine = engine },
            Training = shipped.Training with { Batch = Rows },
        });
        if (Name == Idle.Name)
            recipe = recipe with { Model = recipe.Model with { Hidden = 1, Embedding = 1, HeadUnits = 1 }, Auxiliary = [] };
        using var update = new UpdateWork(recipe, Steps, new SideSetting(threads, Rows));
        for (var round = 0; round < Updates; round++)
            update.Run(round);
        return PeakMemory.Bytes;
    }
}
