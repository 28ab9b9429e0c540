using Recollect.Networks;
using Recollect.Runs;

namespace Recollect.Training;

/// <summary>How well labelled rows were classified.</summary>
public static class Score
{
    /// <summary>Accuracy and mean cross-entropy of <paramref name="rows"/>, each labelled; at least one.</summary>
    public static SplitResult Of(IEnumerable<ClassifiedRow> rows)
    {
        var (examples, correct, loss) = (0, 0, 0.0);
        foreach (var row in rows)
        {
            examples++;
            correct += row.Predicted == row.Label ? 1 : 0;
            loss += row.Loss;
        }
        return new SplitResult((double)correct / examples, loss / examples, examples);
    }
}
