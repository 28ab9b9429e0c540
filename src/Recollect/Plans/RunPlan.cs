using System.Text.Json.Nodes;
using Recollect.Experiments;
using Recollect.Runs;

namespace Recollect.Plans;

/// <summary>Trainings that belong together, each in a folder of its own, and what shows them: a target of the paper, or a sweep.</summary>
internal abstract class RunPlan
{
    /// <summary>The folder that holds the runs, in that of the plan.</summary>
    public const string RunsFolder = "runs";

    /// <summary>The key of <c>exhibits.json</c> under which folders of runs stand.</summary>
    private protected const string RunsKey = "runs";

    /// <summary>What messages call such a plan: <c>target</c>, <c>sweep</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>Its name.</summary>
    public abstract string Name { get; }

    /// <summary>The runs in the order in which they are best done.</summary>
    public abstract IReadOnlyList<PlannedRun> Runs { get; }

    /// <summary>What <c>exhibits.json</c> holds (decision 0016).</summary>
    public abstract JsonObject Exhibits { get; }

    /// <summary>The split by which its runs are told apart while they go on: the test rows, unless a choice among the runs follows.</summary>
    public virtual DataSplit Judge => DataSplit.Test;

    /// <summary>Whether what its runs come to means anything.</summary>
    public virtual bool HasResults => true;

    /// <summary>Whether a run that failed is not worth going on with, and begins anew.</summary>
    public virtual bool BeginsAnew => false;

    /// <summary>All edits of a run: its own, and those that all runs share.</summary>
    public abstract IReadOnlyList<string> EditsOf(PlannedRun run);

    /// <summary>The recipe of a run, checked.</summary>
    /// <exception cref="RecipeException">It is not allowed.</exception>
    public Recipe RecipeOf(PlannedRun run) => Checked(run, EditsOf(run)) with { Seed = run.Seed };

    /// <summary>A run's recipe with <paramref name="edits"/>, checked.</summary>
    /// <exception cref="RecipeException">It is not allowed.</exception>
    private protected Recipe Checked(PlannedRun run, IReadOnlyList<string> edits)
    {
        try
        {
            return RecipeBook.Open(run.Recipe, edits);
        }
        catch (RecipeException error)
        {
            // Nobody has typed the option that the same edit is on a command line.
            throw new RecipeException($"The {Kind} '{Name}', run '{run.Text}': {error.Message.Replace("--set ", "", StringComparison.Ordinal)}", error);
        }
    }

    /// <summary>Where a run's recipe is another than <paramref name="run"/>'s, as a clause; null where both ask for the same training.</summary>
    /// <param name="trained">The recipe that lies in the run's folder.</param>
    /// <param name="run">The run.</param>
    /// <remarks>Other epochs are another training too: means, ranks and paired tests are over runs of one length.</remarks>
    public string? DifferenceFrom(Recipe trained, PlannedRun run) => RecipeDifference.Of(trained, RecipeOf(run), anyLength: false);

    /// <summary>What is wrong with a run that ended well; null where nothing is.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <exception cref="DataException">A file of the run is missing or damaged.</exception>
    public virtual string? Fault(string folder) => null;

    /// <summary>What a folder's <c>exhibits.json</c> is of, such as "the target 'headline' at scale short".</summary>
    public static string Describe(JsonObject exhibits) => Text(exhibits, "sweep") is { } sweep
        ? $"the sweep '{sweep}'"
        : $"the target '{Text(exhibits, "target")}' at scale {Text(exhibits, "scale")}";

    /// <summary>The folders of all runs that a folder's <c>exhibits.json</c> shows, each once.</summary>
    public static IReadOnlySet<string> NamesOf(JsonObject exhibits)
    {
        var names = new HashSet<string>();
        Collect(exhibits);
        return names;

        void Collect(JsonNode? node)
        {
            foreach (var (key, value) in node as JsonObject ?? [])
            {
                if (key == RunsKey && value is JsonArray runs)
                    names.UnionWith(runs.Select(run => run?.ToString() ?? ""));
                else
                    Collect(value);
            }
            foreach (var item in node as JsonArray ?? [])
                Collect(item);
        }
    }

    private static string? Text(JsonObject exhibits, string key) => exhibits[key] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
