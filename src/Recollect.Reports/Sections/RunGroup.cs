using System.Globalization;
using System.Text.Json.Nodes;
using Recollect.Reports.Reading;

namespace Recollect.Reports.Sections;

/// <summary>Runs that have their whole recipe in common but the seed.</summary>
/// <param name="Name">What they are called: the folders' name without the seed.</param>
/// <param name="Style">The number of their colour, dash and marker in every figure.</param>
/// <param name="Runs">The runs, missing ones of that name included.</param>
internal sealed record RunGroup(string Name, int Style, IReadOnlyList<ReportRun> Runs)
{
    /// <summary>The runs whose numbers count.</summary>
    public IEnumerable<ReportRun> Counting => Runs.Where(run => run.Counts);

    /// <summary>The recipe that they share, of the first that has one.</summary>
    public JsonObject? Recipe => Runs.Select(run => run.Recipe).FirstOrDefault(recipe => recipe is not null);

    /// <summary>The groups of <paramref name="runs"/>, in the order of their first runs.</summary>
    public static IReadOnlyList<RunGroup> Of(IReadOnlyList<ReportRun> runs)
    {
        var recipes = new Dictionary<string, string>(); // by name without seed: what a run that is not there yet will be one of
        foreach (var run in runs.Where(run => run.Recipe is not null))
            recipes.TryAdd(Place(run), WithoutSeed(run.Recipe!));
        var groups = runs.GroupBy(run => run.Recipe is { } recipe ? WithoutSeed(recipe) : recipes.GetValueOrDefault(Place(run), Place(run))).Select(group => group.ToList()).ToList();
        var names = Distinct([.. groups.Select(group => (BaseName(group[0]), group[0]))]);
        return [.. groups.Select((group, style) => new RunGroup(names[style], style, group))];
    }

    private static string WithoutSeed(JsonObject recipe)
    {
        var copy = (JsonObject)recipe.DeepClone();
        copy.Remove("seed");
        return copy.ToJsonString();
    }

    private static string Place(ReportRun run) => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(run.Path)) ?? "", BaseName(run));

    // results/run-plan calls runs NAME-sSEED, train RECIPE-SEED.
    private static string BaseName(ReportRun run)
    {
        var (name, dash) = (run.Name, run.Name.LastIndexOf('-'));
        if (dash <= 0)
            return name;
        var digits = name.AsSpan(dash + 1).TrimStart('s');
        var isSeed = long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var seed) && (run.Seed is null ? name[dash + 1] == 's' : seed == run.Seed);
        return isSeed ? name[..dash] : name;
    }

    // Where names meet, the folder above tells them apart, and else a number.
    private static List<string> Distinct(IReadOnlyList<(string Name, ReportRun First)> groups)
    {
        var names = new List<string>();
        foreach (var (name, first) in groups)
        {
            var shown = groups.Count(other => other.Name == name) == 1 ? name : $"{Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(first.Path)))}/{name}";
            var unique = shown;
            for (var number = 2; names.Contains(unique); number++)
                unique = $"{shown} ({number})";
            names.Add(unique);
        }
        return names;
    }
}
