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

    /// <summary>The whole loss L, averaged over the updates (train) or rows (else) since the last line, in nats for tokens.</summary>
    public double? Loss { get; init; }

    /// <summary>Its supervised part.</summary>
    public double? Supervised { get; init; }

    /// <summary>Its auxiliary part Σ w·L_aux.</summary>
    public double? Auxiliary { get; init; }

    /// <summary>Each auxiliary loss before its weight, in the recipe's order.</summary>
    public IReadOnlyList<double>? Auxiliaries { get; init; }

    /// <summary>The fraction of rows classified rightly.</summary>
    public double? Accuracy { get; init; }

    /// <summary>The learning rate of the last update.</summary>
    public double? LearningRate { get; init; }

    /// <summary>The gradient's global norm before clipping, averaged over finite updates.</summary>
    public double? GradientNorm { get; init; }

    /// <summary>Rows a second.</summary>
    public double? SequencesPerSecond { get; init; }

    /// <summary>Seconds since the run began, earlier sittings included.</summary>
    public double? Seconds { get; init; }

    /// <summary>The process's peak resident memory, bytes.</summary>
    public long? PeakMemory { get; init; }

    /// <summary>Segments since the last line that were shorter than asked for, since their rows were too short.</summary>
    public long? Shortened { get; init; }

    /// <summary>Rows since the last line that had no segment, being too short.</summary>
    public long? Skipped { get; init; }

    /// <summary>Updates since the last line that were not applied, their loss or gradient not being finite.</summary>
    public long? NonFinite { get; init; }
}
