using Recollect.Experiments;
using Recollect.Plans;

namespace Recollect.Cli.Plans;

/// <summary>A share of a plan's runs.</summary>
/// <param name="Number">Which one, from 1.</param>
/// <param name="Of">How many there are.</param>
internal sealed record Shard(int Number, int Of)
{
    /// <summary>Its own of a plan's runs, in their order.</summary>
    public IReadOnlyList<PlannedRun> Among(IReadOnlyList<PlannedRun> runs)
    {
        // Where shares come out even over a seed's runs, they would each have the same recipes for every such seed, and one of them the slowest alone.
        var places = new int[runs.Count];
        foreach (var same in runs.Index().GroupBy(run => run.Item.Seed))
        {
            var even = same.Count() % Of == 0;
            foreach (var (rank, (index, run)) in same.Index())
                places[index] = even ? rank + run.Seed - 1 : index;
        }
        return [.. runs.Where((_, index) => places[index] % Of == Number - 1)];
    }
}

/// <summary>What <c>recollect reproduce</c> or <c>recollect sweep</c> is asked to do.</summary>
internal sealed record PlanRequest
{
    /// <summary>The report's name in <see cref="Folder"/>.</summary>
    public const string ReportName = "report.html";

    /// <summary>The runs, and what shows them.</summary>
    public required RunPlan Plan { get; init; }

    /// <summary>Where everything goes.</summary>
    public required string Folder { get; init; }

    /// <summary>Whether <see cref="Folder"/> holds this plan's runs to go on with.</summary>
    public bool Resume { get; init; }

    /// <summary>The share that is run here; null: all.</summary>
    public Shard? Shard { get; init; }

    /// <summary>The runs of the share, in the plan's order.</summary>
    public IReadOnlyList<PlannedRun> Own => Shard?.Among(Plan.Runs) ?? Plan.Runs;

    /// <summary>Trainings at a time; at least 1.</summary>
    public int Jobs { get; init; } = 1;

    /// <summary>Where each is computed, and with how many threads; without a number of them those that run at a time share the cores, and always the memory.</summary>
    public Workplace Workplace { get; init; } = new();

    /// <summary>Where a run is computed, with its threads.</summary>
    public Workplace WorkplaceOf(PlannedRun run)
    {
        var together = run.Alone ? 1 : Jobs;
        return Workplace with { Threads = Workplace.Threads ?? Math.Max(1, Environment.ProcessorCount / together), Sharing = together };
    }

    /// <summary>Why a run's training was refused, and what helps where the memory that it shares with others would be enough for it alone.</summary>
    public string Refusal(PlannedRun run, string message) => WorkplaceOf(run).Sharing > 1 && MemoryPlan.IsRefusalOfShare(message)
        ? $"{message} Or let one train at a time, which has all of the memory: --jobs 1."
        : message;
}
