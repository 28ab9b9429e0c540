using Recollect.Losses;
using Recollect.Networks;
using Recollect.Randomness;
using Recollect.Sequences;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Recollect.Training;

/// <summary>What one update did.</summary>
/// <param name="Loss">L over the update's rows.</param>
/// <param name="Supervised">L_sup, or null in pretraining.</param>
/// <param name="Auxiliary">Each L_aux,j, unweighted.</param>
/// <param name="Rows">Rows of the update.</param>
/// <param name="Correct">Rows labelled right, under dropout and before the update.</param>
/// <param name="GradientNorm">The global norm before clipping; of several parts, the root of the sum of their squares.</param>
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
/// <param name="clipNorm">The global norm to which larger gradients are scaled down, of each of the objective's parts; 0 for none.</param>
/// <param name="pieces">Pieces in which a process's rows are computed, one after the other.</param>
/// <param name="seed">The run's seed, from which rows are augmented.</param>
/// <param name="peers">The processes that share the rows out among them; null: this one alone.</param>
public sealed class TrainingStep(
    RecurrentClassifier network, Objective objective, ParameterOptimizer optimizer, double clipNorm, int pieces, Seed seed, Peers? peers = null)
{
    private readonly Peers _peers = peers ?? Peers.Alone;
    private readonly UpdateExchange _exchange = new(peers ?? Peers.Alone, optimizer.Parameters);
    private readonly StreamFamily _augmentation = seed.Purpose(ImageAugmentation.Purpose);
    private readonly BatchReader _batches = new();

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
        var value = ObjectiveValue.None;
        var squares = 0.0;
        var clipped = new List<(Parameter Parameter, Tensor Gradient)>();
        foreach (var part in objective.Parts)
        {
            SetAside(clipped);
            value = value.Beside(_exchange.Sum(Differentiate(part, set, rows, context), part.AuxiliaryCount));
            var norm = nn.utils.clip_grad_norm_(WithGradient(), clipNorm > 0 ? clipNorm : double.PositiveInfinity);
            squares += norm * norm;
        }
        foreach (var (parameter, gradient) in clipped)
            parameter.grad = parameter.grad is null ? gradient : parameter.grad.Plus(gradient);
        var record = new StepRecord(
            (value.Supervised ?? 0) + objective.Weighted(value.Auxiliary), value.Supervised, value.Auxiliary, rows.Length, value.Correct,
            Math.Sqrt(squares), false, value.Shortened, value.Skipped);
        if (!record.Finite || !WithGradient().Any())
            return record;
        optimizer.Step(learningRate);
        return record with { Applied = true };
    }

    private ObjectiveValue Differentiate(Objective part, SequenceSet set, ReadOnlySpan<int> rows, UpdateContext context)
    {
        var value = ObjectiveValue.None;
        var (start, count) = _peers.ShareOf(rows.Length).GetOffsetAndLength(rows.Length);
        var (end, piece) = (start + count, PieceOf(count, pieces));
        for (var first = start; first < end; first += piece)
        {
            var batch = _batches.Read(set, rows.Slice(first, Math.Min(piece, end - first)), first, new UpdateDraws(_augmentation, context.Update));
            value = value.Plus(part.Differentiate(network, batch, context));
        }
        return value;
    }

    /// <summary>Rows that are computed at once where so many are cut into pieces.</summary>
    internal static int PieceOf(int rows, int pieces) => (int)((rows + (long)pieces - 1) / pieces);

    /// <summary>Rows that are evaluated at once: a batch's, but no more of a Transformer's than a piece of an update has, as its memory grows with their length; all others run them in stretches.</summary>
    /// <param name="network">The network.</param>
    /// <param name="options">How it is trained.</param>
    /// <param name="rows">Rows of an update.</param>
    /// <param name="peers">The processes that share them out.</param>
    internal static int RowsEvaluated(RecurrentClassifier network, TrainingOptions options, int rows, Peers peers) =>
        network.Encoder is null ? options.Batch : PieceOf(peers.LargestShareOf(rows), options.Accumulate);

    // Gradients of the parts before, so that the next one's is clipped by itself.
    private void SetAside(List<(Parameter, Tensor)> clipped)
    {
        foreach (var parameter in WithGradient())
        {
            clipped.Add((parameter, parameter.grad!.clone())); // the next one's may come into the same memory
            parameter.grad = null;
        }
    }

    private IEnumerable<Parameter> WithGradient() => optimizer.Parameters.Select(p => p.Parameter).Where(p => p.grad is not null);
}
