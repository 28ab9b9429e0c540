using Recollect.Losses;
using Recollect.Networks;
using Recollect.Sequences;
using static TorchSharp.torch;

namespace Recollect.Training;

/// <summary>What one update did.</summary>
/// <param name="Loss">L over the update's rows.</param>
/// <param name="Supervised">L_sup, or null in pretraining.</param>
/// <param name="Auxiliary">Each L_aux,j, unweighted.</param>
/// <param name="Rows">Rows of the update.</param>
/// <param name="Correct">Rows labelled right, under dropout and before the update.</param>
/// <param name="GradientNorm">The global norm before clipping.</param>
/// <param name="Applied">Whether parameters changed: not where the loss or the gradient was not finite, or nothing had a loss.</param>
/// <param name="Shortened">Segments shorter than asked.</param>
/// <param name="Skipped">Segments that rows were too short to hold.</param>
public sealed record StepRecord(
    double Loss, double? Supervised, IReadOnlyList<double> Auxiliary, int Rows, int Correct, double GradientNorm, bool Applied, int Shortened, int Skipped)
{
    /// <summary>Whether the loss and the gradient were numbers.</summary>
    public bool Finite => double.IsFinite(Loss) && double.IsFinite(GradientNorm);
}

/// <summary>The only training step in the repository: rows → loss → gradient → clipped → applied.</summary>
/// <param name="network">The main network.</param>
/// <param name="objective">What the phase minimises.</param>
/// <param name="optimizer">Owns the parameters that the phase changes.</param>
/// <param name="clipNorm">The global norm to which larger gradients are scaled down; 0 for none.</param>
/// <param name="pieces">Pieces in which the rows are computed, one after the other.</param>
public sealed class TrainingStep(RecurrentClassifier network, Objective objective, ParameterOptimizer optimizer, double clipNorm, int pieces)
{
    /// <summary>Takes one update on <paramref name="rows"/> of <paramref name="set"/>.</summary>
    /// <param name="set">The training rows.</param>
    /// <param name="rows">Row numbers of the whole update.</param>
    /// <param name="update">Its number over the run.</param>
    /// <param name="progress">How far training is, 0…1.</param>
    /// <param name="learningRate">The rate.</param>
    public StepRecord Take(SequenceSet set, ReadOnlySpan<int> rows, long update, double progress, double learningRate)
    {
        using var scope = NewDisposeScope();
        optimizer.ForgetGradients();
        var context = new UpdateContext(update, rows.Length, progress);
        var sum = new StepRecord(0, null, [], rows.Length, 0, 0, false, 0, 0);
        var piece = (rows.Length + pieces - 1) / pieces;
        for (var first = 0; first < rows.Length; first += piece)
        {
            var batch = Batch.Of(set, rows.Slice(first, Math.Min(piece, rows.Length - first)), first);
            sum = Add(sum, objective.Differentiate(network, batch, context));
        }
        var norm = nn.utils.clip_grad_norm_(WithGradient(), clipNorm > 0 ? clipNorm : double.PositiveInfinity);
        var record = sum with { GradientNorm = norm };
        if (!record.Finite || !WithGradient().Any())
            return record;
        optimizer.Step(learningRate);
        return record with { Applied = true };
    }

    private IEnumerable<TorchSharp.Modules.Parameter> WithGradient() =>
        optimizer.Parameters.Select(p => p.Parameter).Where(p => p.grad is not null);

    private StepRecord Add(StepRecord sum, ObjectiveValue value) => sum with
    {
        Loss = sum.Loss + (value.Supervised ?? 0) + objective.Weighted(value.Auxiliary),
        Supervised = value.Supervised is null ? sum.Supervised : (sum.Supervised ?? 0) + value.Supervised,
        Auxiliary = sum.Auxiliary.Count == 0 ? value.Auxiliary : [.. sum.Auxiliary.Zip(value.Auxiliary, (a, b) => a + b)],
        Correct = sum.Correct + value.Correct,
        Shortened = sum.Shortened + value.Shortened,
        Skipped = sum.Skipped + value.Skipped,
    };
}
