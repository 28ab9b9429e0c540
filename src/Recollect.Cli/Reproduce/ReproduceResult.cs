namespace Recollect.Cli.Reproduce;

/// <summary>How a run of a target stands.</summary>
internal enum ReproducedState
{
    /// <summary>Finished, now or before.</summary>
    Done,

    /// <summary>Ended by an error, or found wrong.</summary>
    Failed,

    /// <summary>Not begun or interrupted, or another share's.</summary>
    Open,
}

/// <summary>A run of a target.</summary>
/// <param name="Name">Its folder among the runs.</param>
/// <param name="State">How it stands.</param>
/// <param name="Accuracy">Its test accuracy, where it is done.</param>
/// <param name="Message">What it failed by.</param>
internal sealed record RunResult(string Name, ReproducedState State, double? Accuracy = null, string? Message = null);

/// <summary>What <c>recollect reproduce --json</c> writes.</summary>
/// <param name="Target">The target.</param>
/// <param name="Scale">The scale.</param>
/// <param name="Folder">Where everything is.</param>
/// <param name="Done">Runs that are finished.</param>
/// <param name="Failed">Runs that failed.</param>
/// <param name="Open">Runs that are not finished.</param>
/// <param name="Runs">Each run.</param>
internal sealed record ReproduceResult(string Target, string Scale, string Folder, int Done, int Failed, int Open, IReadOnlyList<RunResult> Runs);
