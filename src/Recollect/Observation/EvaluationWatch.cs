using System.Diagnostics;
using Recollect.Runs;

namespace Recollect.Observation;

/// <summary>An evaluation while it goes on: an activity, and its measures where it comes to its end.</summary>
/// <param name="split">The rows that are classified.</param>
internal sealed class EvaluationWatch(DataSplit split) : IDisposable
{
    private readonly Activity? _activity = Telemetry.Evaluation(split);
    private readonly long _begun = Stopwatch.GetTimestamp();
    private bool _isDone;

    /// <summary>Says what it came to.</summary>
    public void Done(SplitResult result)
    {
        _isDone = true;
        Telemetry.Evaluated(_activity, split, result, Stopwatch.GetElapsedTime(_begun).TotalSeconds);
    }

    /// <summary>Ends the activity; where nothing was said, it was interrupted.</summary>
    public void Dispose()
    {
        if (!_isDone)
            _activity?.SetStatus(ActivityStatusCode.Error, "interrupted");
        _activity?.Dispose();
    }
}
