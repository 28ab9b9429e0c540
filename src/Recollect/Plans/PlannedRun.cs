namespace Recollect.Plans;

/// <summary>One training that a plan asks for.</summary>
/// <param name="Recipe">A shipped recipe's name, or a file.</param>
/// <param name="Edits">Edits <c>key.path=value</c> that make it this run, in their order; those that all runs of the plan share, apart.</param>
/// <param name="Seed">The seed of every draw.</param>
/// <param name="Name">The name of its folder, such as <c>mnist14-r-lstm+bptt.supervised=6-s1</c>; unique within the plan, and the same for the same run.</param>
/// <param name="Alone">Whether its time is a result: no other run of the plan may go on beside it.</param>
internal sealed record PlannedRun(string Recipe, IReadOnlyList<string> Edits, int Seed, string Name, bool Alone = false)
{
    /// <summary>The recipe and its edits, a word each.</summary>
    public string Text { get; } = string.Join(' ', [Recipe, .. Edits]);

    /// <summary><paramref name="text"/> as a folder may be called on every system.</summary>
    internal static string FolderName(string text) => string.Concat(text.Select(c => char.IsAsciiLetterOrDigit(c) || "+=.-_".Contains(c) ? c : '_'));
}
