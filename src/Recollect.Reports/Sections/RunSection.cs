using System.IO.Hashing;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Recollect.Reports.Reading;
using Recollect.Runs;

namespace Recollect.Reports.Sections;

/// <summary>Every run with its recipe and manifest, folded away.</summary>
internal static class RunSection
{
    // As the files have it: the page escapes what it must.
    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" };

    /// <summary>The section over runs.</summary>
    /// <param name="runs">The runs.</param>
    /// <param name="open">Those whose test rows may be shown.</param>
    public static Section Of(IReadOnlyList<ReportRun> runs, IReadOnlySet<ReportRun> open) => new("runs", "Runs", [.. runs.Select(run => Of(run, open.Contains(run)))]);

    private static FoldedBlock Of(ReportRun run, bool isOpen)
    {
        List<(string Name, string Text)> facts = [("folder", run.Path), ("state", run.State == RunState.Finished ? $"finished, {Numbers.Whole(run.Updates)} updates" : run.StateText)];
        if (run.RecipeName is { } name)
            facts.Add(("recipe", name));
        if (run.Seed is { } seed)
            facts.Add(("seed", $"{seed}"));
        if (isOpen && run.Summary?.Test is { } test)
            facts.Add(("test", $"{Numbers.Fixed(100 * test.Accuracy, 2)}% of {Numbers.Whole(test.Examples)} rows, loss {Numbers.Fixed(test.Loss, 4)}"));
        if (run.Manifest is { } manifest)
            facts.AddRange([("began", $"{manifest.Started:u}"), ("command", string.Join(' ', manifest.Command ?? []))]);
        List<(string Name, string Text)> files = [];
        if (run.Recipe is { } recipe)
            files.Add((RunDirectory.RecipeName, Written(writer => recipe.WriteTo(writer))));
        if (run.Manifest is { } whole)
            files.Add(("manifest.json", Written(writer => JsonSerializer.Serialize(writer, whole, RunJson.Default.Manifest))));
        var state = run.State == RunState.Finished ? "" : $" – {run.StateText}";
        return new FoldedBlock(IdOf(run), run.Name + state, facts, files);
    }

    // By the folder and not by its place, which is another once a run that sorts before it has begun.
    private static string IdOf(ReportRun run) => $"run-{Slug.Of(run.Name)}-{XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(run.Path)):x16}";

    private static string Written(Action<Utf8JsonWriter> write)
    {
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text, Indented))
            write(writer);
        return Encoding.UTF8.GetString(text.GetBuffer().AsSpan(0, (int)text.Length));
    }
}
