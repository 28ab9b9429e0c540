using System.Diagnostics;

namespace Recollect.Experiments;

/// <summary>When a sitting ends before its recipe does: at a signal to any of the processes, after so many updates, or after so much time.</summary>
/// <param name="request">Says how many, how much, and which processes.</param>
/// <param name="stop">This process's wish to stop.</param>
internal sealed class SittingEnd(TrainRequest request, StopSignal stop)
{
    private readonly Stopwatch _sitting = Stopwatch.StartNew();

    /// <summary>Why it ended, or was broken off; null as long as it goes on.</summary>
    public string? Reason { get; private set; }

    /// <summary>Whether to stop before the update <paramref name="next"/>; the processes agree.</summary>
    public bool IsDue(long next)
    {
        Reason = request.Peers.FirstOf(stop.Reason
            ?? (next >= request.MaxSteps ? "--max-steps" : null)
            ?? (_sitting.Elapsed >= request.MaxTime ? "--max-time" : null));
        return Reason is not null;
    }

    /// <summary>Whether this process is to leave off at once.</summary>
    public bool IsInterrupted()
    {
        Reason = stop.Reason ?? Reason;
        return stop.Reason is not null;
    }

    /// <summary>Whether any process is to leave off; they agree.</summary>
    public bool IsInterruptedAnywhere()
    {
        var reason = request.Peers.FirstOf(stop.Reason);
        Reason = reason ?? Reason;
        return reason is not null;
    }
}
