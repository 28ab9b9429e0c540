namespace Recollect.Cli;

/// <summary>Words of commands that are shown to be typed.</summary>
internal static class ShellWord
{
    // A backslash parts folders on Windows; to a POSIX shell it takes the next character's meaning away.
    private static readonly string Plain = "-_./=:,+@%" + (OperatingSystem.IsWindows() ? "\\" : "");

    /// <summary>A word as a shell must be given it.</summary>
    public static string Quoted(string word) => word.Length > 0 && word.All(c => char.IsLetterOrDigit(c) || Plain.Contains(c))
        ? word
        : $"'{word.Replace("'", "'\\''")}'";
}
