using Recollect.Networks;

namespace Recollect.Training;

/// <summary>How well labelled rows were classified.</summary>
/// <param name="Examples">Rows.</param>
/// <param name="Accuracy">The fraction labelled right.</param>
/// <param name="Loss">The mean cross-entropy.</param>
public sealed record Score(int Examples, double Accuracy, double Loss)
{
    /// <summary>The score of <paramref name="rows"/>, each labelled; at least one.</summary>
    public static Score Of(IEnumerable<ClassifiedRow> rows)
    {
        var (examples, correct, loss) = (0, 0, 0.0);
        foreach (var row in rows)
        {
            examples++;
            correct += row.Predicted == row.Label ? 1 : 0;
            loss += row.Loss;
        }
        return new Score(examples, (double)correct / examples, loss / examples);
    }
}
