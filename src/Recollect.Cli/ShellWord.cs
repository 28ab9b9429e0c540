namespace Recollect.Cli;

/// <summary>Words of commands that are shown to be typed.</summary>
internal static class ShellWord
{
    /// <summary>A word as a shell must be given it.</summary>
    public static string Quoted(string word) => word.Length > 0 && word.All(c => char.IsLetterOrDigit(c) || "-_./=:,+@%\\".Contains(c))
        ? word
        : $"'{word.Replace("'", "'\\''")}'";
}
