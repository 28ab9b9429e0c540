namespace Recollect.Runs;

/// <summary>One line of <c>metrics.jsonl</c>: what was measured at one moment on one split. What was not measured is absent.</summary>
public sealed record MetricRecord
{
    /// <summary>Pretraining or training.</summary>
    public required TrainingPhase Phase { get; init; }

    /// <summary>The epoch within the phase, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>Updates done since the run began, over both phases.</summary>
    public required long Step { get; init; }

    /// <summary>The split.</summary>
    public required DataSplit Split { get; init; }

    /// <summary>True on a training line that sums up an epoch, as means over the rows of its finite updates; otherwise a training line is of one update.</summary>
    public bool? WholeEpoch { get; init; }

    /// <summary>The whole loss L, in nats for tokens; on the validation and test splits the mean cross-entropy alone.</summary>
    public double? Loss { get; init; }

    /// <summary>Its supervised part.</summary>
    public double? Supervised { get; init; }

    /// <summary>Its auxiliary part Σ w·L_aux.</summary>
    public double? Auxiliary { get; init; }

    /// <summary>Each auxiliary loss before its weight, in the recipe's order.</summary>
    public IReadOnlyList<double>? Auxiliaries { get; init; }

    /// <summary>The fraction of rows classified rightly.</summary>
    public double? Accuracy { get; init; }

    /// <summary>The update's learning rate.</summary>
    public double? LearningRate { get; init; }

    /// <summary>The gradient's global norm before clipping.</summary>
    public double? GradientNorm { get; init; }

    /// <summary>Rows a second.</summary>
    public double? SequencesPerSecond { get; init; }

    /// <summary>Seconds in training steps since the run began, earlier sittings included.</summary>
    public double? Seconds { get; init; }

    /// <summary>The process's peak resident memory, bytes.</summary>
    public long? PeakMemory { get; init; }

    /// <summary>Segments that were shorter than asked for, since their rows were too short.</summary>
    public long? Shortened { get; init; }

    /// <summary>Segments that were left out, their rows being too short.</summary>
    public long? Skipped { get; init; }

    /// <summary>Updates that were not applied, their loss or gradient not being finite.</summary>
    public long? NonFinite { get; init; }
}
