using Recollect.Sequences;
using Recollect.Training;

namespace Recollect.Experiments;

/// <summary>Watches a training in a process that neither reports nor writes: it takes part in what all do together.</summary>
/// <param name="request">The run.</param>
/// <param name="task">What is trained.</param>
/// <param name="test">The rows of the test curve.</param>
/// <param name="end">When to stop.</param>
internal sealed class FollowingObserver(TrainRequest request, TrainingTask task, SequenceSet test, SittingEnd end) : ITrainingObserver
{
    /// <inheritdoc/>
    public long? Saved => null;

    /// <inheritdoc/>
    public void OnStep(Position position, StepRecord step, double learningRate, double secondsPerUpdate)
    {
    }

    /// <inheritdoc/>
    public bool OnEpoch(Position position, EpochRecord epoch) => TestCurve.TryMeasure(position, request, task, test, end.IsInterrupted, out _);

    /// <inheritdoc/>
    public bool ShouldStop(Position next) => end.IsDue(next.Update);

    /// <inheritdoc/>
    public void OnSavable(Position position, bool endsEpoch)
    {
    }

    /// <inheritdoc/>
    public bool IsInterrupted() => end.IsInterrupted();
}
