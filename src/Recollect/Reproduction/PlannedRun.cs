using System.Text;

namespace Recollect.Reproduction;

/// <summary>One training that a target asks for.</summary>
/// <param name="Recipe">A shipped recipe's name.</param>
/// <param name="Edits">Edits <c>key.path=value</c> that make it this run, in their order; those of the scale, which all runs share, apart.</param>
/// <param name="Seed">The seed of every draw.</param>
public sealed record PlannedRun(string Recipe, string Edits, int Seed)
{
    /// <summary>The name of its folder, such as <c>mnist14-r-lstm+bptt.supervised=6-s1</c>: the same for the same run, wherever a target asks for it.</summary>
    public string Name { get; } = $"{NameOf(Recipe, Edits)}-s{Seed}";

    /// <summary>The edits, one by one.</summary>
    public IReadOnlyList<string> EditList => Words(Edits);

    /// <summary>The words of a text.</summary>
    internal static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    // A folder's name on every system.
    private static string NameOf(string recipe, string edits)
    {
        var name = new StringBuilder(recipe);
        foreach (var edit in Words(edits))
            name.Append('+').Append(edit);
        return string.Concat(name.ToString().Select(c => char.IsAsciiLetterOrDigit(c) || "+=.-_".Contains(c) ? c : '_'));
    }
}
