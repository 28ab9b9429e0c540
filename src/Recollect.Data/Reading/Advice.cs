namespace Recollect.Data;

/// <summary>What a message about bad data says to do, where more than one reader says it.</summary>
internal static class Advice
{
    /// <summary>One row of many is wrong.</summary>
    public const string CorrectRow = "Correct the row, or remove it.";

    /// <summary>One line of many is wrong.</summary>
    public const string CorrectLine = "Correct the line, or remove it.";

    /// <summary>The file is not what its name says, or reading it failed.</summary>
    public const string GetAnew = "Get the file anew.";

    /// <summary>The file contradicts itself.</summary>
    public const string Damaged = "The file is damaged; get it anew.";
}
