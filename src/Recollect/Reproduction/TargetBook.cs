using System.Text.Json;
using System.Text.Json.Nodes;
using Recollect.Data;

namespace Recollect.Reproduction;

/// <summary>The targets that come with the program: the paper's tables and figures as data (decision 0016).</summary>
public static class TargetBook
{
    /// <summary>Every target, one after the other.</summary>
    public const string All = "all";

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

    /// <summary>What a target shows, in a sentence.</summary>
    public static string TitleOf(string name) => (string)Read(name)["title"]!;

    /// <summary>The exhibits of a target, or of all.</summary>
    /// <exception cref="RecipeException">There is no such target.</exception>
    internal static IEnumerable<JsonObject> Exhibits(string name)
    {
        if (name != All && !Names.Contains(name))
            throw new RecipeException($"There is no target '{name}'.{Spelling.Hint(name, [.. Names, All])} It must be one of {string.Join(", ", Names)}, or {All}.");
        return (name == All ? Names : [name]).SelectMany(target => Read(target)["exhibits"]!.AsArray()).Select(exhibit => exhibit!.AsObject());
    }

    /// <summary>The seeds that a scale runs each recipe with, and the edits that all of its runs have.</summary>
    internal static (int Seeds, string Edits) Of(Scale scale)
    {
        var entry = Read(ScalesName)[Word(scale)]!;
        return ((int)entry["seeds"]!, (string)entry["edits"]!);
    }

    /// <summary>What a scale is called in targets and on the command line.</summary>
    internal static string Word(Scale scale) => scale.ToString().ToLowerInvariant();

    private static JsonObject Read(string name)
    {
        using var stream = typeof(TargetBook).Assembly.GetManifestResourceStream(Folder + name + Ending)!;
        return JsonNode.Parse(stream, documentOptions: Lenient)!.AsObject();
    }
}
