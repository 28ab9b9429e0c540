using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Recollect.Reports.Reading;

namespace Recollect.Reports.Sections;

/// <summary>What the runs came to, by group, and what tells the groups apart.</summary>
internal static class SummarySection
{
    private const string Chosen = "Settings of a sweep are chosen by validation rows: test rows are shown of the chosen one alone, above, once no run is open.";
    private const string Checked = "Of each finished run of a smoke test it was checked that its losses are finite and that its last update changed every weight; one that is otherwise has failed.";
    private static readonly JsonSerializerOptions AsInFiles = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }; // the page escapes what it must

    /// <summary>The section over groups.</summary>
    /// <param name="groups">The groups.</param>
    /// <param name="open">Those among them whose test rows may be shown: all but a sweep's, of which none is to be chosen by them.</param>
    /// <param name="isSmoke">Whether all runs are a smoke test's, whose finished ones <c>recollect reproduce</c> has checked.</param>
    /// <param name="isSweep">Whether all runs are a sweep's.</param>
    public static Section Of(IReadOnlyList<RunGroup> groups, IReadOnlySet<RunGroup> open, bool isSmoke, bool isSweep)
    {
        var runs = groups.SelectMany(group => group.Runs).ToList();
        var blocks = new List<Block>
        {
            new TextBlock($"{Counted(runs.Count, "run")} in {Counted(groups.Count, "group")}: {Outcomes(runs)}.{(isSmoke ? $" {Checked}" : isSweep || open.Count < groups.Count ? $" {Chosen}" : "")} Runs of a group have everything in common but the seed; numbers are means ± standard deviations over a group's runs."),
            Results(groups, open, isSweep),
        };
        if (Differences(groups) is { Columns.Count: > 1 } differences)
            blocks.Add(differences);
        blocks.AddRange(Machines(runs).Select(line => new TextBlock(line)));
        return new Section("summary", "Results", blocks);
    }

    // A run that its own limit or a signal stopped is not finished either.
    private static string Outcomes(List<ReportRun> runs)
    {
        var (finished, failed) = (runs.Count(run => run.State == RunState.Finished), runs.Count(run => run.State == RunState.Failed));
        var damaged = runs.Count(run => run.State == RunState.Damaged);
        return $"{Numbers.Whole(finished)} finished, {Numbers.Whole(failed)} failed,{(damaged == 0 ? "" : $" {Numbers.Whole(damaged)} damaged,")} {Numbers.Whole(runs.Count - finished - failed - damaged)} open";
    }

    private static TableBlock Results(IReadOnlyList<RunGroup> groups, IReadOnlySet<RunGroup> open, bool isSweep)
    {
        var isValidated = groups.Any(group => Measure.ValidationAccuracy.Over(group.Runs) is not null);
        Measure[] tested = isSweep ? [] : [Measure.TestAccuracy, Measure.TestLoss];
        Measure[] validated = isSweep ? [Measure.ValidationAccuracy, Measure.ValidationLoss] : isValidated ? [Measure.ValidationAccuracy] : [];
        return new TableBlock("Results by group",
            ["runs", "seeds", .. tested.Concat(validated).Select(measure => measure.Title), "updates", "parameters", "of decoders", Measure.TrainSeconds.Title, Measure.PeakMegabytes.Title, "state"],
            [.. groups.Select(group => (IReadOnlyList<Cell>)[
                group.Name,
                Number(group.Runs.Select(run => run.Seed).Where(seed => seed is not null).Distinct().Count()),
                .. tested.Select(measure => open.Contains(group) ? Plain(measure, group) : Cell.Nothing),
                .. validated.Select(measure => Plain(measure, group)),
                Range(group.Runs.Where(run => run.Recipe is not null).Select(run => run.Updates)),
                Range(group.Runs.Where(run => run.Summary is not null).Select(run => run.Summary!.Parameters)),
                Range(group.Runs.Where(run => run.Summary is not null).Select(run => run.Summary!.AuxiliaryParameters)),
                Plain(Measure.TrainSeconds, group),
                Plain(Measure.PeakMegabytes, group),
                State(group),
            ])]);
    }

    private static Cell Plain(Measure measure, RunGroup group) => measure.Over(group.Runs) is { } spread ? new Cell(measure.Shown(spread), spread.Mean) : Cell.Nothing;

    private static Cell State(RunGroup group)
    {
        var finished = group.Runs.Count(run => run.State == RunState.Finished);
        return finished == group.Runs.Count ? $"{Counted(finished, "run")} finished" : new Cell($"{finished} of {Counted(group.Runs.Count, "run")} finished; {Measure.Waiting(group.Runs)}", IsRemark: true);
    }

    private static TableBlock Differences(IReadOnlyList<RunGroup> groups)
    {
        var keys = groups.Select(group => group.Recipe is null ? [] : Leaves(group.Recipe, "").ToDictionary(leaf => leaf.Key, leaf => leaf.Value)).ToList();
        var differing = keys.SelectMany(recipe => recipe.Keys).Distinct()
            .Where(key => key is not ("name" or "description" or "seed") && keys.Where(recipe => recipe.Count > 0).Select(recipe => recipe.GetValueOrDefault(key)).Distinct().Count() > 1);
        // What every group has first: keys of decoders are many, and of some groups alone.
        List<string> columns = [.. differing.OrderBy(key => keys.Count(recipe => !recipe.ContainsKey(key)))];
        return new TableBlock("Keys of the recipes in which the groups differ", ["runs", .. columns],
            [.. groups.Select((group, at) => (IReadOnlyList<Cell>)[group.Name, .. columns.Select(key => Cell.OfSetting(keys[at].GetValueOrDefault(key) ?? Cell.Nothing.Text))])]);
    }

    private static IEnumerable<(string Key, string Value)> Leaves(JsonNode? node, string path) => node switch
    {
        JsonObject section => section.SelectMany(entry => Leaves(entry.Value, path.Length == 0 ? Name(entry.Key) : $"{path}.{Name(entry.Key)}")),
        JsonArray list when list.Any(entry => entry is JsonObject) => list.SelectMany((entry, i) => Leaves(entry, $"{path}.{i}")),
        _ => [(path, Setting(node))],
    };

    private static string Setting(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : node?.ToJsonString(AsInFiles) ?? "null";

    // No recipe of ours has such keys, but a file may: "a.b" is not b of a.
    private static string Name(string key) => key.Length == 0 || key.AsSpan().ContainsAny('.', '"') ? JsonValue.Create(key).ToJsonString(AsInFiles) : key;

    private static IEnumerable<string> Machines(List<ReportRun> runs) => runs.Where(run => run.Manifest is not null)
        .GroupBy(run => $"{run.Manifest!.Machine}; Recollect {run.Manifest.Program}, {run.Manifest.Runtime}; {run.Manifest.Device}{(run.Manifest.Engine is { } engine ? $" by {engine}" : "")}, {Counted(run.Manifest.Threads, "thread")}")
        .Select(group => $"{Counted(group.Count(), "run")} on {group.Key}.");

    private static Cell Range(IEnumerable<long> numbers)
    {
        var all = numbers.ToList();
        if (all.Count == 0)
            return Cell.Nothing;
        var (least, most) = (all.Min(), all.Max());
        return new Cell(least == most ? Numbers.Whole(least) : $"{Numbers.Whole(least)} … {Numbers.Whole(most)}", most);
    }

    private static Cell Number(int number) => new($"{number}", number);

    private static string Counted(int count, string noun) => $"{Numbers.Whole(count)} {noun}{(count == 1 ? "" : "s")}";
}
