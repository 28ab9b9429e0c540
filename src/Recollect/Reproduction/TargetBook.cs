using System.Text.Json;
using System.Text.Json.Nodes;
using Recollect.Data;
using Recollect.Experiments;

namespace Recollect.Reproduction;

/// <summary>The targets that come with the program: the paper's tables and figures as data (decision 0016).</summary>
internal static class TargetBook
{
    /// <summary>Every target, one after the other.</summary>
    public const string All = "all";

    /// <summary>The key under which an exhibit gives its own number of seeds.</summary>
    internal const string SeedsKey = "seeds";

    private const string TitleKey = "title", ExhibitsKey = "exhibits";

    // Of a report of all of them, in the order of the paper: each is the head of its target's exhibits.
    private static readonly string[] Heads = ["Headline", "DBpedia", "Dogs", "BPTT", "Reconstructions", "Curves", "Ablation", "Transformer"];

    private const string Folder = "targets/", Ending = ".json"; // the resources' logical names, set in Recollect.csproj
    private const string ScalesName = "scales";
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>The targets' names, <see cref="All"/> aside, in alphabetical order.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. typeof(TargetBook).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal) && name.EndsWith(Ending, StringComparison.Ordinal))
            .Select(name => name[Folder.Length..^Ending.Length])
            .Where(name => name != ScalesName)
            .Order(StringComparer.Ordinal)];

    /// <summary>What a shipped target shows, in a sentence.</summary>
    public static string TitleOf(string name) => (string)Shipped(name)[TitleKey]!;

    /// <summary>The exhibits of a target; or of all shipped ones, in the order of the paper, with their target's name before their titles and with the seeds that it has among all.</summary>
    /// <param name="nameOrPath">A name; or a file of one's own, known by its ending <c>.json</c>.</param>
    /// <exception cref="RecipeException">There is no such target, or it cannot be read.</exception>
    internal static IEnumerable<JsonObject> Exhibits(string nameOrPath)
    {
        var isFile = nameOrPath.EndsWith(Ending, StringComparison.OrdinalIgnoreCase);
        if (!isFile && nameOrPath != All && !Names.Contains(nameOrPath))
            throw new RecipeException($"There is no target '{nameOrPath}'.{Spelling.Hint(nameOrPath, [.. Names, All])} It must be one of {string.Join(", ", Names)}, or {All}, or a file such as ./mine.json.");
        if (nameOrPath == All)
            return Heads.SelectMany(Within);
        var target = isFile ? RecipeTree.Parse(RecipeBook.TextOfFile(nameOrPath, "target"), nameOrPath, "a target").Root : Shipped(nameOrPath);
        if (isFile && target.Select(entry => entry.Key).FirstOrDefault(key => key is not (TitleKey or ExhibitsKey)) is { } unread)
            throw new RecipeException($"{nameOrPath}: found the key '{unread}', which nothing would read; expected '{ExhibitsKey}', and maybe a '{TitleKey}'. Remove it.");
        return (target[ExhibitsKey] as JsonArray ?? throw Wrong(nameOrPath)).Select(exhibit => exhibit as JsonObject ?? throw Wrong(nameOrPath));
    }

    // "Headline: test accuracy, %"; and the seeds that the target is given among all, where an exhibit has no number of its own.
    private static IEnumerable<JsonObject> Within(string head)
    {
        var name = head.ToLowerInvariant();
        var seeds = Shipped(name)["seedsInAll"];
        foreach (var exhibit in Exhibits(name))
        {
            var title = (string)exhibit[TitleKey]!;
            exhibit[TitleKey] = $"{head}: {char.ToLowerInvariant(title[0])}{title[1..]}";
            if (seeds is not null)
                exhibit[SeedsKey] ??= seeds.DeepClone();
            yield return exhibit;
        }
    }

    private static RecipeException Wrong(string path) =>
        new($"{path}: found no list 'exhibits' of objects; expected a target as docs/reproduction.md describes it.");

    /// <summary>The seeds that a scale runs each recipe with, and the edits that all of its runs have.</summary>
    internal static (int Seeds, string Edits) Of(Scale scale)
    {
        var entry = Shipped(ScalesName)[Word(scale)]!;
        return ((int)entry[SeedsKey]!, (string)entry["edits"]!);
    }

    /// <summary>What a scale is called in targets and on the command line.</summary>
    internal static string Word(Scale scale) => scale.ToString().ToLowerInvariant();

    private static JsonObject Shipped(string name)
    {
        using var stream = typeof(TargetBook).Assembly.GetManifestResourceStream(Folder + name + Ending)!;
        return JsonNode.Parse(stream, documentOptions: Lenient)!.AsObject();
    }
}
