namespace Recollect;

/// <summary>An error that a person can mend: its message says what was found, where, what was expected and what to do.</summary>
/// <remarks>The command line prints the message alone and ends with <see cref="ExitCode"/>; any other exception is a defect of the program.</remarks>
public abstract class RecollectException : Exception
{
    private protected RecollectException(string message, Exception? cause) : base(message, cause) { }

    /// <summary>The process exit code that this kind of error promises (design, section 2).</summary>
    public abstract int ExitCode { get; }
}

/// <summary>What was asked for is wrong: usage, a recipe key or value, or more memory than there is. Exit code 2.</summary>
public sealed class RecipeException(string message, Exception? cause = null) : RecollectException(message, cause)
{
    /// <inheritdoc/>
    public override int ExitCode => 2;
}

/// <summary>Data, a model or a checkpoint is missing, damaged or not what was expected; the message names the file and the row or offset. Exit code 3.</summary>
public sealed class DataException(string message, Exception? cause = null) : RecollectException(message, cause)
{
    /// <summary>Whether a column (property) is missing or not of the kind that was expected, so that naming another may mend it.</summary>
    public bool IsOfColumn { get; init; }

    /// <summary>Whether the file is of another version, and may be whole.</summary>
    internal bool IsOfVersion { get; init; }

    /// <inheritdoc/>
    public override int ExitCode => 3;
}

/// <summary>Something failed while running: disk full, a loss that is not finite, a run in use. Exit code 1.</summary>
public sealed class RunException(string message, Exception? cause = null) : RecollectException(message, cause)
{
    /// <inheritdoc/>
    public override int ExitCode => 1;
}
