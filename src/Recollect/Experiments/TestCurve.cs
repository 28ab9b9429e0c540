using Recollect.Runs;
using Recollect.Sequences;
using Recollect.Training;

namespace Recollect.Experiments;

/// <summary>Points of the test curve, which the recipe's <c>training.testEvery</c> asks for.</summary>
internal static class TestCurve
{
    /// <summary>Whether there is a point after the epoch that ended at <paramref name="position"/>.</summary>
    public static bool HasPointAt(Position position, TrainingOptions training) =>
        position.Phase == TrainingPhase.Train && training.TestEvery != 0 && (position.Epoch + 1) % training.TestEvery == 0;

    /// <summary>Measures the test rows where there is a point.</summary>
    /// <param name="position">The last update of the epoch.</param>
    /// <param name="request">The run.</param>
    /// <param name="task">What is trained.</param>
    /// <param name="test">The rows.</param>
    /// <param name="interrupted">Whether to leave off at once.</param>
    /// <param name="point">What was measured; null where there is no point, or a signal broke in.</param>
    /// <returns>False where a signal broke in.</returns>
    public static bool TryMeasure(Position position, TrainRequest request, TrainingTask task, SequenceSet test, Func<bool> interrupted, out SplitResult? point)
    {
        var training = request.Recipe.Training;
        point = HasPointAt(position, training) ? Score.ResultOf(task.Network, test, DataSplit.Test, task.RowsEvaluated(training, request.Peers), interrupted, request.Peers) : null;
        return point is not null || !HasPointAt(position, training);
    }
}
