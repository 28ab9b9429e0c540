namespace Recollect.Cli;

/// <summary>What the process's exit code promises (design, section 2).</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>Failed while running.</summary>
    public const int Failed = 1;

    /// <summary>Wrong usage or recipe, or more memory than there is.</summary>
    public const int Usage = 2;

    /// <summary>Stopped by SIGINT, after saving.</summary>
    public const int Interrupted = 130;

    /// <summary>Stopped by SIGTERM, after saving.</summary>
    public const int Terminated = 143;

    /// <summary>The code of a run that <paramref name="reason"/> stopped: a signal's own, else <see cref="Done"/>.</summary>
    public static int Of(string? reason) => reason switch
    {
        SignalListener.Interrupt => Interrupted,
        SignalListener.Terminate => Terminated,
        _ => Done,
    };
}
