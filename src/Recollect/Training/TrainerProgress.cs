using Recollect.Runs;

namespace Recollect.Training;

/// <summary>All that a trainer carries from update to update beside parameters and averages; saved with every checkpoint.</summary>
public sealed record TrainerProgress
{
    /// <summary>The next update to take, from 0.</summary>
    public long Update { get; init; }

    /// <summary>Seconds spent in updates, over all sittings.</summary>
    public double Seconds { get; init; }

    /// <summary>Updates in a row that were not finite.</summary>
    public int NonFiniteInARow { get; init; }

    /// <summary>Updates that were not finite, over the whole run.</summary>
    public long NonFinite { get; init; }

    /// <summary>Sums over the current epoch so far.</summary>
    public EpochTotals Epoch { get; init; } = new();

    /// <summary>The held-out rows with the parameters as they are; null where they were not classified since the last update.</summary>
    public SplitResult? Validation { get; init; }

    /// <summary>The optimiser's count of updates for each parameter.</summary>
    public IReadOnlyDictionary<string, long> OptimizerSteps { get; init; } = new Dictionary<string, long>();

    internal TrainerProgress After(StepRecord step, double seconds) => this with
    {
        Update = Update + 1,
        Validation = null,
        Seconds = Seconds + seconds,
        NonFiniteInARow = step.Finite ? 0 : NonFiniteInARow + 1,
        NonFinite = NonFinite + (step.Finite ? 0 : 1),
        Epoch = Epoch.Add(step, seconds),
    };
}

/// <summary>Sums over an epoch; steps that were not finite count nothing but themselves.</summary>
public sealed record EpochTotals
{
    /// <summary>Finite updates.</summary>
    public int Updates { get; init; }

    /// <summary>Rows of finite updates.</summary>
    public long Rows { get; init; }

    /// <summary>Σ loss · rows.</summary>
    public double Loss { get; init; }

    /// <summary>Σ supervised loss · rows.</summary>
    public double? Supervised { get; init; }

    /// <summary>Σ of each auxiliary loss · rows.</summary>
    public IReadOnlyList<double> Auxiliary { get; init; } = [];

    /// <summary>Rows labelled right.</summary>
    public long Correct { get; init; }

    /// <summary>Σ gradient norm.</summary>
    public double GradientNorm { get; init; }

    /// <summary>Segments shorter than asked.</summary>
    public long Shortened { get; init; }

    /// <summary>Segments that rows were too short to hold.</summary>
    public long Skipped { get; init; }

    /// <summary>Updates that were not finite.</summary>
    public int NonFinite { get; init; }

    /// <summary>Seconds in updates.</summary>
    public double Seconds { get; init; }

    internal EpochTotals Add(StepRecord step, double seconds)
    {
        if (!step.Finite)
            return this with { NonFinite = NonFinite + 1, Seconds = Seconds + seconds };
        return new EpochTotals
        {
            Updates = Updates + 1,
            Rows = Rows + step.Rows,
            Loss = Loss + step.Loss * step.Rows,
            Supervised = step.Supervised is null ? Supervised : (Supervised ?? 0) + step.Supervised * step.Rows,
            Auxiliary = [.. step.Auxiliary.Select((value, j) => (Auxiliary.Count == 0 ? 0 : Auxiliary[j]) + value * step.Rows)],
            Correct = Correct + step.Correct,
            GradientNorm = GradientNorm + step.GradientNorm,
            Shortened = Shortened + step.Shortened,
            Skipped = Skipped + step.Skipped,
            NonFinite = NonFinite,
            Seconds = Seconds + seconds,
        };
    }

    internal EpochRecord Record(SplitResult? validation)
    {
        double? rows = Rows > 0 ? Rows : null; // without a finite update there is no mean, and 0 would look like a perfect one
        return new EpochRecord(
            Loss / rows, Supervised / rows, [.. Auxiliary.Select(sum => sum / Rows)], Supervised is null ? null : Correct / rows,
            Updates > 0 ? GradientNorm / Updates : null, Seconds > 0 ? rows / Seconds : null, Shortened, Skipped, NonFinite, validation);
    }
}

/// <summary>What an epoch came to: means over the rows of its finite updates, taken while parameters changed; null where it had none.</summary>
/// <param name="Loss">L.</param>
/// <param name="Supervised">L_sup, or null in pretraining.</param>
/// <param name="Auxiliary">Each L_aux,j, unweighted.</param>
/// <param name="Accuracy">The fraction of training rows labelled right, under dropout, or null in pretraining.</param>
/// <param name="GradientNorm">The mean global norm before clipping.</param>
/// <param name="SequencesPerSecond">Rows a second in updates.</param>
/// <param name="Shortened">Segments shorter than asked.</param>
/// <param name="Skipped">Segments that rows were too short to hold.</param>
/// <param name="NonFinite">Updates that were not applied.</param>
/// <param name="Validation">The held-out rows after the epoch, or null.</param>
public sealed record EpochRecord(
    double? Loss, double? Supervised, IReadOnlyList<double> Auxiliary, double? Accuracy, double? GradientNorm, double? SequencesPerSecond,
    long Shortened, long Skipped, int NonFinite, SplitResult? Validation);
