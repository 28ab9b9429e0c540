using Recollect.Runs;
using Recollect.Sequences;
using Recollect.Training;

namespace Recollect.Experiments;

/// <summary>Points of the test curve; the last one is the evaluation's own.</summary>
internal static class TestCurve
{
    /// <summary>The test rows after the epoch that ended at <paramref name="position"/>; null where the recipe asks for no point there, or a signal broke in.</summary>
    public static SplitResult? At(Position position, TrainRequest request, TrainingTask task, SequenceSet test, Func<bool> interrupted)
    {
        var (training, done) = (request.Recipe.Training, position.Epoch + 1);
        var isDue = position.Phase == TrainingPhase.Train && training.TestEvery != 0 && done % training.TestEvery == 0 && done != training.Epochs;
        return isDue ? Score.ResultOf(task.Network, test, DataSplit.Test, task.RowsEvaluated(training, request.Peers), interrupted, request.Peers) : null;
    }
}
