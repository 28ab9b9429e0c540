using Recollect.Plans;

namespace Recollect.Cli.Plans;

/// <summary>How a run of a plan stands.</summary>
internal enum PlannedState
{
    /// <summary>Finished, now or before.</summary>
    Done,

    /// <summary>Ended by an error, or found wrong.</summary>
    Failed,

    /// <summary>Not begun or interrupted, or another share's.</summary>
    Open,
}

/// <summary>A run of a plan.</summary>
/// <param name="Name">Its folder among the runs.</param>
/// <param name="State">How it stands.</param>
/// <param name="Accuracy">Its accuracy on the rows by which the plan judges, where it is done.</param>
/// <param name="Message">What it failed by.</param>
internal sealed record RunResult(string Name, PlannedState State, double? Accuracy = null, string? Message = null);

/// <summary>What has come of a plan so far.</summary>
/// <param name="Runs">Each run.</param>
/// <param name="Stopped">How many trainings ended by a signal that was not this command's.</param>
internal sealed record PlanResult(IReadOnlyList<RunResult> Runs, int Stopped)
{
    /// <summary>Runs that are finished.</summary>
    public int Done => Count(PlannedState.Done);

    /// <summary>Runs that failed.</summary>
    public int Failed => Count(PlannedState.Failed);

    /// <summary>Runs that are not finished.</summary>
    public int Open => Count(PlannedState.Open);

    /// <summary>How many of <paramref name="some"/> failed.</summary>
    public int FailedOf(IReadOnlyList<PlannedRun> some) => Runs.Count(run => run.State == PlannedState.Failed && some.Any(own => own.Name == run.Name));

    private int Count(PlannedState state) => Runs.Count(run => run.State == state);
}
